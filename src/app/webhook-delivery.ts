import type { Logger } from "pino";
import type { Database } from "../database/database.js";
import type { Metrics } from "../observability/metrics/metrics.js";
import { type Repeated, repeat } from "../shared/repeat.js";
import type { SecretBox } from "../shared/secret-box.js";
import { DeliveryLeaseStore } from "../webhooks/delivery/delivery-lease.store.js";
import { DeliveryQueue } from "../webhooks/delivery/delivery-queue.service.js";
import { DeliveryQueueStore } from "../webhooks/delivery/delivery-queue.store.js";
import { DeliveryRetention } from "../webhooks/delivery/delivery-retention.service.js";
import { QueueEndpointStore } from "../webhooks/delivery/queue-endpoint.store.js";
import { SendWebhook } from "../webhooks/delivery/send-webhook.service.js";
import { DATA_TIMEOUT_MS, WebhookContent } from "../webhooks/delivery/webhook-content.service.js";
import { WebhookDispatcher } from "../webhooks/delivery/webhook-dispatcher.service.js";
import {
  WebhookSender,
  type WebhookSenderOptions,
} from "../webhooks/delivery/webhook-sender.service.js";
import { WebhookSweepStore } from "../webhooks/delivery/webhook-sweep.store.js";
import type { Events } from "./events.js";
import type { Webhooks } from "./webhooks.js";

export interface DeliveryOptions extends WebhookSenderOptions {
  /** The delays between attempts, in milliseconds. If omitted, they take three days. */
  readonly retryDelaysMs?: readonly number[];
  /** How often to look for what is due without a signal, in milliseconds; every second by default. */
  readonly pollMs?: number;
}

interface DeliveryParts {
  readonly database: Database;
  readonly events: Events;
  readonly webhooks: Webhooks;
  readonly box: SecretBox;
  readonly retentionMs: number;
  readonly log: Logger;
  readonly metrics: Metrics | undefined;
}

/** How long a server may take to make and record an attempt, in addition to the timeouts of its parts. */
const LEASE_RESERVE_MS = 20_000;

/** How often each server removes old deliveries. */
const CLEANING_MS = 3_600_000;

/** What delivers webhooks. It does nothing until it is started. */
export function composeDelivery(
  { database, events, webhooks, box, retentionMs, log, metrics }: DeliveryParts,
  { retryDelaysMs, pollMs, ...sending }: DeliveryOptions,
) {
  const sweeps = new WebhookSweepStore(database);
  const endpoints = new QueueEndpointStore();
  const deliveries = new DeliveryQueueStore();
  const leases = new DeliveryLeaseStore();
  const queue = new DeliveryQueue(database, events.store, endpoints, deliveries, leases, {
    leaseMs: DATA_TIMEOUT_MS + sending.timeoutMs + LEASE_RESERVE_MS,
    retentionMs,
    retryDelaysMs,
  });
  const content = new WebhookContent({
    events: events.store,
    selections: webhooks.selections,
    log,
  });
  const send = new SendWebhook({ content, sender: new WebhookSender(sending), box, log, metrics });
  const { webhookEndpoints } = webhooks.services;
  const dispatcher = new WebhookDispatcher({
    queue,
    sweeps,
    events: events.store,
    send,
    onSignal: events.signal.onSignal.bind(events.signal),
    disable: webhookEndpoints.disable.bind(webhookEndpoints),
    pollMs,
    log,
    metrics,
  });
  const retention = new DeliveryRetention(database, sweeps, endpoints, deliveries, retentionMs);
  let cleaning: Repeated | undefined;
  return {
    start: (): void => {
      dispatcher.start();
      cleaning = repeat(
        () => retention.removeOld(),
        CLEANING_MS,
        (err) => {
          log.warn({ err }, "could not remove old webhook deliveries; trying again");
        },
      );
    },
    /** Waits for the webhooks that are under way, and begins no others. */
    stop: async (): Promise<void> => {
      await Promise.all([dispatcher.stop(), cleaning?.close()]);
    },
  };
}
