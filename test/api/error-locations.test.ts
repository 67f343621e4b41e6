import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestMerchant, TestServer } from "../support/server.js";

let server: TestServer;
let merchant: TestMerchant;
let slug: string;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
  await server.ask(
    merchant.token,
    `mutation { createCustomer(input: { name: "A" }) { customer { id } } }`,
  );
});
afterAll(() => server.stop());

/** Marks the refused value in a document. */
const MARK = "¶";

const charges = (list: string): string =>
  `{\n  pocketCharges(\n    ${list}\n  ) { nodes { id } }\n}`;
const payments = (filter: string): string => `{ paymentCharges(filter: ${filter}) { totalCount } }`;
const grouped = (keys: string): string =>
  `{ pocketCharges { groupBy(${keys}) { aggregate { count } } } }`;
const strings = (count: number): string => `[${`"a" `.repeat(count)}]`;

/** Documents with one refused literal each, by the kind of rule. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "a scalar": [
    charges(`filter: { createdAt: { gte: ¶"yesterday" } }`),
    charges(`filter: { createdAt: { eq: ["2026-01-01T00:00:00Z", ¶"2026-01-01"] } }`),
    charges(`filter: { and: [{ amount: { gt: 1 } }, { not: { amount: { lt: ¶1.5 } } }] }`),
    charges(`filter: { amount: { eq: [1, ¶"1e9", 2] } }`),
    `{ pocketCharge(pocketGroupSlug: "SLUG", token: ¶"no-uuid") { id } }`,
    charges(`filter: { amount: { gt: ¶{ a: 1 } } }`),
    charges(`first: ¶"ten"`),
    `mutation { createPaymentCharge(input: { currency: ¶"DOLLAR", amountInCents: 1 }) { userErrors { code } } }`,
    payments(`{ status: { eq: [¶PAID] } }`),
    `query ($at: DateTime = ¶"now") { pocketCharges(filter: { createdAt: { lt: $at } }) { totalCount } }`,
    `mutation { createPaymentCharge(input: { amountInCents: ¶0.5 }) { userErrors { code } } }`,
  ],
  "a filter": [
    charges(`filter: { amount: ¶null }`),
    charges(`filter: { amount: { gt: ¶null } }`),
    charges(`filter: { and: [{}, { or: [{ amount: { gte: ¶null } }] }] }`),
    charges(`filter: { and: { amount: { gt: ¶null } } }`),
    charges(`filter: { not: { not: { not: { not: { not: { not: ¶{ amount: { gt: 1 } } } } } } } }`),
    charges(`filter: { phoneNumber: { eq: ¶${strings(251)} } }`),
    charges(`filter: { phoneNumber: { prefix: ${strings(200)}, suffix: ¶${strings(200)} } }`),
    payments(`{ providerSecret: { prefix: ¶["a"] } }`),
    payments(`{ metadata: ¶null }`),
    payments(`{ metadata: [{ key: "a" }, { key: "b", eq: ¶null }] }`),
    payments(`{ metadata: { key: "b", prefix: ¶${strings(251)} } }`),
  ],
  "a page": [
    charges(`first: ¶0`),
    charges(`last: ¶101`),
    charges(`after: ¶"nothing"`),
    charges(`last: 1, before: ¶"nothing"`),
    charges(`first: ¶1, page: { number: 1, size: 1 }`),
    charges(`first: ¶1, last: 1`),
    charges(`page: { number: ¶0, size: 1 }`),
    charges(`page: { number: 1, size: ¶1000 }`),
    `{ customers(first: 1) { nodes { paymentCharges(first: ¶0) { nodes { id } } } } }`,
  ],
  "a grouping": [
    grouped(`keys: ¶[]`),
    grouped(`keys: [CREATED_AT], bucket: { unit: DAY, timeZone: ¶"Mars" }`),
    grouped(`keys: [PHONE_NUMBER], bucket: ¶{ unit: DAY, timeZone: "UTC" }`),
    `{ paymentCharges { groupBy(keys: [STATUS], metadataKey: ¶"a") { aggregate { count } } } }`,
    `{ paymentCharges { ¶groupBy(keys: [METADATA]) { aggregate { count } } } }`,
    // Nothing is written that could be pointed at, except the field.
    `{ pocketCharges { ¶groupBy(keys: [CREATED_AT]) { aggregate { count } } } }`,
  ],
  "another argument": [
    `{ pocket(pocketGroupSlug: "SLUG", phoneNumber: ¶"12") { id } }`,
    `mutation { chargePockets(input: { pocketGroupSlug: "SLUG", charges: ¶[] }) { results { code } } }`,
  ],
};

function placeOf(marked: string): { line: number; column: number } {
  const lines = marked.slice(0, marked.indexOf(MARK)).split("\n");
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

async function placesOf(
  document: string,
  variables: Record<string, unknown> = {},
  token = merchant.token,
): Promise<unknown[]> {
  const { errors = [] } = await server.send(token, document.replaceAll(MARK, ""), variables);
  return errors.map((error) => (error as { locations?: unknown }).locations);
}

describe("an error about a literal has the line and column of the literal:", () => {
  const cases = Object.entries(REFUSED).flatMap(([kind, documents]) =>
    documents.map((document) => [kind, document] as const),
  );

  it.each(cases)("%s: %s", async (_, template) => {
    const document = template.replace("SLUG", slug);
    // The server compiles a document on its second use.
    for (let use = 0; use < 3; use++)
      expect(await placesOf(document)).toEqual([[placeOf(document)]]);
  });

  it("a filter that the token's scopes do not allow", async () => {
    const { id: merchantId } = merchant;
    const token = await server.createToken({ merchantId, scopes: ["PAYMENTS_READ"] });
    const document = payments(`{ providerSecret: { eq: ¶["a"] } }`);
    expect(await placesOf(document, {}, token)).toEqual([[placeOf(document)]]);
  });

  it("each of several fields, also with equal arguments", async () => {
    const field = `pocket(pocketGroupSlug: "${slug}", phoneNumber: "12") { id }`;
    const column = `a: ${field}`.indexOf(`"12"`) + 1;
    const places = [2, 3].map((line) => [{ line, column }]);
    for (let use = 0; use < 3; use++)
      expect(await placesOf(`{\na: ${field}\nb: ${field}\n}`)).toEqual(places);
  });
});

it("an error about a variable has the place where the document uses the variable", async () => {
  const cases: [string, Record<string, unknown>][] = [
    [
      `query ($filter: PocketChargeFilter) { pocketCharges(filter: ¶$filter) { totalCount } }`,
      { filter: { amount: { gt: null } } },
    ],
    [
      `query ($size: Int!) { pocketCharges(page: { number: 1, size: ¶$size }) { nodes { id } } }`,
      { size: 0 },
    ],
  ];
  for (const [document, variables] of cases)
    for (let use = 0; use < 3; use++)
      expect(await placesOf(document, variables)).toEqual([[placeOf(document)]]);
});
