import { randomBytes } from "node:crypto";
import type { ApiScope } from "../callers/api-scope.js";
import type { EventType } from "../events/event-type.js";
import type { Instant } from "../shared/instant.js";
import type { SecretBox } from "../shared/secret-box.js";
import type { UserErrors } from "../shared/user-error.js";
import type { AllowedNetworks } from "./receiver-address.js";
import type { WebhookEndpoint } from "./webhook-endpoint.record.js";
import { refusalOfUrl } from "./webhook-url.js";

/** The maximum number of endpoints of a merchant. */
export const MAX_ENDPOINTS = 20;

/** The maximum number of events in one request. */
export const MAX_BATCH_SIZE = 100;

/** How long the secret before a rotation stays valid. */
export const SECRET_OVERLAP_HOURS = 24;

const MAX_DESCRIPTION_LENGTH = 500;
const MAX_SELECTION_LENGTH = 10_000;
const SECRET_BYTES = 32;

/** Whether an endpoint gets an event. A test goes only to the endpoint that is tested, whatever its types are. */
export function receives(
  { id, types }: Pick<WebhookEndpoint, "id" | "types">,
  event: { readonly type: EventType; readonly subjectId: string },
): boolean {
  if (event.type === "WEBHOOK_ENDPOINT_TESTED") return event.subjectId === id;
  return types.length === 0 || types.includes(event.type);
}

/** The types without duplicates. */
export function uniqueTypes(types: readonly EventType[] | null | undefined): EventType[] {
  return [...new Set(types)];
}

/** A new secret in the form of Standard Webhooks: `whsec_` and 32 random bytes in base64. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
}

type EndpointSecrets = Pick<
  WebhookEndpoint,
  | "merchantId"
  | "id"
  | "secretKeyId"
  | "secretSealed"
  | "previousSecretKeyId"
  | "previousSecretSealed"
  | "previousSecretExpiresAt"
>;

/** The secrets that sign an endpoint's webhooks: the current one, and the previous one until it expires. */
export function openWebhookSecrets(
  box: SecretBox,
  endpoint: EndpointSecrets,
  now: Instant,
): string[] {
  const { secretKeyId, secretSealed, previousSecretKeyId, previousSecretSealed } = endpoint;
  const current = box.open({ keyId: secretKeyId, sealed: secretSealed }, endpoint);
  const { previousSecretExpiresAt: expiresAt } = endpoint;
  const hasPrevious = expiresAt !== null && expiresAt > now;
  if (!hasPrevious || previousSecretKeyId === null || previousSecretSealed === null)
    return [current];
  const previous = { keyId: previousSecretKeyId, sealed: previousSecretSealed };
  return [current, box.open(previous, endpoint)];
}

/** The values of an endpoint that a merchant chooses. Omitted ones are not checked. */
export interface EndpointValues {
  readonly url?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly types?: readonly EventType[] | null | undefined;
  readonly dataSelection?: string | null | undefined;
  readonly batchSize?: number | null | undefined;
}

/** How endpoints are checked. */
export interface EndpointRules {
  readonly allowedNetworks: AllowedNetworks;
  /** The reasons why a selection on `Event` is refused; none if it is accepted. Null if every selection is refused. */
  readonly selections: {
    problemsOf(selection: string, scopes: readonly ApiScope[]): readonly string[];
  } | null;
}

/**
 * Adds an error for each value that is refused.
 *
 * @param scopes the scopes of the endpoint with these values.
 */
export function checkEndpoint(
  errors: UserErrors,
  { url, description, dataSelection, batchSize }: EndpointValues,
  scopes: readonly ApiScope[],
  { allowedNetworks, selections }: EndpointRules,
): void {
  const refusal = typeof url === "string" ? refusalOfUrl(url, allowedNetworks) : null;
  if (refusal !== null) errors.add("INVALID", "url", refusal);
  errors.checkLength("description", description, MAX_DESCRIPTION_LENGTH);
  if (typeof batchSize === "number" && (batchSize < 1 || batchSize > MAX_BATCH_SIZE)) {
    const message = `batchSize must be from 1 to ${String(MAX_BATCH_SIZE)}.`;
    errors.add("OUT_OF_RANGE", "batchSize", message);
  }
  if (typeof dataSelection !== "string") return;
  errors.checkText("dataSelection", dataSelection, MAX_SELECTION_LENGTH);
  if (errors.has("dataSelection")) return;
  const problems =
    selections === null ? [PERSISTED_ONLY] : selections.problemsOf(dataSelection, scopes);
  if (problems.length > 0)
    errors.add("INVALID", "dataSelection", `dataSelection is refused. ${problems.join(" ")}`);
}

/** The reason why a server without a key creates no secrets. */
export const NO_KEY =
  "This server has no key for webhook secrets. Its operator must set PROVIDER_SECRET_KEYS.";

/** The reason why a merchant with the maximum number of endpoints gets no other. */
export const TOO_MANY = `The merchant has ${String(MAX_ENDPOINTS)} webhook endpoints, which is the maximum. Delete one first.`;

/** The error for events to send to a disabled endpoint. */
export const DISABLED = {
  code: "INVALID",
  message: "The webhook endpoint is disabled. Enable it with updateWebhookEndpoint first.",
  field: ["webhookEndpointId"],
} as const;

const PERSISTED_ONLY =
  "This server executes only its persisted documents. Omit dataSelection, so that each type has its default.";
