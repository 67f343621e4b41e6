import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { charge, newPhoneNumber, sendCharges } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

interface Result {
  status: "SUCCESS" | "ERROR";
  code: string | null;
  message: string;
  pocketEntry?: { reference: string | null; metadata: unknown } | null;
}

let server: TestServer;
let merchant: TestMerchant;
let other: TestMerchant;
let slug: string;
let uniqueSlug: string;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  other = await server.createMerchant();
  slug = await server.createGroup({}, merchant, other);
  uniqueSlug = await server.createGroup({ hasUniqueReferences: true }, merchant, other);
});

afterAll(() => server.stop());

async function chargeIn(
  group: string,
  token: string,
  ...charges: readonly object[]
): Promise<Result[]> {
  const { data } = await sendCharges(server, token, group, charges);
  return data?.chargePockets.results ?? [];
}

/** Sends a mutation of one group, and returns its results. */
async function send(
  field: "debitPockets" | "holdPockets" | "captureHolds",
  list: "debits" | "holds" | "captures",
  group: string,
  item: object,
): Promise<Result> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const record = field === "holdPockets" ? "" : "pocketEntry { reference metadata { key value } }";
  const query = `mutation ($input: ${type}!) {
    ${field}(input: $input) { results { status code message ${record} } }
  }`;
  const input = { pocketGroupSlug: group, [list]: [item] };
  const data = await server.ask<Record<string, { results: Result[] }>>(merchant.token, query, {
    input,
  });
  return data[field]!.results[0]!;
}

const codesOf = (results: readonly Result[]) =>
  results.map(({ status, code }) => (status === "SUCCESS" ? status : code));

describe("the reference, note and metadata of an entry", () => {
  it("are stored with a charge and shown on the charge and on its entry, sorted by key", async () => {
    const phoneNumber = newPhoneNumber();
    const data = { reference: `order-${newId()}`, note: "A gift" };
    const metadata = [
      { key: "shop", value: "12" },
      { key: "campaign", value: "spring" },
    ];
    const sent = { ...charge({ phoneNumber }), ...data, metadata };
    expect(codesOf(await chargeIn(slug, merchant.token, sent))).toEqual(["SUCCESS"]);
    const fields = "reference note metadata { key value }";
    const found = await server.ask<Record<string, unknown>>(
      merchant.token,
      `query ($slug: String!, $token: UUID!, $reference: [String!]) {
        pocketCharge(pocketGroupSlug: $slug, token: $token) { ${fields} }
        pocketEntry(pocketGroupSlug: $slug, token: $token) { ${fields} }
        byReference: pocketEntries(filter: { reference: { eq: $reference } }) { nodes { ${fields} } }
        byMetadata: pocketCharges(filter: { reference: { eq: $reference }, metadata: [
          { key: "campaign", eq: "spring" }, { key: "shop", prefix: "1" }, { key: "none", isNull: true }
        ] }) { nodes { ${fields} } groupBy(keys: [METADATA], metadataKey: "shop") { key { metadata } aggregate { count } } }
      }`,
      { slug, token: sent.token, reference: data.reference },
    );
    const stored = { ...data, metadata: metadata.toReversed() };
    expect(found).toEqual({
      pocketCharge: stored,
      pocketEntry: stored,
      byReference: { nodes: [stored] },
      byMetadata: {
        nodes: [stored],
        groupBy: [{ key: { metadata: "12" }, aggregate: { count: 1 } }],
      },
    });
  });

  it.each([
    [{ reference: "r".repeat(201) }, "reference"],
    [{ reference: "a\0b" }, "reference"],
    [{ note: "a\0b" }, "note"],
    [{ note: "n".repeat(501) }, "note"],
    [{ metadata: [{ key: " ", value: "" }] }, "metadata key"],
    [
      {
        metadata: [
          { key: "a", value: "" },
          { key: "a", value: "" },
        ],
      },
      "repeated",
    ],
  ])("refuse only their item if a limit is exceeded: %#", async (data, named) => {
    const [refused, made] = await chargeIn(
      slug,
      merchant.token,
      { ...charge({ phoneNumber: newPhoneNumber() }), ...data },
      charge({ phoneNumber: newPhoneNumber() }),
    );
    expect(refused).toMatchObject({ status: "ERROR", code: "INVALID_TEXT" });
    expect(refused!.message).toContain(named);
    expect(made!.status).toBe("SUCCESS");
  });
});

describe("a reference in a group with unique references", () => {
  it("is taken once for each merchant, within a request and afterwards", async () => {
    const reference = newId();
    const item = () => ({ ...charge({ phoneNumber: newPhoneNumber() }), reference });
    const first = item();
    const results = await chargeIn(uniqueSlug, merchant.token, first, item());
    expect(codesOf(results)).toEqual(["SUCCESS", "REFERENCE_TAKEN"]);
    const later = await chargeIn(uniqueSlug, merchant.token, item(), first);
    expect(codesOf(later)).toEqual(["REFERENCE_TAKEN", "DUPLICATE_TOKEN"]);
    expect(codesOf(await chargeIn(uniqueSlug, other.token, item()))).toEqual(["SUCCESS"]);
    expect(codesOf(await chargeIn(slug, merchant.token, item(), item()))).toEqual([
      "SUCCESS",
      "SUCCESS",
    ]);
  });

  it("is taken once by 32 simultaneous charges of different pockets", async () => {
    const reference = newId();
    const answers = await Promise.all(
      Array.from({ length: 32 }, () =>
        chargeIn(uniqueSlug, merchant.token, {
          ...charge({ phoneNumber: newPhoneNumber() }),
          reference,
        }),
      ),
    );
    const codes = codesOf(answers.flat());
    expect(codes.filter((code) => code === "SUCCESS")).toHaveLength(1);
    expect(codes.filter((code) => code === "REFERENCE_TAKEN")).toHaveLength(31);
  });

  it("of a hold is repeated by its captures, and taken for a debit", async () => {
    const phoneNumber = newPhoneNumber();
    await chargeIn(uniqueSlug, merchant.token, charge({ phoneNumber, amount: 100 }));
    const reference = newId();
    const metadata = [{ key: "basket", value: "7" }];
    const hold = { ...charge({ phoneNumber, amount: 60 }), reference, metadata };
    expect(await send("holdPockets", "holds", uniqueSlug, hold)).toMatchObject({
      status: "SUCCESS",
    });
    for (const amount of [10, 20]) {
      const capture = { token: newId(), holdToken: hold.token, amount };
      expect(await send("captureHolds", "captures", uniqueSlug, capture)).toMatchObject({
        status: "SUCCESS",
        pocketEntry: { reference, metadata },
      });
    }
    const debit = { ...charge({ phoneNumber, amount: 1 }), reference };
    expect((await send("debitPockets", "debits", uniqueSlug, debit)).code).toBe("REFERENCE_TAKEN");
  });

  it("may repeat again once the group allows it", async () => {
    const changing = await server.createGroup({ hasUniqueReferences: true }, merchant);
    const item = { reference: "again" };
    const charges = () => ({ ...charge({ phoneNumber: newPhoneNumber() }), ...item });
    expect(codesOf(await chargeIn(changing, merchant.token, charges()))).toEqual(["SUCCESS"]);
    await server.app.services.pocketGroups.update(changing, { hasUniqueReferences: false });
    expect(codesOf(await chargeIn(changing, merchant.token, charges()))).toEqual(["SUCCESS"]);
  });
});
