import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  accepted,
  createAuthorization,
  createCharge,
  createCustomer,
  createMethod,
  createOrder,
  createRefund,
  findAuthorization,
  findCharge,
  findCustomer,
  findMethod,
  findOrder,
  findRefund,
  paymentIdOf,
  updateCharge,
  updateCustomer,
  updateOrder,
  updateRefund,
} from "../support/payments.js";
import { TestServer, made } from "../support/server.js";

type Input = Record<string, unknown>;
type Row = Record<string, unknown> & { id: string; createdAt: string };
type Kind = "id" | "time" | "amount" | "text" | "enum" | "boolean" | "metadata";

interface List {
  readonly field: string;
  /** Every field of the filter. */
  readonly filters: Readonly<Record<string, Kind>>;
  /** Every field to sort by. */
  readonly sorts: string;
}

function of(kind: Kind, fields: string): Record<string, Kind> {
  return Object.fromEntries(fields.split(" ").map((field) => [field, kind]));
}

const MONEY = "amountInCents depositInCents totalInCents";
const REFUNDED = "amountRefundedInCents depositRefundedInCents totalRefundedInCents";
const TIMES = { ...of("id", "id"), ...of("time", "createdAt updatedAt") };
const OWN = { ...of("text", "reference"), ...of("metadata", "metadata") };
const LISTS = {
  PaymentCharge: {
    field: "paymentCharges",
    filters: {
      ...TIMES,
      ...of("enum", "status mode provider"),
      ...of("amount", `${MONEY} ${REFUNDED}`),
      ...of("amount", "amountRefundableInCents depositRefundableInCents totalRefundableInCents"),
      ...of("text", "currency description providerId providerMethod providerSecret"),
      ...of("boolean", "refundable"),
      ...of("time", "succeededAt failedAt canceledAt expiredAt"),
      ...of("id", "employeeId orderId customerId paymentMethodId paymentAuthorizationId"),
      ...OWN,
    },
    sorts:
      "id createdAt updatedAt status mode provider currency description providerId providerMethod " +
      `succeededAt failedAt canceledAt expiredAt ${MONEY} ${REFUNDED} refundable ` +
      "amountRefundableInCents depositRefundableInCents totalRefundableInCents " +
      "employeeId orderId customerId paymentMethodId paymentAuthorizationId reference",
  },
  PaymentRefund: {
    field: "paymentRefunds",
    filters: {
      ...TIMES,
      ...of("enum", "status provider"),
      ...of("amount", MONEY),
      ...of("text", "currency reason providerId"),
      ...of("id", "paymentChargeId customerId orderId employeeId"),
      ...of("time", "succeededAt"),
      ...OWN,
    },
    sorts: "createdAt updatedAt status amountInCents totalInCents succeededAt reference",
  },
  PaymentAuthorization: {
    field: "paymentAuthorizations",
    filters: {
      ...TIMES,
      ...of("enum", "status provider"),
      ...of("amount", "totalInCents"),
      ...of("text", "currency"),
      ...of("id", "customerId orderId employeeId paymentMethodId"),
      ...of("time", "captureBefore"),
      ...OWN,
    },
    sorts: "createdAt updatedAt status totalInCents captureBefore reference",
  },
  Payment: {
    field: "payments",
    filters: { ...TIMES, ...of("id", "orderId"), ...of("enum", "ownerType") },
    sorts: "createdAt updatedAt",
  },
  PaymentMethod: {
    field: "paymentMethods",
    filters: {
      ...of("id", "id customerId"),
      ...of("time", "createdAt"),
      ...of("enum", "provider"),
      ...of("text", "identifier methodType"),
    },
    sorts: "createdAt updatedAt",
  },
  Customer: {
    field: "customers",
    filters: {
      ...of("id", "id"),
      ...of("time", "createdAt"),
      ...of("text", "name email phoneNumber"),
      ...of("boolean", "isArchived"),
      ...OWN,
    },
    sorts: "createdAt updatedAt name number reference",
  },
  Order: {
    field: "orders",
    filters: {
      ...of("id", "id customerId"),
      ...of("time", "createdAt"),
      ...of("enum", "status"),
      ...of("amount", "totalInCents"),
      ...OWN,
    },
    sorts: "createdAt updatedAt number totalInCents reference",
  },
} satisfies Record<string, List>;
type Name = keyof typeof LISTS;
const NAMES = Object.keys(LISTS) as Name[];

const CHARGES = 40;
const STATUSES =
  "CREATED STARTED ACTION_REQUIRED PROCESSING SUCCEEDED FAILED CANCELED EXPIRED SUCCEEDED SUCCEEDED";
/** Times on both sides of the start of a day, a year and summer time. */
const SUCCEEDED_AT = [
  ...["2024-03-31T00:59:59.999999Z", "2024-03-31T01:00:00.000000Z", "2024-10-26T22:00:00.000000Z"],
  ...["2024-10-26T21:59:59.999999Z", "2024-10-27T00:30:00.000000Z", "2024-10-27T01:30:00.000000Z"],
  ...["2024-12-31T23:30:00.000000Z", "2025-01-01T00:00:00.000000Z", "2024-12-02T09:22:04.475339Z"],
  ...["2021-03-21T20:29:59.999999Z", "2021-03-21T20:30:00.000000Z", "2021-09-21T19:30:00.000000Z"],
];

let server: TestServer;
let token: string;
/** Every record of the merchant, as its look-up returns it. */
const rows = {} as Record<Name, Row[]>;

beforeAll(async () => {
  // One operation contains dozens of filters.
  server = await TestServer.start({ documentLimits: { aliases: 1_000, cost: 1e6 } });
  const merchant = await server.createMerchant();
  ({ token } = merchant);
  await makeRows(token, await employeeTokens(merchant.id));
  // Another merchant's records must not appear in any list or sum below.
  const other = await server.createMerchant();
  const seen = structuredClone(rows);
  await makeRows(other.token, [other.token]);
  Object.assign(rows, seen);
});

afterAll(() => server.stop());

/** The merchant's tokens: one without an employee, and one for each of two employees. */
async function employeeTokens(merchantId: string): Promise<string[]> {
  const tokens = [token];
  for (const email of ["a@example.com", "b@example.com"]) {
    const employee = { merchantId, name: "E", email };
    const { id: employeeId } = made(await server.app.services.employees.create(employee));
    tokens.push(await server.createToken({ merchantId, employeeId }));
  }
  return tokens;
}

function pick<T>(from: readonly T[], index: number): T {
  return from[index % from.length]!;
}

/** The merchant's own data of the record with this number. */
function ownData(index: number): Input {
  const reference = pick([null, "order_1", "order 20%", "sale\\3", "till"], index * 3);
  return { reference, metadata: [{ key: "channel", value: pick(["web", "app"], index) }] };
}

async function makeRows(by: string, tokens: readonly string[]): Promise<void> {
  const idsOf: Record<Exclude<Name, "Payment">, string[]> = {
    ...{ PaymentCharge: [], PaymentRefund: [], PaymentAuthorization: [] },
    ...{ PaymentMethod: [], Customer: [], Order: [] },
  };
  for (const [index, name] of ["anna", "bert_b", "cleo 100%", "dora\\d", "emil"].entries()) {
    const email = pick([null, `${name.slice(0, 4)}@example.com`], index);
    const phoneNumber = pick([`+31 20 ${String(index)}`, null, "(030) 12-3"], index);
    const input = { name, email, phoneNumber, ...ownData(index) };
    idsOf.Customer.push((await accepted(createCustomer(server, by, input))).id);
  }
  for (const index of [0, 3]) {
    await accepted(updateCustomer(server, by, idsOf.Customer[index]!, { isArchived: true }));
  }
  // The first four orders are in dollars, the last two in euros.
  for (const [index, status] of "NEW DRAFT RESERVED STARTED STOPPED CANCELED"
    .split(" ")
    .entries()) {
    const customerId = pick([idsOf.Customer[0]!, null, idsOf.Customer[1]!], index);
    const currency = index < 4 ? "USD" : "EUR";
    const totalInCents = ((index * 3) % 4) * 1_000;
    const input = { customerId, currency, status, totalInCents, ...ownData(index) };
    idsOf.Order.push((await accepted(createOrder(server, by, input))).id);
  }
  await accepted(updateOrder(server, by, idsOf.Order[1]!, { status: "ARCHIVED" }));
  for (const [index, methodType] of ["card", "sepa_debit", "card", "ideal"].entries()) {
    const provider = pick(["STRIPE", "STRIPE", "APP", "NONE"], index);
    const customerId = pick([null, null, ...idsOf.Customer.slice(0, 2)], index);
    const input = { provider, customerId, methodType, identifier: `pm_${String(index)}%` };
    const method = accepted(createMethod(server, by, { ...input, label: "Label" }));
    idsOf.PaymentMethod.push((await method).id);
  }
  for (let index = 0; index < CHARGES; index++) {
    const employees = pick(tokens, index);
    const input = await chargeInput(employees, index, idsOf);
    idsOf.PaymentCharge.push((await accepted(createCharge(server, employees, input))).id);
  }
  for (const id of idsOf.PaymentCharge.filter((_, index) => index % 7 === 3)) {
    await accepted(updateCharge(server, by, id, { providerMethod: "updated" }));
  }
  await makeRefunds(tokens, idsOf);

  const read = async (
    name: Exclude<Name, "Payment">,
    find: (client: TestServer, by: string, id: string) => Promise<object | null>,
  ): Promise<void> => {
    rows[name] = [];
    for (const id of idsOf[name]) rows[name].push((await find(server, by, id)) as Row);
  };
  await read("PaymentCharge", findCharge);
  await read("PaymentRefund", findRefund);
  await read("PaymentAuthorization", findAuthorization);
  await read("PaymentMethod", findMethod);
  await read("Customer", findCustomer);
  await read("Order", findOrder);
  rows.Payment = [
    ...paymentsOf(rows.PaymentCharge, "PAYMENT_CHARGE"),
    ...paymentsOf(rows.PaymentRefund, "PAYMENT_REFUND"),
    ...paymentsOf(rows.PaymentAuthorization, "PAYMENT_AUTHORIZATION"),
  ];
}

function paymentsOf(owners: readonly Row[], ownerType: string): Row[] {
  return owners.map((row) => ({ ...row, id: paymentIdOf(row.id), ownerId: row.id, ownerType }));
}

/** The input of the charge with this number. Creates the authorization for a charge that captures. */
async function chargeInput(
  by: string,
  index: number,
  idsOf: Record<"Customer" | "Order" | "PaymentMethod" | "PaymentAuthorization", string[]>,
): Promise<Input> {
  const status = pick(STATUSES.split(" "), index);
  const mode = pick(
    ["REQUEST", "MANUAL", "TERMINAL", "OFF_SESSION", "CAPTURE"],
    Math.floor(index / 3),
  );
  const money = {
    amountInCents: (((index * 37) % 11) + 1) * 100,
    depositInCents: ((index * 5) % 4) * 50,
    currency: index % 6 === 5 ? "EUR" : "USD",
  };
  const succeeded = Math.floor(index / 10) * 3 + [4, 8, 9].indexOf(index % 10);
  const input: Input = {
    ...{ ...money, status, mode, provider: pick(["STRIPE", "APP", "NONE"], index) },
    description: pick(["alpha 100%", null, "beta_b", "gamma\\x", null, "delta"], index * 5 + 1),
    providerId: index % 4 === 0 ? null : `pi_${String((index * 7) % CHARGES).padStart(2, "0")}`,
    providerMethod: pick([null, "bank", "cash", "credit_card"], Math.floor(index / 2)),
    providerSecret: pick([null, "first secret", "second secret"], index),
    succeededAt: status === "SUCCEEDED" ? pick(SUCCEEDED_AT, succeeded) : null,
    ...ownData(index),
  };
  if (index % 4 === 1)
    input["orderId"] = pick(idsOf.Order, money.currency === "USD" ? index % 4 : 4);
  if (index % 4 === 2) input["customerId"] = pick(idsOf.Customer, index);
  if (mode === "OFF_SESSION") input["paymentMethodId"] = idsOf.PaymentMethod[index % 2];
  if (mode === "CAPTURE") {
    const held = {
      ...{ ...money, mode: "REQUEST", provider: input["provider"] },
      status: status === "SUCCEEDED" ? status : pick(["CREATED", "SUCCEEDED", "FAILED"], index),
      captureBefore: index % 2 === 0 ? `2999-01-${String(10 + index / 2)}T00:00:00Z` : null,
      ...{ orderId: input["orderId"], customerId: input["customerId"], ...ownData(index) },
      paymentMethodId: pick([null, ...idsOf.PaymentMethod.slice(0, 2)], index),
    };
    const authorization = await accepted(createAuthorization(server, by, held));
    idsOf.PaymentAuthorization.push(authorization.id);
    input["paymentAuthorizationId"] = authorization.id;
  }
  return input;
}

/** Refunds of each status, one with everything that a charge has, and some without a charge. */
async function makeRefunds(
  tokens: readonly string[],
  idsOf: Record<"PaymentCharge" | "PaymentRefund" | "Customer" | "Order", string[]>,
): Promise<void> {
  const by = tokens[0]!;
  const make = async (input: Input): Promise<void> => {
    const employees = pick(tokens, idsOf.PaymentRefund.length);
    idsOf.PaymentRefund.push((await accepted(createRefund(server, employees, input))).id);
  };
  const statuses = "SUCCEEDED CREATED PENDING ACTION_REQUIRED FAILED CANCELED EXPIRED".split(" ");
  const [whole, ...others] = idsOf.PaymentCharge.filter((_, index) =>
    [4, 8, 9].includes(index % 10),
  );
  for (const [index, id] of [...others, ...others.slice(0, 3)].entries()) {
    const charge = (await findCharge(server, by, id))!;
    await make({
      ...{ paymentChargeId: id, status: index < 4 ? "SUCCEEDED" : pick(statuses, index) },
      ...{
        amountInCents: 10 + (index % 4),
        depositInCents: Math.min(index, charge.depositInCents),
      },
      reason: pick([null, "broken_part", "late 50%", "other\\thing"], index),
      providerId: pick([null, `re_${String(index)}`], index),
      provider: index % 3 === 0 ? "NONE" : charge.provider,
      ...ownData(index),
    });
  }
  const { amountInCents, depositInCents } = (await findCharge(server, by, whole!))!;
  const all = { paymentChargeId: whole, status: "SUCCEEDED", amountInCents, depositInCents };
  await make({ ...all, reason: "all" });
  await make({ amountInCents: 7, provider: "NONE", orderId: idsOf.Order[0] });
  await make({ amountInCents: 8, provider: "NONE", customerId: idsOf.Customer[2] });
  await accepted(updateRefund(server, by, idsOf.PaymentRefund[2]!, { reason: "changed" }));
}

interface Connection {
  nodes: Row[];
  edges: { cursor: string; node: Row }[];
  totalCount: number;
  pageInfo: Record<"hasNextPage" | "hasPreviousPage", boolean> &
    Record<"startCursor" | "endCursor", string | null>;
  aggregate: Record<string, unknown>;
  groupBy: { key: unknown; aggregate: unknown }[];
}

function queryOf(name: Name, selection: string): string {
  const list = `${LISTS[name].field}(filter: $filter, sort: $sort, first: $first, after: $after,
    last: $last, before: $before, page: $page)`;
  return `query (
    $filter: ${name}Filter, $sort: [${name}Sort!], $page: PageInput,
    $first: Int, $after: String, $last: Int, $before: String
  ) { list: ${list} { ${selection} } }`;
}

async function ask(name: Name, selection: string, variables: Input = {}): Promise<Connection> {
  const query = queryOf(name, selection);
  return (await server.ask<{ list: Connection }>(token, query, variables)).list;
}

/** Expects BAD_USER_INPUT with a message that matches the pattern. */
async function expectRefusal(
  name: Name,
  selection: string,
  variables: Input,
  message: RegExp,
): Promise<void> {
  const { status, errors } = await server.send(token, queryOf(name, selection), variables);
  expect({ status, codes: errors?.map(({ extensions }) => extensions.code) }).toEqual({
    status: 400,
    codes: ["BAD_USER_INPUT"],
  });
  expect(errors?.[0]?.message).toMatch(message);
}

async function idsBy(name: Name, variables: Input): Promise<string[]> {
  const { nodes, totalCount } = await ask(name, "nodes { id } totalCount", {
    first: 100,
    ...variables,
  });
  expect(totalCount).toBe(nodes.length);
  return nodes.map(({ id }) => id);
}

/** The records that each filter finds, queried in one request. */
async function idsByEach(name: Name, filters: readonly Input[]): Promise<string[][]> {
  const declared = filters.map((_, index) => `$f${String(index)}: ${name}Filter`).join(", ");
  const lists = filters.map((_, index) => {
    const list = `${LISTS[name].field}(filter: $f${String(index)}, first: 100)`;
    return `l${String(index)}: ${list} { nodes { id } totalCount }`;
  });
  const data = await server.ask<Record<string, Connection>>(
    token,
    `query (${declared}) { ${lists.join(" ")} }`,
    Object.fromEntries(filters.map((filter, index) => [`f${String(index)}`, filter])),
  );
  return Object.values(data).map(({ nodes, totalCount }) => {
    expect(totalCount).toBe(nodes.length);
    return nodes.map(({ id }) => id);
  });
}

function idsOf(from: readonly Row[]): string[] {
  return from.map(({ id }) => id);
}

/** Sorts the rows: nulls last in both directions, then by id in the direction of the last key. */
function sorted(from: readonly Row[], ...keys: [field: string, direction: string][]): Row[] {
  const all = [...keys, ["id", keys.at(-1)![1]] as const];
  return from.toSorted((one, other) => {
    for (const [field, direction] of all) {
      const [a, b] = [one[field] ?? null, other[field] ?? null] as [string | null, string | null];
      if (a === b) continue;
      if (a === null || b === null) return a === null ? 1 : -1;
      return a < b === (direction === "ASC") ? -1 : 1;
    }
    return 0;
  });
}

function screaming(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

describe("a filter", () => {
  type Test = (value: unknown, operand: unknown) => boolean;
  const anyOf =
    (test: (value: string, one: string) => boolean): Test =>
    (value, operand) =>
      (operand as unknown[]).some((one) => test(String(value), String(one)));
  const lower = (text: string): string => text.toLowerCase();

  const POSITIVE: Record<string, Test> = {
    eq: anyOf((value, one) => lower(value) === lower(one)),
    eql: anyOf((value, one) => value === one),
    prefix: anyOf((value, one) => lower(value).startsWith(lower(one))),
    suffix: anyOf((value, one) => lower(value).endsWith(lower(one))),
    match: anyOf((value, one) => lower(value).includes(lower(one))),
    gt: (value, operand) => (value as string) > (operand as string),
    gte: (value, operand) => (value as string) >= (operand as string),
    lt: (value, operand) => (value as string) < (operand as string),
    lte: (value, operand) => (value as string) <= (operand as string),
  };

  /** A plain implementation of each operator. */
  function keeps(value: unknown, operator: string, operand: unknown): boolean {
    if (operator === "isNull") return (value === null) === operand;
    if (value === null) return false;
    if (typeof value === "boolean") return value === operand;
    if (!operator.startsWith("not")) return POSITIVE[operator]!(value, operand);
    return !POSITIVE[operator.charAt(3).toLowerCase() + operator.slice(4)]!(value, operand);
  }

  /** The key and the operators on its value, which `metadata.test.ts` tests. */
  const METADATA = { key: [], eq: [], notEq: [], prefix: [], notPrefix: [] };

  function otherCase(text: string): string {
    return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
  }

  /** Operands for each operator of a kind of field, taken from its values. */
  function operandsFor(kind: Kind, values: readonly unknown[]): Record<string, unknown[]> {
    const [first, last, middle] = [values[0], values.at(-1), values[values.length >> 1]];
    const lists = [[first], [first, last], []];
    const isNull = [true, false];
    const bounds = { gt: [first, middle], gte: [middle], lt: [middle, last], lte: [middle] };
    if (kind === "boolean") return { eq: [true, false] };
    if (kind === "id") return { eq: [...lists, ["", "abc"]], notEq: [...lists, ["abc"]], isNull };
    if (kind === "amount") return { eq: lists, notEq: lists, ...bounds };
    if (kind === "metadata") return { ...METADATA, isNull };
    if (kind === "time") return { eq: lists, notEq: lists, ...bounds, isNull };
    const [one, other] = [String(first), String(last)];
    const exact = kind === "enum" ? lists : [[otherCase(one)], [one, otherCase(other)], ["%"], []];
    const same = kind === "enum" ? lists : [[otherCase(one)], [one, otherCase(other)], [other]];
    const signs = [["%"], ["_"], ["\\"]];
    const prefix = [[otherCase(one.slice(0, 2))], [one.slice(0, 1), other.slice(0, 3)], ...signs];
    const suffix = [[otherCase(one.slice(-2))], [one.slice(-1), other.slice(-3)], ...signs];
    const match = [[otherCase(one.slice(1, 3))], [one.slice(1, 2), other.slice(1, 4)], ...signs];
    return {
      ...{ eq: exact, notEq: exact, eql: same, notEql: same, prefix, notPrefix: prefix },
      ...{ suffix, notSuffix: suffix, match, notMatch: match },
      ...(kind === "text" && { isNull }),
    };
  }

  /** Secrets have no patterns, phone numbers are compared by their digits, and metadata by key. They have own tests. */
  const ON_THEIR_OWN = new Set(["providerSecret", "phoneNumber", "metadata"]);
  const fields = NAMES.flatMap((name) =>
    Object.entries<Kind>(LISTS[name].filters)
      .filter(([field]) => !ON_THEIR_OWN.has(field))
      .map(([field, kind]) => [name, field, kind] as const),
  );

  it.each(fields)(
    "of %s by %s matches exactly the described records for each operator",
    async (name, field, kind) => {
      const newestFirst = sorted(rows[name], ["createdAt", "DESC"]);
      const values = [...new Set(newestFirst.map((row) => row[field]))]
        .filter((value) => value !== null)
        .toSorted((one, other) => ((one as string) < (other as string) ? -1 : 1));
      const cases = Object.entries(operandsFor(kind, values)).flatMap(([operator, operands]) =>
        operands.map((operand) => ({
          filter: { [field]: { [operator]: operand } },
          ids: idsOf(newestFirst.filter((row) => keeps(row[field], operator, operand))),
        })),
      );
      const filters = cases.map(({ filter }) => filter);
      const answers = await idsByEach(name, filters);
      expect(filters.map((filter, index) => ({ filter, ids: answers[index] }))).toEqual(cases);
      const partial = cases.filter(
        ({ ids }) => ids.length > 0 && ids.length < newestFirst.length,
      ).length;
      expect(partial).toBeGreaterThan(1); // the rows distinguish the operators
    },
  );

  it.each(NAMES)("of %s has every field and every operator that is tested above", async (name) => {
    interface Type {
      name: string;
      inputFields: { name: string; type: Type }[] | null;
      ofType: Type | null;
    }
    const query = `query ($name: String!) {
      __type(name: $name) { inputFields { name type {
        inputFields { name } ofType { ofType { inputFields { name } } }
      } } }
    }`;
    const { __type } = await server.ask<{ __type: Type }>(token, query, { name: `${name}Filter` });
    const inSchema = __type
      .inputFields!.filter((field) => !["and", "or", "not"].includes(field.name))
      .map(({ name: field, type }) => [
        field,
        (type.inputFields ?? type.ofType!.ofType!.inputFields!)
          .map((operator) => operator.name)
          .toSorted(),
      ]);
    const tested = Object.entries<Kind>(LISTS[name].filters).map(([field, kind]) => [
      field,
      Object.keys(operandsFor(kind, ["a"])).toSorted(),
    ]);
    expect(Object.fromEntries(inSchema)).toEqual(Object.fromEntries(tested));
  });

  it.each<[string, Input, (row: Row) => boolean]>([
    [
      "and of fields",
      { status: { eq: ["SUCCEEDED"] }, currency: { eq: ["usd"] } },
      (row) => row["status"] === "SUCCEEDED" && row["currency"] === "USD",
    ],
    [
      "or",
      { or: [{ status: { eq: ["FAILED"] } }, { refundable: { eq: false } }] },
      (row) => row["status"] === "FAILED" || row["refundable"] === false,
    ],
    [
      "not, which excludes null",
      { not: { description: { eq: ["delta"] } } },
      (row) => row["description"] !== null && row["description"] !== "delta",
    ],
    [
      "two operators of an enum",
      { mode: { match: ["E"], notSuffix: ["session"] } },
      (row) => /e/i.test(String(row["mode"])) && row["mode"] !== "OFF_SESSION",
    ],
    [
      "two bounds of an amount",
      { totalInCents: { gt: 300, lte: 700 } },
      (row) => Number(row["totalInCents"]) > 300 && Number(row["totalInCents"]) <= 700,
    ],
    [
      "the reserved mode",
      { mode: { eq: ["CHECKOUT", "TERMINAL"] } },
      (row) => row["mode"] === "TERMINAL",
    ],
  ])("of charges takes %s", async (_, filter, test) => {
    const expected = sorted(rows.PaymentCharge, ["createdAt", "DESC"]).filter(test);
    expect(await idsBy("PaymentCharge", { filter })).toEqual(idsOf(expected));
    expect([0, CHARGES]).not.toContain(expected.length);
  });
});

describe("a sort", () => {
  const sorts = NAMES.flatMap((name) =>
    LISTS[name].sorts.split(" ").map((field) => [name, field] as const),
  );

  it.each(sorts)("of %s by %s works in both directions, nulls last", async (name, field) => {
    for (const direction of ["ASC", "DESC"]) {
      const sort = [{ field: screaming(field), direction }, { field: "CREATED_AT" }];
      const keys: [string, string][] = [[field, direction]];
      // A repeated field has no effect.
      if (field !== "createdAt") keys.push(["createdAt", "ASC"]);
      const expected = sorted(rows[name], ...keys);
      expect(await idsBy(name, { sort })).toEqual(idsOf(expected));
    }
  });

  it.each(NAMES)("of %s has every field that is tested above", async (name) => {
    interface Data {
      __type: { enumValues: { name: string }[] };
    }
    const query = "query ($name: String!) { __type(name: $name) { enumValues { name } } }";
    const { __type } = await server.ask<Data>(token, query, { name: `${name}SortField` });
    expect(__type.enumValues.map((value) => value.name).toSorted()).toEqual(
      LISTS[name].sorts.split(" ").map(screaming).toSorted(),
    );
  });

  it("by several fields takes them one after the other", async () => {
    const sort = [
      { field: "STATUS", direction: "DESC" },
      { field: "DESCRIPTION" },
      { field: "TOTAL_IN_CENTS", direction: "DESC" },
      { field: "UPDATED_AT", direction: "ASC" },
    ];
    const expected = sorted(
      rows.PaymentCharge,
      ...([
        ["status", "DESC"],
        ["description", "ASC"],
      ] as [string, string][]),
      ...([
        ["totalInCents", "DESC"],
        ["updatedAt", "ASC"],
      ] as [string, string][]),
    );
    expect(await idsBy("PaymentCharge", { sort })).toEqual(idsOf(expected));
  });
});

describe("pages", () => {
  const PAGE = "nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";

  const walks: [Name, string, Input[] | undefined, Input | undefined][] = [
    ...NAMES.map((name): [Name, string, undefined, undefined] => [
      ...([name, "newest first", undefined, undefined] as const),
    ]),
    [
      "PaymentCharge",
      "by a nullable time",
      [{ field: "SUCCEEDED_AT", direction: "DESC" }],
      undefined,
    ],
    [
      "PaymentCharge",
      "by several fields in a filter",
      [
        { field: "STATUS" },
        { field: "DESCRIPTION", direction: "DESC" },
        { field: "AMOUNT_IN_CENTS" },
      ],
      { currency: { eq: ["USD"] } },
    ],
  ];
  it.each(walks)("of %s %s show each row once, both ways and by number", async (...walk) => {
    const [name, , sort, filter] = walk;
    const whole = await idsBy(name, { sort, filter });
    const size = 3;
    const seen = { forwards: [] as string[], backwards: [] as string[], numbered: [] as string[] };
    for (let after: string | null = null, number = 1; ; number++) {
      const { nodes, pageInfo } = await ask(name, PAGE, { sort, filter, first: size, after });
      seen.forwards.push(...idsOf(nodes));
      expect(pageInfo.hasPreviousPage).toBe(number > 1);
      const page = { number, size };
      seen.numbered.push(...idsOf((await ask(name, PAGE, { sort, filter, page })).nodes));
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) break;
    }
    for (let before: string | null = null; ;) {
      const { nodes, pageInfo } = await ask(name, PAGE, { sort, filter, last: size, before });
      seen.backwards.unshift(...idsOf(nodes));
      before = pageInfo.startCursor;
      if (!pageInfo.hasPreviousPage) break;
    }
    expect(seen).toEqual({ forwards: whole, backwards: whole, numbered: whole });
  });

  it("by a cursor of another list or sort, or by two means at once, are refused", async () => {
    const { endCursor: after } = (await ask("PaymentRefund", PAGE, { first: 2 })).pageInfo;
    await expectRefusal("PaymentCharge", PAGE, { after }, /after/);
    const sort = [{ field: "STATUS" }];
    await expectRefusal("PaymentRefund", PAGE, { after, sort }, /after/);
    await expectRefusal("PaymentCharge", PAGE, { first: 1, page: { number: 1 } }, /page/);
  });
});

type Money = "amountInCents" | "depositInCents" | "totalInCents";

function sumOf(from: readonly Row[], field: string): bigint {
  return from.reduce((sum, row) => sum + BigInt(row[field] as number), 0n);
}

/** Exact average, rounded half up to four decimals. Amounts are not negative. */
function averageOf(from: readonly Row[], field: Money): string {
  const count = BigInt(from.length);
  const units = (sumOf(from, field) * 20_000n + count) / (2n * count);
  return `${String(units / 10_000n)}.${String(units % 10_000n).padStart(4, "0")}`;
}

function extremeOf(from: readonly Row[], field: string, direction: "ASC" | "DESC"): unknown {
  return sorted(from, [field, direction])[0]?.[field] ?? null;
}

describe("aggregates over charges", () => {
  const AVERAGED = MONEY.split(" ") as Money[];
  const SUMMED = `${MONEY} ${REFUNDED}`.split(" ");
  const EXTREMES = [...AVERAGED, "createdAt", "succeededAt"];
  const AGGREGATE = `aggregate {
    count sum { ${SUMMED.join(" ")} } avg { ${AVERAGED.join(" ")} }
    min { ${EXTREMES.join(" ")} } max { ${EXTREMES.join(" ")} }
  }`;

  function aggregateOf(from: readonly Row[]): unknown {
    const each = <T>(fields: readonly T[], value: (field: T) => unknown): unknown =>
      Object.fromEntries(
        fields.map((field) => [field, from.length === 0 ? null : value(field)]),
      ) as unknown;
    return {
      count: from.length,
      sum: each(SUMMED, (field) => String(sumOf(from, field))),
      avg: each(AVERAGED, (field) => averageOf(from, field)),
      min: each(EXTREMES, (field) => extremeOf(from, field, "ASC")),
      max: each(EXTREMES, (field) => extremeOf(from, field, "DESC")),
    };
  }

  it.each<[string, Input, (row: Row) => boolean]>([
    ["all in dollars", {}, () => true],
    [
      "those that succeeded",
      { status: { eq: ["SUCCEEDED"] } },
      (row) => row["status"] === "SUCCEEDED",
    ],
    [
      "those that never did",
      { succeededAt: { isNull: true } },
      (row) => row["succeededAt"] === null,
    ],
    [
      "those with refunds",
      { totalRefundedInCents: { gt: 0 } },
      (row) => Number(row["totalRefundedInCents"]) > 0,
    ],
    ["none", { totalInCents: { lt: 0 } }, () => false],
  ])("is exact, of %s, whatever the page", async (_, given, test) => {
    const filter = { ...given, currency: { eq: ["USD"] } };
    const chosen = rows.PaymentCharge.filter((row) => row["currency"] === "USD" && test(row));
    for (const page of [{}, { first: 1 }, { page: { number: 2, size: 3 } }]) {
      const { aggregate, totalCount } = await ask("PaymentCharge", `totalCount ${AGGREGATE}`, {
        filter,
        ...page,
      });
      expect({ aggregate, totalCount }).toEqual({
        aggregate: aggregateOf(chosen),
        totalCount: chosen.length,
      });
    }
  });

  it.each(["PaymentRefund", "PaymentAuthorization"] as const)(
    "is exact also over the list of %s",
    async (name) => {
      const selection = `aggregate { count sum { ${MONEY} } }`;
      for (const currency of ["USD", "EUR"]) {
        const chosen = rows[name].filter((row) => row["currency"] === currency);
        const filter = { currency: { eq: [currency] } };
        expect((await ask(name, selection, { filter })).aggregate).toEqual({
          count: chosen.length,
          sum: Object.fromEntries(
            AVERAGED.map((field) => [
              field,
              chosen.length === 0 ? null : String(sumOf(chosen, field)),
            ]),
          ),
        });
      }
      await expectRefusal(name, selection, {}, /currenc/i);
      expect((await ask(name, "aggregate { count }")).aggregate).toEqual({
        count: rows[name].length,
      });
    },
  );

  it.each([
    ...SUMMED.map((field) => `sum { ${field} }`),
    ...AVERAGED.flatMap((field) => [`avg { ${field} }`, `min { ${field} }`, `max { ${field} }`]),
  ])("is refused over several currencies: %s", async (fields) => {
    await expectRefusal("PaymentCharge", `aggregate { count ${fields} }`, {}, /currenc/i);
    const groups = `groupBy(keys: [STATUS]) { aggregate { ${fields} } }`;
    await expectRefusal("PaymentCharge", groups, {}, /currenc/i);
  });

  it("over several currencies allows the count and timestamps, or groups by currency", async () => {
    const times = "aggregate { count min { createdAt } max { succeededAt } }";
    expect((await ask("PaymentCharge", times)).aggregate).toEqual({
      count: CHARGES,
      min: { createdAt: extremeOf(rows.PaymentCharge, "createdAt", "ASC") },
      max: { succeededAt: extremeOf(rows.PaymentCharge, "succeededAt", "DESC") },
    });
    const groups = `groupBy(keys: [CURRENCY]) { key { currency } ${AGGREGATE} }`;
    const { groupBy } = await ask("PaymentCharge", groups);
    expect(comparable(groupBy)).toEqual(
      comparable(
        ["USD", "EUR"].map((currency) => ({
          key: { currency },
          aggregate: aggregateOf(rows.PaymentCharge.filter((row) => row["currency"] === currency)),
        })),
      ),
    );
  });

  /** Sorts the groups, so that their order does not matter. */
  function comparable(groups: readonly { key: unknown; aggregate: unknown }[]): string[] {
    return groups.map(({ key, aggregate }) => JSON.stringify([key, aggregate])).toSorted();
  }

  /** The selection of each key, and its value for a charge. */
  const KEYS: Record<string, [selection: string, value: (row: Row) => unknown]> = {
    STATUS: ["status", (row) => row["status"]],
    MODE: ["mode", (row) => row["mode"]],
    PROVIDER: ["provider", (row) => row["provider"]],
    CURRENCY: ["currency", (row) => row["currency"]],
    PROVIDER_METHOD: ["providerMethod", (row) => row["providerMethod"]],
    CUSTOMER: ["customer { id name }", (row) => relation("Customer", row["customerId"], "name")],
    ORDER: ["order { id number }", (row) => relation("Order", row["orderId"], "number")],
    EMPLOYEE: [
      "employee { id }",
      ({ employeeId }) => (employeeId === null ? null : { id: employeeId }),
    ],
  };

  function relation(name: Name, id: unknown, field: string): unknown {
    const found = rows[name].find((row) => row.id === id);
    return found ? { id, [field]: found[field] } : null;
  }

  /** Queries groups of the dollar charges, and compares them with groups computed from the rows. */
  async function expectGroups(
    keys: readonly string[],
    valueOf: Record<string, [string, (row: Row) => unknown]>,
    bucket = "",
  ): Promise<void> {
    const selection = keys.map((key) => valueOf[key]![0]).join(" ");
    const groups = new Map<string, Row[]>();
    for (const row of rows.PaymentCharge.filter(({ currency }) => currency === "USD")) {
      const entries = keys.map((key) => {
        const [asked, value] = valueOf[key]!;
        return [asked.split(" ")[0], value(row)];
      });
      const key = JSON.stringify(Object.fromEntries(entries));
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    const { groupBy } = await ask(
      "PaymentCharge",
      `groupBy(keys: [${keys.join(" ")}] ${bucket}) {
        key { ${selection} } aggregate { count sum { totalInCents } max { amountInCents } }
      }`,
      { filter: { currency: { eq: ["USD"] } } },
    );
    const expected = [...groups].map(([key, of]) => ({
      key: JSON.parse(key) as unknown,
      aggregate: {
        count: of.length,
        sum: { totalInCents: String(sumOf(of, "totalInCents")) },
        max: { amountInCents: extremeOf(of, "amountInCents", "DESC") },
      },
    }));
    expect(comparable(groupBy)).toEqual(comparable(expected));
    if (keys[0] !== "CURRENCY") expect(groups.size).toBeGreaterThan(1);
  }

  it.each([
    ...Object.keys(KEYS).map((key) => [key]),
    ["STATUS", "MODE"],
    ["CUSTOMER", "EMPLOYEE", "PROVIDER_METHOD"],
    ["ORDER", "CURRENCY"],
  ])("is the same in groups by %s %s %s", async (...keys) => {
    await expectGroups(keys, KEYS);
  });

  type Unit = "HOUR" | "DAY" | "WEEK" | "MONTH" | "YEAR";

  /** The part of the local date and time that all instants of a bucket share. */
  function bucketOf(instant: number, unit: Unit, timeZone: string): string {
    const format = new Intl.DateTimeFormat("en-CA", {
      ...({ timeZone, hourCycle: "h23", timeZoneName: "longOffset" } as const),
      ...({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit" } as const),
    });
    const parts = Object.fromEntries(
      format.formatToParts(instant).map(({ type, value }) => [type, value]),
    ) as Record<"year" | "month" | "day" | "hour" | "timeZoneName", string>;
    const { year, month, day, hour, timeZoneName } = parts;
    const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
    const monday = date - ((new Date(date).getUTCDay() + 6) % 7) * 86_400_000;
    return {
      HOUR: [year, month, day, hour, timeZoneName].join(),
      DAY: [year, month, day].join(),
      WEEK: String(monday),
      MONTH: [year, month].join(),
      YEAR: year,
    }[unit];
  }

  /** Finds the first minute of an instant's bucket by binary search. */
  function startOf(time: string, unit: Unit, timeZone: string): string {
    const minute = 60_000;
    const instant = Math.floor(Date.parse(time) / minute);
    const bucket = bucketOf(instant * minute, unit, timeZone);
    let [outside, inside] = [instant - 400 * 24 * 60, instant];
    while (inside - outside > 1) {
      const middle = Math.floor((inside + outside) / 2);
      if (bucketOf(middle * minute, unit, timeZone) === bucket) inside = middle;
      else outside = middle;
    }
    return new Date(inside * minute).toISOString().replace("Z", "000Z");
  }

  const zones = ["UTC", "Europe/Amsterdam", "Asia/Tehran"];
  const buckets = (["HOUR", "DAY", "WEEK", "MONTH", "YEAR"] as const).flatMap((unit) =>
    zones.map((zone) => [unit, zone] as const),
  );
  it.each(buckets)("is the same in groups by the %s of success in %s", async (unit, timeZone) => {
    const succeededAt = (row: Row): unknown => {
      const time = row["succeededAt"] as string | null;
      return time === null ? null : startOf(time, unit, timeZone);
    };
    const bucket = `bucket: { unit: ${unit}, timeZone: "${timeZone}" }`;
    await expectGroups(
      ["SUCCEEDED_AT", "STATUS"],
      { ...KEYS, SUCCEEDED_AT: ["succeededAt", succeededAt] },
      bucket,
    );
  });

  it("is the same in groups by the day of creation, which needs a bucket", async () => {
    const createdAt = ({ createdAt: time }: Row): string => startOf(time, "DAY", "UTC");
    await expectGroups(
      ["MODE", "CREATED_AT"],
      { ...KEYS, CREATED_AT: ["createdAt", createdAt] },
      "bucket: { unit: DAY }",
    );
    for (const key of ["CREATED_AT", "SUCCEEDED_AT"]) {
      const selection = `groupBy(keys: [${key}]) { aggregate { count } }`;
      await expectRefusal("PaymentCharge", selection, {}, /\bbucket\b/);
    }
  });
});

describe("the relations of a record", () => {
  it("is that of each charge: customer, order, employee, method, authorization, payment", async () => {
    const { nodes } = await ask(
      "PaymentCharge",
      `nodes {
        id customer { id } order { id } employee { id } paymentMethod { id }
        paymentAuthorization { id } payment { id owner { ... on PaymentCharge { id } } }
      }`,
      { first: 100 },
    );
    const reference = (id: unknown): unknown => (id === null ? null : { id });
    expect(nodes).toEqual(
      sorted(rows.PaymentCharge, ["createdAt", "DESC"]).map((row) => ({
        ...{ id: row.id, customer: reference(row["customerId"]), order: reference(row["orderId"]) },
        ...{ employee: reference(row["employeeId"]) },
        paymentMethod: reference(row["paymentMethodId"]),
        paymentAuthorization: reference(row["paymentAuthorizationId"]),
        payment: { id: paymentIdOf(row.id), owner: { id: row.id } },
      })),
    );
  });

  const NESTED: [Name, string, Name, string, string, Input][] = [
    [
      "PaymentCharge",
      "paymentRefunds",
      "PaymentRefund",
      "paymentChargeId",
      "status",
      { notEq: ["FAILED"] },
    ],
    ["Customer", "paymentCharges", "PaymentCharge", "customerId", "mode", { notEq: ["MANUAL"] }],
    ["Order", "paymentCharges", "PaymentCharge", "orderId", "provider", { notEq: ["NONE"] }],
  ];
  it.each(NESTED)("is of each %s its list %s of %s", async (...row) => {
    const [owner, field, name, key, filtered, operators] = row;
    const query = `query ($filter: ${name}Filter, $sort: [${name}Sort!]) {
      list: ${LISTS[owner].field}(first: 100) {
        nodes {
          id
          all: ${field} { nodes { id } totalCount aggregate { count sum { totalInCents } } }
          some: ${field}(filter: $filter, sort: $sort, first: 2) {
            nodes { id } totalCount pageInfo { hasNextPage }
          }
        }
      }
    }`;
    const { list } = await server.ask<{ list: Connection }>(token, query, {
      filter: { [filtered]: operators },
      sort: [{ field: "TOTAL_IN_CENTS", direction: "DESC" }, { field: "CREATED_AT" }],
    });
    const excluded = (operators["notEq"] as string[])[0];
    expect(list.nodes).toEqual(
      sorted(rows[owner], ["createdAt", "DESC"]).map(({ id }) => {
        const all = sorted(rows[name], ["createdAt", "DESC"]).filter((one) => one[key] === id);
        const some = sorted(all, ["totalInCents", "DESC"], ["createdAt", "ASC"]).filter(
          (one) => one[filtered] !== excluded,
        );
        const nodes = (from: readonly Row[]): unknown[] => from.map((one) => ({ id: one.id }));
        const sum = all.length === 0 ? null : String(sumOf(all, "totalInCents"));
        return {
          id,
          all: {
            ...{ nodes: nodes(all.slice(0, 20)), totalCount: all.length },
            aggregate: { count: all.length, sum: { totalInCents: sum } },
          },
          some: {
            ...{ nodes: nodes(some.slice(0, 2)), totalCount: some.length },
            pageInfo: { hasNextPage: some.length > 2 },
          },
        };
      }),
    );
  });

  it("is of each authorization its charges", async () => {
    const { nodes } = await ask(
      "PaymentAuthorization",
      "nodes { id paymentCharges { nodes { id } } }",
      {
        first: 100,
      },
    );
    expect(nodes).toEqual(
      sorted(rows.PaymentAuthorization, ["createdAt", "DESC"]).map(({ id }) => ({
        id,
        paymentCharges: {
          nodes: sorted(
            rows.PaymentCharge.filter((charge) => charge["paymentAuthorizationId"] === id),
            ["createdAt", "DESC"],
          )
            .slice(0, 20)
            .map((charge) => ({ id: charge.id })),
        },
      })),
    );
  });

  it("is in the list of payments each charge, refund and authorization, as it is", async () => {
    const fields = `id createdAt updatedAt status ${MONEY} currency orderId`;
    const owner = `owner {
      __typename
      ... on PaymentCharge { id } ... on PaymentRefund { id } ... on PaymentAuthorization { id }
    }`;
    const { nodes } = await ask("Payment", `nodes { ${fields} order { id } ${owner} }`, {
      first: 100,
    });
    const typeNames: Record<string, string> = {
      PAYMENT_CHARGE: "PaymentCharge",
      PAYMENT_REFUND: "PaymentRefund",
      PAYMENT_AUTHORIZATION: "PaymentAuthorization",
    };
    expect(nodes).toEqual(
      sorted(rows.Payment, ["createdAt", "DESC"]).map((row) => ({
        ...Object.fromEntries(fields.split(" ").map((field) => [field, row[field]])),
        order: row["orderId"] === null ? null : { id: row["orderId"] },
        owner: { __typename: typeNames[String(row["ownerType"])], id: row["ownerId"] },
      })),
    );
  });
});
