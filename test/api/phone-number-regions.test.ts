import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { balanceOf, charge, chargePockets, sendCharges } from "../support/pockets.js";
import { RestClient } from "../support/rest.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { spend } from "../support/spending.js";

let server: TestServer;
let rest: RestClient;
let merchant: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
  merchant = await server.createMerchant();
});

afterAll(() => server.stop());

/** A region, a stored number, its forms, and numbers that a group of the region refuses. */
const CASES: [string | null, string, string[], string[]][] = [
  ["IR", "989501234567", ["09501234567", "+98 950 123 4567"], ["+4915123456789", "015123456789"]],
  [
    "DE",
    "4915123456789",
    ["0151 23456789", "(0151) 234-567-89", "15123456789", "+۴۹ ۱۵۱ ۲۳۴۵۶۷۸۹", "004915123456789"],
    ["09123456789", "+989123456789", "030 123456", "+49 (0) 151 23456789", "0151.23456789"],
  ],
  ["US", "12015550123", ["(201) 555-0123", "1 201 555 0123", "+12015550123"], ["+12042345678"]],
  ["GB", "447400123456", ["07400 123456", "+44 7400 123456"], ["020 7946 0018", "+447781123456"]],
  ["AR", "5491123456789", ["011 15 2345-6789", "+54 9 11 2345 6789"], ["011 2345 6789"]],
  ["IT", "393123456789", ["312 345 6789", "+39 312 345 6789"], ["06 1234 5678"]],
  ["RU", "79123456789", ["8 912 345-67-89", "9123456789", "+7 912 345 67 89"], ["+77710009998"]],
  [
    null,
    "4915123456789",
    ["+49 151 23456789", "0049 151 23456789", "4915123456789"],
    ["0151 23456789", "09123456789", "+49 30 123456", "+800 1234 5678"],
  ],
];

async function setRegion(slug: string, phoneNumberRegion: string | null): Promise<void> {
  const { pocketGroups } = server.app.services;
  expect(await pocketGroups.update(slug, { phoneNumberRegion })).toMatchObject({ isDone: true });
}

async function found(slug: string, phoneNumber: Record<string, unknown>): Promise<string[]> {
  const query = `query ($pockets: PocketFilter, $charges: PocketChargeFilter) {
    pockets(filter: $pockets, first: 100) { nodes { phoneNumber } }
    pocketCharges(filter: $charges, first: 100) { nodes { phoneNumber } } }`;
  const filter = { pocketGroupSlug: { eq: [slug] }, phoneNumber };
  const variables = { pockets: filter, charges: filter };
  type Lists = Record<"pockets" | "pocketCharges", { nodes: { phoneNumber: string }[] }>;
  const lists = await server.ask<Lists>(merchant.token, query, variables);
  const numbersOf = (name: keyof Lists): string[] => [
    ...new Set(lists[name].nodes.map((node) => node.phoneNumber)),
  ];
  expect(numbersOf("pocketCharges").sort()).toEqual(numbersOf("pockets").sort());
  return numbersOf("pockets").sort();
}

describe("a group of a region", () => {
  it.each(CASES)("%s takes %s in its forms", async (phoneNumberRegion, stored, forms, others) => {
    const slug = await server.createGroup({ phoneNumberRegion }, merchant);
    const made = await chargePockets(
      server,
      merchant.token,
      slug,
      [stored, ...forms].map((phoneNumber) => charge({ phoneNumber, amount: 1 })),
    );
    expect(made.map((one) => one.phoneNumber)).toEqual(made.map(() => stored));
    const charges = [...forms, ...others].map((phone_number) => ({
      ...{ token: newId(), phone_number, amount: 1 },
    }));
    expect((await rest.charge(slug, merchant.token, { charges })).body).toMatchObject({
      results: [
        ...forms.map(() => ({ status: "success", phone_number: stored })),
        ...others.map((phone_number) => ({
          ...{ status: "error", phone_number },
          message: expect.stringMatching(
            phoneNumberRegion === null ? /any country/ : `region ${phoneNumberRegion} \\(`,
          ) as string,
        })),
      ],
    });
    const balance = made.length + forms.length;
    for (const form of [stored, ...forms]) {
      expect([form, await balanceOf(server, merchant.token, slug, form)]).toEqual([form, balance]);
      for (const operator of ["eq", "prefix", "suffix", "match"]) {
        expect([form, await found(slug, { [operator]: [form] })]).toEqual([form, [stored]]);
      }
    }
  });

  it("names the region and an example where a number is refused", async () => {
    const slug = await server.createGroup({ phoneNumberRegion: "DE" }, merchant);
    const results = await chargePockets(server, merchant.token, slug, [
      charge({ phoneNumber: "12345" }),
    ]);
    const expected = "a mobile number of the region DE (Germany), such as +4915123456789";
    expect(results).toMatchObject([
      { code: "INVALID_PHONE_NUMBER", message: `The phone number must be ${expected}.` },
    ]);
    const query = `query ($slug: String!) { pocket(pocketGroupSlug: $slug, phoneNumber: "1") { id } }`;
    const { errors } = await server.send(merchant.token, query, { slug });
    expect(errors?.map(({ message }) => message)).toEqual([`phoneNumber must be ${expected}.`]);
  });
});

describe("a filter over groups of several regions", () => {
  it("finds numbers by the form in which they are dialed in their own country", async () => {
    const other = await server.createMerchant();
    const groups = ["IR", "DE", null].map((phoneNumberRegion) =>
      server.createGroup({ phoneNumberRegion }, other),
    );
    const [iran, germany, any] = (await Promise.all(groups)) as [string, string, string];
    const pay = (slug: string, ...numbers: string[]) =>
      chargePockets(
        server,
        other.token,
        slug,
        numbers.map((phoneNumber) => charge({ phoneNumber })),
      );
    await pay(iran, "09123456789", "09151234567");
    await pay(germany, "0151 23456789");
    await pay(any, "+4915123456789", "+919123456789", "+12015550123");
    const query = `query ($filter: PocketFilter) { pockets(filter: $filter, sort: [{ field: PHONE_NUMBER, direction: ASC }]) { nodes { phoneNumber } } }`;
    const matching = async (filter: object): Promise<string[]> => {
      const variables = { filter: { phoneNumber: filter } };
      interface Pockets {
        pockets: { nodes: { phoneNumber: string }[] };
      }
      const { pockets } = await server.ask<Pockets>(other.token, query, variables);
      return pockets.nodes.map(({ phoneNumber }) => phoneNumber);
    };
    const german = ["4915123456789", "4915123456789"];
    expect(await matching({ eq: ["0151 23456789"] })).toEqual(german);
    expect(await matching({ eq: ["+49 151 23456789"] })).toEqual(german);
    expect(await matching({ eq: ["09123456789"] })).toEqual(["919123456789", "989123456789"]);
    expect(await matching({ eq: ["+98 912 345 6789"] })).toEqual(["989123456789"]);
    expect(await matching({ prefix: ["0151"] })).toEqual(german);
    expect(await matching({ prefix: ["0915"] })).toEqual(["989151234567"]);
    expect(await matching({ prefix: ["201"] })).toEqual(["12015550123"]);
    expect(await matching({ match: ["0151"] })).toEqual(german);
    expect(await matching({ notPrefix: ["+49", "0912"] })).toEqual([
      ...["12015550123", "989151234567"],
    ]);
  });
});

describe("changing a group's region", () => {
  it("changes no stored number, and is known to every later charge", async () => {
    const slug = await server.createGroup({}, merchant);
    const iranian = charge({ phoneNumber: "09123456789", amount: 5 });
    await chargePockets(server, merchant.token, slug, [iranian]);
    // As another server does, which this one does not notice.
    await server.database.pool.query(
      "update pocket_groups set phone_number_region = 'DE' where slug = $1",
      [slug],
    );
    const german = charge({ phoneNumber: "0151 23456789", amount: 7 });
    const again = { ...iranian, token: newId() };
    for (const round of ["first", "second"]) {
      const results = await chargePockets(server, merchant.token, slug, [german, iranian, again]);
      expect(results.map(({ code }) => code)).toEqual([
        round === "first" ? null : "DUPLICATE_TOKEN",
        ...["DUPLICATE_TOKEN", "INVALID_PHONE_NUMBER"],
      ]);
    }
    expect(await balanceOf(server, merchant.token, slug, "989123456789")).toBe(5);
    expect(await balanceOf(server, merchant.token, slug, "+98 912 345 6789")).toBe(5);
    expect(await balanceOf(server, merchant.token, slug, "0151 23456789")).toBe(7);
    expect(await found(slug, { eq: ["09123456789"] })).toEqual(["989123456789"]);
    await setRegion(slug, null);
    const more = ["+989123456789", "+4915123456789", "+12015550123"].map((phoneNumber) =>
      charge({ phoneNumber, amount: 1 }),
    );
    const results = await chargePockets(server, merchant.token, slug, more);
    expect(results.map(({ pocketCharge }) => pocketCharge?.balanceAfter)).toEqual([6, 8, 1]);
  });

  it("applies to all requests that share a transaction", async () => {
    const slug = await server.createGroup({}, merchant);
    await chargePockets(server, merchant.token, slug, [charge({ amount: 1 })]);
    await setRegion(slug, "IN");
    const sent = Array.from({ length: 20 }, () =>
      sendCharges(server, merchant.token, slug, [
        charge({ phoneNumber: "09123456789", amount: 1 }),
      ]),
    );
    for (const { data } of await Promise.all(sent)) {
      expect(data?.chargePockets.results).toMatchObject([{ phoneNumber: "919123456789" }]);
    }
    expect(await balanceOf(server, merchant.token, slug, "+919123456789")).toBe(20);
  });
});

describe("a pocket whose group has changed its region", () => {
  it.each(["+989121112233", "989121112233", "00989121112233"])(
    "is still spent by %s",
    async (number) => {
      const slug = await server.createGroup({}, merchant);
      await chargePockets(server, merchant.token, slug, [
        charge({ phoneNumber: "09121112233", amount: 100 }),
      ]);
      const { pocketGroups } = server.app.services;
      expect(await pocketGroups.update(slug, { phoneNumberRegion: "DE" })).toMatchObject({
        isDone: true,
      });
      const item = () => charge({ phoneNumber: number, amount: 40 });
      const [debit] = await spend(server, merchant.token, "debitPockets", slug, [item()]);
      expect(debit).toMatchObject({ status: "SUCCESS", available: 60 });
      const [hold] = await spend(server, merchant.token, "holdPockets", slug, [item()]);
      expect(hold).toMatchObject({ status: "SUCCESS", available: 20 });
    },
  );
});

describe("a group's region as a field", () => {
  const create = (input: object) =>
    server.ask<{ createPocketGroup: object }>(
      server.operatorToken,
      `mutation ($input: CreatePocketGroupInput!) { createPocketGroup(input: $input) {
         pocketGroup { phoneNumberRegion } userErrors { code field } } }`,
      { input: { slug: `group-${newId()}`, name: "A group", ...input } },
    );
  const update = (slug: string, phoneNumberRegion: string | null) =>
    server.ask<{ updatePocketGroup: object }>(
      server.operatorToken,
      `mutation ($slug: String!, $input: UpdatePocketGroupInput!) { updatePocketGroup(slug: $slug, input: $input) {
         pocketGroup { phoneNumberRegion } userErrors { code field } } }`,
      { slug, input: { phoneNumberRegion } },
    );

  it.each([
    [{}, "IR"],
    [{ phoneNumberRegion: "de" }, "DE"],
    [{ phoneNumberRegion: null }, null],
  ])("is stored when %j creates a group", async (input, phoneNumberRegion) => {
    expect(await create(input)).toEqual({
      createPocketGroup: { pocketGroup: { phoneNumberRegion }, userErrors: [] },
    });
  });

  it.each(["ZZ", "IRN", "TA", "", "98"])("refuses %j", async (phoneNumberRegion) => {
    const refused = {
      pocketGroup: null,
      userErrors: [{ code: "INVALID", field: ["phoneNumberRegion"] }],
    };
    expect(await create({ phoneNumberRegion })).toEqual({ createPocketGroup: refused });
    const slug = await server.createGroup({});
    expect(await update(slug, phoneNumberRegion)).toEqual({ updatePocketGroup: refused });
  });

  it("is changed with an audit entry, filtered and sorted", async () => {
    const slugs = await Promise.all(
      ["SE", "NO", null].map((phoneNumberRegion) => server.createGroup({ phoneNumberRegion })),
    );
    await update(slugs[0]!, "fi");
    await update(slugs[1]!, null);
    const lists = await server.ask<Record<string, { nodes: object[] }>>(
      server.operatorToken,
      `query ($slugs: [String!]!) {
        sorted: pocketGroups(filter: { slug: { eq: $slugs } }, sort: [{ field: PHONE_NUMBER_REGION, direction: ASC }]) { nodes { phoneNumberRegion } }
        finnish: pocketGroups(filter: { slug: { eq: $slugs }, phoneNumberRegion: { eq: ["fi"] } }) { nodes { phoneNumberRegion } }
        any: pocketGroups(filter: { slug: { eq: $slugs }, phoneNumberRegion: { isNull: true } }) { totalCount }
        auditEntries(filter: { operation: { eq: ["updatePocketGroup"] } }, first: 2) { nodes { changes { field from to } } }
      }`,
      { slugs },
    );
    const region = (phoneNumberRegion: string | null) => ({ phoneNumberRegion });
    expect(lists).toMatchObject({
      sorted: { nodes: [region("FI"), region(null), region(null)] },
      finnish: { nodes: [region("FI")] },
      any: { totalCount: 2 },
      auditEntries: {
        nodes: [
          { changes: [{ field: "phoneNumberRegion", from: "NO", to: null }] },
          { changes: [{ field: "phoneNumberRegion", from: "SE", to: "FI" }] },
        ],
      },
    });
  });
});
