import type { ApiScope } from "../callers/api-scope.js";
import { type EventSubjectType, type EventType, subjectTypeOf } from "./event-type.js";

/** The scope that reads the records of each kind of subject. */
const SCOPES: Readonly<Record<EventSubjectType, ApiScope>> = {
  POCKET: "POCKETS_READ",
  PAYMENT_CHARGE: "PAYMENTS_READ",
  PAYMENT_REFUND: "PAYMENTS_READ",
  PAYMENT_AUTHORIZATION: "PAYMENTS_READ",
  PAYMENT_METHOD: "PAYMENTS_READ",
  CUSTOMER: "PAYMENTS_READ",
  ORDER: "PAYMENTS_READ",
  WEBHOOK_ENDPOINT: "WEBHOOKS_WRITE",
};

/** The scopes of which a token needs one to read any events. */
export const EVENT_SCOPES = [...new Set(Object.values(SCOPES)), "OPERATOR"] as const;

/** The scope that a merchant's token needs to read the events of a type. */
export function scopeOf(type: EventType): ApiScope {
  return SCOPES[subjectTypeOf(type)];
}

/** The kinds of subjects whose events a token may read. */
export function readableSubjects(scopes: readonly ApiScope[]): EventSubjectType[] {
  const all = Object.entries(SCOPES) as [EventSubjectType, ApiScope][];
  return all
    .filter(([, scope]) => scopes.includes(scope) || scopes.includes("OPERATOR"))
    .map(([subject]) => subject);
}
