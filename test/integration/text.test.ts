import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foldedCase } from "../../src/database/fold-case.js";
import { readRows } from "../../src/database/database.js";
import { column, rowOf } from "../../src/database/row.js";
import { sql } from "../../src/database/sql.js";
import { foldCase } from "../../src/shared/fold-case.js";
import { createTestDatabaseIn } from "../support/database.js";
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
      100,
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

/** Tests send the same field for many strings in one request. */
const NO_LIMITS = { tokens: 100_000, selections: 10_000, aliases: 1_000, cost: 100_000_000 };

const quoted = (text: string): string => JSON.stringify(text);

describe.each(Object.entries(LOCALES))("in a database of %s", (_, locale) => {
  let server: TestServer;
  let merchant: TestMerchant;

  beforeAll(async () => {
    const database = await createTestDatabaseIn(locale);
    server = await TestServer.start({ database, documentLimits: NO_LIMITS });
    merchant = await server.createMerchant();
  });

  afterAll(() => server.stop());

  /** The values of several fields, sent in one request. Mutations run in the given order. */
  async function ask<Value>(
    token: string,
    kind: "query" | "mutation",
    fields: readonly string[],
  ): Promise<Value[]> {
    const aliased = fields.map((field, index) => `at${String(index)}: ${field}`);
    const answer = await server.ask<Record<string, Value>>(
      token,
      `${kind} { ${aliased.join(" ")} }`,
    );
    return fields.map((_, index) => answer[`at${String(index)}`]!);
  }

  interface Created {
    readonly employee: { id: string; email: string } | null;
    readonly userErrors: readonly { code: string; field: string[] }[];
  }

  function createEmployees(merchantId: string, emails: readonly string[]): Promise<Created[]> {
    const fields = emails.map(
      (email) => `createEmployee(
        input: { merchantId: ${quoted(merchantId)}, name: "Somebody", email: ${quoted(email)} }
      ) { employee { id email } userErrors { code field } }`,
    );
    return ask<Created>(server.operatorToken, "mutation", fields);
  }

  /** @returns the addresses that each filter finds. */
  async function emails(token: string, filters: readonly string[]): Promise<string[][]> {
    const fields = filters.map(
      (filter) => `employees(filter: { email: ${filter} }, first: 100) { nodes { email } }`,
    );
    const found = await ask<{ nodes: { email: string }[] }>(token, "query", fields);
    return found.map(({ nodes }) => nodes.map(({ email }) => email));
  }

  interface Customers {
    readonly nodes: readonly { name: string }[];
    readonly pageInfo: { endCursor: string | null; hasNextPage: boolean };
  }

  /** @param args of each list. */
  function customers(token: string, args: readonly string[]): Promise<Customers[]> {
    const fields = args.map(
      (each) => `customers(${each}) { nodes { name } pageInfo { endCursor hasNextPage } }`,
    );
    return ask<Customers>(token, "query", fields);
  }

  const namesOf = ({ nodes }: Customers): string[] => nodes.map(({ name }) => name);

  async function createCustomers(merchantId: string, names: readonly string[]): Promise<void> {
    const caller = { tokenId: "", merchantId, employeeId: null, scopes: [] } as const;
    for (const name of names) made(await server.app.services.customers.create(caller, { name }));
  }

  it("refuses another employee's address in a different case, and finds that employee", async () => {
    const { id, token } = await server.createMerchant();
    const taken = new Map<readonly string[], string>();
    const addresses = TEXTS.map((text) => `${text}@example.com`);
    const created = await createEmployees(id, addresses);
    for (const [index, text] of TEXTS.entries()) {
      const { employee, userErrors } = created[index]!;
      if (taken.has(classOf(text))) {
        expect(userErrors, text).toEqual([{ code: "TAKEN", field: ["email"] }]);
      } else {
        expect(userErrors, text).toEqual([]);
        taken.set(classOf(text), employee!.email);
      }
    }
    const found = (operator: string): Promise<string[][]> =>
      emails(
        token,
        addresses.map((address) => `{ ${operator}: [${quoted(address)}] }`),
      );
    const owners = TEXTS.map((text) => taken.get(classOf(text))!);
    const expected = owners.map((owner) => [owner]);
    expect(await found("eq")).toEqual(expected);
    expect(await found("prefix")).toEqual(expected);
    const others = await found("notEq");
    expect(owners.filter((owner, index) => others[index]!.includes(owner))).toEqual([]);
  });

  it("keeps an employee's address when an update sends it in another case", async () => {
    const [created] = await createEmployees(merchant.id, ["ΣΟΦΟΣ-İ@example.com"]);
    const employee = created!.employee;
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
    const [created] = await createEmployees(merchant.id, [email]);
    expect(created!.userErrors).toEqual([{ code: "TOO_LONG", field: ["email"] }]);
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
    const found = async (operator: string, texts: readonly string[]): Promise<string[][]> => {
      const filters = texts.map(
        (text) => `filter: { name: { ${operator}: [${quoted(`|${text}|`)}] } }, first: 100`,
      );
      const lists = await customers(token, filters);
      return lists.map((list) =>
        namesOf(list)
          .map((name) => name.slice(1, -1))
          .toSorted(),
      );
    };
    // All operators fold by the same expression.
    const some = oneIn(3, TEXTS);
    const operators = { eq: TEXTS, prefix: some, suffix: some, match: some };
    for (const [operator, texts] of Object.entries(operators)) {
      const same = texts.map((text) => [...classOf(text)].toSorted());
      expect(await found(operator, texts), operator).toEqual(same);
    }
    expect(await found("eql", TEXTS)).toEqual(TEXTS.map((text) => [text]));
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

    const sorts = ["ASC", "DESC"].flatMap((direction) =>
      ["", "{ field: NUMBER, direction: DESC }"].map(
        (more) => `sort: [{ field: NAME, direction: ${direction} } ${more}]`,
      ),
    );
    const downwards = upwards.toReversed();
    const expected = [upwards, upwards, downwards, downwards];
    const whole = await customers(
      token,
      sorts.map((sort) => `${sort}, first: 100`),
    );
    expect(whole.map(namesOf)).toEqual(expected);
    expect(await walk(token, sorts)).toEqual(expected);
  });

  /** The names of all pages of each order. */
  async function walk(token: string, sorts: readonly string[]): Promise<string[][]> {
    const names = sorts.map((): string[] => []);
    for (let after = sorts.map((): string | null => null); ;) {
      const args = sorts.map(
        (sort, index) => `${sort}, first: 3, after: ${JSON.stringify(after[index])}`,
      );
      const pages = await customers(token, args);
      for (const [index, page] of pages.entries()) names[index]!.push(...namesOf(page));
      after = pages.map(({ pageInfo }) => pageInfo.endCursor);
      if (!pages.some(({ pageInfo }) => pageInfo.hasNextPage)) return names;
    }
  }

  it("sorts and groups by texts, codes and enums in the same order", async () => {
    const { token } = await server.createMerchant();
    const charges = [
      ["zoo", "SEK", "SUCCEEDED"],
      ["hora", "AUD", "STARTED"],
      ["Äpfel", "EUR", "CREATED"],
      ["chata", "USD", "CANCELED"],
      ["sara", "IRR", "EXPIRED"],
      ["apfel", "TRY", "FAILED"],
      ["Apfel", "CZK", "PROCESSING"],
    ];
    const created = await ask(
      token,
      "mutation",
      charges.map(
        ([method, currency, status]) => `createPaymentCharge(input: {
          mode: REQUEST, amountInCents: 1, currency: ${quoted(currency!)}, status: ${status!},
          providerMethod: ${quoted(method!)}
        }) { userErrors { message } }`,
      ),
    );
    expect(created).toEqual(charges.map(() => ({ userErrors: [] })));
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
    const secrets = TEXTS.map((text) => quoted(`${text}!`));
    await ask(
      token,
      "mutation",
      secrets.map(
        (secret) => `createPaymentCharge(
          input: { amountInCents: 1, currency: "USD", providerSecret: ${secret} }
        ) { userErrors { message } }`,
      ),
    );
    const found = await ask<{ nodes: { providerSecret: string }[] }>(
      token,
      "query",
      secrets.map(
        (secret) =>
          `paymentCharges(filter: { providerSecret: { eq: [${secret}] } }) { nodes { providerSecret } }`,
      ),
    );
    expect(
      found.map(({ nodes }) =>
        nodes.map(({ providerSecret }) => providerSecret.slice(0, -1)).toSorted(),
      ),
    ).toEqual(TEXTS.map((text) => [...classOf(text)].toSorted()));
  });

  it("accepts and finds random addresses exactly when their folded forms differ", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ADDRESS, { minLength: 1, maxLength: 6 }), async (addresses) => {
        const { id, token } = await server.createMerchant();
        const stored = new Set<string>();
        const created = await createEmployees(id, addresses);
        for (const [index, address] of addresses.entries()) {
          const isTaken = stored.has(foldCase(address));
          const codes = created[index]!.userErrors.map(({ code }) => code);
          expect(codes).toEqual(isTaken ? ["TAKEN"] : []);
          stored.add(foldCase(address));
        }
        const filters = addresses.map((address) => `{ eq: [${quoted(address)}] }`);
        const found = await emails(token, filters);
        expect(found).toEqual(addresses.map((address) => [foldCase(address)]));
      }),
      { numRuns: runs(5) },
    );
  });

  it("folds code points as Node does, and sorts it together with its folded form", async () => {
    await server.database.pool.query(
      "create collation without_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    );
    const rows = await readRows(
      server.database.pool,
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
