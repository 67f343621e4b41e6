import { networks, timeSpan, wholeNumber } from "./kinds.js";

/** The variables of events and webhooks. */
export const events = {
  EVENT_RETENTION: timeSpan
    .optional()
    .meta({ description: "how long [events](events.md) are listed", default: "`30d`" }),
  WEBHOOK_ALLOWED_NETWORKS: networks
    .default([])
    .describe(
      "the networks that may [receive webhooks](webhooks.md#where-webhooks-may-go) in addition to hosts on the internet, also over plain http",
    ),
  WEBHOOK_TIMEOUT_MS: wholeNumber(100, 60_000)
    .default(15_000)
    .describe("how long the receiver of a webhook may take to answer"),
};
