import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isInputObjectType,
  isObjectType,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unconnectedSchema } from "../../src/app/features.js";
import { newId } from "../../src/shared/uuid.js";
import {
  accepted,
  createAuthorization,
  createCharge,
  createOrder,
  createRefund,
  idOf,
  refusals,
  updateAuthorization,
  updateCharge,
  updateOrder,
  updateRefund,
} from "../support/payments.js";
import {
  CHARGES,
  type JsonApiDocument,
  type Resource,
  RestClient,
  creating,
  refusalsIn,
  updating,
} from "../support/rest.js";
import { chargePockets } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

interface Payload {
  record: Record<string, unknown> | null;
  userErrors: { code: string; message: string; field: string[] }[];
}

let server: TestServer;
let rest: RestClient;
let merchant: TestMerchant;
let token: string;

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
  merchant = await server.createMerchant();
  ({ token } = merchant);
});

afterAll(() => server.stop());

const types = Object.values(unconnectedSchema().getTypeMap());

/** The names of the input or object types with currency fields, each with those fields. */
function withCurrencies(
  kind: (type: GraphQLNamedType) => type is GraphQLInputObjectType | GraphQLObjectType,
): [string, string][] {
  return types.filter(kind).flatMap((type) =>
    Object.values<GraphQLInputField | GraphQLField<unknown, unknown>>(type.getFields())
      .filter((field) => getNamedType(field.type).name === "Currency")
      .map(({ name }): [string, string] => [type.name, name]),
  );
}

const refundInput = { provider: "NONE", amountInCents: 5 };

/** How to send each input with a currency. `before` creates the record that it updates. */
const WRITERS: Record<string, (currency: string) => Promise<[by: string, variables: object]>> = {
  CreateMerchantInput: (defaultCurrency) =>
    Promise.resolve([server.operatorToken, { input: { name: "M", defaultCurrency } }]),
  UpdateMerchantInput: async (defaultCurrency) => {
    const { id } = await server.createMerchant();
    return [server.operatorToken, { id, input: { defaultCurrency } }];
  },
  CreatePocketGroupInput: (currency) => {
    const input = { slug: `g-${newId()}`, name: "G", currency };
    return Promise.resolve([server.operatorToken, { input }]);
  },
  CreateOrderInput: (currency) => Promise.resolve([token, { input: { currency } }]),
  CreatePaymentChargeInput: (currency) =>
    Promise.resolve([token, { input: { amountInCents: 5, currency } }]),
  UpdatePaymentChargeInput: async (currency) => {
    const { id } = await accepted(createCharge(server, token, { amountInCents: 5 }));
    return [token, { id, input: { currency } }];
  },
  CreatePaymentRefundInput: (currency) =>
    Promise.resolve([token, { input: { ...refundInput, currency } }]),
  CreatePaymentAuthorizationInput: (currency) =>
    Promise.resolve([token, { input: { mode: "REQUEST", amountInCents: 5, currency } }]),
};

/** Writes a currency through an input, and reads it back with its minor units. */
async function write(input: string, currency: string) {
  const [by, variables] = await WRITERS[input]!(currency);
  const mutation = input.replace(/Input$/, "").replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  const record = mutation.replace(/^(create|update)[A-Z]/, (start) => start.slice(6).toLowerCase());
  const field = input.includes("Merchant") ? "defaultCurrency" : "currency";
  const isUpdate = mutation.startsWith("update");
  return server.send<{ payload: Payload }>(
    by,
    `mutation (${isUpdate ? "$id: ID!, " : ""}$input: ${input}!) {
      payload: ${mutation}(${isUpdate ? "id: $id, " : ""}input: $input) {
        record: ${record} { currency: ${field} minorUnits: ${field}MinorUnits }
        userErrors { code message field }
      }
    }`,
    variables as Record<string, unknown>,
  );
}

const WRITTEN = withCurrencies(isInputObjectType);

it("covers every input that has a currency", () => {
  expect(WRITTEN.map(([input]) => input).toSorted()).toEqual(Object.keys(WRITERS).toSorted());
});

describe.each(WRITTEN)("%s.%s", (input, field) => {
  it.each([
    ["VED", 2],
    ["xad", 2],
    ["CLF", 4],
    ["irr", 2],
    ["JPY", 0],
    ["KWD", 3],
  ])("takes %s, with minor units of %i digits", async (currency, minorUnits) => {
    const { data } = await write(input, currency);
    expect(data.payload).toEqual({
      record: { currency: currency.toUpperCase(), minorUnits },
      userErrors: [],
    });
  });

  it.each([
    ["HRK", "was withdrawn from ISO 4217 in 2023-01; use EUR"],
    ["sll", "was withdrawn from ISO 4217 in 2023-12; use SLE"],
    ["BGN", "was withdrawn from ISO 4217 in 2026-01; use EUR"],
    ["DEM", "was withdrawn from ISO 4217 in 2002-03; use EUR"],
    ["XAU", "has no minor unit, so it cannot have amounts"],
    ["XDR", "has no minor unit, so it cannot have amounts"],
  ])("refuses %s with a reason", async (currency, reason) => {
    const message = `${field} ${currency.toUpperCase()} ${reason}.`;
    const { data } = await write(input, currency);
    expect(data.payload).toEqual({
      record: null,
      userErrors: [{ code: "INVALID", message, field: [field] }],
    });
  });

  it.each(["ZZZ", "ﬁm", "USDT"])("refuses %s, which is not an ISO 4217 code", async (currency) => {
    const { status, errors } = await write(input, currency);
    expect([status, errors?.[0]?.extensions.code]).toEqual([400, "BAD_USER_INPUT"]);
  });
});

describe("REST", () => {
  type Answer = JsonApiDocument<Resource>;
  const send = async (currency: string, change?: string) => {
    const attributes = { currency, ...(change ? {} : { amount_in_cents: 5 }) };
    const body = change ? updating(change, attributes) : creating(attributes);
    const path = change ? `${CHARGES}/${change}` : CHARGES;
    return rest.send<Answer>(change ? "PUT" : "POST", path, { token, body });
  };

  it.each(["a new charge", "a change"])("refuses withdrawn codes in %s", async (what) => {
    const made = await send("ved");
    expect([made.status, made.body.data.attributes["currency"]]).toEqual([201, "ved"]);
    const id = what === "a change" ? made.body.data.id : undefined;

    const refused = await send("hrk", id);
    expect([refused.status, refusalsIn(refused)]).toEqual([
      422,
      [["INVALID", "/data/attributes/currency"]],
    ]);
    const detail = "currency hrk was withdrawn from ISO 4217 in 2023-01; use eur.";
    expect(refused.body.errors?.map((error) => error.detail)).toEqual([detail]);
    expect((await send("xau", id)).status).toBe(422);
    expect((await send("zzz", id)).status).toBe(422);
    expect((await send("clf", id)).body.data.attributes["currency"]).toBe("clf");
  });
});

describe("a merchant whose default currency was withdrawn later", () => {
  let bank: TestMerchant;

  beforeAll(async () => {
    bank = await server.createMerchant();
    await server.database.pool.query(
      "update merchants set default_currency = 'HRK' where id = $1",
      [bank.id],
    );
  });

  it("gives the currency to no new record", async () => {
    const amounts = { amountInCents: 5 };
    for (const outcome of [
      createOrder(server, bank.token, {}),
      createCharge(server, bank.token, amounts),
      createAuthorization(server, bank.token, { mode: "REQUEST", ...amounts }),
      createRefund(server, bank.token, { provider: "NONE", ...amounts }),
    ]) {
      const { record, userErrors } = await outcome;
      const message =
        "The merchant's default currency HRK was withdrawn from ISO 4217 in 2023-01; use EUR.";
      expect({ record, userErrors }).toEqual({
        record: null,
        userErrors: [{ code: "INVALID", message, field: ["currency"] }],
      });
    }
    const named = await accepted(createCharge(server, bank.token, { ...amounts, currency: "EUR" }));
    expect(named.currency).toBe("EUR");
  });

  it("can be changed, even when the change repeats the currency", async () => {
    const { payload } = await server.ask<{ payload: Payload }>(
      server.operatorToken,
      `mutation ($id: ID!) {
        payload: updateMerchant(id: $id, input: { name: "Bank", defaultCurrency: "HRK" }) {
          record: merchant { name defaultCurrency defaultCurrencyMinorUnits }
          userErrors { code message field }
        }
      }`,
      { id: bank.id },
    );
    const record = { name: "Bank", defaultCurrency: "HRK", defaultCurrencyMinorUnits: 2 };
    expect(payload).toEqual({ record, userErrors: [] });
  });
});

describe("records whose currency was withdrawn later", () => {
  let shop: TestMerchant;
  const ids = { order: "", open: "", paid: "", held: "" };

  beforeAll(async () => {
    shop = await server.createMerchant();
    const by = shop.token;
    const money = { amountInCents: 1_000, currency: "EUR" };
    ids.order = await idOf(createOrder(server, by, { currency: "EUR" }));
    ids.open = await idOf(createCharge(server, by, { ...money, orderId: ids.order }));
    const paid = { ...money, status: "SUCCEEDED" };
    ids.paid = await idOf(createCharge(server, by, paid));
    const held = { ...paid, mode: "REQUEST" };
    ids.held = await idOf(createAuthorization(server, by, held));
    for (const table of ["orders", "payment_charges", "payment_authorizations"]) {
      await server.database.pool.query(
        `update ${table} set currency = 'HRK' where merchant_id = $1`,
        [shop.id],
      );
    }
  });

  it("can be refunded, captured, paid and changed as before", async () => {
    const by = shop.token;
    const part = { paymentChargeId: ids.paid, amountInCents: 400 };
    const refund = await accepted(createRefund(server, by, part));
    const named = await accepted(createRefund(server, by, { ...part, currency: "hrk" }));
    expect([refund.currency, named.currency]).toEqual(["HRK", "HRK"]);
    await accepted(updateRefund(server, by, refund.id, { status: "SUCCEEDED" }));

    const capture = { mode: "CAPTURE", status: "SUCCEEDED", paymentAuthorizationId: ids.held };
    const captured = await accepted(createCharge(server, by, { ...capture, amountInCents: 900 }));
    expect(captured.currency).toBe("HRK");
    await accepted(updateAuthorization(server, by, ids.held, { description: "Captured" }));

    const change = { status: "SUCCEEDED", currency: "HRK" };
    expect((await accepted(updateCharge(server, by, ids.open, change))).status).toBe("SUCCEEDED");
    const ordered = { orderId: ids.order, amountInCents: 5 };
    expect((await accepted(createCharge(server, by, ordered))).currency).toBe("HRK");
    await accepted(updateOrder(server, by, ids.order, { totalInCents: 7 }));
  });

  it("give their currency only to records that refer to them", async () => {
    const refund = { provider: "NONE", amountInCents: 5, currency: "HRK" };
    expect(await refusals(createRefund(server, shop.token, refund))).toEqual([
      ["INVALID", "currency"],
    ]);
  });

  it("are found by a filter and a group, in GraphQL and REST", async () => {
    const answer = await server.ask<Record<string, unknown>>(
      shop.token,
      `{
        paymentCharges(filter: { currency: { eq: ["hrk"] }, id: { eq: ["${ids.paid}"] } }) {
          nodes { id currency currencyMinorUnits payment { currency currencyMinorUnits } }
          groupBy(keys: [CURRENCY]) { key { currency currencyMinorUnits } aggregate { count } }
        }
      }`,
    );
    const hrk = { currency: "HRK", currencyMinorUnits: 2 };
    expect(answer["paymentCharges"]).toEqual({
      nodes: [{ id: ids.paid, ...hrk, payment: hrk }],
      groupBy: [{ key: hrk, aggregate: { count: 1 } }],
    });
    const filter = `filter[currency]=hrk&filter[id]=${ids.paid}`;
    const found = await rest.get<JsonApiDocument<Resource[]>>(`${CHARGES}?${filter}`, shop.token);
    expect(found.body.data.map(({ id }) => id)).toEqual([ids.paid]);
  });
});

describe("minor units", () => {
  const SHOWN = withCurrencies(isObjectType);

  it("are a field next to every currency of the schema", () => {
    const described = types.filter(isObjectType).flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ name }) => name.endsWith("MinorUnits"))
        .map(({ name }) => [type.name, name.replace("MinorUnits", "")]),
    );
    expect(described).toEqual(SHOWN);
    expect(SHOWN).toHaveLength(14);
  });

  it("are those of ISO 4217 in groups of every list, and null when no key is a currency", async () => {
    const by = await server.createMerchant();
    for (const currency of ["IRR", "JPY", "KWD"]) {
      const money = { amountInCents: 5, currency };
      await accepted(createCharge(server, by.token, money));
      await accepted(createRefund(server, by.token, { ...money, provider: "NONE" }));
      await accepted(createAuthorization(server, by.token, { ...money, mode: "REQUEST" }));
      const slug = await server.createGroup({ currency }, by);
      const charge = { token: newId(), phoneNumber: "09123456789", amount: 5 };
      await chargePockets(server, by.token, slug, [charge]);
    }
    const groups = `{
      currencies: groupBy(keys: [CURRENCY]) { key { currency currencyMinorUnits } }
      days: groupBy(keys: [CREATED_AT], bucket: { unit: YEAR }) { key { currencyMinorUnits } }
    }`;
    const lists = "paymentCharges paymentRefunds paymentAuthorizations pockets pocketCharges";
    const answer = await server.ask<Record<string, unknown>>(
      by.token,
      `{ ${lists.replaceAll(/\w+/g, (list) => `${list} ${groups}`)} }`,
    );
    const currencies = Object.entries({ IRR: 2, JPY: 0, KWD: 3 }).map(
      ([currency, currencyMinorUnits]) => ({ key: { currency, currencyMinorUnits } }),
    );
    for (const list of lists.split(" ")) {
      expect(answer[list]).toEqual({ currencies, days: [{ key: { currencyMinorUnits: null } }] });
    }
  });

  it("are null for a stored currency without a minor unit", async () => {
    const charge = await accepted(createCharge(server, token, { amountInCents: 5 }));
    for (const currency of ["XDR", "ZZZ"]) {
      await server.database.pool.query("update payment_charges set currency = $1 where id = $2", [
        currency,
        charge.id,
      ]);
      expect(
        await server.ask(
          token,
          "query ($id: ID!) { paymentCharge(id: $id) { amountInCents currency currencyMinorUnits } }",
          { id: charge.id },
        ),
      ).toEqual({ paymentCharge: { amountInCents: 5, currency, currencyMinorUnits: null } });
    }
  });
});
