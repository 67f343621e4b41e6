import type { Logger } from "pino";
import type { Metrics } from "../../observability/metrics/metrics.js";
import type { SecretBox } from "../../shared/secret-box.js";
import { openWebhookSecrets } from "../webhook-endpoint.js";
import type { QueueEndpoint } from "./queue-endpoint.store.js";
import { readRetryAfter } from "./retry-schedule.js";
import { type AttemptOutcome, type ClaimedMessage, isAccepted } from "./webhook-attempt.js";
import type { WebhookContent } from "./webhook-content.service.js";
import type { SendResult, WebhookSender } from "./webhook-sender.service.js";

export interface SendWebhookOptions {
  readonly content: Pick<WebhookContent, "bodyOf">;
  readonly sender: Pick<WebhookSender, "send">;
  readonly box: SecretBox;
  readonly log: Pick<Logger, "error">;
  readonly metrics?: Pick<Metrics, "webhookAttempted"> | undefined;
}

/** The outcome if this server could not send. Another attempt may succeed, also by another server. */
const NOT_SENT: AttemptOutcome = {
  responseStatus: null,
  responseBody: null,
  error: "This server could not make the webhook. It tries again.",
  durationMs: 0,
  retryAfterMs: null,
};

/** Makes, signs and sends a message. */
export class SendWebhook {
  constructor(private readonly options: SendWebhookOptions) {}

  /** Makes one attempt. It never fails: an error of this server is logged, and is an outcome. */
  async attempt(endpoint: QueueEndpoint, message: ClaimedMessage): Promise<AttemptOutcome> {
    const { log, metrics } = this.options;
    try {
      const outcome = await this.send(endpoint, message);
      metrics?.webhookAttempted(resultOf(outcome), outcome.durationMs / 1_000);
      return outcome;
    } catch (err) {
      log.error(
        { err, endpointId: endpoint.id, messageId: message.id },
        "could not send a webhook",
      );
      metrics?.webhookAttempted("not_sent", 0);
      return NOT_SENT;
    }
  }

  private async send(endpoint: QueueEndpoint, message: ClaimedMessage): Promise<AttemptOutcome> {
    const { content, sender, box } = this.options;
    const result = await sender.send({
      id: message.id,
      url: endpoint.url,
      secrets: openWebhookSecrets(box, endpoint, endpoint.now),
      body: await content.bodyOf(endpoint, message),
      timestamp: Math.floor(Date.now() / 1_000),
    });
    return outcomeOf(result);
  }
}

function outcomeOf(result: SendResult): AttemptOutcome {
  const { durationMs } = result;
  if (!result.hasResponse) {
    const { error } = result;
    return { responseStatus: null, responseBody: null, error, durationMs, retryAfterMs: null };
  }
  const { status: responseStatus, body: responseBody } = result;
  const retryAfterMs = readRetryAfter(result.retryAfter, Date.now());
  const outcome = { responseStatus, responseBody, durationMs, retryAfterMs };
  const isDone = isAccepted(outcome);
  return { ...outcome, error: isDone ? null : `The receiver answered ${String(responseStatus)}.` };
}

function resultOf(outcome: AttemptOutcome): "delivered" | "refused" | "unreachable" {
  if (isAccepted(outcome)) return "delivered";
  return outcome.responseStatus === null ? "unreachable" : "refused";
}
