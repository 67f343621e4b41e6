import Fastify from "fastify";
import { getNamedType, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiScope, MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { INCLUDES } from "../../src/rest/payment-charge-attributes.js";
import { createRestApi } from "../../src/rest/rest.js";
import { unconnectedSchema } from "../../src/app/features.js";
import { listFieldsOf } from "../../src/graphql/list-fields.js";
import { isItemMutation } from "../../src/graphql/item-mutations.js";
import { valuesOf } from "../../src/shared/enumeration.js";
import { newId } from "../../src/shared/uuid.js";
import { HTTP_LIMITS } from "../../src/shared/request-limits.js";
import {
  type Operation,
  allowedScopesOf,
  argumentsOf,
  branchSelection,
  documentOf,
  isRequired,
  operationsOf,
  ownerSelection,
  variablesOf,
} from "../support/operations.js";
import { CHARGES, RestClient, creating, updating } from "../support/rest.js";
import { EventStreamClient } from "../support/event-stream.js";
import { newPhoneNumber } from "../support/pockets.js";
import { type Tenant, createTenant, valuesFor } from "../support/tenant.js";
import { TestServer, made } from "../support/server.js";

const schema = unconnectedSchema();
const OPERATIONS = operationsOf(schema);
const SCOPES = valuesOf(ApiScope);

/** The sender of a request: a token with one scope, or an invalid token. */
const SPOILED = [
  "no token",
  "revoked",
  "expired",
  "inactive merchant",
  "inactive employee",
] as const;
type Sender = ApiScope | (typeof SPOILED)[number];
const SENDERS: readonly Sender[] = [...SCOPES, ...SPOILED];

const UNAUTHENTICATED = "401 UNAUTHENTICATED";
const FORBIDDEN = "403 FORBIDDEN";

let server: TestServer;
let rest: RestClient;
let tenant: Tenant;
let other: Tenant;
/** A phone number that both merchants charge. */
let shared: { slug: string; phoneNumber: string };
const tokens = new Map<Sender, string | null>();

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
  shared = { slug: await server.createGroup({}), phoneNumber: newPhoneNumber() };
  tenant = await createTenant(server, "Tenant", shared);
  other = await createTenant(server, "Other", shared);
  await makeTokens();
});

afterAll(() => server.stop());

async function makeTokens(): Promise<void> {
  const { services } = server.app;
  const of = { merchantId: tenant.id, scopes: MERCHANT_SCOPES };
  for (const scope of MERCHANT_SCOPES) {
    tokens.set(scope, await server.createToken({ ...of, scopes: [scope] }));
  }
  tokens.set("OPERATOR", server.operatorToken);
  tokens.set("no token", null);

  const revoked = made(await services.apiTokens.create({ ...of, name: "revoked" }));
  await services.apiTokens.revoke(revoked.apiToken.id);
  tokens.set("revoked", revoked.secret);

  const expired = made(await services.apiTokens.create({ ...of, name: "expired" }));
  await server.database.pool.query(
    "update api_tokens set expires_at = now() - interval '1 second' where id = $1",
    [expired.apiToken.id],
  );
  tokens.set("expired", expired.secret);

  const closed = await server.createMerchant("Closed");
  await services.merchants.update(closed.id, { isActive: false });
  tokens.set("inactive merchant", closed.token);

  const person = { merchantId: tenant.id, name: "Gone", email: `e-${newId()}@example.com` };
  const { id: employeeId } = made(await services.employees.create(person));
  tokens.set("inactive employee", await server.createToken({ ...of, employeeId }));
  await services.employees.update(employeeId, { isActive: false });
}

/**
 * The mutations that need, besides the declared scope, those that read the events of the webhook endpoint. The tenant's
 * endpoint gets all events, so one scope alone is not enough.
 */
const CONTROLS_EVENTS: ReadonlySet<string> = new Set([
  "createWebhookEndpoint",
  "updateWebhookEndpoint",
  "rotateWebhookSecret",
  "redeliverWebhooks",
]);

/** What a declaration means for each sender. No scope means that every valid token is allowed. */
function expectedBy(allowed: readonly ApiScope[]): Record<string, string> {
  const outcome = (sender: Sender): string => {
    if (sender === "no token" || sender === "revoked" || sender === "expired") {
      return UNAUTHENTICATED;
    }
    if (sender === "inactive merchant" || sender === "inactive employee") return FORBIDDEN;
    return allowed.length === 0 || allowed.includes(sender) ? "accepted" : FORBIDDEN;
  };
  return Object.fromEntries(SENDERS.map((sender) => [sender, outcome(sender)]));
}

interface Answered {
  status: number;
  data?: { answer?: unknown } | null;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string } }[];
}

function send(
  operation: Operation,
  token: string | null,
  of: Tenant,
  selection: string,
): Promise<Answered> {
  const document = documentOf(operation, selection);
  return server.send<{ answer?: unknown } | null>(
    token,
    document,
    variablesOf(operation, valuesFor(of)),
  );
}

/** A selection that shows whether a mutation was refused for its values. */
function plainSelection({ field }: Operation): string {
  const type = getNamedType(field.type);
  const hasUserErrors = isObjectType(type) && "userErrors" in type.getFields();
  return hasUserErrors ? "userErrors { code field message }" : "__typename";
}

function outcomeOf({ status, data, errors }: Answered): string {
  if (errors) return `${String(status)} ${errors[0]!.extensions.code}`;
  const { userErrors = [] } = (data?.answer ?? {}) as { userErrors?: unknown[] };
  if (userErrors.length > 0) return JSON.stringify(userErrors);
  return data?.answer === null ? "null" : "accepted";
}

describe("every query and mutation", () => {
  it("declares who may use it", () => {
    const silent = OPERATIONS.filter(
      ({ allowedScopes }) => !allowedScopes?.every((scope) => SCOPES.includes(scope)),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it.each(OPERATIONS)("$name accepts only permitted callers", async (operation) => {
    const outcomes: Record<string, string> = {};
    for (const [sender, token] of tokens) {
      outcomes[sender] = outcomeOf(await send(operation, token, tenant, plainSelection(operation)));
    }
    const expected = expectedBy(operation.allowedScopes ?? []);
    const refused = CONTROLS_EVENTS.has(operation.name) ? { WEBHOOKS_WRITE: FORBIDDEN } : {};
    expect(outcomes).toEqual({ ...expected, ...refused });
  });
});

/** A path from an operation to a field, such as `createOrder`, `order`, `paymentCharges`. */
interface Way {
  readonly operation: Operation;
  readonly path: readonly string[];
}

const GUARDED = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter((type) => type !== schema.getQueryType() && type !== schema.getMutationType())
  .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type: type.name, field })))
  .flatMap(({ type, field }) => {
    const allowed = allowedScopesOf(field);
    return allowed && allowed.length > 0 ? [{ name: `${type}.${field.name}`, allowed }] : [];
  });

/** The shortest paths by which a token with only one scope reaches the fields. */
function waysFor(scope: ApiScope): Map<string, Way> {
  const ways = new Map<string, Way>();
  const seen = new Set<string>();
  const isOpen = (allowed: readonly ApiScope[] | undefined): boolean =>
    allowed === undefined || allowed.length === 0 || allowed.includes(scope);
  let level = OPERATIONS.filter(({ allowedScopes }) => isOpen(allowedScopes)).map((operation) => ({
    type: getNamedType(operation.field.type),
    way: { operation, path: [] as string[] },
  }));
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { type, way } of level) {
      if (!isObjectType(type) || seen.has(type.name)) continue;
      seen.add(type.name);
      for (const field of Object.values(type.getFields())) {
        const reached = { operation: way.operation, path: [...way.path, field.name] };
        const name = `${type.name}.${field.name}`;
        if (!ways.has(name)) ways.set(name, reached);
        // Values that are computed from a list are not records.
        if (isOpen(allowedScopesOf(field)) && !field.args.some(isRequired)) {
          next.push({ type: getNamedType(field.type), way: reached });
        }
      }
    }
    level = next;
  }
  return ways;
}

/** A reversal captures no hold. */
function isAlwaysNull({ operation, path }: Way): boolean {
  return operation.name === "reversePocketEntries" && path.includes("pocketHold");
}

/** Subscriptions need another transport, and have their own tests below. */
const SUBSCRIPTIONS = Object.values(schema.getSubscriptionType()!.getFields());

/** Fields behind another field that requires the same scope. */
const BEHIND_OTHERS = new Set<string>([
  "PocketStatement.entries",
  "WebhookEndpoint.deliveries",
  "WebhookDelivery.endpoint",
]);

describe("every subscription", () => {
  const VALUES: Readonly<Record<string, () => string>> = {
    pocketGroupSlug: () => tenant.slug,
    phoneNumber: () => tenant.phoneNumber,
  };

  it.each(SUBSCRIPTIONS)("$name can be begun by exactly its senders", async (field) => {
    const given = field.args
      .filter(isRequired)
      .map(({ name }) => `${name}: ${JSON.stringify(VALUES[name]!())}`);
    const args = given.length > 0 ? `(${given.join(", ")})` : "";
    const query = `subscription { ${field.name}${args} { __typename } }`;
    const outcomes = await Promise.all(
      SENDERS.map(async (sender) => {
        const token = tokens.get(sender) ?? null;
        const stream = await EventStreamClient.open(server.url, {
          headers: token === null ? {} : { authorization: `Token ${token}` },
          body: { query },
        });
        const { status } = stream;
        const outcome = status === 200 ? "accepted" : `${String(status)} ${await codeOf(stream)}`;
        stream.disconnect();
        return [sender, outcome];
      }),
    );
    expect(Object.fromEntries(outcomes)).toEqual(expectedBy(allowedScopesOf(field)!));
  });

  async function codeOf(stream: EventStreamClient): Promise<string> {
    const { errors } = (await stream.json()) as Required<Pick<Answered, "errors">>;
    return errors[0]!.extensions.code;
  }
});

describe("every field that requires a scope", () => {
  const CASES = SCOPES.flatMap((scope) => {
    const ways = waysFor(scope);
    return GUARDED.filter(({ allowed }) => !allowed.includes(scope)).flatMap(({ name }) => {
      const way = ways.get(name);
      return way && !isAlwaysNull(way) ? [{ name, scope, ...way }] : [];
    });
  });

  it("can be tested by a token that can read its record", () => {
    const live = SUBSCRIPTIONS.map(({ name }) => `Subscription.${name}`);
    const tried = new Set([...CASES.map(({ name }) => name), ...BEHIND_OTHERS, ...live]);
    expect(GUARDED.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
  });

  it.each(CASES)(
    "$name is FORBIDDEN with only $scope",
    async ({ operation, path, name, scope }) => {
      const [typeName = "", fieldName = ""] = name.split(".");
      const type = schema.getType(typeName);
      const field = isObjectType(type) ? type.getFields()[fieldName]! : undefined;
      const isObject = isObjectType(getNamedType(field!.type));
      const called = `${fieldName}${argumentsOf(field!)}`;
      const innermost = isObject ? `${called} { __typename }` : called;
      const selection = [...path.slice(0, -1)].reduceRight(
        (inner, outer) => `${outer} { ${inner} }`,
        innermost,
      );
      const { errors = [], data } = await send(operation, tokens.get(scope)!, tenant, selection);
      expect(errors.length, JSON.stringify(data)).toBeGreaterThan(0);
      for (const error of errors) {
        const at = (error.path ?? []).filter((step) => typeof step === "string");
        expect([error.extensions.code, at]).toEqual(["FORBIDDEN", ["answer", ...path]]);
      }
    },
  );
});

/** Every id, token and slug that belongs only to this merchant. */
async function idsOf(of: Tenant): Promise<string[]> {
  const { pool } = server.database;
  const tables = await pool.query<{ name: string; columns: string[] }>(
    `select quote_ident(table_name) as name, array_agg(quote_ident(column_name)) as columns
    from information_schema.columns c
    where table_schema = 'public' and data_type = 'uuid' and column_name in ('id', 'token')
      and exists (select from information_schema.columns m where m.table_name = c.table_name
        and m.table_schema = 'public' and m.column_name = 'merchant_id')
    group by table_name`,
  );
  const ids = await Promise.all(
    tables.rows.map(async ({ name, columns }) => {
      const { rows } = await pool.query<Record<string, string>>(
        `select ${columns.join(", ")} from ${name} where merchant_id = $1`,
        [of.id],
      );
      return rows.flatMap((row) => Object.values(row));
    }),
  );
  const own = await pool.query<{ id: string; slug: string }>(
    "select id, slug from pocket_groups where slug = any($1)",
    [[of.slug, of.spareSlug]],
  );
  const pockets = await pool.query<{ id: string }>(
    "select p.id from pockets p join pocket_groups g on g.id = p.pocket_group_id where g.slug = $1",
    [of.slug],
  );
  const groups = own.rows.flatMap(({ id, slug }) => [id, slug]);
  return [of.id, of.phoneNumber, ...ids.flat(), ...groups, ...pockets.rows.map(({ id }) => id)];
}

/** The selections that show who owns an operation's records: one for each nested record. */
function ownerSelections({ field }: Operation): string[] {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return [ownerSelection(type, 1)];
  const fields = Object.values(type.getFields());
  const branches = fields.filter((one) => isObjectType(getNamedType(one.type)));
  const below = branches.flatMap((branch) => {
    const record = getNamedType(branch.type);
    if (!isObjectType(record)) return [];
    const inner = Object.values(record.getFields()).filter((one) =>
      isObjectType(getNamedType(one.type)),
    );
    return inner.map(
      (one) => `${branchHead(branchSelection(branch, 1))} ${branchSelection(one, 2)} }`,
    );
  });
  return [ownerSelection(type, 1), ...below];
}

/** The start of a selection, to be continued. */
function branchHead(selection: string): string {
  return selection.replace(/\}$/, "");
}

describe("a token of another merchant", () => {
  let ids: string[];
  beforeAll(async () => {
    ids = await idsOf(tenant);
  });

  const expectNothingOf = (found: unknown, what: string): void => {
    const text = JSON.stringify(found);
    expect(
      ids.filter((id) => text.includes(id)),
      what,
    ).toEqual([]);
  };
  const ofMerchants = OPERATIONS.filter(
    ({ allowedScopes = [] }) => allowedScopes.join() !== "OPERATOR",
  );

  it("has test ids for every kind of record", () => {
    const { token: _token, id: _id, spareEndpointId: _deleted, ...named } = tenant;
    const known = [...Object.values(named)].filter((value) => !ids.includes(value));
    expect(known.filter((value) => value !== tenant.phoneNumber)).toEqual([]);
    expect(ids.length).toBeGreaterThan(15);
  });

  it.each(ofMerchants)("$name shows only the token's own merchant", async (operation) => {
    let answers = 0;
    for (const selection of ownerSelections(operation)) {
      const { data, errors } = await send(operation, other.token, other, selection);
      expectNothingOf([data, errors], selection);
      if (data?.answer) answers++;
    }
    expect(answers).toBeGreaterThan(0);
  });

  /** The server treats another merchant's id like a missing one. A merchant may learn that a group exists. */
  function expectedForeign({ kind, field }: Operation): string {
    const names = field.args.filter(isRequired).map(({ name }) => name);
    if (names.includes("pocketGroupSlug") || names.includes("slug")) return FORBIDDEN;
    if (names.includes("webhookEndpointId") || field.name === "redeliverWebhooks")
      return "404 NOT_FOUND";
    if (names.includes("id")) return kind === "query" ? "null" : "404 NOT_FOUND";
    return isItemMutation(field.name) ? FORBIDDEN : "accepted";
  }

  /** Creations refer to records of the tenant, so the server refuses these ids with userErrors. */
  const isCreation = ({ name }: Operation): boolean => name.startsWith("create");

  it.each(ofMerchants.filter((operation) => !isCreation(operation)))(
    "$name finds nothing by another merchant's ids",
    async (operation) => {
      const given = Object.values(variablesOf(operation, valuesFor(tenant)));
      for (const selection of ownerSelections(operation).slice(0, 1)) {
        const answer = await send(operation, other.token, tenant, selection);
        expect(outcomeOf(answer), JSON.stringify(answer)).toBe(expectedForeign(operation));
        expectNothingOf(answer.data, selection);
        // A message may only repeat ids that the request sent.
        const text = (answer.errors ?? []).map(({ message }) => message).join(" ");
        const shown = ids.filter((id) => text.includes(id));
        expect(shown.filter((id) => !JSON.stringify(given).includes(id))).toEqual([]);
      }
    },
  );

  it("changes nothing of another merchant", async () => {
    const reads = OPERATIONS.filter(({ kind, allowedScopes = [] }) => {
      return kind === "query" && allowedScopes.join() !== "OPERATOR";
    });
    const seen = async (): Promise<unknown[]> => {
      const answers: unknown[] = [];
      for (const read of reads) {
        const { data } = await send(
          read,
          tenant.token,
          tenant,
          ownerSelection(getNamedType(read.field.type), 2),
        );
        answers.push([read.name, data]);
      }
      return answers;
    };
    const before = await seen();
    for (const operation of ofMerchants.filter(({ kind }) => kind === "mutation")) {
      const answer = await send(operation, other.token, tenant, plainSelection(operation));
      expect(answer.status, operation.name).not.toBe(500);
    }
    expect(await seen()).toEqual(before);
  });
});

interface RestRoute {
  readonly method: string;
  readonly url: string;
  readonly allowedScopes: readonly ApiScope[] | undefined;
  /** Whether the OpenAPI document omits the route. */
  readonly isHidden: boolean;
}

/** The REST routes as registered with Fastify, without services. */
async function routesOfRest(): Promise<RestRoute[]> {
  const routes: RestRoute[] = [];
  const probe = Fastify();
  probe.addHook("onRoute", ({ method, url, config, schema: described }) => {
    const isHidden = (described as { hide?: boolean } | undefined)?.hide === true;
    for (const one of [method].flat().filter((name) => name !== "HEAD")) {
      routes.push({ method: one, url, allowedScopes: config?.allowedScopes, isHidden });
    }
  });
  const nobody = { authenticate: () => Promise.resolve(null) } as never;
  const services = { exporting: { exportedLists: [] }, imports: { stop: () => undefined } };
  await createRestApi(services as never, nobody).addTo(probe, HTTP_LIMITS);
  await probe.close();
  return routes;
}

const ALL_ROUTES = await routesOfRest();
const ROUTES = ALL_ROUTES.filter(({ isHidden }) => !isHidden);

interface RequestParts {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A file with one row for the tenant's pocket. */
function importOf(url: string): (of: Tenant) => RequestParts {
  return ({ slug, phoneNumber }) => ({
    path: `${url}?group=${slug}`,
    body: `phone_number,amount,token\n${phoneNumber},1,${newId()}\n`,
    headers: { "content-type": "text/csv" },
  });
}

/** A request to each route that is accepted for the tenant. Add new routes here. */
const REQUESTS: Record<string, (of: Tenant) => RequestParts> = {
  "POST /pockets/:slug/charge/": ({ slug, phoneNumber }) => ({
    path: `/pockets/${slug}/charge/`,
    body: { charges: [{ token: newId(), phone_number: phoneNumber, amount: 10 }] },
  }),
  "GET /pockets/:slug/charge/:token/": ({ slug, pocketToken }) => ({
    path: `/pockets/${slug}/charge/${pocketToken}/`,
  }),
  "POST /pockets/:slug/debit/": ({ slug, phoneNumber }) => ({
    path: `/pockets/${slug}/debit/`,
    body: { debits: [{ token: newId(), phone_number: phoneNumber, amount: 1 }] },
  }),
  "POST /pockets/:slug/reverse/": ({ slug, debitToken }) => ({
    path: `/pockets/${slug}/reverse/`,
    body: { reversals: [{ token: newId(), of_token: debitToken, amount: 1 }] },
  }),
  "GET /pockets/:slug/entries/:token/": ({ slug, reversalToken }) => ({
    path: `/pockets/${slug}/entries/${reversalToken}/`,
  }),
  [`GET ${CHARGES}`]: () => ({ path: CHARGES }),
  [`POST ${CHARGES}`]: () => ({ path: CHARGES, body: creating({ amount_in_cents: 5 }) }),
  [`GET ${CHARGES}/:id`]: (of) => ({ path: `${CHARGES}/${of.paymentChargeId}` }),
  [`PUT ${CHARGES}/:id`]: (of) => ({
    path: `${CHARGES}/${of.paymentChargeId}`,
    body: updating(of.paymentChargeId, { description: newId() }),
  }),
  [`PATCH ${CHARGES}/:id`]: (of) => ({
    path: `${CHARGES}/${of.paymentChargeId}`,
    body: updating(of.paymentChargeId, { description: newId() }),
  }),
  "POST /import/pocket-charges": importOf("/import/pocket-charges"),
  "POST /import/pocket-debits": importOf("/import/pocket-debits"),
  // The list of employees is open to every valid token. Each list has its own test below.
  "GET /export/:list.csv": () => ({ path: "/export/employees.csv" }),
  "GET /export/:list.ndjson": () => ({ path: "/export/employees.ndjson" }),
};

function requestTo({ method, url }: RestRoute, of: Tenant): RequestParts {
  const prefix = url.startsWith("/badje/v1") ? "/badje/v1" : "";
  const make = REQUESTS[`${method} ${url.slice(prefix.length)}`];
  if (make === undefined) throw new Error(`Nothing says how to call ${method} ${url}: add it.`);
  const { path, ...more } = make(of);
  return { path: prefix + path, ...more };
}

function isPathOfRoutes(url: string): boolean {
  return ROUTES.some((route) => route.url === url);
}

describe("every REST route", () => {
  it("declares who may use it, except the document and its viewer", () => {
    expect(ROUTES.length).toBeGreaterThan(7);
    const open = ROUTES.filter(({ allowedScopes }) => (allowedScopes ?? []).length === 0);
    expect(open.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
    const hidden = ALL_ROUTES.filter(({ isHidden, url }) => isHidden && !isPathOfRoutes(url));
    const unexpected = hidden.filter(({ url }) => !/^\/(openapi\.json|docs)\b/.test(url));
    expect(unexpected.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  });

  it("responds with 405 to other methods, for every caller", async () => {
    const others = ALL_ROUTES.filter(({ isHidden, url }) => isHidden && isPathOfRoutes(url));
    expect(others.length).toBeGreaterThan(10);
    for (const { method, url } of others) {
      const path = url.replace(/:\w+/g, "x");
      for (const token of [null, tenant.token]) {
        expect([method, url, (await rest.send(method, path, { token })).status]).toEqual([
          method,
          url,
          405,
        ]);
      }
    }
  });

  it("is in the OpenAPI document, and every operation of the document is one", () => {
    const documented = rest.openapi.paths.flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routes = ROUTES.map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, "{$1}")}`);
    expect(routes.toSorted()).toEqual(documented.toSorted());
  });

  it.each(ROUTES)("$method $url accepts only permitted callers", async (route) => {
    const outcomes: Record<string, string> = {};
    for (const [sender, token] of tokens) {
      const { path, ...more } = requestTo(route, tenant);
      const { status } = await rest.send(route.method, path, { token, ...more });
      const refused = new Map([
        [401, UNAUTHENTICATED],
        [403, FORBIDDEN],
      ]).get(status);
      outcomes[sender] = refused ?? (status < 300 ? "accepted" : String(status));
    }
    expect(outcomes).toEqual(expectedBy(route.allowedScopes ?? []));
  });

  it.each(ROUTES)("$method $url finds nothing of another merchant's", async (route) => {
    const ids = await idsOf(tenant);
    const { path, ...more } = requestTo(route, tenant);
    const { status, text } = await rest.send(route.method, path, { token: other.token, ...more });
    const expected = /:slug|^\/import\//.test(route.url)
      ? 403
      : route.url.includes(":id")
        ? 404
        : [200, 201];
    expect([expected].flat()).toContain(status);
    const sent = `${path} ${JSON.stringify(more)}`;
    expect(ids.filter((id) => text.includes(id) && !sent.includes(id))).toEqual([]);
  });

  it("shows nothing of another merchant's in lists and what they include", async () => {
    const ids = await idsOf(tenant);
    for (const query of [
      "",
      `?include=${INCLUDES.join(",")}`,
      "?page[size]=100",
      "?sort=-created_at",
    ]) {
      const { text } = await rest.get(CHARGES + query, other.token);
      expect(ids.filter((id) => text.includes(id))).toEqual([]);
    }
  });
});

describe("every exported list", () => {
  const LISTS = listFieldsOf(schema);

  it.each(LISTS)("$name accepts exactly the tokens of its query", async ({ name, scopes }) => {
    const query = OPERATIONS.find((operation) => operation.name === name);
    expect(scopes).toEqual(query?.allowedScopes);
    const outcomes: Record<string, string> = {};
    for (const [sender, token] of tokens) {
      const { status } = await rest.get(`/export/${name}.ndjson`, token);
      const refusals: Record<number, string> = { 200: "accepted", 401: UNAUTHENTICATED };
      outcomes[sender] = refusals[status] ?? (status === 403 ? FORBIDDEN : String(status));
    }
    expect(outcomes).toEqual(expectedBy(scopes));
  });

  it.each(LISTS.filter(({ scopes }) => scopes.join() !== "OPERATOR"))(
    "$name contains nothing of another merchant's",
    async ({ name }) => {
      const ids = await idsOf(tenant);
      for (const extension of ["csv", "ndjson"]) {
        const { status, text } = await rest.get(`/export/${name}.${extension}`, other.token);
        expect(status).toBe(200);
        expect(text).toContain(extension === "csv" ? "#end" : '{"end":');
        expect(ids.filter((id) => text.includes(id))).toEqual([]);
      }
    },
  );
});
