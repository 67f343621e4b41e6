import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { pasted, spelledNumber } from "../support/phone-spellings.js";
import { accepted, createCustomer, findCustomer, updateCustomer } from "../support/payments.js";
import { balanceOf, charge, chargePockets } from "../support/pockets.js";
import { RestClient } from "../support/rest.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { runs } from "../support/runs.js";

let server: TestServer;
let rest: RestClient;
let merchant: TestMerchant;
let slug: string;

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
});

afterAll(() => server.stop());

type Filter = Record<string, unknown>;

/** Every list of phone numbers, at the root and nested. */
const NUMBERS = `query ($slug: String!, $pockets: PocketFilter, $charges: PocketChargeFilter) {
  pockets(filter: $pockets) { nodes { phoneNumber } }
  pocketCharges(filter: $charges) { nodes { phoneNumber } }
  pocketGroup(slug: $slug) {
    pockets(filter: $pockets) { nodes { phoneNumber } }
    pocketCharges(filter: $charges) { nodes { phoneNumber } }
  }
}`;

interface Numbers {
  nodes: { phoneNumber: string | null }[];
}
interface Lists {
  pockets: Numbers;
  pocketCharges: Numbers;
}

/** The distinct numbers that each list of pockets and charges finds. All lists must agree. */
async function found(phoneNumber: Filter): Promise<unknown[]> {
  const filter = { phoneNumber };
  const { pocketGroup, ...top } = await server.ask<Lists & { pocketGroup: Lists }>(
    merchant.token,
    NUMBERS,
    { slug, pockets: filter, charges: filter },
  );
  const [first, ...others] = [top, pocketGroup]
    .flatMap(({ pockets, pocketCharges }) => [pockets, pocketCharges])
    .map(({ nodes }) => [...new Set(nodes.map((node) => node.phoneNumber))].sort());
  for (const other of others) expect(other).toEqual(first);
  return first!;
}

/** The filter's rule without SQL: one of the number's five forms passes the test. */
function isKept(stored: string, test: (form: string) => boolean): boolean {
  const digits = stored.slice(2);
  return ["98", "+98", "0098", "0", ""].some((head) => test(head + digits));
}

describe("every spelling of a number", () => {
  it("is one pocket in charges, look-ups, filters and REST", async () => {
    const property = fc.asyncProperty(spelledNumber, async ({ stored, spellings }) => {
      const [first, second, third, fourth, fifth, sixth] = spellings;
      const before = (await balanceOf(server, merchant.token, slug, stored)) ?? 0;
      const results = await chargePockets(server, merchant.token, slug, [
        charge({ phoneNumber: first!, amount: 1 }),
        charge({ phoneNumber: second!, amount: 2 }),
      ]);
      expect(results).toMatchObject([
        { status: "SUCCESS", phoneNumber: stored, pocketCharge: { balanceAfter: before + 1 } },
        { status: "SUCCESS", phoneNumber: stored, pocketCharge: { balanceAfter: before + 3 } },
      ]);
      const body = { charges: [{ token: newId(), phone_number: third, amount: 4 }] };
      expect((await rest.charge(slug, merchant.token, body)).body).toMatchObject({
        results: [{ status: "success", phone_number: stored }],
      });
      expect(await balanceOf(server, merchant.token, slug, fourth!)).toBe(before + 7);
      for (const operator of ["eq", "eql", "prefix", "suffix", "match"]) {
        expect(await found({ [operator]: [fifth] })).toEqual([stored]);
      }
      for (const operator of ["notEq", "notEql", "notPrefix", "notSuffix", "notMatch"]) {
        expect(await found({ eq: [stored], [operator]: [sixth] })).toEqual([]);
      }
    });
    await fc.assert(property, { numRuns: runs(4) });
  });

  it("recognizes a repeated charge by the number alone, in any spelling", async () => {
    const property = fc.asyncProperty(spelledNumber, async ({ spellings }) => {
      const sent = charge({ phoneNumber: spellings[0]! });
      const again = { ...sent, phoneNumber: spellings[1]! };
      const results = await chargePockets(server, merchant.token, slug, [sent, again]);
      expect(results.map(({ code }) => code)).toEqual([null, "DUPLICATE_TOKEN"]);
    });
    await fc.assert(property, { numRuns: runs(5) });
  });
});

describe("a part of a number", () => {
  const STORED = ["989121234567", "989121239999", "989351234567", "989891200000", "989900000000"];
  let own: string;

  beforeAll(async () => {
    own = await server.createGroup({}, merchant);
    const charges = STORED.map((phoneNumber) => charge({ phoneNumber }));
    await chargePockets(server, merchant.token, own, charges);
  });

  const within = async (filter: Filter): Promise<unknown[]> => {
    const query = `query ($filter: PocketFilter) { pockets(filter: $filter) { nodes { phoneNumber } } }`;
    const all = { phoneNumber: filter, pocketGroupSlug: { eq: [own] } };
    const { pockets } = await server.ask<Lists>(merchant.token, query, { filter: all });
    return pockets.nodes.map(({ phoneNumber }) => phoneNumber).sort();
  };

  it.each([
    "0912",
    "912",
    "+98912",
    "0098912",
    "98912",
    "98 912",
    "۰۹۱۲",
    "+۹۸ (۹۱۲)",
    "0912123456",
    "0",
    "00",
    "+",
    "+9",
    "9",
    "98",
    "989",
    "0989",
    "98989",
    "",
    "01",
    "+1",
    "981",
    "0912x",
  ])("prefix %j finds every number with a form that begins with it", async (text) => {
    const plain = text
      .replace(/[ ()]/g, "")
      .replace(/[۰-۹]/g, (digit) => String("۰۱۲۳۴۵۶۷۸۹".indexOf(digit)));
    const kept = STORED.filter((one) => isKept(one, (form) => form.startsWith(plain)));
    expect(await within({ prefix: [text] })).toEqual(kept);
    expect(await within({ notPrefix: [text] })).toEqual(
      STORED.filter((one) => !kept.includes(one)),
    );
  });

  it.each([
    ["suffix", "4567", ["989121234567", "989351234567"]],
    ["suffix", "۴۵-۶۷", ["989121234567", "989351234567"]],
    ["match", "12 345", ["989121234567", "989351234567"]],
    ["match", "0912", ["989121234567", "989121239999"]],
    ["match", "+98 912", ["989121234567", "989121239999"]],
    ["match", "0098935", ["989351234567"]],
    ["match", "-", []],
    ["prefix", "( )", []],
    ["eq", "12", []],
    ["eq", "", []],
  ])("%s %j finds %j", async (operator, text, kept) => {
    expect(await within({ [operator]: [text] })).toEqual(kept);
    const negated = `not${operator.charAt(0).toUpperCase()}${operator.slice(1)}`;
    expect(await within({ [negated]: [text] })).toEqual(
      STORED.filter((one) => !kept.includes(one)),
    );
  });
});

describe("what is not an Iranian mobile number", () => {
  it.each([
    "0912.345.6789",
    "0912/3456789",
    "0912_3456789",
    "0912\v3456789",
    "09123456789\u0000",
    "98+9123456789",
    "९१२३४५६७८९०",
    "()",
    "\u200f",
    "+98 (0) 912 345 6789",
    "0912 345 678",
    "0912 345 67890",
    "021 1234 5678",
  ])("is refused and echoed: %j", async (phoneNumber) => {
    const [result] = await chargePockets(server, merchant.token, slug, [charge({ phoneNumber })]);
    expect(result).toMatchObject({ status: "ERROR", code: "INVALID_PHONE_NUMBER", phoneNumber });
    const body = { charges: [{ token: newId(), phone_number: phoneNumber, amount: 1 }] };
    expect((await rest.charge(slug, merchant.token, body)).body).toMatchObject({
      results: [{ status: "error", phone_number: phoneNumber }],
    });
    const query = `query ($slug: String!, $number: String!) {
      pocket(pocketGroupSlug: $slug, phoneNumber: $number) { id } }`;
    const { errors } = await server.send(merchant.token, query, { slug, number: phoneNumber });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["BAD_USER_INPUT"]);
  });
});

describe("a customer's phone number", () => {
  const FOUND = `query ($filter: CustomerFilter) { customers(filter: $filter) { nodes { id } } }`;
  const idsOf = async (phoneNumber: Filter, by = merchant.token): Promise<string[]> => {
    const variables = { filter: { phoneNumber } };
    const { customers } = await server.ask<{ customers: { nodes: { id: string }[] } }>(
      by,
      FOUND,
      variables,
    );
    return customers.nodes.map(({ id }) => id);
  };

  const WRITTEN_PLAIN = (digits: string): string => digits;
  const WRITTEN = [
    (digits: string) => `+98 ${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`,
    (digits: string) => `(0${digits.slice(0, 3)}) ${digits.slice(3)}`,
    (digits: string) => `0098-${digits}`,
    (digits: string) => `98.${digits.slice(0, 5)}.${digits.slice(5)}`,
  ];

  it.each([
    ["\u200e+۹۸ ۹۱۲ ۰۰۰ ۰۰۰۰\u200f", "+98 912 000 0000"],
    ["[٠٢١]\u00a012345\u2013678", "(021) 12345-678"],
    ["\u202a 1.234.567", "1.234.567"],
  ])("%j is kept as %j", async (phoneNumber, stored) => {
    const { id } = await accepted(
      createCustomer(server, merchant.token, { name: "C", phoneNumber }),
    );
    const kept = await findCustomer(server, merchant.token, id);
    expect(kept).toMatchObject({ phoneNumber: stored });
    // An update with the same number changes nothing.
    const again = updateCustomer(server, merchant.token, id, { phoneNumber });
    expect(await accepted(again)).toEqual(kept);
  });

  it("is found by every spelling, however it was written", async () => {
    const property = fc.asyncProperty(
      spelledNumber,
      fc.constantFrom(WRITTEN_PLAIN, ...WRITTEN),
      async ({ stored, spellings }, write) => {
        const { token } = await server.createMerchant();
        const input = { name: "C", phoneNumber: write(stored.slice(2)) };
        const { id } = await accepted(createCustomer(server, token, input));
        const other = { name: "D", phoneNumber: "+1 555 010 0000" };
        await accepted(createCustomer(server, token, other));
        await accepted(createCustomer(server, token, { name: "E" }));
        for (const operator of ["eq", "eql", "prefix", "suffix", "match"]) {
          expect(await idsOf({ [operator]: [spellings[0]] }, token)).toEqual([id]);
        }
        expect(await idsOf({ eq: spellings.slice(1) }, token)).toEqual([id]);
      },
    );
    await fc.assert(property, { numRuns: runs(4) });
  });

  it("of another country is found by its digits", async () => {
    const { token } = await server.createMerchant();
    const input = { name: "C", phoneNumber: "+1 (555) 010-0000" };
    const { id } = await accepted(createCustomer(server, token, input));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("+15550100000", "0015550100000", "15550100000").chain(pasted),
        async (value) => {
          for (const operator of ["eq", "prefix", "match"]) {
            expect(await idsOf({ [operator]: [value] }, token)).toEqual([id]);
          }
        },
      ),
      { numRuns: runs(5) },
    );
    expect(await idsOf({ notEq: ["5550100000"] }, token)).toEqual([id]);
    expect(await idsOf({ match: ["555-01"] }, token)).toEqual([id]);
    expect(await idsOf({ prefix: ["+1 555"] }, token)).toEqual([id]);
    expect(await idsOf({ prefix: ["0912"] }, token)).toEqual([]);
  });
});
