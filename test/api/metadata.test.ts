import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as payments from "../support/payments.js";
import {
  type MerchantData,
  type PaymentOutcome,
  accepted,
  idOf,
  refusals,
} from "../support/payments.js";
import { type TestMerchant, TestServer } from "../support/server.js";

type Input = Record<string, unknown>;
type Row = MerchantData & { id: string; updatedAt: string };
type Outcomes = Promise<PaymentOutcome<Row>>;

/** A record with the merchant's own data. */
interface Kind {
  readonly list: string;
  readonly table: string;
  readonly create: (token: string, input: Input) => Outcomes;
  readonly update: (token: string, id: string, input: Input) => Outcomes;
  readonly find: (token: string, id: string) => Promise<Row | null>;
  /** Other fields that an update can change, with invalid values. */
  readonly invalid: Input;
}

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});

afterAll(() => server.stop());

const KINDS: Readonly<Record<string, Kind>> = {
  PaymentCharge: {
    list: "paymentCharges",
    table: "payment_charges",
    create: (token, input) =>
      payments.createCharge(server, token, { amountInCents: 100, ...input }),
    update: (token, id, input) => payments.updateCharge(server, token, id, input),
    find: (token, id) => payments.findCharge(server, token, id),
    invalid: { providerId: "x".repeat(256) },
  },
  PaymentRefund: {
    list: "paymentRefunds",
    table: "payment_refunds",
    create: (token, input) =>
      payments.createRefund(server, token, { amountInCents: 100, provider: "NONE", ...input }),
    update: (token, id, input) => payments.updateRefund(server, token, id, input),
    find: (token, id) => payments.findRefund(server, token, id),
    invalid: { providerId: "x".repeat(256) },
  },
  PaymentAuthorization: {
    list: "paymentAuthorizations",
    table: "payment_authorizations",
    create: (token, input) =>
      payments.createAuthorization(server, token, {
        ...{ amountInCents: 100, mode: "REQUEST" },
        ...input,
      }),
    update: (token, id, input) => payments.updateAuthorization(server, token, id, input),
    find: (token, id) => payments.findAuthorization(server, token, id),
    invalid: { providerId: "x".repeat(256) },
  },
  Customer: {
    list: "customers",
    table: "customers",
    create: (token, input) => payments.createCustomer(server, token, { name: "Jane", ...input }),
    update: (token, id, input) => payments.updateCustomer(server, token, id, input),
    find: (token, id) => payments.findCustomer(server, token, id),
    invalid: { name: " " },
  },
  Order: {
    list: "orders",
    table: "orders",
    create: (token, input) => payments.createOrder(server, token, input),
    update: (token, id, input) => payments.updateOrder(server, token, id, input),
    find: (token, id) => payments.findOrder(server, token, id),
    invalid: { totalInCents: -1 },
  },
};

/** Entries from pairs: `entries("a", "1", "b", "2")`. */
function entries(...pairs: readonly string[]): MerchantData["metadata"] {
  return Array.from({ length: pairs.length / 2 }, (_, index) => ({
    key: pairs[2 * index]!,
    value: pairs[2 * index + 1]!,
  }));
}

const manyEntries = (count: number): MerchantData["metadata"] =>
  Array.from({ length: count }, (_, index) => ({ key: `k${String(index)}`, value: "v" }));

describe.each(Object.entries(KINDS))("the merchant's own data on a %s", (name, kind) => {
  const { create, update, find, invalid } = kind;
  let merchant: TestMerchant;
  let token: string;

  beforeAll(async () => {
    merchant = await server.createMerchant();
    token = merchant.token;
  });

  it("is empty unless it is given", async () => {
    for (const input of [{}, { reference: null, metadata: null }, { metadata: [] }]) {
      const record = await accepted(create(token, input));
      expect(record).toMatchObject({ reference: null, metadata: [] });
      expect(await find(token, record.id)).toEqual(record);
    }
  });

  it("is stored as written and returned sorted by key", async () => {
    const reference = " Order №7 😀 ";
    const pairs = ["b", "2", "10", "ten", "2", "two", "B", " É", 'é %_\\"', "", "😀", "x"];
    const metadata = entries(...pairs);
    const record = await accepted(create(token, { reference, metadata }));
    const sorted = entries(...pairs.slice(2, 8), ...pairs.slice(0, 2), ...pairs.slice(8));
    expect(record).toMatchObject({ reference, metadata: sorted });
    expect(await find(token, record.id)).toEqual(record);
  });

  it("may have keys that are names of properties in JavaScript", async () => {
    const metadata = entries("constructor", "b", "hasOwnProperty", "a", "toString", "c");
    const record = await accepted(create(token, { metadata }));
    expect(record.metadata).toEqual(metadata);
    const changed = await accepted(update(token, record.id, { reference: "r" }));
    expect(changed.metadata).toEqual(metadata);
    const other = entries("constructor", "b");
    expect((await accepted(update(token, record.id, { metadata: other }))).metadata).toEqual(other);
    expect(await find(token, record.id)).toMatchObject({ reference: "r", metadata: other });
    expect(await found({ metadata: [{ key: "constructor", eq: ["b"] }] })).toEqual([record.id]);
  });

  it("holds the longest values", async () => {
    const input = {
      reference: "😀".repeat(200),
      metadata: Array.from({ length: 20 }, (_, index) => ({
        key: String(index).padEnd(40, "\u0001x"),
        value: "\u0001".repeat(500),
      })),
    };
    const record = await accepted(create(token, input));
    expect(record.reference).toBe(input.reference);
    expect(record.metadata).toHaveLength(20);
    expect(record.metadata).toEqual(expect.arrayContaining(input.metadata));
  });

  it("is replaced as a whole by an update, and kept when it is omitted", async () => {
    const given = { reference: "R-1", metadata: entries("a", "1", "b", "2") };
    const { id } = await accepted(create(token, given));
    expect(await accepted(update(token, id, {}))).toMatchObject(given);
    const metadata = entries("b", "3", "c", "4");
    expect(await accepted(update(token, id, { metadata }))).toMatchObject({ ...given, metadata });
    expect(await accepted(update(token, id, { reference: "R-2" }))).toMatchObject({
      reference: "R-2",
      metadata,
    });
    for (const nothing of [null, []]) {
      await accepted(update(token, id, { metadata }));
      const cleared = await accepted(update(token, id, { reference: null, metadata: nothing }));
      expect(cleared).toMatchObject({ reference: null, metadata: [] });
      expect(await find(token, id)).toEqual(cleared);
    }
  });

  it("changes nothing if an update has the same entries in another order", async () => {
    const metadata = entries("a", "1", "b", "2");
    const before = await accepted(create(token, { reference: "R", metadata }));
    const same = { reference: "R", metadata: metadata.toReversed() };
    expect(await accepted(update(token, before.id, same))).toEqual(before);
  });

  const REFUSED: [string, Input, [string, string][]][] = [
    ["a reference that is too long", { reference: "x".repeat(201) }, [["TOO_LONG", "reference"]]],
    ["a reference with NUL", { reference: "\0" }, [["INVALID", "reference"]]],
    ["21 keys", { metadata: manyEntries(21) }, [["TOO_LONG", "metadata"]]],
    ["a reserved key", { metadata: entries("__proto__", "") }, [["INVALID", "metadata.0.key"]]],
    ["a blank key", { metadata: entries(" \u200b", "") }, [["REQUIRED", "metadata.0.key"]]],
    [
      "a key and a value that are too long",
      { metadata: entries("a", "", "k".repeat(41), "v".repeat(501)) },
      [
        ["TOO_LONG", "metadata.1.key"],
        ["TOO_LONG", "metadata.1.value"],
      ],
    ],
    [
      "a repeated key",
      { metadata: entries("a", "1", "b", "2", "a", "1") },
      [["INVALID", "metadata.2.key"]],
    ],
    [
      "NUL in a key and in a value",
      { metadata: entries("a\0", "1", "b", "\0") },
      [
        ["INVALID", "metadata.0.key"],
        ["INVALID", "metadata.1.value"],
      ],
    ],
  ];

  it.each(REFUSED)("is refused with %s", async (_, input, expected) => {
    expect(await refusals(create(token, input))).toEqual(expected);
    const before = await accepted(create(token, {}));
    expect(await refusals(update(token, before.id, input))).toEqual(expected);
    const [field = ""] = Object.keys(invalid);
    const all = await refusals(update(token, before.id, { ...input, ...invalid }));
    expect(all.map(([, path]) => path).toSorted()).toEqual(
      [...expected.map(([, path]) => path), field].toSorted(),
    );
    expect(await find(token, before.id)).toEqual(before);
  });

  it("is checked by the database too", async () => {
    const { id } = await accepted(create(token, {}));
    const set = (metadata: unknown): Promise<unknown> =>
      server.database.pool.query(
        `update ${kind.table} set metadata = $1 where merchant_id = $2 and id = $3`,
        [JSON.stringify(metadata), merchant.id, id],
      );
    const tooMany = Object.fromEntries(manyEntries(21).map(({ key }) => [key, ""]));
    for (const metadata of [[], "a", 1, { a: 1 }, { a: null }, { a: { b: "c" } }, tooMany])
      await expect(set(metadata), JSON.stringify(metadata)).rejects.toMatchObject({
        constraint: `${kind.table}_metadata_check`,
      });
    await expect(set({ a: "x".repeat(70_000) })).rejects.toThrow(/metadata_check/);
    await set({ a: "1" });
  });

  it("is in the audit trail, masked like every text", async () => {
    const metadata = entries("key of a person", "value of a person");
    const { id } = await accepted(create(token, {}));
    const changes = async (input: Input): Promise<unknown> => {
      await accepted(update(token, id, input));
      const { rows } = await server.database.pool.query(
        "select changes from audit_entries where record_id = $1 order by id desc limit 1",
        [id],
      );
      return (rows[0] as { changes: unknown }).changes;
    };
    const [none, some] = [null, "***"];
    expect(await changes({ reference: "R", metadata })).toEqual(
      expect.arrayContaining([
        { field: "reference", from: none, to: some },
        { field: "metadata", from: none, to: some },
      ]),
    );
    expect(await changes({ metadata: entries("a", "b") })).toEqual([
      { field: "metadata", from: some, to: some },
    ]);
    expect(await changes({ metadata: null })).toEqual([
      { field: "metadata", from: some, to: none },
    ]);
    const { rows } = await server.database.pool.query(
      "select from audit_entries where changes::text like '%of a person%'",
    );
    expect(rows).toEqual([]);
    const { rows: created } = await server.database.pool.query(
      "select changes::text from audit_entries where record_id = $1 and operation like 'create%'",
      [id],
    );
    expect((created as { changes: string }[])[0]!.changes).not.toContain("metadata");
  });

  /** The ids of the records that a filter finds, oldest first. */
  async function found(filter: unknown, as = token): Promise<string[]> {
    const query = `query ($filter: ${name}Filter) {
      list: ${kind.list}(filter: $filter, sort: [{ field: CREATED_AT }], first: 100) {
        nodes { id } totalCount
      }
    }`;
    interface Data {
      list: { nodes: { id: string }[]; totalCount: number };
    }
    const { list } = await server.ask<Data>(as, query, { filter });
    expect(list.totalCount).toBe(list.nodes.length);
    return list.nodes.map(({ id }) => id);
  }

  describe("in lists", () => {
    let ids: string[];
    let other: TestMerchant;

    beforeAll(async () => {
      merchant = await server.createMerchant();
      token = merchant.token;
      other = await server.createMerchant();
      const inputs = [
        { reference: "Order-1", metadata: entries("channel", "web", "campaign", "spring") },
        { reference: "Order-2", metadata: entries("channel", "WEB") },
        { reference: "INVOICE-3", metadata: entries("channel", "app", "campaign", "spring-2") },
        {},
      ];
      ids = [];
      for (const input of inputs) {
        ids.push(await idOf(create(token, input)));
        await accepted(create(other.token, input));
      }
    });

    const channel = (operators: Input): Input => ({ metadata: [{ key: "channel", ...operators }] });
    const campaign = { key: "campaign", prefix: ["spring"] };

    it.each<[string, Input, number[]]>([
      ["exactly", channel({ eq: ["web"] }), [0]],
      ["by a value without a list", channel({ eq: "WEB" }), [1]],
      ["by any of several values", channel({ eq: ["web", "app", "none"] }), [0, 2]],
      ["by no value", channel({ eq: [] }), []],
      ["except values, and records without the key", channel({ notEq: ["web"] }), [1, 2]],
      ["by the beginning of a value, case-sensitive", channel({ prefix: ["w"] }), [0]],
      ["by pattern characters as plain ones", channel({ prefix: ["%", "we_"] }), []],
      ["except the beginning", channel({ notPrefix: ["w"] }), [1, 2]],
      ["without the key", channel({ isNull: true }), [3]],
      ["with the key", channel({ isNull: false }), [0, 1, 2]],
      ["without any condition", { metadata: [] }, [0, 1, 2, 3]],
      ["with a key but no operator", channel({}), [0, 1, 2, 3]],
      ["by several keys", { metadata: [{ key: "channel", eq: ["web"] }, campaign] }, [0]],
      [
        "by one of two keys",
        { or: [channel({ eq: ["WEB"] }), { metadata: [campaign] }] },
        [0, 1, 2],
      ],
      [
        "not by a value, without records that lack the key",
        { not: channel({ eq: ["web"] }) },
        [1, 2],
      ],
      ["not without the key", { not: channel({ isNull: true }) }, [0, 1, 2]],
      ["not not by a value", { not: { not: channel({ eq: ["web"] }) } }, [0]],
      ["by an unknown key", { metadata: [{ key: "Channel", eq: ["web"] }] }, []],
      ["by an impossible key", { metadata: [{ key: "channel\0", isNull: true }] }, [0, 1, 2, 3]],
      ["by an impossible value", channel({ eq: ["web\0"] }), []],
      ["by reference, ignoring case", { reference: { eq: ["ORDER-1"] } }, [0]],
      ["by exact reference", { reference: { eql: ["Order-2", "order-1"] } }, [1]],
      ["by the beginning of a reference", { reference: { prefix: ["order"] } }, [0, 1]],
      ["without a reference", { reference: { isNull: true } }, [3]],
    ])("is found %s", async (_, filter, expected) => {
      expect(await found(filter)).toEqual(expected.map((index) => ids[index]));
    });

    it("sorts by reference, with missing ones last", async () => {
      const query = `{ list: ${kind.list}(sort: [{ field: REFERENCE, direction: DESC }]) { nodes { id } } }`;
      const { list } = await server.ask<{ list: { nodes: { id: string }[] } }>(token, query);
      expect(list.nodes.map(({ id }) => ids.indexOf(id))).toEqual([1, 0, 2, 3]);
    });

    it("groups by the value of a key, with null for records without it", async () => {
      const query = `{ list: ${kind.list} {
        groupBy(keys: [METADATA], metadataKey: "channel") { key { metadata } aggregate { count } }
        impossible: groupBy(keys: [METADATA], metadataKey: "\\u0000") { key { metadata } aggregate { count } }
      } }`;
      const { list } = await server.ask<{ list: Record<string, unknown> }>(token, query);
      const group = (metadata: string | null, count: number): unknown => ({
        key: { metadata },
        aggregate: { count },
      });
      expect(list).toEqual({
        groupBy: [group("app", 1), group("web", 1), group("WEB", 1), group(null, 1)],
        impossible: [group(null, 4)],
      });
    });

    it("refuses to group by metadata without a key", async () => {
      const query = `{ list: ${kind.list} { groupBy(keys: [METADATA]) { aggregate { count } } } }`;
      const { errors } = await server.send(token, query);
      const message = "metadataKey is required to group by metadata.";
      expect(errors).toMatchObject([{ message, extensions: { code: "BAD_USER_INPUT" } }]);
    });

    it.each<[string, string]>([
      [
        '{ key: "a", eq: null }',
        "filter.metadata[1].eq cannot be null. Leave it out, or use isNull.",
      ],
      [
        `{ key: "a", eq: [${'"x", '.repeat(251)}] }`,
        "filter.metadata[1].eq has 251 values; at most 250 are allowed.",
      ],
    ])("refuses the condition %.40s", async (condition, message) => {
      const query = `{ list: ${kind.list}(filter: { metadata: [{ key: "a" }, ${condition}] }) { totalCount } }`;
      const { errors } = await server.send(token, query);
      expect(errors).toMatchObject([{ message, extensions: { code: "BAD_USER_INPUT" } }]);
    });

    it("refuses null in place of conditions", async () => {
      const query = `{ list: ${kind.list}(filter: { metadata: null }) { totalCount } }`;
      const { errors } = await server.send(token, query);
      const message = "filter.metadata cannot be null. Leave it out.";
      expect(errors).toMatchObject([{ message, extensions: { code: "BAD_USER_INPUT" } }]);
    });
  });
});

it("refuses a metadataKey that applies to no key", async () => {
  const { token } = await server.createMerchant();
  const query = `{ paymentCharges { groupBy(keys: [STATUS], metadataKey: "a") { aggregate { count } } } }`;
  const { errors } = await server.send(token, query);
  const message = "metadataKey applies to no key: none of the keys is METADATA. Leave it out.";
  expect(errors).toMatchObject([{ message, extensions: { code: "BAD_USER_INPUT" } }]);
});

it("groups nested lists by metadata and other keys, with sums", async () => {
  const { token } = await server.createMerchant();
  const customers: string[] = [];
  for (const campaign of ["spring", "autumn"]) {
    const customerId = await idOf(payments.createCustomer(server, token, { name: campaign }));
    customers.push(customerId);
    for (const [value, amountInCents] of [
      ["1", 10],
      ["1", 20],
      ["2", 40],
    ] as const) {
      const metadata = entries("campaign", `${campaign} ${value}`);
      await accepted(payments.createCharge(server, token, { amountInCents, customerId, metadata }));
    }
  }
  const query = `{ customers(sort: [{ field: NUMBER }], first: 2) { nodes { paymentCharges {
    groupBy(keys: [STATUS, METADATA, CREATED_AT], metadataKey: "campaign", bucket: { unit: YEAR }) {
      key { status metadata } aggregate { count sum { totalInCents } }
    }
  } } } }`;
  interface Data {
    customers: { nodes: { paymentCharges: unknown }[] };
  }
  const data = await server.ask<Data>(token, query);
  const group = (metadata: string, count: number, totalInCents: string): unknown => ({
    key: { status: "CREATED", metadata },
    aggregate: { count, sum: { totalInCents } },
  });
  expect(data.customers.nodes.map(({ paymentCharges }) => paymentCharges)).toEqual(
    ["spring", "autumn"].map((campaign) => ({
      groupBy: [group(`${campaign} 1`, 2, "30"), group(`${campaign} 2`, 1, "40")],
    })),
  );
});
