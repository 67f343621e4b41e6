import { type ValueOf, defineEnumeration } from "../shared/enumeration.js";

export const WebhookDisabledReason = defineEnumeration(
  "WebhookDisabledReason",
  "Why the server disabled a webhook endpoint.",
  {
    GONE: "The receiver answered with the status 410 (Gone), which says that it wants no more events.",
    FAILING: "The receiver has accepted no event for three days.",
  },
);
export type WebhookDisabledReason = ValueOf<typeof WebhookDisabledReason>;
