import type { MerchantCaller } from "../callers/caller.js";
import type { EventCursor } from "../events/event-cursor.js";
import { auditOf } from "../records/audit.js";
import { AppError } from "../shared/errors.js";
import { type Instant, hoursAfter } from "../shared/instant.js";
import type { SecretBox } from "../shared/secret-box.js";
import {
  type Outcome,
  UserErrors,
  changedValues,
  done,
  given,
  givenOrNull,
  refused,
} from "../shared/user-error.js";
import { invertLastDigit, newId, parseUuid } from "../shared/uuid.js";
import {
  DISABLED,
  type EndpointRules,
  type EndpointValues,
  NO_KEY,
  SECRET_OVERLAP_HOURS,
  TOO_MANY,
  checkEndpoint,
  newWebhookSecret,
  uniqueTypes,
} from "./webhook-endpoint.js";
import type { WebhookDisabledReason } from "./webhook-disabled-reason.js";
import type { WebhookEndpoint } from "./webhook-endpoint.record.js";
import {
  type EndpointChanges,
  type EndpointKey,
  type WebhookEndpointStore,
  isRestart,
} from "./webhook-endpoint.store.js";
import { type EventSelection, authorizeEndpoint, scopesOf } from "./webhook-scopes.js";

export interface CreateWebhookEndpoint extends EndpointValues {
  readonly url: string;
}

export interface UpdateWebhookEndpoint extends EndpointValues {
  readonly isEnabled?: boolean | null | undefined;
}

/** An endpoint whose secret was just generated. It is returned only once. */
export interface EndpointWithSecret {
  readonly webhookEndpoint: WebhookEndpoint;
  readonly secret: string;
}

/** An event that was requested for one endpoint. */
export interface RequestedTest {
  readonly webhookEndpoint: WebhookEndpoint;
  readonly eventId: string;
}

/** Where the events of an endpoint begin. */
interface EventFeed {
  /** The cursor before the events that are not committed yet. */
  end(): Promise<EventCursor>;
}

export class WebhookEndpointService {
  constructor(
    private readonly store: WebhookEndpointStore,
    private readonly events: EventFeed,
    private readonly box: SecretBox,
    private readonly rules: EndpointRules,
  ) {}

  /** @returns null for an unknown id, and for another merchant's endpoint. */
  async find(caller: MerchantCaller, id: string): Promise<WebhookEndpoint | null> {
    const key = keyOf(caller, id);
    return key === null ? null : this.store.find(key);
  }

  /**
   * Creates an endpoint for the events from now on. Only this result contains its secret.
   *
   * @throws AppError FORBIDDEN if the token may not read the endpoint's events.
   */
  async create(
    caller: MerchantCaller,
    input: CreateWebhookEndpoint,
  ): Promise<Outcome<EndpointWithSecret>> {
    const types = uniqueTypes(input.types);
    authorizeEndpoint(caller, { types });
    const errors = this.check(input, { types });
    if (!this.box.canSeal) errors.add("INVALID", [], NO_KEY);
    if (errors.all.length > 0) return refused(...errors.all);
    const owner = { merchantId: caller.merchantId, id: newId() };
    const secret = newWebhookSecret();
    const { position, sequence, id: afterId } = await this.events.end();
    const endpoint = {
      ...owner,
      url: input.url,
      description: input.description ?? null,
      types,
      dataSelection: input.dataSelection ?? null,
      batchSize: input.batchSize ?? 1,
      ...this.seal(secret, owner),
      afterPosition: position,
      afterSequence: sequence,
      afterId,
    };
    const created = await this.store.insert(endpoint, auditOf(caller, "createWebhookEndpoint"));
    if (created !== null) return done({ webhookEndpoint: created, secret });
    errors.add("INVALID", [], TOO_MANY);
    return refused(...errors.all);
  }

  /**
   * Omitted fields stay unchanged. Enabling an endpoint and changing its URL end its failures: what is pending is sent
   * at once.
   *
   * @throws AppError NOT_FOUND; FORBIDDEN if the token may not read the endpoint's events, before and after it.
   */
  async update(
    caller: MerchantCaller,
    id: string,
    input: UpdateWebhookEndpoint,
  ): Promise<Outcome<WebhookEndpoint>> {
    const found = (await this.find(caller, id)) ?? notFound(id);
    const types = input.types === undefined ? found.types : uniqueTypes(input.types);
    authorizeEndpoint(caller, { types });
    const errors = this.check(this.withSelection(input, found), { types });
    for (const field of ["url", "isEnabled", "batchSize"] as const)
      errors.refuseNull(field, input[field]);
    if (errors.all.length > 0) return refused(...errors.all);
    const { url, isEnabled, batchSize, description, dataSelection } = input;
    const values = {
      ...given({ url, isEnabled, batchSize }),
      ...givenOrNull({ description, dataSelection }),
      ...(input.types === undefined ? {} : { types }),
    };
    const updated = await this.store.restart(
      found,
      (endpoint) => {
        authorizeEndpoint(caller, endpoint);
        return withRestart(endpoint, changedValues(endpoint, values));
      },
      auditOf(caller, "updateWebhookEndpoint"),
    );
    return done(updated ?? notFound(id));
  }

  /**
   * Deletes an endpoint and cancels what is pending. A request that is under way may still arrive.
   *
   * @returns the endpoint as it was.
   * @throws AppError NOT_FOUND.
   */
  async remove(caller: MerchantCaller, id: string): Promise<WebhookEndpoint> {
    const key = keyOf(caller, id);
    const audit = auditOf(caller, "deleteWebhookEndpoint");
    return (key && (await this.store.remove(key, audit))) ?? notFound(id);
  }

  /**
   * Replaces the secret. Until the previous one expires, both sign, so that the receiver can change to the new one.
   *
   * @throws AppError NOT_FOUND; FORBIDDEN if the token may not read the endpoint's events.
   */
  async rotateSecret(caller: MerchantCaller, id: string): Promise<Outcome<EndpointWithSecret>> {
    const key = keyOf(caller, id) ?? notFound(id);
    if (!this.box.canSeal) return refused({ code: "INVALID", message: NO_KEY, field: [] });
    const secret = newWebhookSecret();
    const sealed = this.seal(secret, key);
    const rotated = await this.store.change(
      key,
      (endpoint, now) => {
        authorizeEndpoint(caller, endpoint);
        return {
          ...sealed,
          previousSecretKeyId: endpoint.secretKeyId,
          previousSecretSealed: new Uint8Array(endpoint.secretSealed),
          previousSecretExpiresAt: hoursAfter(now, SECRET_OVERLAP_HOURS),
        };
      },
      auditOf(caller, "rotateWebhookSecret"),
    );
    return done({ webhookEndpoint: rotated ?? notFound(id), secret });
  }

  /**
   * Makes an event that only this endpoint gets.
   *
   * @throws AppError NOT_FOUND.
   */
  async test(caller: MerchantCaller, id: string): Promise<Outcome<RequestedTest>> {
    const key = keyOf(caller, id);
    const audit = auditOf(caller, "sendTestEvent");
    const test = ({ isEnabled }: WebhookEndpoint, now: Instant): EndpointChanges =>
      isEnabled ? { lastTestedAt: now } : {};
    const tested = key && (await this.store.change(key, test, audit));
    const webhookEndpoint = tested ?? notFound(id);
    return webhookEndpoint.isEnabled
      ? done({ webhookEndpoint, eventId: invertLastDigit(audit.id) })
      : refused(DISABLED);
  }

  /** Disables an endpoint because of its receiver, which is an event. If it is disabled already, it stays as it is. */
  async disable(key: EndpointKey, reason: WebhookDisabledReason): Promise<void> {
    await this.store.change(
      key,
      ({ isEnabled }) => (isEnabled ? { isEnabled: false, disabledReason: reason } : {}),
      auditOf(null, "disableWebhookEndpoint"),
    );
  }

  private check(input: EndpointValues, after: EventSelection): UserErrors {
    const errors = new UserErrors();
    checkEndpoint(errors, input, scopesOf(after), this.rules);
    return errors;
  }

  /** The input with the stored selection, if it must be checked again because other types may open less to it. */
  private withSelection(input: EndpointValues, stored: WebhookEndpoint): EndpointValues {
    if (input.types === undefined || this.rules.selections === null) return input;
    return { dataSelection: stored.dataSelection, ...givenOrNull(input) };
  }

  private seal(secret: string, owner: EndpointKey) {
    const { keyId, sealed } = this.box.seal(secret, owner);
    return { secretKeyId: keyId, secretSealed: new Uint8Array(sealed) };
  }
}

/** @returns null if the id is no UUID. */
function keyOf({ merchantId }: MerchantCaller, id: string): EndpointKey | null {
  const uuid = parseUuid(id);
  return uuid === null ? null : { merchantId, id: uuid };
}

/** The changes, and their effect on the state that the server keeps. */
function withRestart(
  endpoint: WebhookEndpoint,
  changes: Pick<EndpointChanges, "url" | "isEnabled">,
): EndpointChanges {
  const restart = isRestart(changes) ? { failingSince: null } : {};
  const cause = changes.isEnabled === undefined ? {} : { disabledReason: null };
  return { ...changes, ...changedValues(endpoint, { ...restart, ...cause }) };
}

function notFound(id: string): never {
  throw new AppError("NOT_FOUND", `There is no webhook endpoint with the id ${id}.`);
}
