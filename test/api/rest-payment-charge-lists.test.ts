import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { newId } from "../../src/shared/uuid.js";
import {
  type PaymentCharge,
  accepted,
  createCharge,
  createCustomer,
  createMethod,
  createOrder,
  createRefund,
  findCharge,
  updateCharge,
} from "../support/payments.js";
import {
  CHARGES,
  type JsonApiDocument,
  type Resource,
  type RestAnswer,
  RestClient,
  refusalsIn,
} from "../support/rest.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";
import { assertCovering, runs } from "../support/runs.js";

type Input = Record<string, unknown>;
type Query = [name: string, value: string][];
type List = RestAnswer<JsonApiDocument<Resource[]>>;

const MAX_AMOUNT = 2 ** 53 - 1;
const CHARGE_COUNT = 45;

// --- the source API's tables ------------------------------------------------------------------------

const EQUALITY = "eq not_eq";
const ORDER = `${EQUALITY} gt gte lt lte`;
const TEXT = `${EQUALITY} eql not_eql prefix not_prefix suffix not_suffix ` + "match not_match";
const OPERATORS: Record<string, string> = {
  ...allHave(EQUALITY, "id employee_id order_id customer_id payment_method_id"),
  ...allHave(EQUALITY, "payment_authorization_id"),
  ...allHave(ORDER, "created_at updated_at succeeded_at failed_at canceled_at expired_at"),
  ...allHave(ORDER, "amount_in_cents deposit_in_cents total_in_cents"),
  ...allHave(ORDER, "amount_refundable_in_cents amount_refunded_in_cents"),
  ...allHave(ORDER, "deposit_refundable_in_cents deposit_refunded_in_cents"),
  ...allHave(ORDER, "total_refundable_in_cents total_refunded_in_cents"),
  ...allHave(TEXT, "status currency mode description provider provider_id provider_method"),
  ...allHave(TEXT, "provider_secret"),
  ...allHave("eq", "refundable"),
};
const ALL_OPERATORS = new Set(Object.values(OPERATORS).flatMap((all) => all.split(" ")));
const ENUMS: Record<string, string[]> = {
  status: "created started action_required processing succeeded failed canceled expired".split(" "),
  mode: "manual off_session request terminal capture checkout".split(" "),
  provider: "stripe app none".split(" "),
};
/** All attributes that both APIs sort by. */
const SORTED = Object.keys(OPERATORS)
  .filter((name) => name !== "provider_secret")
  .join(" ");
const SUMMED = "amount_in_cents deposit_in_cents total_in_cents".split(" ");

function allHave(operators: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, operators]));
}

// --- the records ------------------------------------------------------------------------------------

let server: TestServer;
let rest: RestClient;
let merchant: TestMerchant;
let token: string;
/** The merchant's charges, as GraphQL answers them. */
let charges: PaymentCharge[];

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
  merchant = await server.createMerchant();
  ({ token } = merchant);
  const other = await server.createMerchant();
  charges = await makeCharges(merchant);
  // Another merchant's records must not appear in any list or sum.
  await makeCharges(other);
});

afterAll(() => server.stop());

function pick<T>(from: readonly T[], index: number): T {
  return from[index % from.length]!;
}

async function makeCharges({ id: merchantId, token: by }: TestMerchant): Promise<PaymentCharge[]> {
  const person = { merchantId, name: "E", email: `${merchantId}@example.com` };
  const employeeId = made(await server.app.services.employees.create(person)).id;
  const employee = await server.createToken({ merchantId, employeeId });
  const customerId = (await accepted(createCustomer(server, by, { name: "C" }))).id;
  const orderId = (await accepted(createOrder(server, by, { customerId, currency: "USD" }))).id;
  const method = { provider: "STRIPE", identifier: "pm", methodType: "card", label: "Card" };
  const paymentMethodId = (await accepted(createMethod(server, by, method))).id;
  const ids: string[] = [];
  for (let index = 0; index < CHARGE_COUNT; index++) {
    const status = pick(ENUMS["status"]!, index).toUpperCase();
    const currency = index % 5 === 4 ? "EUR" : "USD";
    const input = {
      ...{ status, currency, mode: pick(["REQUEST", "MANUAL", "TERMINAL", "OFF_SESSION"], index) },
      provider: pick(["STRIPE", "APP", "NONE"], index),
      amountInCents: (((index * 37) % 11) + 1) * 100,
      depositInCents: ((index * 5) % 4) * 50,
      description: pick(["alpha, 100%", null, "Beta_b", "beta_B", "g\\x", null, "délta"], index),
      providerId: index % 4 === 0 ? null : `pi_${String((index * 7) % 20)}`,
      providerMethod: pick([null, "bank", "cash", "credit_card"], Math.floor(index / 2)),
      providerSecret: pick([null, "First secret", "second secret"], index),
      paymentMethodId,
    };
    const timestamp = { succeededAt: `2024-12-02T09:22:${String(10 + index)}.475339Z` };
    const reference = pick<Input>([{}, { orderId }, { customerId }], index);
    const complete = {
      ...{ ...input, ...(status === "SUCCEEDED" ? timestamp : {}) },
      ...(currency === "USD" ? reference : {}),
    };
    const record = await accepted(createCharge(server, pick([by, employee], index), complete));
    ids.push(record.id);
    if (status !== "SUCCEEDED") continue;
    const refund = { paymentChargeId: record.id, status: "SUCCEEDED", provider: "NONE" };
    await accepted(createRefund(server, by, { ...refund, amountInCents: 10 + index }));
  }
  for (const id of ids.filter((_, index) => index % 9 === 0)) {
    await accepted(updateCharge(server, by, id, { providerMethod: "changed" }));
  }
  return Promise.all(ids.map(async (id) => (await findCharge(server, by, id))!));
}

function valueOf(charge: PaymentCharge, attribute: string): string | number | boolean | null {
  const fields = { ...charge } as unknown as Record<string, string | number | boolean | null>;
  return fields[camelCase(attribute)] ?? null;
}

// --- requests ---------------------------------------------------------------------------------------

/** @param query is encoded; a string is sent unchanged. */
function ask(query: string | Query, by: string | null = token): Promise<List> {
  const search = typeof query === "string" ? query : new URLSearchParams(query).toString();
  return rest.get(`${CHARGES}?${search}`, by);
}

async function idsBy(query: string | Query, by = token): Promise<string[]> {
  const { status, text, body } = await ask(query, by);
  expect(status, text).toBe(200);
  return body.data.map(({ id }) => id);
}

interface Connection {
  nodes: { id: string }[];
  totalCount: number;
}

async function askGraphql(variables: Input, by = token): Promise<Connection> {
  const query = `query ($filter: PaymentChargeFilter, $sort: [PaymentChargeSort!], $page: PageInput) {
    list: paymentCharges(filter: $filter, sort: $sort, page: $page) { nodes { id } totalCount }
  }`;
  return (await server.ask<{ list: Connection }>(by, query, variables)).list;
}

async function graphqlIds(variables: Input): Promise<string[]> {
  const { nodes } = await askGraphql({ page: { number: 1, size: 100 }, ...variables });
  return nodes.map(({ id }) => id);
}

/** The charges that each filter matches, by one request. */
async function graphqlIdsOf(filters: readonly Input[]): Promise<string[][]> {
  const names = filters.map((_, at) => `filter${String(at)}`);
  const query = `query (${names.map((name) => `$${name}: PaymentChargeFilter`).join(", ")}) {
    ${names.map((name) => `${name}: paymentCharges(filter: $${name}, first: 100) { nodes { id } }`).join(" ")}
  }`;
  const variables = Object.fromEntries(names.map((name, at) => [name, filters[at]]));
  const lists = await server.ask<Record<string, Connection>>(token, query, variables);
  return names.map((name) => lists[name]!.nodes.map(({ id }) => id));
}

async function expectRefusal(
  query: string | Query,
  parameter: string,
  by = token,
): Promise<string> {
  const answer = await ask(query, by);
  expect(answer.status, `${String(query)}: ${answer.text.slice(0, 300)}`).toBe(400);
  expect(refusalsIn(answer), String(query)).toEqual([["BAD_USER_INPUT", parameter]]);
  return answer.body.errors![0]!.detail;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Braces keep the commas of a text, and the spaces at its ends. */
function inList(value: string): string {
  return /^\s|\s$|,/.test(value) ? `{{${value}}}` : value;
}

/** The GraphQL filter that is equivalent to a REST filter. */
function inGraphql(attribute: string, operator: string, values: readonly string[]): Input {
  const isMember = attribute in ENUMS && operator.includes("eq");
  const isEnumerated = isMember || (attribute === "currency" && operator.includes("eq"));
  const operand = values.map((value) => {
    if (attribute.endsWith("_in_cents")) return Number(value);
    if (attribute === "refundable") return value === "true";
    return isEnumerated ? value.toUpperCase() : value;
  });
  const takesOne = /^[gl]te?$/.test(operator) || attribute === "refundable";
  return { [camelCase(attribute)]: { [camelCase(operator)]: takesOne ? operand[0] : operand } };
}

// --- the tests --------------------------------------------------------------------------------------

describe("a filter", () => {
  /** Values of an attribute that some charges have, with smaller and larger values, and one that no charge has. */
  function valuesFor(attribute: string): string[] {
    if (attribute in ENUMS) return ENUMS[attribute]!;
    if (attribute === "refundable") return ["true", "false"];
    if (attribute === "currency") return ["usd", "eur", "jpy"];
    const values = charges.map((charge) => valueOf(charge, attribute));
    const own = [...new Set(values.filter((value) => value !== null).map(String))];
    if (attribute.endsWith("_id") && attribute !== "provider_id") return [...own, newId()];
    if (attribute === "id") return [...own.slice(0, 5), newId()];
    if (attribute.endsWith("_in_cents")) return [...own.slice(0, 5), "0", "-1", "12345"];
    if (attribute.endsWith("_at")) return [...own.slice(0, 5), "2000-01-01T00:00:00Z"];
    return [...own, "nothing"];
  }

  function operandFor(attribute: string, operator: string, index: number): string {
    const value = pick(valuesFor(attribute), index);
    if (operator.endsWith("prefix")) return value.slice(0, 2).toUpperCase();
    if (operator.endsWith("suffix")) return value.slice(-2);
    if (operator.endsWith("match")) return value.slice(1, 3);
    return value;
  }

  it.each(Object.keys(OPERATORS))(
    "by %s matches the same records as GraphQL for each operator of the source API",
    async (attribute) => {
      for (const operator of OPERATORS[attribute]!.split(" ")) {
        // Secrets support only exact matches.
        if (attribute === "provider_secret" && !operator.includes("eq")) continue;
        const operands = [0, 1, 2, 3].map((index) => operandFor(attribute, operator, index));
        const filters = operands.map((operand) => inGraphql(attribute, operator, [operand]));
        for (const [at, expected] of (await graphqlIdsOf(filters)).entries()) {
          const query: Query = [[`filter[${attribute}][${operator}]`, inList(operands[at]!)]];
          expect(await idsBy([...query, ["page[size]", "100"]]), query.join()).toEqual(expected);
        }
      }
    },
  );

  it.each(Object.keys(OPERATORS))("by %s alone is eq", async (attribute) => {
    for (let index = 0; index < 3; index++) {
      const operand = inList(operandFor(attribute, "eq", index));
      const ids = await idsBy([[`filter[${attribute}]`, operand]]);
      expect(ids).toEqual(await idsBy([[`filter[${attribute}][eq]`, operand]]));
    }
    const present = charges.find((charge) => valueOf(charge, attribute) !== null);
    // None of these charges captures from an authorization or is fully refunded.
    if (present === undefined) return;
    const value = inList(String(valueOf(present, attribute)));
    const query: Query = [
      [`filter[${attribute}]`, value],
      ["page[size]", "100"],
    ];
    expect(await idsBy(query)).toContain(present.id);
  });

  it("by several values matches any of them, and none with a negated operator", async () => {
    const cases: [string, string, string[]][] = [
      ["status", "eq", ["created", "expired"]],
      ["status", "not_eq", ["created", "expired"]],
      ["status", "prefix", ["act", "ex"]],
      ["mode", "not_match", ["est", "ual"]],
      ["description", "eq", ["ALPHA 100%", "beta_b"]],
      ["description", "eql", ["Beta_b", "g\\x"]],
      ["description", "not_eql", ["Beta_b", "g\\x"]],
      ["description", "not_suffix", ["%", "_b"]],
      ["amount_in_cents", "eq", ["100", "300", "700"]],
      ["amount_in_cents", "not_eq", ["100", "300", "700"]],
      ["id", "eq", charges.slice(3, 9).map(({ id }) => id)],
      ["id", "not_eq", charges.slice(3, 9).map(({ id }) => id)],
      ["created_at", "eq", charges.slice(3, 9).map(({ createdAt }) => createdAt)],
      ["created_at", "not_eq", charges.slice(3, 9).map(({ createdAt }) => createdAt)],
      ["currency", "eq", ["eur", "jpy"]],
      ["currency", "not_eq", ["eur", "jpy"]],
    ];
    for (const [attribute, operator, values] of cases) {
      const name = `filter[${attribute}][${operator}]`;
      const ids = await idsBy([
        [name, values.join(",")],
        ["page[size]", "100"],
      ]);
      expect(ids, name).toEqual(
        await graphqlIds({ filter: inGraphql(attribute, operator, values) }),
      );
      expect(ids.length, name).toBeGreaterThan(0);
      expect(ids.length, name).toBeLessThan(CHARGE_COUNT);
    }
  });

  it("by several attributes and operators matches what all of them match", async () => {
    const ids = await idsBy(
      "filter[status]=succeeded,failed&filter[amount_in_cents][gte]=300" +
        "&filter[amount_in_cents][lt]=900&filter[currency]=usd&page[size]=100",
    );
    const expected = charges.filter(
      ({ status, amountInCents, currency }) =>
        ["SUCCEEDED", "FAILED"].includes(status) &&
        amountInCents >= 300 &&
        amountInCents < 900 &&
        currency === "USD",
    );
    expect(ids.toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
    expect(ids.length).toBeGreaterThan(0);
  });

  it("takes enums and currencies in any case", async () => {
    for (const [attribute, value] of [
      ["status", "succeeded"],
      ["mode", "terminal"],
      ["provider", "app"],
      ["currency", "eur"],
    ] as const) {
      for (const operator of ["eq", "eql", "not_eq", "not_eql"]) {
        const name = `filter[${attribute}][${operator}]`;
        const written = [value, value.toUpperCase(), value[0]!.toUpperCase() + value.slice(1)];
        const [lower, ...others] = await Promise.all(written.map((one) => idsBy([[name, one]])));
        expect(lower, name).not.toEqual([]);
        expect(others, name).toEqual([lower, lower]);
      }
      const [all, some] = [
        await idsBy([[`filter[${attribute}][prefix]`, value.slice(0, 2).toUpperCase()]]),
        await idsBy([[`filter[${attribute}][prefix]`, value.slice(0, 2)]]),
      ];
      expect(all).toEqual(some);
      expect(all).not.toEqual([]);
    }
  });

  it("never reads a letter of a currency as another letter", async () => {
    for (const currency of ["u\u017Fd", "ırr"]) {
      expect(await idsBy([["filter[currency]", currency]]), currency).toEqual([]);
    }
  });

  it("treats %, _ and \\ in a pattern as plain characters", async () => {
    const matching = async (pattern: string): Promise<number> =>
      (await idsBy([["filter[description][match]", pattern]])).length;
    expect(await matching("%")).toBe(await matching("alpha"));
    expect(await matching("_")).toBe(await matching("beta"));
    expect(await matching("\\")).toBe(await matching("g\\x"));
    expect(await matching("%_")).toBe(0);
  });

  it("accepts a timestamp with any offset, and in the format of REST responses", async () => {
    const { id, createdAt } = charges[7]!;
    for (const timestamp of [createdAt, createdAt.replace("Z", "+00:00")]) {
      expect(await idsBy([["filter[created_at]", timestamp]]), timestamp).toEqual([id]);
    }
    const tehran = await idsBy([["filter[succeeded_at]", "2024-12-02T12:52:14.475339+03:30"]]);
    expect(tehran).toEqual(await idsBy([["filter[succeeded_at]", "2024-12-02T09:22:14.475339Z"]]));
    expect(tehran).toHaveLength(1);
  });

  it("is accepted with encoded and plain brackets", async () => {
    const plain = await idsBy("filter[status][eq]=failed&page[size]=100");
    expect(await idsBy("filter%5Bstatus%5D%5Beq%5D=failed&page%5Bsize%5D=100")).toEqual(plain);
    expect(plain).not.toEqual([]);
  });

  it("takes several values as clients send them", async () => {
    const [first, second] = [charges[2]!.description!, charges[4]!.description!];
    const expected = await idsBy([["filter[description][eql]", `${first},${second}`]]);
    expect(expected.length).toBeGreaterThan(0);
    const name = "filter[description][eql]";
    const sent: Query[] = [
      [[name, `${first}, ${second}`]],
      [[name, `${first} ,  ${second}`]],
      [[name, `{{${first}}},{{${second}}}`]],
      [[name, `${first}, {{${second}}}`]],
      [`${name}[]`, `${name}[]`].map((one, index) => [one, [first, second][index]!]),
      [`${name}[0]`, `${name}[1]`].map((one, index) => [one, [first, second][index]!]),
      [name, name].map((one, index) => [one, [first, second][index]!]),
    ];
    for (const query of sent) expect(await idsBy(query), query.join()).toEqual(expected);
    const some = await idsBy("filter[status][eq]=created,failed");
    for (const query of [
      "filter[status][eq]=created,%20failed",
      "filter[status][eq][]=created&filter[status][eq][]=failed",
      "filter[status][eq][]=created,failed",
      "filter[status][]=created&filter[status][]=failed",
      "filter[status]=created&filter[status]=failed",
    ]) {
      expect(await idsBy(query), query).toEqual(some);
    }
    const many = charges.slice(0, 40).map(({ id }): [string, string] => ["filter[id][eq][]", id]);
    expect(await idsBy([...many, ["page[size]", "100"]])).toHaveLength(40);
  });

  it("finds texts with commas, braces and spaces", async () => {
    const owner = await server.createMerchant();
    const texts = ["a, b", "a", "b", " b", "null", "{{a", "a}}", "{{}}", ""];
    for (const description of texts) {
      await accepted(createCharge(server, owner.token, { amountInCents: 1, description }));
    }
    await accepted(createCharge(server, owner.token, { amountInCents: 1 }));
    const found = async (name: string, value: string): Promise<unknown[]> => {
      const { status, text, body } = await ask([[name, value]], owner.token);
      expect(status, text).toBe(200);
      return body.data.map(({ attributes }) => attributes["description"]).toSorted();
    };
    const eql = "filter[description][eql]";
    const cases: [string, string, unknown[]][] = [
      [eql, "a, b", ["a", "b"]],
      [eql, "{{a, b}}", ["a, b"]],
      [eql, "{{a, b}}, {{ b}},a", [" b", "a", "a, b"]],
      [`${eql}[]`, "a, b", ["a, b"]],
      [`${eql}[]`, " b", [" b"]],
      [eql, " b", [" b"]],
      [eql, "{{a", ["{{a"]],
      [eql, "{{a,b", ["b", "{{a"]],
      [eql, "a}}", ["a}}"]],
      [eql, "{{{{}}}}", ["{{}}"]],
      [eql, "{{}}", [""]],
      [eql, "", [""]],
      ["filter[description][match]", "{{, }}", ["a, b"]],
      [eql, "null", [null]],
      [eql, "{{null}}", ["null"]],
      [eql, "null,a", ["a", null]],
      ["filter[description][not_eql]", "null", texts.toSorted()],
      ["filter[description][not_eql]", "null,a", texts.filter((text) => text !== "a").toSorted()],
      ["filter[description][match]", "null", ["null"]],
    ];
    for (const [name, value, expected] of cases) {
      expect(await found(name, value), `${name}=${value}`).toEqual(expected);
    }
  });

  it("by null matches the charges without the value, for every attribute that can be missing", async () => {
    const nullable = Object.keys(OPERATORS).filter(
      (name) =>
        /_(at|id)$|^description$|^provider_(method|secret)$/.test(name) && !/^(cre|upd)/.test(name),
    );
    expect(nullable).toHaveLength(13);
    for (const attribute of nullable) {
      const isMissing = (charge: PaymentCharge): boolean => valueOf(charge, attribute) === null;
      const ids = (of: PaymentCharge[]): string[] => of.map(({ id }) => id).toSorted();
      for (const [operator, expected] of [
        ["eq", charges.filter(isMissing)],
        ["not_eq", charges.filter((charge) => !isMissing(charge))],
      ] as const) {
        const found = await idsBy(`filter[${attribute}][${operator}]=null&page[size]=100`);
        expect(found.toSorted(), `${attribute} ${operator}`).toEqual(ids([...expected]));
      }
    }
    for (const attribute of ["status", "created_at", "amount_in_cents", "refundable", "id"]) {
      await expectRefusal(`filter[${attribute}][eq]=null`, `filter[${attribute}][eq]`);
    }
    for (const name of ["filter[succeeded_at][gt]", "filter[amount_in_cents][lte]"]) {
      await expectRefusal([[name, "null"]], name);
    }
    await expectRefusal(
      "filter[amount_in_cents][gt][]=1&filter[amount_in_cents][gt][]=2",
      "filter[amount_in_cents][gt]",
    );
  });

  it("by another operator than the source's is 400", async () => {
    for (const [attribute, operators] of Object.entries(OPERATORS)) {
      const foreign = [...ALL_OPERATORS, "isNull", "is_null", "notEq", "EQ", "in"].filter(
        (operator) => !operators.split(" ").includes(operator),
      );
      const value = operandFor(attribute, "eq", 0);
      for (const operator of foreign) {
        const name = `filter[${attribute}][${operator}]`;
        await expectRefusal([[name, value]], name);
      }
    }
  });

  it("by another attribute than the source's is 400", async () => {
    for (const attribute of [
      ...[
        "foo",
        "createdAt",
        "amountInCents",
        "merchant_id",
        "is_frozen",
        "provider_secret_key_id",
      ],
      ...[
        "amount_refunding_in_cents",
        "captured_authorization_id",
        "and",
        "or",
        "not",
        "__proto__",
      ],
      ...["constructor", "toString", "owner_type"],
    ]) {
      for (const operator of ["", "[eq]"]) {
        const name = `filter[${attribute}]${operator}`;
        const answer = await ask([[name, "1"]]);
        expect(answer.status, name).toBe(400);
        expect(refusalsIn(answer)[0]?.[0]).toBe("BAD_USER_INPUT");
      }
    }
  });

  it("with a value of another type is 400 at its parameter", async () => {
    const wrong: Record<string, string[]> = {
      ...Object.fromEntries(
        Object.keys(OPERATORS)
          .filter((name) => name === "id" || /(employee|order|customer|method|tion)_id$/.test(name))
          .map((name) => [name, ["x", "1", "", "NULL", `${newId()},x`, `${newId()}0`]]),
      ),
      ...Object.fromEntries(
        Object.keys(OPERATORS)
          .filter((name) => name.endsWith("_in_cents"))
          .map((name) => [name, ["x", "", "1.5", "1e3", "0x10", "1,x", "9007199254740992"]]),
      ),
      ...Object.fromEntries(
        Object.keys(OPERATORS)
          .filter((name) => name.endsWith("_at"))
          .map((name) => [
            name,
            ["x", "", "2024-12-02", "2024-12-02T09:22:05", "2023-02-29T00:00:00Z", "1733131325"],
          ]),
      ),
      status: [
        "paid",
        "",
        "created,paid",
        "succeede",
        "CHECKOUT",
        "proceßing",
        "faıled",
        "ſucceeded",
      ],
      mode: ["created", "", "none"],
      provider: ["paypal", ""],
      refundable: ["yes", "1", "", "TRUE ", "null"],
    };
    for (const [attribute, values] of Object.entries(wrong)) {
      for (const value of values) {
        const name = `filter[${attribute}]`;
        await expectRefusal([[name, value]], name);
        const operator = `filter[${attribute}][eq]`;
        await expectRefusal([[operator, value]], operator);
      }
    }
  });

  it("that is malformed is 400", async () => {
    for (const query of [
      "filter=created",
      "filter[]=created",
      "filter[status][eq][x]=created",
      "filter[[status]]=created",
    ]) {
      const answer = await ask(query);
      expect(answer.status, query).toBe(400);
      expect(refusalsIn(answer)[0]?.[0]).toBe("BAD_USER_INPUT");
    }
  });

  it("by the secret needs PROVIDER_SECRETS_READ, and never reads its letters", async () => {
    const blind = await server.createToken({
      merchantId: merchant.id,
      scopes: MERCHANT_SCOPES.filter((scope) => scope !== "PROVIDER_SECRETS_READ"),
    });
    for (const operator of ["eq", "not_eq", "eql", "not_eql"]) {
      const answer = await ask([[`filter[provider_secret][${operator}]`, "First secret"]], blind);
      expect(answer.status).toBe(403);
      expect(refusalsIn(answer).map(([code]) => code)).toEqual(["FORBIDDEN"]);
    }
    for (const operator of ["prefix", "suffix", "match"].flatMap((name) => [name, `not_${name}`])) {
      const name = `filter[provider_secret][${operator}]`;
      await expectRefusal([[name, "First"]], name);
      expect([400, 403]).toContain((await ask([[name, "First"]], blind)).status);
    }
    const { length } = charges.filter(({ providerSecret }) => providerSecret === "First secret");
    const found = await idsBy("filter[provider_secret][eql]=First%20secret&page[size]=100");
    expect(found).toHaveLength(length);
    expect(length).toBeGreaterThan(0);
    expect(await idsBy("filter[provider_secret][eql]=first%20secret")).toEqual([]);
  });
});

describe("sort", () => {
  it.each(SORTED.split(" "))("by %s has the order of GraphQL in both directions", async (name) => {
    for (const [sign, direction] of [
      ["", "ASC"],
      ["-", "DESC"],
    ] as const) {
      const sort = [{ field: name.toUpperCase(), direction }];
      const ids = await idsBy(`sort=${sign}${name}&page[size]=100`);
      expect(ids).toEqual(await graphqlIds({ sort }));
      expect(ids).toHaveLength(CHARGE_COUNT);
    }
  });

  it("by several attributes goes by the first, then by the next", async () => {
    const ids = await idsBy("sort=status,-amount_in_cents,created_at&page[size]=100");
    const sort = [
      { field: "STATUS", direction: "ASC" },
      { field: "AMOUNT_IN_CENTS", direction: "DESC" },
      { field: "CREATED_AT", direction: "ASC" },
    ];
    expect(ids).toEqual(await graphqlIds({ sort }));
    expect(ids).not.toEqual(await idsBy("sort=status,amount_in_cents&page[size]=100"));
  });

  it("is a list in every form, with spaces after commas", async () => {
    const expected = await idsBy("sort=status,-amount_in_cents&page[size]=100");
    for (const sort of [
      "sort=status,%20-amount_in_cents",
      "sort[]=status&sort[]=-amount_in_cents",
      "sort=status&sort=-amount_in_cents",
    ]) {
      expect(await idsBy(`${sort}&page[size]=100`), sort).toEqual(expected);
    }
  });

  it("that is left out is the newest first", async () => {
    const newestFirst = charges.map(({ id }) => id).toReversed();
    expect(await idsBy("page[size]=100")).toEqual(newestFirst);
    expect(await idsBy("sort=-created_at&page[size]=100")).toEqual(newestFirst);
  });

  it("by anything else is 400", async () => {
    for (const sort of [
      ...["foo", "createdAt", "CREATED_AT", "-", "--created_at", "+created_at"],
      ...["created_at desc", "is_frozen", "merchant_id", "paid_in_cents", "id,x"],
    ]) {
      await expectRefusal([["sort", sort]], "sort");
    }
  });
});

describe("a sort by the secret", () => {
  it("needs PROVIDER_SECRETS_READ, and brings equal secrets together, missing ones last", async () => {
    const secrets = async (sort: string): Promise<unknown[]> => {
      const { status, text, body } = await ask(`sort=${sort}&page[size]=100`);
      expect(status, text).toBe(200);
      return body.data.map(({ attributes }) => attributes["provider_secret"]);
    };
    for (const sort of ["provider_secret", "-provider_secret"]) {
      const found = await secrets(sort);
      expect(found).toHaveLength(CHARGE_COUNT);
      const runs = found.filter((secret, index) => secret !== found[index - 1]);
      expect(runs.toSorted()).toEqual(["First secret", "second secret", null].toSorted());
      expect(runs.at(-1)).toBeNull();
    }
    const scopes = MERCHANT_SCOPES.filter((scope) => scope !== "PROVIDER_SECRETS_READ");
    const blind = await server.createToken({ merchantId: merchant.id, scopes });
    expect((await ask("sort=status,provider_secret", blind)).status).toBe(403);
  });
});

describe("a page", () => {
  it("has 20 charges by default, and defaults to the first page", async () => {
    const all = await idsBy("page[size]=100");
    expect(await idsBy("")).toEqual(all.slice(0, 20));
    expect(await idsBy("page[number]=2")).toEqual(all.slice(20, 40));
    expect(await idsBy("page[number]=3")).toEqual(all.slice(40));
  });

  it("sequence covers the whole list, each charge once", async () => {
    const all = await idsBy("sort=description&page[size]=100");
    for (const size of [1, 7, 45, 100]) {
      const seen: string[] = [];
      for (let number = 1; seen.length < CHARGE_COUNT; number++) {
        const page = `page[number]=${String(number)}&page[size]=${String(size)}`;
        const ids = await idsBy(`sort=description&${page}`);
        expect(ids.length).toBeGreaterThan(0);
        seen.push(...ids);
      }
      expect(seen).toEqual(all);
    }
  });

  it("after the last one is empty", async () => {
    const { status, body } = await ask("page[number]=4");
    expect({ status, body }).toEqual({ status: 200, body: { data: [], meta: {} } });
    expect(await idsBy("page[number]=1000000&page[size]=100")).toEqual([]);
  });

  it("of any other number or size is 400 at its parameter", async () => {
    for (const value of ["0", "-1", "x", "", "1.5", "1e1", "9007199254740993", " 1"]) {
      await expectRefusal([["page[number]", value]], "page[number]");
    }
    for (const value of ["0", "-1", "101", "x", "", "2.5", "1000000000000"]) {
      await expectRefusal([["page[size]", value]], "page[size]");
    }
    for (const name of ["page[after]", "page[limit]", "page[offset]"]) {
      const answer = await ask([[name, "1"]]);
      expect(answer.status, name).toBe(400);
    }
    expect((await ask("page=2")).status).toBe(400);
  });
});

describe("meta", () => {
  it("is empty unless requested", async () => {
    expect((await ask("")).body.meta).toEqual({});
  });

  it("counts the list on any page, and applies the filter", async () => {
    const count = { total: { count: CHARGE_COUNT } };
    expect((await ask("meta[total][]=count")).body.meta).toEqual(count);
    expect((await ask("meta[total]=count&page[number]=9")).body.meta).toEqual(count);
    const { length } = charges.filter(({ status }) => status === "FAILED");
    const { body } = await ask("meta[total][]=count&filter[status]=failed&page[size]=1");
    expect(body.meta).toEqual({ total: { count: length } });
    expect(body.data).toHaveLength(1);
  });

  it("sums each amount of the source, with a filter for one currency", async () => {
    const dollars = charges.filter(({ currency }) => currency === "USD");
    const sum = (name: string): number =>
      dollars.map((charge) => Number(valueOf(charge, name))).reduce((one, other) => one + other);
    for (const name of SUMMED) {
      for (const brackets of ["[]", ""]) {
        const { body } = await ask(`meta[${name}]${brackets}=sum&filter[currency]=usd`);
        expect(body.meta).toEqual({ [name]: { sum: sum(name) } });
      }
    }
    const query = SUMMED.map((name) => `meta[${name}][]=sum`).join("&");
    const { body } = await ask(`${query}&meta[total][]=count&filter[currency]=USD&page[size]=2`);
    expect(body.meta).toEqual({
      total: { count: dollars.length },
      ...Object.fromEntries(SUMMED.map((name) => [name, { sum: sum(name) }])),
    });
  });

  it("refuses a sum over several currencies with the advice to filter by one", async () => {
    for (const name of SUMMED) {
      const answer = await ask(`meta[${name}][]=sum`);
      expect(answer.status).toBe(400);
      expect(refusalsIn(answer).map(([code]) => code)).toEqual(["BAD_USER_INPUT"]);
      const { detail } = answer.body.errors![0]!;
      expect(detail).toBe(
        "meta would mix amounts in several currencies (eur, usd). Filter by one currency, such as filter[currency]=eur.",
      );
      expect(refusalsIn(answer)).toEqual([["BAD_USER_INPUT", "meta"]]);
    }
    expect((await ask("meta[total][]=count")).status).toBe(200);
  });

  it("over an empty list has a count of 0 and sums of null", async () => {
    const query = SUMMED.map((name) => `meta[${name}][]=sum`).join("&");
    const { body } = await ask(`${query}&meta[total][]=count&filter[id]=${newId()}`);
    expect(body).toEqual({
      data: [],
      meta: {
        total: { count: 0 },
        ...Object.fromEntries(SUMMED.map((name) => [name, { sum: null }])),
      },
    });
  });

  it("is exact beyond what a floating-point number holds", async () => {
    const owner = await server.createMerchant();
    for (let index = 0; index < 3; index++) {
      await accepted(createCharge(server, owner.token, { amountInCents: MAX_AMOUNT }));
    }
    const { text } = await ask("meta[amount_in_cents][]=sum", owner.token);
    expect(text).toContain(`"meta":{"amount_in_cents":{"sum":27021597764222973}}`);
  });

  it("of anything else is 400", async () => {
    const queries: Query = [
      ["meta[total][]", "sum"],
      ["meta[total]", ""],
      ["meta[foo][]", "count"],
      ["meta[amount_in_cents][]", "count"],
      ["meta[amount_in_cents]", "avg"],
      ["meta[total_refunded_in_cents][]", "sum"],
      ["meta[total]", "count,sum"],
      ["meta", "count"],
      ["meta[]", "count"],
      ["meta[__proto__][]", "count"],
    ];
    for (const [name, value] of queries) {
      const answer = await ask([[name, value]]);
      expect(answer.status, `${name}=${value}`).toBe(400);
      expect(refusalsIn(answer).map(([code]) => code)).toEqual(["BAD_USER_INPUT"]);
    }
  });
});

describe("a list", () => {
  it("returns each charge in the same form as a single charge", async () => {
    const { body } = await ask("include=order,customer&page[size]=100");
    for (const resource of body.data.slice(0, 6)) {
      const path = `${CHARGES}/${resource.id}?include=order,customer`;
      const one = await rest.get<JsonApiDocument<Resource>>(path, token);
      expect(one.body.data).toEqual(resource);
    }
    const linked = body.data.flatMap(({ relationships }) =>
      Object.values(relationships).flatMap(({ data }) => data?.id ?? []),
    );
    expect(new Set(body.included?.map(({ id }) => id))).toEqual(new Set(linked));
    expect(body.included).toHaveLength(2);
  });

  it("has only the merchant's own charges, with any filter", async () => {
    const stranger = await server.createMerchant();
    const { id, orderId } = charges[1]!;
    for (const query of ["", `filter[id]=${id}`, `filter[order_id]=${orderId!}`]) {
      const { status, body } = await ask(`${query}&meta[total][]=count`, stranger.token);
      expect({ status, body }).toEqual({
        status: 200,
        body: { data: [], meta: { total: { count: 0 } } },
      });
    }
    const own = charges.map((charge) => charge.id).toSorted();
    expect((await idsBy("page[size]=100")).toSorted()).toEqual(own);
  });

  it("reports every malformed parameter", async () => {
    const answer = await ask("foo=1&page[size]=0&filter[status][gt]=paid");
    expect(answer.status).toBe(400);
    const places = refusalsIn(answer).map(([, place]) => place);
    expect(places.toSorted()).toEqual(["filter[status][gt]", "foo", "page[size]"]);
  });
});

describe("a random query", () => {
  it("is answered or refused without an internal error", async () => {
    const word = fc.oneof(
      fc.constantFrom(...Object.keys(OPERATORS), ...ALL_OPERATORS, ...SORTED.split(" ")),
      fc.constantFrom("filter", "sort", "page", "meta", "include", "fields", "total", "number"),
      fc.constantFrom("__proto__", "constructor", "payment_charges", "orders", "0", "-1", "2", ""),
      fc.string({ maxLength: 5 }),
    );
    const first = fc.constantFrom("filter", "page", "meta", "fields", "sort", "include");
    const name = fc
      .tuple(fc.oneof({ weight: 5, arbitrary: first }, word), fc.array(word, { maxLength: 4 }))
      .map(([head, inner]) => head + inner.map((one) => `[${one}]`).join(""));
    const value = fc
      .array(fc.oneof(word, fc.constantFrom("created", "usd", "count", "sum", "1")), {
        maxLength: 3,
      })
      .map((all) => all.join(","));
    const queries = fc.array(fc.tuple(name, value), { maxLength: 4 });
    const property = fc.asyncProperty(queries, async (query) => {
      expect([200, 400]).toContain((await ask(query)).status);
    });
    await fc.assert(property, { numRuns: runs(20) });
  });
});

describe("with any filter, order and page", () => {
  interface Condition {
    attribute: string;
    operator: string;
    values: string[];
  }

  /** Random case for letters whose case does not matter. */
  function written({ attribute, operator }: Condition, value: string, isUpper: boolean): string {
    const ignoresCase = attribute in ENUMS || attribute === "currency" || !operator.endsWith("eql");
    const isWord = attribute in ENUMS || OPERATORS[attribute]!.includes("prefix");
    return inList(isUpper && isWord && ignoresCase ? value.toUpperCase() : value);
  }

  function conditions(): fc.Arbitrary<Condition> {
    const attributes = Object.keys(OPERATORS);
    return fc.constantFrom(...attributes).chain((attribute) => {
      const own = charges.map((charge) => valueOf(charge, attribute));
      const known = [...new Set(own.filter((value) => value !== null).map(String))];
      const spare: Record<string, string> = { refundable: "true", currency: "jpy" };
      const values = [
        ...known.map((value) => (attribute in ENUMS ? value.toLowerCase() : value)),
        ...(known.length > 0 ? [] : [spare[attribute] ?? spareFor(attribute)]),
      ];
      const operators = OPERATORS[attribute]!.split(" ").filter(
        (operator) => attribute !== "provider_secret" || operator.includes("eq"),
      );
      return fc.constantFrom(...operators).chain((operator) => {
        const single = /^[gl]te?$/.test(operator) || attribute === "refundable";
        const one = /(fix|match)$/.test(operator)
          ? fc
              .tuple(fc.constantFrom(...values), fc.nat(4), fc.integer({ min: 1, max: 4 }))
              .map(([value, from, length]) => value.slice(from, from + length) || value)
          : fc.constantFrom(...values);
        const many = fc.array(one, { minLength: 1, maxLength: single ? 1 : 3 });
        return many.map((all): Condition => ({ attribute, operator, values: all }));
      });
    });
  }

  function spareFor(attribute: string): string {
    if (attribute.endsWith("_id") && attribute !== "provider_id") return newId();
    return attribute.endsWith("_at") ? "2024-01-01T00:00:00Z" : "0";
  }

  it("REST lists and counts the charges that GraphQL lists", async () => {
    const sortKeys = fc.uniqueArray(
      fc.record({ name: fc.constantFrom(...SORTED.split(" ")), isDescending: fc.boolean() }),
      { maxLength: 3, selector: ({ name }) => name },
    );
    const page = fc.record({
      number: fc.integer({ min: 1, max: 4 }),
      size: fc.integer({ min: 1, max: 100 }),
    });
    const filters = fc.uniqueArray(conditions(), {
      maxLength: 3,
      selector: ({ attribute }) => attribute,
    });
    let found = 0;
    const property = fc.asyncProperty(
      ...([filters, sortKeys, page, fc.boolean()] as const),
      async (wanted, keys, { number, size }, isUpper) => {
        const filter = Object.assign(
          {},
          ...wanted.map(({ attribute, operator, values }) =>
            inGraphql(attribute, operator, values),
          ),
        ) as Input;
        const sort = keys.map(({ name, isDescending }) => ({
          field: name.toUpperCase(),
          direction: isDescending ? "DESC" : "ASC",
        }));
        const expected = await askGraphql({
          ...{ filter, page: { number, size } },
          ...(sort.length > 0 ? { sort } : {}),
        });
        const { status, text, body } = await ask([
          ...wanted.map((one): [string, string] => [
            `filter[${one.attribute}][${one.operator}]`,
            one.values.map((value) => written(one, value, isUpper)).join(","),
          ]),
          ...(keys.length > 0
            ? ([
                ["sort", keys.map((key) => `${key.isDescending ? "-" : ""}${key.name}`).join()],
              ] as Query)
            : []),
          ["page[number]", String(number)],
          ["page[size]", String(size)],
          ["meta[total][]", "count"],
        ]);
        expect(status, text).toBe(200);
        expect(body.data.map(({ id }) => id)).toEqual(expected.nodes.map(({ id }) => id));
        expect(body.meta).toEqual({ total: { count: expected.totalCount } });
        found += expected.nodes.length;
      },
    );
    // Empty lists would also be equal.
    const missing = (): string[] => (found > 150 ? [] : ["more than 150 records"]);
    await assertCovering(property, { numRuns: runs(15) }, missing);
  });
});
