import { sql } from "../database/sql.js";
import type { Check } from "./check.js";
import { unique } from "./unique-check.js";

/** The rules for a merchant's webhook endpoints and deliveries. */
export const WEBHOOK_CHECKS: readonly Check[] = [
  unique("webhook endpoint", "webhook_endpoints", "merchant_id", ["id"]),
  unique("webhook delivery", "webhook_deliveries", "merchant_id", ["id"]),
  unique("webhook delivery", "webhook_deliveries", "merchant_id", ["endpoint_id", "event_id"], {
    meaning: "An endpoint has one delivery of an event. The event may have been sent out of order.",
  }),
  {
    name: "webhook-delivery-endpoint",
    meaning:
      "Deliveries are pending only for existing endpoints. The endpoint was deleted manually, so that the event is never sent.",
    find: (merchant) => sql`
      select 'webhook delivery' as record, d.id::text as id,
             format('It is pending, and its endpoint %s is not there.', d.endpoint_id) as problem
      from webhook_deliveries d
      where d.merchant_id = ${merchant}::uuid and d.status = 'PENDING' and not exists (
        select from webhook_endpoints e where e.merchant_id = ${merchant}::uuid and e.id = d.endpoint_id)`,
  },
  {
    name: "webhook-delivery-queue",
    meaning:
      "Of the pending deliveries of a subject to an endpoint, the first has a time of its next attempt, and the others wait for it. Otherwise events are never sent, or out of order.",
    find: (merchant) => sql`
      select 'webhook delivery' as record, id::text as id,
             format('It is number %s of its subject in the queue, and its next attempt is at %s.', place,
                    coalesce(next_attempt_at::text, 'no time')) as problem
      from (select id, next_attempt_at,
                   row_number() over (partition by endpoint_id, subject_id order by position, sequence, id) as place
            from webhook_deliveries where merchant_id = ${merchant}::uuid and status = 'PENDING') d
      where (place = 1) <> (next_attempt_at is not null)`,
  },
];
