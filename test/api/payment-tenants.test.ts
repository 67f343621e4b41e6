import { type GraphQLField, type GraphQLInputType, getNamedType, isObjectType } from "graphql";
import { isInputObjectType, isNonNullType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiScope, MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { unconnectedSchema } from "../../src/app/features.js";
import { ITEM_MUTATIONS } from "../../src/graphql/item-mutations.js";
import { invertVersion, newId } from "../../src/shared/uuid.js";
import * as payments from "../support/payments.js";
import { createPocketHistory } from "../support/pocket-history.js";
import { newPhoneNumber } from "../support/pockets.js";
import { accepted } from "../support/payments.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";

/** One record of each kind, all of one merchant. Each has every relation that it can have. */
interface Tenant extends TestMerchant {
  records: Record<string, string>;
}
type Input = Record<string, unknown>;
type Field = GraphQLField<unknown, unknown>;

const schema = unconnectedSchema();
/** test/api/webhooks.test.ts and test/api/redeliver-webhooks.test.ts cover webhooks. */
const isOpenToMerchants = ({ extensions }: Field): boolean =>
  !["OPERATOR", "WEBHOOKS_WRITE"].includes((extensions["allowedScopes"] as ApiScope[]).join());
// test/api/nodes.test.ts covers node and nodes, which find records of every kind.
const QUERIES = Object.values(schema.getQueryType()!.getFields())
  .filter(isOpenToMerchants)
  .filter(({ name }) => !["node", "nodes"].includes(name));
const MUTATIONS = Object.values(schema.getMutationType()!.getFields()).filter(isOpenToMerchants);

/** The record that each id field of an input or filter names. Add new fields here. */
const KIND_OF_FIELD: Record<string, string> = {
  customerId: "customer",
  employeeId: "employee",
  orderId: "order",
  paymentMethodId: "paymentMethod",
  paymentAuthorizationId: "paymentAuthorization",
  paymentChargeId: "paymentCharge",
  pocketHoldId: "pocketHold",
  reversalOfId: "pocketEntryOfDebit",
  token: "pocketToken",
  "pocketHolds.token": "pocketHoldToken",
  "events.subjectId": "customer",
};

/** The record that each look-up finds, and the records that each list contains. */
const KIND_OF_QUERY: Record<string, string> = {
  payment: "paymentOfRefund",
  payments: "paymentOfAuthorization",
  pocketEntry: "pocketEntry",
  pocketEntries: "pocketEntry",
  ...Object.fromEntries(
    "customer employee order paymentMethod paymentAuthorization paymentCharge paymentRefund"
      .split(" ")
      .concat("pocketGroup", "pocket", "pocketCharge", "pocketHold", "event")
      .flatMap((kind) => [
        [kind, kind],
        [`${kind}s`, kind],
      ]),
  ),
};

/** Variables with which each mutation is accepted. Add new mutations here. */
const VARIABLES: Record<string, (own: Tenant["records"]) => { id?: string; input?: Input }> = {
  createPaymentCharge: () => ({ input: { amountInCents: 1 } }),
  updatePaymentCharge: (own) => ({ id: id(own, "paymentCharge"), input: touched() }),
  createPaymentRefund: () => ({ input: { provider: "NONE", amountInCents: 1 } }),
  updatePaymentRefund: (own) => ({ id: id(own, "paymentRefund"), input: touched() }),
  createPaymentAuthorization: () => ({ input: { mode: "REQUEST", amountInCents: 1 } }),
  updatePaymentAuthorization: (own) => ({ id: id(own, "paymentAuthorization"), input: touched() }),
  createPaymentMethod: () => ({ input: METHOD }),
  detachPaymentMethod: (own) => ({ id: id(own, "detachable") }),
  createCustomer: () => ({ input: { name: "A customer" } }),
  updateCustomer: (own) => ({ id: id(own, "customer"), input: { name: newId() } }),
  createOrder: () => ({ input: {} }),
  updateOrder: (own) => ({ id: id(own, "order"), input: { totalInCents: ++lastTotal } }),
};
const METHOD = { provider: "STRIPE", identifier: "pm", methodType: "card", label: "Card" };
let lastTotal = 0;
const touched = (): Input => ({ description: newId() });

/** Fields of other modules; all other fields belong to payments. */
const OTHER_FEATURES = new Set([
  ...["viewer", "employee", "employees", "pocketGroup", "pocketGroups", "pocket", "pockets"],
  ...["pocketCharge", "pocketCharges", "pocketEntry", "pocketEntries", "pocketHold", "pocketHolds"],
  ...["updatePocket", "events"],
  ...ITEM_MUTATIONS,
]);
const ofPayments = ({ name }: Field): boolean => !OTHER_FEATURES.has(name);

let server: TestServer;
let tenant: Tenant;
let other: Tenant;

beforeAll(async () => {
  server = await TestServer.start();
  tenant = await createTenant();
  other = await createTenant();
});

afterAll(() => server.stop());

function id(records: Tenant["records"], kind: string | undefined): string {
  const found = records[kind ?? ""];
  if (found === undefined) throw new Error(`this test makes no record of kind ${String(kind)}`);
  return found;
}

async function createTenant(): Promise<Tenant> {
  const merchant = await server.createMerchant();
  const { services } = server.app;
  const person = { merchantId: merchant.id, name: "E", email: `e-${newId()}@example.com` };
  const employeeId = made(await services.employees.create(person)).id;
  const token = await server.createToken({ merchantId: merchant.id, employeeId });

  const customerId = (await accepted(payments.createCustomer(server, token, { name: "C" }))).id;
  const method = { ...METHOD, customerId };
  const paymentMethodId = (await accepted(payments.createMethod(server, token, method))).id;
  const detachable = (await accepted(payments.createMethod(server, token, method))).id;
  const order = await accepted(payments.createOrder(server, token, { customerId }));
  const all = { orderId: order.id, customerId, paymentMethodId };
  const amount = { amountInCents: 1_000, status: "SUCCEEDED" };
  const authorization = await accepted(
    payments.createAuthorization(server, token, { ...all, ...amount, mode: "REQUEST" }),
  );
  const paymentAuthorizationId = authorization.id;
  const charged = await accepted(
    payments.createCharge(server, token, { ...all, ...amount, paymentAuthorizationId }),
  );
  const refunded = { paymentChargeId: charged.id, amountInCents: 1 };
  const refund = await accepted(payments.createRefund(server, token, refunded));

  const pocketGroupSlug = await server.createGroup({}, merchant);
  const history = await createPocketHistory(server, token, pocketGroupSlug, newPhoneNumber());
  interface Pockets {
    pocketCharges: { nodes: { pocket: { id: string }; pocketGroup: { id: string } }[] };
  }
  const query = "{ pocketCharges { nodes { pocket { id } pocketGroup { id } } } }";
  const { pocketCharges } = await server.ask<Pockets>(token, query);
  const { pocket, pocketGroup } = pocketCharges.nodes[0]!;

  const { events } = await server.ask<{ events: { nodes: { id: string }[] } }>(
    token,
    "{ events(first: 1) { nodes { id } } }",
  );
  const [event] = events.nodes;

  const records = {
    customer: customerId,
    employee: employeeId,
    order: order.id,
    paymentMethod: paymentMethodId,
    detachable,
    paymentAuthorization: paymentAuthorizationId,
    paymentCharge: charged.id,
    paymentRefund: refund.id,
    paymentOfRefund: invertVersion(refund.id),
    paymentOfAuthorization: invertVersion(paymentAuthorizationId),
    pocketGroup: pocketGroup.id,
    pocket: pocket.id,
    pocketCharge: history.charge.id,
    pocketToken: history.charge.token,
    pocketEntry: history.reversal.id,
    pocketEntryOfDebit: history.debit.id,
    pocketHold: history.hold.id,
    pocketHoldToken: history.hold.token,
    event: event!.id,
  };
  return { id: merchant.id, token, records };
}

/** The content of the database, except the tokens' last use, which is written lazily. */
async function contents(): Promise<unknown> {
  const { pool } = server.database;
  const tables = await pool.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'api_tokens'`,
  );
  const digest = ({ name }: { name: string }): string =>
    `select '${name}' as name, md5(string_agg(t::text, ',' order by t::text)) from ${name} t`;
  const { rows } = await pool.query(tables.rows.map(digest).join(" union all "));
  return rows;
}

const isId = (type: GraphQLInputType): boolean => getNamedType(type).name === "ID";

/** The paths of all ids in an input object, such as ["orderId"]. */
function idPaths(type: GraphQLInputType, path: readonly string[] = []): string[][] {
  if (isId(type)) return [[...path]];
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return [];
  return Object.values(named.getFields()).flatMap((field) =>
    idPaths(field.type, [...path, field.name]),
  );
}

/** Adds a value to an input at a path. */
function withValue(input: Input, [name, ...rest]: readonly string[], value: unknown): Input {
  const inner = rest.length > 0 ? withValue((input[name!] ?? {}) as Input, rest, value) : value;
  return { ...input, [name!]: inner };
}

/** A document that calls one field of a root type with all its arguments. */
function documentOf(kind: "query" | "mutation", { name, args }: Field, selection: string): string {
  const given = args.filter((arg) => kind === "mutation" || isNonNullType(arg.type));
  const declared = given.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(", ");
  const passed = given.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
  const call = declared === "" ? name : `${name}(${passed})`;
  return `${kind} ${declared === "" ? "" : `(${declared})`} { answer: ${call} { ${selection} } }`;
}

interface Payload {
  answer: { userErrors: payments.PaymentUserError[] } | null;
}

async function mutate(
  token: string,
  field: Field,
  variables: Record<string, unknown>,
): Promise<unknown> {
  const document = documentOf("mutation", field, "userErrors { code field }");
  const { status, data, errors } = await server.send<Payload | null>(token, document, variables);
  const codes = errors?.map(({ extensions }) => extensions.code);
  return { status, codes, userErrors: data?.answer?.userErrors };
}

const ACCEPTED = { status: 200, codes: undefined, userErrors: [] };
const FORBIDDEN = { status: 403, codes: ["FORBIDDEN"], userErrors: undefined };
const NOT_FOUND = { status: 404, codes: ["NOT_FOUND"], userErrors: undefined };

describe("an id of another merchant", () => {
  const INPUTS = MUTATIONS.flatMap((field) =>
    field.args
      .filter(({ name }) => name === "input")
      .flatMap(({ type }) => idPaths(type))
      .map((path) => [field.name, path.join("."), field, path] as const),
  );

  it.each(INPUTS)(
    "is refused by %s with NOT_FOUND on %s, and nothing is written; the merchant's own is accepted",
    async (name, _, field, path) => {
      const kind = KIND_OF_FIELD[path.at(-1)!];
      const { id: target, input = {} } = VARIABLES[name]!(tenant.records);
      const using = ({ records }: Tenant): Input => ({
        ...(target === undefined ? {} : { id: target }),
        input: withValue(input, path, id(records, kind)),
      });
      const before = await contents();
      expect(await mutate(tenant.token, field, using(other))).toEqual({
        ...ACCEPTED,
        userErrors: [{ code: "NOT_FOUND", field: path }],
      });
      expect(await contents()).toEqual(before);
      expect(await mutate(tenant.token, field, using(tenant))).toEqual(ACCEPTED);
    },
  );

  it.each(
    MUTATIONS.flatMap((field) =>
      field.args
        .filter(({ type }) => isId(type))
        .map((argument) => [field.name, argument.name, field] as const),
    ),
  )(
    "is NOT_FOUND for %s as its %s, and nothing is written; the merchant's own is accepted",
    async (name, argument, field) => {
      const variables = VARIABLES[name]!(tenant.records) as Record<string, unknown>;
      const foreign = VARIABLES[name]!(other.records) as Record<string, unknown>;
      expect(foreign[argument]).toBeTypeOf("string");
      const before = await contents();
      const using = { ...variables, [argument]: foreign[argument] };
      expect(await mutate(tenant.token, field, using)).toEqual(NOT_FOUND);
      expect(await contents()).toEqual(before);
      expect(await mutate(tenant.token, field, variables)).toEqual(ACCEPTED);
      expect(await contents()).not.toEqual(before);
    },
  );

  it.each(
    QUERIES.filter(({ args }) => args.some(({ type }) => isId(type))).map(
      (field) => [field.name, field] as const,
    ),
  )("returns null for %s, which finds the merchant's own", async (name, field) => {
    const query = documentOf("query", field, "id");
    const find = (records: Tenant["records"]): Promise<unknown> =>
      server.ask(tenant.token, query, { id: id(records, KIND_OF_QUERY[name]) });
    expect(await find(other.records)).toEqual({ answer: null });
    const own = { id: id(tenant.records, KIND_OF_QUERY[name]) };
    expect(await find(tenant.records)).toEqual({ answer: own });
  });

  it.each(
    QUERIES.flatMap((field) =>
      field.args
        .filter(({ name }) => name === "filter")
        .flatMap((filter) => idFilters(filter.type).map((by) => [field.name, by, filter] as const)),
    ),
  )("leaves nothing in %s filtered by %s, where an own one does", async (name, by, filter) => {
    const kindOfField = KIND_OF_FIELD[`${name}.${by}`] ?? KIND_OF_FIELD[by];
    const kind = by === "id" ? KIND_OF_QUERY[name] : kindOfField;
    const [own, foreign] = [id(tenant.records, kind), id(other.records, kind)];
    const query = `query ($filter: ${String(filter.type)}) {
      list: ${name}(filter: $filter, first: 100) { nodes { id } totalCount }
    }`;
    const list = async (eq: string[]): Promise<List> =>
      (await server.ask<{ list: List }>(tenant.token, query, { filter: { [by]: { eq } } })).list;
    expect(await list([foreign])).toEqual({ nodes: [], totalCount: 0 });
    const found = await list([own]);
    expect(found.totalCount).toBeGreaterThan(0);
    expect(await list([foreign, own])).toEqual(found);
  });
});

interface List {
  nodes: { id: string }[];
  totalCount: number;
}

/** The fields of a list's filter that compare an id. */
function idFilters(type: GraphQLInputType): string[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return [];
  const fields = Object.values(named.getFields());
  return fields.filter((field) => getNamedType(field.type).name === "IDFilter").map((f) => f.name);
}

describe("a list", () => {
  const LISTS = QUERIES.filter(({ args }) => args.some(({ name }) => name === "filter"));

  it.each(LISTS.map(({ name }) => name))(
    "of %s has only the merchant's own records, whatever the filter is",
    async (name) => {
      const query = `query ($foreign: [ID!]) {
        list: ${name}(first: 100) { nodes { id } totalCount }
        either: ${name}(first: 100, filter: { or: [{ id: { eq: $foreign } }, { not: { id: { eq: $foreign } } }] }) {
          nodes { id } totalCount
        }
      }`;
      const lists = (of: Tenant, by: Tenant): Promise<{ list: List; either: List }> =>
        server.ask(by.token, query, { foreign: [id(of.records, KIND_OF_QUERY[name])] });
      const here = await lists(other, tenant);
      const there = await lists(tenant, other);
      for (const { list, either } of [here, there]) {
        expect(list.totalCount).toBe(list.nodes.length);
        expect(either).toEqual(list);
      }
      const kind = KIND_OF_QUERY[name];
      expect(here.list.nodes).toContainEqual({ id: id(tenant.records, kind) });
      expect(there.list.nodes).toContainEqual({ id: id(other.records, kind) });
      const theirs = there.list.nodes.map((node) => node.id);
      expect(here.list.nodes.filter((node) => theirs.includes(node.id))).toEqual([]);
    },
  );

  const NESTED = QUERIES.filter(({ args }) => args.some(({ type }) => isId(type))).flatMap(
    (parent) => {
      const type = getNamedType(parent.type);
      if (!isObjectType(type)) return [];
      const lists = Object.values(type.getFields()).filter(({ args }) =>
        args.some(({ name }) => name === "filter"),
      );
      return lists.map((list) => [parent.name, list.name] as const);
    },
  );

  it.each(NESTED)("in a record cannot be widened to another merchant: %s.%s", async (...names) => {
    const [parent, list] = names;
    const kind = KIND_OF_QUERY[list];
    const query = `query ($id: ID!, $own: [ID!], $foreign: [ID!]) {
      parent: ${parent}(id: $id) {
        own: ${list}(filter: { or: [{ id: { eq: $foreign } }, { id: { eq: $own } }] }) { nodes { id } }
        foreign: ${list}(filter: { id: { eq: $foreign } }) { nodes { id } totalCount }
      }
    }`;
    const [own, foreign] = [id(tenant.records, kind), id(other.records, kind)];
    const variables = { own: [own], foreign: [foreign] };
    const ask = (of: Tenant): Promise<unknown> =>
      server.ask(tenant.token, query, { ...variables, id: id(of.records, KIND_OF_QUERY[parent]) });
    expect(await ask(other)).toEqual({ parent: null });
    expect(await ask(tenant)).toEqual({
      parent: { own: { nodes: [{ id: own }] }, foreign: { nodes: [], totalCount: 0 } },
    });
  });

  it("has only the merchant's own records in its totals and groups", async () => {
    interface Totals {
      paymentCharges: {
        totalCount: number;
        aggregate: { count: number };
        groupBy: { key: Record<string, { id: string } | null>; aggregate: { count: number } }[];
      };
      paymentRefunds: { totalCount: number; aggregate: { count: number } };
      paymentAuthorizations: { totalCount: number; aggregate: { count: number } };
    }
    const query = `{
      paymentCharges {
        totalCount aggregate { count }
        groupBy(keys: [CUSTOMER, ORDER, EMPLOYEE]) {
          key { customer { id } order { id } employee { id } } aggregate { count }
        }
      }
      paymentRefunds { totalCount aggregate { count } }
      paymentAuthorizations { totalCount aggregate { count } }
    }`;
    const fresh = await createTenant();
    const one = { totalCount: 1, aggregate: { count: 1 } };
    const key = Object.fromEntries(
      ["customer", "order", "employee"].map((kind) => [kind, { id: id(fresh.records, kind) }]),
    );
    expect(await server.ask<Totals>(fresh.token, query)).toEqual({
      paymentCharges: { ...one, groupBy: [{ key, aggregate: { count: 1 } }] },
      paymentRefunds: one,
      paymentAuthorizations: one,
    });
  });
});

describe("a scope alone", () => {
  const tokens = new Map<ApiScope, string>();

  beforeAll(async () => {
    for (const scope of MERCHANT_SCOPES) {
      const token = await server.createToken({ merchantId: tenant.id, scopes: [scope] });
      tokens.set(scope, token);
    }
  });

  const ROWS = [
    ...QUERIES.filter(ofPayments).map((field) => [field.name, "PAYMENTS_READ", field] as const),
    ...MUTATIONS.filter(ofPayments).map((field) => [field.name, "PAYMENTS_WRITE", field] as const),
  ];

  async function ask(token: string, name: string, field: Field): Promise<unknown> {
    if (MUTATIONS.includes(field)) return mutate(token, field, VARIABLES[name]!(tenant.records));
    const isLookUp = field.args.some(({ type }) => isId(type));
    const query = documentOf("query", field, isLookUp ? "id" : "totalCount");
    const variables = isLookUp ? { id: id(tenant.records, KIND_OF_QUERY[name]) } : {};
    const { status, data, errors } = await server.send<{ answer: unknown } | null>(
      token,
      query,
      variables,
    );
    const codes = errors?.map(({ extensions }) => extensions.code);
    return data?.answer ? ACCEPTED : { status, codes, userErrors: undefined };
  }

  it.each(ROWS)("allows %s if it is %s, which is FORBIDDEN to operators", async (...row) => {
    const [name, allowed, field] = row;
    for (const [scope, token] of tokens) {
      const answered = await ask(token, name, field);
      expect([scope, answered]).toEqual([scope, scope === allowed ? ACCEPTED : FORBIDDEN]);
    }
    expect(await ask(server.operatorToken, name, field)).toEqual(FORBIDDEN);
  });

  /** Each relation of a mutation's record, except those that a payload may always show. */
  const ALWAYS = ["payment", "employee", "statusHistory", "metadata"];
  const RELATIONS = MUTATIONS.filter(ofPayments).flatMap((field) => {
    const payload = getNamedType(field.type);
    if (!isObjectType(payload)) return [];
    return Object.values(payload.getFields()).flatMap((record) => {
      const type = getNamedType(record.type);
      if (!isObjectType(type) || type.name === "UserError") return [];
      const relations = Object.values(type.getFields()).filter(({ type: of }) =>
        isObjectType(getNamedType(of)),
      );
      return relations.map((relation) => [field.name, record.name, relation.name, field] as const);
    });
  });

  it.each(RELATIONS)(
    "to write shows of %s { %s { %s } } only what belongs to the record",
    async (...row) => {
      const [name, record, relation, field] = row;
      const isList = relation.endsWith("s") || ["statusHistory", "metadata"].includes(relation);
      const selection = isList ? "__typename" : "id";
      const document = documentOf(
        "mutation",
        field,
        `${record} { id ${relation} { ${selection} } }`,
      );
      const both: ApiScope[] = ["PAYMENTS_READ", "PAYMENTS_WRITE"];
      const reader = await server.createToken({ merchantId: tenant.id, scopes: both });
      const codesFor = async (token: string): Promise<unknown> => {
        const { errors } = await server.send(token, document, VARIABLES[name]!(tenant.records));
        return errors?.map(({ path, extensions }) => [path?.slice(1).join("."), extensions.code]);
      };
      expect(await codesFor(reader)).toBeUndefined();
      expect(await codesFor(tokens.get("PAYMENTS_WRITE")!)).toEqual(
        ALWAYS.includes(relation) ? undefined : [[`${record}.${relation}`, "FORBIDDEN"]],
      );
    },
  );
});
