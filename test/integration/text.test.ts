import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foldedCase } from "../../src/database/fold-case.js";
import { readRows } from "../../src/database/database.js";
import { column, rowOf } from "../../src/database/row.js";
import { sql } from "../../src/database/sql.js";
import { foldCase } from "../../src/shared/fold-case.js";
import { type TestDatabase, createTestDatabaseIn } from "../support/database.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";
import { oneIn, runs } from "../support/runs.js";

/** Locales whose default collations lower, compare and sort differently. */
const LOCALES = {
  "the embedded PostgreSQL's locale": "locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'",
  "the locale C, which only knows ASCII letters": "locale_provider libc locale 'C'",
  "a Turkish locale, where I is the capital of ı, and s comes after a":
    "locale_provider icu icu_locale 'tr-TR' icu_rules '& a < s <<< S' locale 'C'",
} as const;

/** Groups of strings that differ only in case, each with similar strings that do not match. */
const ONE_BUT_FOR_CASE = [
  ["sara", "Sara", "SARA", "sArA"],
  ["istanbul", "ISTANBUL", "Istanbul"],
  ["ıstanbul"],
  ["i̇stanbul", "İSTANBUL", "İstanbul"],
  ["οδοσ", "οδος", "ΟΔΟΣ", "Οδος"],
  ["ασ", "ας", "ΑΣ"],
  ["straße", "STRAẞE"],
  ["strasse", "STRASSE"],
  ["ſara"],
  ["kelvin", "KELVIN", "\u212Aelvin"],
  ["ångström", "ÅNGSTRÖM", "\u212BNGSTRÖM"],
  ["a\u030Angström"],
  ["ǆ", "ǅ", "Ǆ"],
  ["ﬁn"],
  ["ꭰ", "Ꭰ"],
  ["𐐨", "𐐀"],
  ["ծով", "ԾՈՎ", "Ծով"],
  ["چای"],
  ["چاي"],
  ["ｓａｒａ", "ＳＡＲＡ"],
] as const;

const TEXTS = ONE_BUT_FOR_CASE.flat();
const classOf = (text: string): readonly string[] =>
  ONE_BUT_FOR_CASE.find((texts) => (texts as readonly string[]).includes(text))!;

/** Letters whose case pairs are newer than Unicode 10, the version of the embedded PostgreSQL's ICU. */
const SINCE_UNICODE_10 =
  /[\u{1C89}\u{1C90}-\u{1CBF}\u{2C2F}\u{A7B8}-\u{A7FF}\u{10570}-\u{105BF}\u{10D50}-\u{10D8F}\u{16E40}-\u{16EDF}]/u;

/** Every code point with another case, and some without. */
const CODE_POINTS = codePoints();

function codePoints(): string[] {
  const all = Array.from({ length: 0x110000 }, (_, code) => code)
    .filter((code) => code !== 0 && (code < 0xd800 || code > 0xdfff))
    .map((code) => String.fromCodePoint(code));
  const hasCase = (text: string): boolean => /[\p{CWCM}\p{CWCF}]/u.test(text);
  return [
    ...all.filter(hasCase),
    ...oneIn(
      20,
      all.filter((text) => !hasCase(text)),
    ),
  ];
}

/** Strings that sort differently by code points, by locale, and in the order that people expect. */
const NAMES = [
  ...["Zoë", "zebra", "Äpfel", "apfel", "Apfel", "Birne", "birne", "Émile", "Emil", "emil"],
  ...["chata", "cihla", "hora", "ılık", "İzmir", "izmir", "Ibo", "co-op", "coop", "co op"],
  ...["سارا", "آرش", "پریسا", "東京", "ΟΔΟΣ", "οδος", "Ωμέγα", "e\u0301mile", "émile", "😀"],
  ...["_x", "1st", "10th", "2nd", "ａpfel", "straße", "strasse", "Strasse"],
];

const LETTER = fc.oneof(
  fc.constantFrom(...Array.from("aAiIİıσςΣßẞſkK\u212Aé\u0301\u0307-😀")),
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 1 })
    .filter((letter) => /^[^\s\p{C}@]+$/u.test(letter) && !SINCE_UNICODE_10.test(letter)),
);
const ADDRESS = fc
  .array(LETTER, { minLength: 1, maxLength: 4 })
  .map((letters) => `${letters.join("")}@example.com`);

describe.each(Object.entries(LOCALES))("in a database of %s", (_, locale) => {
  let server: TestServer;
  let merchant: TestMerchant;

  beforeAll(async () => {
    server = await TestServer.start({ database: await createTestDatabaseIn(locale) });
    merchant = await server.createMerchant();
  });

  afterAll(() => server.stop());

  const CREATE = `mutation ($input: CreateEmployeeInput!) {
    createEmployee(input: $input) { employee { id email } userErrors { code field } } }`;

  interface Created {
    readonly employee: { id: string; email: string } | null;
    readonly userErrors: readonly { code: string; field: string[] }[];
  }

  async function createEmployee(email: string, merchantId: string): Promise<Created> {
    const input = { merchantId, name: "Somebody", email };
    const answer = await server.ask(server.operatorToken, CREATE, { input });
    return (answer as { createEmployee: Created }).createEmployee;
  }

  async function emails(token: string, filter: object): Promise<string[]> {
    const query =
      "query ($f: EmployeeFilter) { employees(filter: $f, first: 100) { nodes { email } } }";
    const answer = await server.ask(token, query, { f: filter });
    const { nodes } = (answer as { employees: { nodes: { email: string }[] } }).employees;
    return nodes.map(({ email }) => email);
  }

  interface Customers {
    readonly nodes: readonly { name: string }[];
    readonly pageInfo: { endCursor: string | null; hasNextPage: boolean };
  }

  async function customers(
    token: string,
    args: string,
    variables: { filter?: object; after?: string | null } = {},
  ): Promise<Customers> {
    const query = `query ($filter: CustomerFilter, $after: String) {
      customers(filter: $filter, after: $after, ${args}) {
        nodes { name } pageInfo { endCursor hasNextPage } } }`;
    const answer = await server.ask(token, query, variables);
    return (answer as { customers: Customers }).customers;
  }

  const namesOf = ({ nodes }: Customers): string[] => nodes.map(({ name }) => name);

  async function createCustomers(merchantId: string, names: readonly string[]): Promise<void> {
    const caller = { tokenId: "", merchantId, employeeId: null, scopes: [] } as const;
    for (const name of names) made(await server.app.services.customers.create(caller, { name }));
  }

  it("refuses another employee's address in a different case, and finds that employee", async () => {
    const { id, token } = await server.createMerchant();
    const taken = new Map<readonly string[], string>();
    for (const text of TEXTS) {
      const owner = taken.get(classOf(text));
      const { employee, userErrors } = await createEmployee(`${text}@example.com`, id);
      if (owner === undefined) {
        expect(userErrors).toEqual([]);
        taken.set(classOf(text), employee!.email);
      } else {
        expect(userErrors).toEqual([{ code: "TAKEN", field: ["email"] }]);
      }
    }
    for (const text of TEXTS) {
      const owner = taken.get(classOf(text));
      const address = `${text}@example.com`;
      expect(await emails(token, { email: { eq: [address] } })).toEqual([owner]);
      expect(await emails(token, { email: { prefix: [address] } })).toEqual([owner]);
      expect(await emails(token, { email: { notEq: [address] } })).not.toContain(owner);
    }
  });

  it("keeps an employee's address when an update sends it in another case", async () => {
    const { employee } = await createEmployee("ΣΟΦΟΣ-İ@example.com", merchant.id);
    expect(employee!.email).toBe("σοφοσ-i̇@example.com");
    const query = `mutation ($id: ID!, $input: UpdateEmployeeInput!) {
      updateEmployee(id: $id, input: $input) { employee { email } userErrors { code } } }`;
    const input = { email: "σοφος-İ@EXAMPLE.COM" };
    const answer = await server.ask(server.operatorToken, query, { id: employee!.id, input });
    expect(answer).toEqual({
      updateEmployee: { employee: { email: employee!.email }, userErrors: [] },
    });
  });

  it("refuses an address that is too long once it is folded", async () => {
    const email = `${"İ".repeat(200)}@example.com`;
    const { userErrors } = await createEmployee(email, merchant.id);
    expect(userErrors).toEqual([{ code: "TOO_LONG", field: ["email"] }]);
  });

  it("rejects unfolded addresses in the database itself", async () => {
    const { id } = await server.createMerchant();
    const insert = (email: string): Promise<unknown> =>
      server.database.pool.query(
        `insert into employees (merchant_id, id, name, email) values ($1, gen_random_uuid(), 'x', $2)`,
        [id, email],
      );
    for (const text of TEXTS) {
      const stored = insert(`${text}@example.com`);
      if (foldCase(text) === text) await stored;
      else await expect(stored, text).rejects.toThrow("employees_email_check");
    }
  });

  it("finds exactly the matching strings by eq, prefix, suffix and match, ignoring case", async () => {
    const { id, token } = await server.createMerchant();
    await createCustomers(
      id,
      TEXTS.map((text) => `|${text}|`),
    );
    const found = async (operator: string, text: string): Promise<string[]> => {
      const filter = { name: { [operator]: [`|${text}|`] } };
      const names = namesOf(await customers(token, "first: 100", { filter }));
      return names.map((name) => name.slice(1, -1)).toSorted();
    };
    for (const text of TEXTS) {
      const same = [...classOf(text)].toSorted();
      for (const operator of ["eq", "prefix", "suffix", "match"]) {
        expect(await found(operator, text), `${operator} ${text}`).toEqual(same);
      }
      expect(await found("eql", text)).toEqual(same.filter((one) => one === text));
    }
  });

  it("finds by codes in any case: slugs and currencies", async () => {
    const slug = await server.createGroup({ slug: "istanbul-kiosk", currency: "INR" }, merchant);
    const found = async (filter: object): Promise<unknown> => {
      const query = "query ($f: PocketGroupFilter) { pocketGroups(filter: $f) { nodes { slug } } }";
      const answer = await server.ask(merchant.token, query, { f: filter });
      return (answer as { pocketGroups: { nodes: unknown } }).pocketGroups.nodes;
    };
    for (const filter of [
      { slug: { eq: ["ISTANBUL-KIOSK"] } },
      { slug: { prefix: ["ISTANBUL-\u212A"] } },
      { currency: { eq: ["inr"] } },
      { currency: { prefix: ["i"] } },
    ]) {
      expect(await found(filter), JSON.stringify(filter)).toEqual([{ slug }]);
    }
    for (const filter of [
      { slug: { eq: ["ıstanbul-kiosk", "İSTANBUL-KIOSK"] } },
      { currency: { eq: ["ınr", "İNR"] } },
    ]) {
      expect(await found(filter), JSON.stringify(filter)).toEqual([]);
    }
  });

  it("sorts names as people expect, and pages through them without loss or repetition", async () => {
    const { id, token } = await server.createMerchant();
    await createCustomers(id, NAMES);
    const collator = new Intl.Collator("en");
    const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
    const upwards = NAMES.toSorted((a, b) => collator.compare(a, b) || bytes(a, b));

    for (const [direction, expected] of [
      ["ASC", upwards],
      ["DESC", upwards.toReversed()],
    ] as const) {
      for (const more of ["", "{ field: NUMBER, direction: DESC }"]) {
        const sort = `sort: [{ field: NAME, direction: ${direction} } ${more}]`;
        expect(namesOf(await customers(token, `${sort}, first: 100`))).toEqual(expected);
        expect(await walk(token, sort)).toEqual(expected);
      }
    }
  });

  async function walk(token: string, sort: string): Promise<string[]> {
    const names: string[] = [];
    for (let after: string | null = null; ;) {
      const page = await customers(token, `${sort}, first: 3`, { after });
      names.push(...namesOf(page));
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) return names;
    }
  }

  it("sorts and groups by texts, codes and enums in the same order", async () => {
    const { token } = await server.createMerchant();
    const create = `mutation ($input: CreatePaymentChargeInput!) {
      createPaymentCharge(input: $input) { userErrors { message } } }`;
    const charges = [
      ["zoo", "SEK", "SUCCEEDED"],
      ["hora", "AUD", "STARTED"],
      ["Äpfel", "EUR", "CREATED"],
      ["chata", "USD", "CANCELED"],
      ["sara", "IRR", "EXPIRED"],
      ["apfel", "TRY", "FAILED"],
      ["Apfel", "CZK", "PROCESSING"],
    ];
    for (const [providerMethod, currency, status] of charges) {
      const input = { mode: "REQUEST", amountInCents: 1, providerMethod, currency, status };
      expect(await server.ask(token, create, { input })).toEqual({
        createPaymentCharge: { userErrors: [] },
      });
    }
    const collator = new Intl.Collator("en");
    for (const [index, [key, field]] of [
      ["PROVIDER_METHOD", "providerMethod"],
      ["CURRENCY", "currency"],
      ["STATUS", "status"],
    ].entries()) {
      const expected = charges.map((values) => values[index]!).toSorted(collator.compare);
      const query = `{ paymentCharges(sort: [{ field: ${key!} }]) {
        nodes { value: ${field!} } groupBy(keys: [${key!}]) { key { value: ${field!} } } } }`;
      const { paymentCharges: found } = await server.ask<{
        paymentCharges: { nodes: { value: string }[]; groupBy: { key: { value: string } }[] };
      }>(token, query);
      expect(found.nodes.map(({ value }) => value)).toEqual(expected);
      expect(found.groupBy.map(({ key: { value } }) => value)).toEqual(expected);
    }
  });

  it("finds a provider's secret in any case", async () => {
    const { token } = await server.createMerchant();
    const create = `mutation ($input: CreatePaymentChargeInput!) {
      createPaymentCharge(input: $input) { userErrors { message } } }`;
    for (const text of TEXTS) {
      const input = { amountInCents: 1, currency: "USD", providerSecret: `${text}!` };
      await server.ask(token, create, { input });
    }
    const query = `query ($secret: [String!]) {
      paymentCharges(filter: { providerSecret: { eq: $secret } }) { nodes { providerSecret } } }`;
    for (const text of TEXTS) {
      const { paymentCharges } = await server.ask<{
        paymentCharges: { nodes: { providerSecret: string }[] };
      }>(token, query, { secret: [`${text}!`] });
      const found = paymentCharges.nodes.map(({ providerSecret }) => providerSecret.slice(0, -1));
      expect(found.toSorted(), text).toEqual([...classOf(text)].toSorted());
    }
  });

  it("accepts and finds random addresses exactly when their folded forms differ", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ADDRESS, { maxLength: 6 }), async (addresses) => {
        const { id, token } = await server.createMerchant();
        const stored = new Set<string>();
        for (const address of addresses) {
          const { userErrors } = await createEmployee(address, id);
          const isTaken = stored.has(foldCase(address));
          expect(userErrors.map(({ code }) => code)).toEqual(isTaken ? ["TAKEN"] : []);
          stored.add(foldCase(address));
        }
        for (const address of addresses) {
          expect(await emails(token, { email: { eq: [address] } })).toEqual([foldCase(address)]);
        }
      }),
      { numRuns: runs(10) },
    );
  });
});

describe("folding", () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabaseIn(
      LOCALES["a Turkish locale, where I is the capital of ı, and s comes after a"],
    );
  });

  afterAll(() => database.close());

  it("folds code points as Node does, and sorts it together with its folded form", async () => {
    await database.pool.query(
      "create collation without_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    );
    const rows = await readRows(
      database.pool,
      rowOf({ of: column.text(), folded: column.text(), isBesideIt: column.boolean() }),
      sql`select v as of, folded, v = folded collate without_case as "isBesideIt"
          from unnest(${CODE_POINTS}::text[]) as v, lateral (select ${foldedCase(sql`v`)} as folded) f`,
    );
    expect(rows).toHaveLength(CODE_POINTS.length);
    const other = rows.filter(({ of, folded }) => folded !== foldCase(of));
    expect(other.filter(({ of }) => !SINCE_UNICODE_10.test(of))).toEqual([]);
    expect(rows.filter(({ isBesideIt }) => !isBesideIt)).toEqual([]);
  });
});
