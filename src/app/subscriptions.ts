import type { Logger } from "pino";
import type { Database } from "../database/database.js";
import { PocketWatch } from "../pockets/pocket-watch.service.js";
import { PocketStore } from "../pockets/pocket.store.js";
import { EventSubscriptionResolver } from "../subscriptions/event-subscription.resolver.js";
import {
  PaymentAuthorizationChangedResolver,
  PaymentChargeChangedResolver,
  PaymentRefundChangedResolver,
} from "../subscriptions/payment-subscription.resolver.js";
import { PocketSubscriptionResolver } from "../subscriptions/pocket-subscription.resolver.js";
import type { composeEvents } from "./events.js";
import type { composePayments } from "./payments.js";
import type { composePockets } from "./pockets.js";

interface Subscribable {
  readonly pockets: ReturnType<typeof composePockets>;
  readonly payments: ReturnType<typeof composePayments>;
  readonly events: ReturnType<typeof composeEvents>;
  readonly log: Pick<Logger, "warn">;
}

/** Subscriptions to events, pockets and payments. */
export function composeSubscriptions(
  database: Database,
  { pockets, payments, events, log }: Subscribable,
) {
  const { feed, signal } = events;
  const { charges, refunds, authorizations } = payments.lists;
  const watch = new PocketWatch(new PocketStore(database), signal, (err) => {
    log.warn({ err }, "could not look for changed pockets; retrying");
  });
  return {
    resolvers: [
      new EventSubscriptionResolver(feed),
      new PocketSubscriptionResolver(pockets.services.pockets, watch),
      new PaymentChargeChangedResolver(feed, charges),
      new PaymentRefundChangedResolver(feed, refunds),
      new PaymentAuthorizationChangedResolver(feed, authorizations),
    ],
  };
}
