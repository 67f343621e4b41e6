import {
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
} from "graphql";
import { Temporal } from "temporal-polyfill";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CHARGE_ATTRIBUTES,
  CHANGEABLE,
  OPERATORS,
  SETTABLE,
} from "../../src/rest/payment-charge-attributes.js";
import { camelCase, valueKindOf } from "../../src/rest/attributes.js";
import { fieldOf } from "../../src/records/record.js";
import { paymentChargeRecord } from "../../src/payments/charges/payment-charge.record.js";
import { unconnectedSchema } from "../../src/app/features.js";
import {
  type InputPath,
  pathText,
  placesOf,
  readersOf,
  withValueAt,
} from "../support/input-places.js";
import {
  type Field,
  type Operation,
  documentOf,
  operationsOf,
  variablesOf,
} from "../support/operations.js";
import * as payments from "../support/payments.js";
import { accepted } from "../support/payments.js";
import { createPocketHistory } from "../support/pocket-history.js";
import { newPhoneNumber } from "../support/pockets.js";
import {
  CHARGES,
  type JsonApiDocument,
  type Resource,
  RestClient,
  creating,
  refusalsIn,
  updating,
} from "../support/rest.js";
import type { Instant } from "../../src/shared/instant.js";
import { TestServer } from "../support/server.js";
import { oneIn } from "../support/runs.js";
import { type Tenant, createTenant, valuesFor } from "../support/tenant.js";
import { storeDelivery } from "../support/webhooks.js";

const FIRST = "1900-01-01T00:00:00.000000Z";
const LAST = "9999-12-31T23:59:59.999999Z";
const ENDS = [FIRST, LAST];
/** The zero time of Go and .NET, the instant before the range, and the minute after it. */
const OUTSIDE = [
  "0001-01-01T00:00:00Z",
  "1899-12-31T23:59:59.999999Z",
  "9999-12-31T23:59:59.999999-00:01",
];
const RANGE = /1900 to 9999/;
/** The maximum number of variable errors in one response. */
const MAX_ERRORS = 20;

const schema: GraphQLSchema = unconnectedSchema();
const OPERATIONS = operationsOf(schema);
const PLACES = placesOf(schema, "DateTime");
const READING = [...new Set(PLACES.map(({ operation }) => operation))];

let server: TestServer;
let rest: RestClient;
let tenant: Tenant;

beforeAll(async () => {
  // A day before the last instant, because a charge's time of success may be at most a day ahead.
  server = await TestServer.start({
    clock: { now: () => "9999-12-30T23:59:59.999999Z" as Instant },
  });
  rest = await RestClient.of(server);
  tenant = await createTenant(server, "Tenant");
});

afterAll(() => server.stop());

function tokenFor({ allowedScopes }: Operation): string {
  return allowedScopes?.join() === "OPERATOR" ? server.operatorToken : tenant.token;
}

/** A selection that makes the server read the list, or shows the userErrors. */
function selectionOf({ type }: Field): string {
  const answered = getNamedType(type);
  const fields = isObjectType(answered) ? answered.getFields() : {};
  if ("totalCount" in fields) return "totalCount pageInfo { endCursor }";
  return "userErrors" in fields ? "userErrors { code message field }" : "__typename";
}

describe("every GraphQL input that is a time", () => {
  /** Fields that take a time themselves, below a root operation. */
  const BELOW_ROOT = ["Pocket.balanceAt", "Pocket.statement"];

  it("is also the input of a root operation, or tested below one", () => {
    const ofRoot = new Set(
      READING.flatMap(({ field }) => field.args.map(({ type }) => getNamedType(type).name)),
    );
    const readers = readersOf(schema, "DateTime");
    expect(readers.size).toBeGreaterThan(10);
    const others = [...readers].filter(([type]) => !ofRoot.has(type));
    expect(others.flatMap(([, fields]) => fields)).toEqual(
      // A statement takes two times.
      BELOW_ROOT.flatMap((field) => (field === "Pocket.statement" ? [field, field] : [field])),
    );
  });

  it.each([
    "balanceAt(time: $time)",
    "statement(from: $time, to: $latest) { openingBalance }",
    "statement(from: $earliest, to: $time) { openingBalance }",
  ])("of a pocket's %s is accepted only from 1900 to 9999", async (field) => {
    const called = field.replace("$earliest", `"${FIRST}"`).replace("$latest", `"${LAST}"`);
    const query = `query ($time: DateTime!) {
      pocket(pocketGroupSlug: "${tenant.slug}", phoneNumber: "${tenant.phoneNumber}") { ${called} }
    }`;
    const send = (time: string) => server.send(tenant.token, query, { time });
    for (const time of ENDS) expect((await send(time)).errors).toBeUndefined();
    for (const time of OUTSIDE) {
      const { errors = [] } = await send(time);
      expect(errors[0]?.message, time).toMatch(RANGE);
    }
  });

  it.each(READING.map((operation) => [operation.name, operation] as const))(
    "of %s is accepted only from 1900 to 9999",
    async (_, operation) => {
      const document = documentOf(operation, selectionOf(operation.field), true);
      /** Variables with the time at all places. */
      const send = (paths: readonly InputPath[], time: string) => {
        const needed: unknown = variablesOf(operation, valuesFor(tenant));
        const values = paths.reduce((above, path) => withValueAt(above, path, time), needed);
        return server.send(tokenFor(operation), document, values as Record<string, unknown>);
      };
      const all = PLACES.filter((place) => place.operation === operation).map(({ path }) => path);
      for (let from = 0; from < all.length; from += MAX_ERRORS) {
        const paths = all.slice(from, from + MAX_ERRORS);
        for (const time of OUTSIDE) {
          const { status, errors = [] } = await send(paths, time);
          expect(status).toBe(400);
          const missed = paths.filter((path) => {
            const about = errors.filter(
              ({ message }) =>
                message.includes("1900 to 9999") &&
                message.includes(` at ${pathText(path)}. `) &&
                message.includes(JSON.stringify(time)),
            );
            return about.map(({ extensions }) => extensions.code).join() !== "BAD_USER_INPUT";
          });
          expect(missed, `${time}: ${JSON.stringify(errors)}`).toEqual([]);
        }
        for (const time of ENDS) {
          const { status, errors } = await send(paths, time);
          expect([status, errors], time).toEqual([200, undefined]);
        }
      }
    },
  );

  it.each(READING.map((operation) => [operation.name, operation] as const))(
    "of %s is refused outside of the range in a document",
    async (_, operation) => {
      const { path } = PLACES.find((place) => place.operation === operation)!;
      const [argument, ...within] = path.map(String);
      for (const time of OUTSIDE) {
        const literal = within.reduceRight<string>(
          (inner, step) => (step === "0" ? `[${inner}]` : `{ ${step}: ${inner} }`),
          JSON.stringify(time),
        );
        const { name, field, kind } = operation;
        const document = `${kind} { ${name}(${String(argument)}: ${literal}) { ${selectionOf(field)} } }`;
        const { status, errors = [] } = await server.send(tokenFor(operation), document);
        expect(status).toBe(400);
        const about = errors.filter(({ message }) => message.includes(JSON.stringify(time)));
        expect(about.map(({ message }) => message.includes("1900 to 9999"))).toEqual([true]);
      }
    },
  );

  it("is refused outside of the range as a variable of its own, and as its default", async () => {
    const list = "customers(filter: { createdAt: { gte: $from } }) { totalCount }";
    for (const time of OUTSIDE) {
      const given = await server.send(tenant.token, `query ($from: DateTime!) { ${list} }`, {
        from: time,
      });
      expect(given.errors?.map(({ extensions }) => extensions.code)).toEqual(["BAD_USER_INPUT"]);
      expect(given.errors![0]!.message).toMatch(RANGE);
      expect(given.errors![0]!.message).toContain("$from");
      const byDefault = await server.send(
        tenant.token,
        `query ($from: DateTime! = ${JSON.stringify(time)}) { ${list} }`,
      );
      expect(byDefault.status).toBe(400);
      expect(byDefault.errors![0]!.message).toMatch(RANGE);
    }
  });
});

/** The root lists whose records can be sorted by a time, with those sort fields. */
const SORTED = OPERATIONS.flatMap((operation) => {
  const record = recordOfList(operation.field);
  const sort = operation.field.args.find(({ name }) => name === "sort");
  const step = sort && getNamedType(sort.type);
  if (record === undefined || !isInputObjectType(step)) return [];
  const of = getNamedType(step.getFields()["field"]!.type);
  if (!isEnumType(of)) return [];
  const names = of.getValues().map(({ name }) => name);
  return names.filter((name) => isTime(record, name)).map((name) => ({ operation, name }));
});

/** The type of a connection's records. */
function recordOfList({ type }: Field): GraphQLObjectType | undefined {
  const connection = getNamedType(type);
  const nodes = isObjectType(connection) ? connection.getFields()["nodes"] : undefined;
  const record = nodes && getNamedType(nodes.type);
  return isObjectType(record) ? record : undefined;
}

/** The fields whose minimum and maximum a connection returns. */
function extremesOf({ type }: Field): string[] {
  let of = getNamedType(type);
  for (const name of ["aggregate", "min"]) {
    const field = isObjectType(of) ? of.getFields()[name] : undefined;
    if (!field) return [];
    of = getNamedType(field.type);
  }
  return isObjectType(of) ? Object.keys(of.getFields()) : [];
}

/** Whether a value of a sort or of a grouping, such as `CREATED_AT`, names a time of the record. */
function isTime(record: GraphQLObjectType, name: string): boolean {
  const field = record.getFields()[camelCase(name.toLowerCase())];
  return field !== undefined && getNamedType(field.type).name === "DateTime";
}

describe("a cursor's time", () => {
  it.each(SORTED.map(({ operation, name }) => [operation.name, name, operation] as const))(
    "of %s by %s is accepted only from 1900 to 9999",
    async (_, name, operation) => {
      const query = `query ($after: String) {
        list: ${operation.name}(sort: [{ field: ${name} }], first: 1, after: $after) {
          nodes { __typename } pageInfo { endCursor }
        }
      }`;
      interface Page {
        readonly list: { readonly pageInfo: { readonly endCursor: string } };
      }
      const token = tokenFor(operation);
      const { list } = await server.ask<Page>(token, query);
      const text = Buffer.from(list.pageInfo.endCursor, "base64url").toString();
      const [name_, , ...others] = JSON.parse(text) as unknown[];
      const cursorAt = (time: string): string =>
        Buffer.from(JSON.stringify([name_, time, ...others])).toString("base64url");
      for (const time of ENDS) await server.ask(token, query, { after: cursorAt(time) });
      for (const time of OUTSIDE.map((one) => one.replace(/(:\d\d)Z/, "$1.000000Z"))) {
        const { status, errors } = await server.send(token, query, { after: cursorAt(time) });
        expect([status, errors?.[0]?.extensions.code]).toEqual([400, "BAD_USER_INPUT"]);
        expect(errors![0]!.message).toMatch(/^after /);
      }
    },
  );
});

const isTimeOfRest = (name: string): boolean =>
  valueKindOf(fieldOf(paymentChargeRecord, camelCase(name))) === "dateTime";

describe("every timestamp in a REST URL", () => {
  const parameters = CHARGE_ATTRIBUTES.filter(isTimeOfRest).flatMap((name) => [
    `filter[${name}]`,
    ...OPERATORS.dateTime.map((operator) => `filter[${name}][${operator}]`),
  ]);

  it("is one of the parameters listed in this test", () => {
    expect(parameters.length).toBeGreaterThanOrEqual(6 * 7);
  });

  it.each(parameters)("as %s is accepted only from 1900 to 9999", async (parameter) => {
    const get = (time: string) =>
      rest.get<JsonApiDocument<Resource[]>>(
        `${CHARGES}?${parameter}=${encodeURIComponent(time)}`,
        tenant.token,
      );
    for (const time of ENDS) expect((await get(time)).status).toBe(200);
    for (const time of OUTSIDE) {
      const answer = await get(time);
      expect(answer.status).toBe(400);
      expect(refusalsIn(answer)).toEqual([["BAD_USER_INPUT", parameter]]);
      expect(answer.body.errors![0]!.detail).toMatch(RANGE);
    }
  });

  it("as the second of several values is refused outside of the range", async () => {
    const answer = await rest.get<JsonApiDocument<Resource[]>>(
      `${CHARGES}?filter[created_at][eq]=${FIRST},${OUTSIDE[0]!}`,
      tenant.token,
    );
    expect(refusalsIn(answer)).toEqual([["BAD_USER_INPUT", "filter[created_at][eq]"]]);
  });
});

describe("every timestamp in a REST body", () => {
  const writes = [
    ...SETTABLE.filter(isTimeOfRest).map((name) => ["POST", name] as const),
    ...CHANGEABLE.filter(isTimeOfRest).map((name) => ["PUT", name] as const),
  ];

  it("is listed in this test", () => {
    expect(writes.length).toBeGreaterThan(1);
  });

  it.each(writes)("of %s as %s is accepted only from 1900 to 9999", async (method, name) => {
    const write = (time: string) => {
      const others = { amount_in_cents: 5, mode: "manual", provider: "none", status: "succeeded" };
      const { paymentChargeId: id } = tenant;
      const [path, body] =
        method === "POST"
          ? [CHARGES, creating({ ...others, [name]: time })]
          : [`${CHARGES}/${id}`, updating(id, { [name]: time })];
      return rest.send<JsonApiDocument<Resource>>(method, path, { token: tenant.token, body });
    };
    for (const time of ENDS) {
      const { status, text, body } = await write(time);
      expect(status, text).toBe(method === "POST" ? 201 : 200);
      expect(body.data.attributes[name]).toBe(time.replace("Z", "+00:00"));
    }
    for (const time of OUTSIDE) {
      const answer = await write(time);
      expect(answer.status).toBe(422);
      expect(refusalsIn(answer)).toEqual([["INVALID", `/data/attributes/${name}`]]);
      expect(answer.body.errors![0]!.detail).toMatch(RANGE);
    }
  });
});

it("stores both ends exactly in every timestamp input", async () => {
  for (const time of ENDS) {
    const charged = await accepted(
      payments.createCharge(server, tenant.token, {
        amountInCents: 1,
        status: "SUCCEEDED",
        succeededAt: time,
      }),
    );
    expect(charged.succeededAt).toBe(time);
    const updated = await accepted(
      payments.updateCharge(server, tenant.token, tenant.paymentChargeId, { succeededAt: time }),
    );
    expect(updated.succeededAt).toBe(time);
    const held = await accepted(
      payments.createAuthorization(server, tenant.token, {
        orderId: tenant.orderId,
        amountInCents: 1,
        mode: "REQUEST",
        captureBefore: time,
      }),
    );
    expect(held.captureBefore).toBe(time);
  }
  interface Created {
    readonly created: {
      readonly secret: string;
      readonly apiToken: { readonly expiresAt: string };
    };
  }
  const { created } = await server.ask<Created>(
    server.operatorToken,
    `mutation ($input: CreateApiTokenInput!) {
      created: createApiToken(input: $input) { secret apiToken { expiresAt } }
    }`,
    {
      input: { merchantId: tenant.id, name: "lasting", scopes: ["PAYMENTS_READ"], expiresAt: LAST },
    },
  );
  // A token's times have millisecond precision.
  expect(created.apiToken.expiresAt).toBe("9999-12-31T23:59:59.999000Z");
  await server.ask(created.secret, "{ paymentCharges { totalCount } }");
});

const UNITS = ["HOUR", "DAY", "WEEK", "MONTH", "YEAR"] as const;
type Unit = (typeof UNITS)[number];
/** The zones with extreme offsets, and some whose offset in 1900 had seconds. */
const FIXED_ZONES = ["UTC", "Etc/GMT+12", "Etc/GMT-14"];
const ZONES = [
  ...FIXED_ZONES,
  ...["Pacific/Kiritimati", "Pacific/Apia", "Asia/Tehran", "Europe/Dublin", "Africa/Monrovia"],
  ...["America/Juneau", "Asia/Manila", "America/St_Johns", "Antarctica/Troll"],
];
const DAY_MS = 24 * 3_600_000;
/** The maximum length of a bucket, in a zone whose clock moves by at most a day. */
const LONGEST_MS: Readonly<Record<Unit, number>> = {
  HOUR: 2 * 3_600_000,
  DAY: 2 * DAY_MS,
  WEEK: 8 * DAY_MS,
  MONTH: 32 * DAY_MS,
  YEAR: 367 * DAY_MS,
};

/** The root connections with groupBy, with the time keys of each. Events are listed only for their retention. */
const GROUPED = OPERATIONS.flatMap((operation) => {
  const connection = getNamedType(operation.field.type);
  const groupBy = isObjectType(connection) ? connection.getFields()["groupBy"] : undefined;
  const keys = groupBy?.args.find(({ name }) => name === "keys");
  const of = keys && getNamedType(keys.type);
  const record = recordOfList(operation.field);
  if (record === undefined || !isEnumType(of) || operation.name === "events") return [];
  const names = of.getValues().map(({ name }) => name);
  return names.filter((name) => isTime(record, name)).map((name) => ({ operation, name }));
});

interface Group {
  readonly key: Readonly<Record<string, string | null>>;
  readonly aggregate: { readonly count: number };
}

type Groups = Readonly<Record<string, readonly Group[]>>;

interface Figures {
  readonly list: { readonly aggregate: unknown };
}

describe("rows at both ends of the range", () => {
  beforeAll(async () => {
    const { token, slug, orderId, paymentChargeId } = tenant;
    const amount = { amountInCents: 1, status: "SUCCEEDED" };
    const held = { ...amount, orderId, mode: "REQUEST" };
    await accepted(payments.createAuthorization(server, token, held));
    for (let count = 0; count < 2; count++) {
      await accepted(payments.createCharge(server, token, amount));
      await accepted(payments.createRefund(server, token, { ...amount, paymentChargeId }));
    }
    await createPocketHistory(server, token, slug, newPhoneNumber());
    await storeDelivery(server, tenant, tenant.webhookEndpointId);
    await moveTimes("pockets", "pocket_ledger", "pocket_holds", "payment_authorizations");
    await moveTimes("payment_charges", "payment_refunds", "webhook_deliveries");
  });

  /** Moves the times of one row of each table to the start of the range, and those of the others to its end. */
  async function moveTimes(...tables: readonly string[]): Promise<void> {
    const { pool } = server.database;
    for (const table of tables) {
      const { rows } = await pool.query<{ name: string }>(
        `select column_name as name from information_schema.columns
         where table_name = $1 and data_type = 'timestamp with time zone'`,
        [table],
      );
      const moved = rows.map(
        ({ name }) => `${name} = case when ${name} is null then null
          when is_first then '${FIRST}'::timestamptz else '${LAST}' end`,
      );
      const order = rows.some(({ name }) => name === "succeeded_at") ? "succeeded_at, id" : "id";
      await pool.query(
        `update ${table} set ${moved.join(", ")} from (
           select id as found, row_number() over (order by ${order}) = 1 as is_first from ${table}
         ) as numbered where id = found`,
      );
    }
  }

  it.each(GROUPED.map(({ operation, name }) => [operation.name, name, operation] as const))(
    "are in the groups of %s by %s, in every unit and at the extremes of the zones",
    async (_, name, operation) => {
      const key = camelCase(name.toLowerCase());
      for (const timeZone of ZONES) {
        const aliases = UNITS.map(
          (
            unit,
          ) => `${unit}: groupBy(keys: [${name}], bucket: { unit: ${unit}, timeZone: "${timeZone}" }) {
            key { ${key} } aggregate { count }
          }`,
        );
        const query = `{ list: ${operation.name} { totalCount ${aliases.join(" ")} } }`;
        const { list } = await server.ask<{ list: Groups & { readonly totalCount: number } }>(
          tenant.token,
          query,
        );
        for (const unit of UNITS) {
          const groups = list[unit]!;
          const starts = groups.flatMap((group) => group.key[key] ?? []);
          expect(starts, `${unit} in ${timeZone}`).toHaveLength(2);
          for (const [at, start] of starts.entries()) {
            const time = Date.parse(ENDS[at]!);
            expect(Date.parse(start)).toBeLessThanOrEqual(time);
            expect(Date.parse(start)).toBeGreaterThan(time - LONGEST_MS[unit]);
          }
          if (FIXED_ZONES.includes(timeZone))
            expect(starts).toEqual(ENDS.map((time) => startOf(time, unit, timeZone)));
          const counts = groups.map(({ aggregate }) => aggregate.count);
          expect(counts.reduce((sum, count) => sum + count)).toBe(list.totalCount);
        }
      }
    },
  );

  it.each(GROUPED.map(({ operation, name }) => [operation.name, name, operation] as const))(
    "are filtered, sorted, aggregated and shown in %s by %s",
    async (_, name, operation) => {
      const key = camelCase(name.toLowerCase());
      const list = (args: string): string =>
        `${operation.name}(${args}) { nodes { ${key} } pageInfo { endCursor } }`;
      const query = `query ($first: DateTime!, $last: DateTime!, $after: String) {
        below: ${list(`filter: { ${key}: { lte: $first } }`)}
        above: ${list(`filter: { ${key}: { gte: $last } }`)}
        sorted: ${list(`sort: [{ field: ${name}, direction: DESC }]`)}
        next: ${list(`sort: [{ field: ${name}, direction: ASC }], first: 1, after: $after`)}
      }`;
      interface Page {
        nodes: Record<string, string>[];
        pageInfo: { endCursor: string };
      }
      const ask = (after: string | null) =>
        server.ask<Record<string, Page>>(tenant.token, query, { first: FIRST, last: LAST, after });
      const { below, above, sorted, next } = await ask(null);
      const extremes = extremesOf(operation.field);
      if (extremes.includes(key)) {
        const figures = await server.ask<Figures>(
          tenant.token,
          `{ list: ${operation.name} { aggregate { min { ${key} } max { ${key} } } } }`,
        );
        expect(figures.list.aggregate).toEqual({ min: { [key]: FIRST }, max: { [key]: LAST } });
      }
      const timesOf = (page: Page | undefined): string[] =>
        page!.nodes.flatMap((node) => node[key] ?? []);
      expect(timesOf(below)).toEqual([FIRST]);
      expect(new Set(timesOf(above))).toEqual(new Set([LAST]));
      expect(timesOf(sorted)).toEqual([...timesOf(above), FIRST]);
      expect(timesOf(next)).toEqual([FIRST]);
      const after = await ask(next!.pageInfo.endCursor);
      expect(timesOf(after["next"])).toEqual([LAST]);
    },
  );

  it("have groups in every time zone", async () => {
    const zones = oneIn(8, Intl.supportedValuesOf("timeZone"));
    for (let from = 0; from < zones.length; from += 8) {
      const some = zones.slice(from, from + 8);
      const aliases = some.flatMap((timeZone, zone) =>
        UNITS.map(
          (
            unit,
          ) => `${unit}${String(zone)}: groupBy(keys: [SUCCEEDED_AT], bucket: { unit: ${unit}, timeZone: "${timeZone}" }) {
            key { succeededAt }
          }`,
        ),
      );
      const { list } = await server.ask<{ list: Groups }>(
        tenant.token,
        `{ list: paymentCharges { ${aliases.join(" ")} } }`,
      );
      for (const [zone, timeZone] of some.entries())
        for (const unit of UNITS) {
          const starts = list[`${unit}${String(zone)}`]!.flatMap(
            ({ key }) => key["succeededAt"] ?? [],
          );
          const distances = starts.map((start, at) => Date.parse(ENDS[at]!) - Date.parse(start));
          const isWithin = distances.map((ms) => ms >= 0 && ms < LONGEST_MS[unit]);
          expect(isWithin, `${unit} in ${timeZone}: ${starts.join()}`).toEqual([true, true]);
        }
    }
  });
});

function startOf(time: string, unit: Unit, timeZone: string): string {
  const local = Temporal.Instant.from(time).toZonedDateTimeISO(timeZone);
  const day = local.startOfDay();
  const start = {
    HOUR: () => local.round({ smallestUnit: "hour", roundingMode: "floor" }),
    DAY: () => day,
    WEEK: () => day.subtract({ days: day.dayOfWeek - 1 }),
    MONTH: () => day.with({ day: 1 }),
    YEAR: () => day.with({ month: 1, day: 1 }),
  }[unit]();
  return start.toInstant().toString({ smallestUnit: "microsecond" });
}
