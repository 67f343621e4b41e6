import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { runs } from "../support/runs.js";
import { type TestMerchant, TestServer } from "../support/server.js";

interface Entry {
  kind: string;
  amount: number;
  balanceAfter: number;
  createdAt: string;
}

interface Total {
  kind: string;
  count: number;
  sum: string;
}

interface Statement {
  openingBalance: number;
  closingBalance: number;
  totals: Total[];
  otherMerchantsSum: string;
  entries: { totalCount: number; nodes: Entry[] };
}

let server: TestServer;
let merchant: TestMerchant;
let other: TestMerchant;
let slug: string;
/** A pocket with charges, debits, reversals and holds of two merchants, in requests of several items. */
let phoneNumber: string;
/** All its entries as operators see them, oldest first. */
let entries: (Entry & { merchant: { id: string } })[];

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  other = await server.createMerchant();
  slug = await server.createGroup({}, merchant, other);
  phoneNumber = newPhoneNumber();
  for (let round = 0; round < 6; round++) await move(phoneNumber, round % 2 ? other : merchant);
  entries = await entriesOf(server.operatorToken);
});

afterAll(() => server.stop());

/** Charges, debits, holds and captures a pocket, and reverses one of the charges. */
async function move(number: string, { token }: TestMerchant): Promise<void> {
  const of = (amount: number) => charge({ phoneNumber: number, amount });
  const charges = [of(500), of(40), of(3)];
  await chargePockets(server, token, slug, charges);
  const hold = of(20);
  await send(token, "holdPockets", "HoldPocketsInput", { holds: [hold] });
  await send(token, "debitPockets", "DebitPocketsInput", { debits: [of(7), of(1)] });
  const captures = [{ token: newId(), holdToken: hold.token, amount: 5, final: true }];
  await send(token, "captureHolds", "CaptureHoldsInput", { captures });
  const reversals = [{ token: newId(), ofToken: charges[1]!.token, amount: 30 }];
  await send(token, "reversePocketEntries", "ReversePocketEntriesInput", { reversals });
}

async function send(token: string, name: string, type: string, input: object): Promise<void> {
  const document = `mutation ($input: ${type}!) { payload: ${name}(input: $input) { results { code } } }`;
  const { payload } = await server.ask<{ payload: { results: { code: string | null }[] } }>(
    token,
    document,
    { input: { pocketGroupSlug: slug, ...input } },
  );
  for (const { code } of payload.results) expect(code).toBeNull();
}

async function ask<T>(as: string, field: string, variables: object = {}): Promise<T> {
  const query = `query ($slug: String!, $number: String!, $from: DateTime = "2026-01-01T00:00:00Z",
    $to: DateTime = "9999-01-01T00:00:00Z", $time: DateTime = "2026-01-01T00:00:00Z") {
      pocket(pocketGroupSlug: $slug, phoneNumber: $number) {
        answer: ${field}
        used: statement(from: $from, to: $to) { from }
        usedTime: balanceAt(time: $time)
      }
    }`;
  const { pocket } = await server.ask<{ pocket: { answer: T } }>(as, query, {
    ...{ slug, number: phoneNumber },
    ...variables,
  });
  return pocket.answer;
}

async function entriesOf(as: string): Promise<typeof entries> {
  const sort = "sort: [{ field: CREATED_AT, direction: ASC }]";
  const field = `pocketEntries(first: 100, ${sort}) {
    nodes { kind amount balanceAfter createdAt merchant { id } }
  }`;
  return (await ask<{ nodes: typeof entries }>(as, field)).nodes;
}

function statementOf(as: string, from: string, to: string): Promise<Statement> {
  const field = `statement(from: $from, to: $to) {
    openingBalance closingBalance otherMerchantsSum totals { kind count sum }
    entries(first: 100) { totalCount nodes { kind amount balanceAfter createdAt } }
  }`;
  return ask(as, field, { from, to });
}

/** An instant this many microseconds later. */
function shifted(instant: string, micros: number): string {
  const at = BigInt(Date.parse(instant)) * 1_000n + BigInt(instant.slice(23, 26)) + BigInt(micros);
  const time = new Date(Number(at / 1_000n)).toISOString().slice(0, 23);
  return `${time}${String(at % 1_000n).padStart(3, "0")}Z`;
}

function sumOf(list: readonly { amount: number }[]): number {
  return list.reduce((sum, { amount }) => sum + amount, 0);
}

/** A time near an entry of the pocket: before, at, or after it. */
const time = fc
  .record({ index: fc.nat(1_000), micros: fc.constantFrom(-1_000_000, -1, 0, 1) })
  .map(({ index, micros }) => ({ index, micros }));
const timeOf = ({ index, micros }: { index: number; micros: number }): string =>
  shifted(entries[index % entries.length]!.createdAt, micros);

describe("balanceAt", () => {
  it("is the running sum of the entries up to a time, those made then included", async () => {
    await fc.assert(
      fc.asyncProperty(time, fc.constantFrom("operator", "merchant"), async (near, as) => {
        const at = timeOf(near);
        const token = as === "operator" ? server.operatorToken : merchant.token;
        const balance = await ask<number>(token, "balanceAt(time: $time)", { time: at });
        expect(balance).toBe(sumOf(entries.filter(({ createdAt }) => createdAt <= at)));
      }),
      { numRuns: runs(30) },
    );
  });

  it("is 0 before the first entry, and the current balance in the future", async () => {
    const at = (instant: string): Promise<number> =>
      ask(merchant.token, "balanceAt(time: $time)", { time: instant });
    expect(await at("1900-01-01T00:00:00Z")).toBe(0);
    expect(await at("9999-12-31T23:59:59.999999Z")).toBe(entries.at(-1)!.balanceAfter);
  });
});

describe("a statement", () => {
  it("adds up for operators: the opening balance and the totals are the closing balance", async () => {
    await fc.assert(
      fc.asyncProperty(time, time, async (one, two) => {
        const [from, to] = [timeOf(one), timeOf(two)].sort() as [string, string];
        const within = entries.filter(({ createdAt }) => createdAt >= from && createdAt < to);
        const statement = await statementOf(server.operatorToken, from, to);
        const before = entries.filter(({ createdAt }) => createdAt < from);
        expect(statement.openingBalance).toBe(sumOf(before));
        expect(statement.closingBalance).toBe(sumOf([...before, ...within]));
        expect(statement.otherMerchantsSum).toBe("0");
        expect(statement.totals).toEqual(totalsOf(within));
        expect(statement.entries.totalCount).toBe(within.length);
      }),
      { numRuns: runs(30) },
    );
  });

  it("adds up for a merchant, which sees its own entries and the sum of the others", async () => {
    await fc.assert(
      fc.asyncProperty(time, time, async (one, two) => {
        const [from, to] = [timeOf(one), timeOf(two)].sort() as [string, string];
        const within = entries.filter(({ createdAt }) => createdAt >= from && createdAt < to);
        const own = within.filter((entry) => entry.merchant.id === merchant.id);
        const statement = await statementOf(merchant.token, from, to);
        expect(statement.totals).toEqual(totalsOf(own));
        expect(Number(statement.otherMerchantsSum)).toBe(sumOf(within) - sumOf(own));
        expect(statement.entries.totalCount).toBe(own.length);
        expect(sumOf(statement.entries.nodes)).toBe(sumOf(own));
        const sums = statement.totals.map(({ sum }) => Number(sum));
        const moved = sums.reduce((a, b) => a + b, Number(statement.otherMerchantsSum));
        expect(statement.openingBalance + moved).toBe(statement.closingBalance);
      }),
      { numRuns: runs(30) },
    );
  });

  it("adds up while the pocket is charged", async () => {
    const number = newPhoneNumber();
    const progress = { isOver: false };
    const charging = (async () => {
      for (let turn = 0; turn < 40; turn++) await move(number, turn % 2 ? other : merchant);
      progress.isOver = true;
    })();
    const to = "9999-01-01T00:00:00Z";
    const field = `statement(from: $from, to: $to) {
      openingBalance closingBalance otherMerchantsSum totals { sum }
    }`;
    while (!progress.isOver) {
      const one = await ask<Statement | null>(merchant.token, field, { number, to }).catch(
        () => null,
      );
      if (one === null) continue; // the pocket does not exist yet
      const sums = one.totals.map(({ sum }) => Number(sum));
      const moved = sums.reduce((a, b) => a + b, Number(one.otherMerchantsSum));
      expect(one.openingBalance + moved).toBe(one.closingBalance);
    }
    await charging;
  });

  it("filters, sorts and pages its entries as other lists do", async () => {
    const list = `entries(first: 2, filter: { kind: { eq: DEBIT } }, sort: [{ field: CREATED_AT, direction: ASC }])`;
    const field = `statement(from: $from, to: $to) {
      entries: ${list} { totalCount nodes { kind createdAt } pageInfo { hasNextPage } }
    }`;
    const to = entries.at(-1)!.createdAt;
    const { entries: page } = await ask<{ entries: { nodes: Entry[] } }>(
      server.operatorToken,
      field,
      { to },
    );
    const debits = entries.filter(({ kind, createdAt }) => kind === "DEBIT" && createdAt < to);
    expect(page).toMatchObject({
      totalCount: debits.length,
      nodes: debits.slice(0, 2).map(({ createdAt }) => ({ kind: "DEBIT", createdAt })),
      pageInfo: { hasNextPage: true },
    });
  });

  it("is refused if it ends before it begins", async () => {
    const query = `query ($slug: String!, $number: String!) {
      pocket(pocketGroupSlug: $slug, phoneNumber: $number) {
        statement(from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z") { openingBalance }
      }
    }`;
    const { errors } = await server.send(merchant.token, query, { slug, number: phoneNumber });
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });
});

describe("statements of many pockets", () => {
  it("take one statement for the balances and sums, and none if nothing of them is selected", async () => {
    const numbers = Array.from({ length: 5 }, newPhoneNumber);
    await chargePockets(
      server,
      merchant.token,
      slug,
      numbers.map((number) => charge({ phoneNumber: number })),
    );
    const interval = `from: "2026-01-01T00:00:00Z", to: "9999-01-01T00:00:00Z"`;
    const statementsFor = async (selection: string): Promise<string[]> => {
      const sent = vi.spyOn(pg.Client.prototype, "query");
      try {
        await server.ask(merchant.token, `{ pockets { nodes { ${selection} } } }`);
        const texts = sent.mock.calls.map(([statement]) => (statement as { text?: string }).text);
        return texts.filter((text) => text?.includes("pocket_ledger") === true).map(String);
      } finally {
        sent.mockRestore();
      }
    };
    const amounts = "openingBalance closingBalance";
    expect(await statementsFor(`statement(${interval}) { from to }`)).toEqual([]);
    const [balances, ...none] = await statementsFor(`statement(${interval}) { ${amounts} }`);
    expect(none).toEqual([]);
    expect(balances).not.toContain("sum(l.amount)");
    expect(
      await statementsFor(`statement(${interval}) { ${amounts} totals { sum } otherMerchantsSum }`),
    ).toHaveLength(1);
    expect(await statementsFor(`balanceAt(time: "9999-01-01T00:00:00Z")`)).toHaveLength(1);
  });
});

describe("the entries of a pocket after the database's clock has gone back", () => {
  it("are later than the earlier ones, so that balances and statements still add up", async () => {
    const number = newPhoneNumber();
    await chargePockets(server, merchant.token, slug, [
      charge({ phoneNumber: number, amount: 100 }),
    ]);
    // As if the charge had been made by a clock that was an hour ahead.
    const { pool } = server.database;
    await pool.query(
      "update pocket_ledger set created_at = created_at + interval '1 hour' where phone_number = $1",
      [number],
    );
    const { rows } = await pool.query<{ at: string }>(
      `update pockets set created_at = created_at + interval '1 hour', updated_at = updated_at + interval '1 hour'
       where phone_number = $1 returning updated_at as at`,
      [number],
    );
    const debits = [charge({ phoneNumber: number, amount: 30 })];
    await send(merchant.token, "debitPockets", "DebitPocketsInput", { debits });
    const found = await server.ask<{
      pocket: { balance: number; balanceAt: number; pocketEntries: { nodes: Entry[] } };
    }>(
      merchant.token,
      `query ($slug: String!, $number: String!) {
        pocket(pocketGroupSlug: $slug, phoneNumber: $number) {
          balance
          balanceAt(time: "9000-01-01T00:00:00Z")
          statement(from: "2000-01-01T00:00:00Z", to: "9000-01-01T00:00:00Z") { closingBalance }
          pocketEntries { nodes { kind createdAt } }
        }
      }`,
      { slug, number },
    );
    expect(found.pocket).toMatchObject({
      balance: 70,
      balanceAt: 70,
      statement: { closingBalance: 70 },
    });
    const [debit, made] = found.pocket.pocketEntries.nodes;
    expect(debit!.kind).toBe("DEBIT");
    expect(made!.createdAt).toBe(rows[0]!.at);
    expect(debit!.createdAt > made!.createdAt).toBe(true);
  });
});

function totalsOf(within: readonly Entry[]): Total[] {
  return ["CHARGE", "DEBIT", "REVERSAL"].flatMap((kind) => {
    const those = within.filter((entry) => entry.kind === kind);
    return those.length === 0 ? [] : [{ kind, count: those.length, sum: String(sumOf(those)) }];
  });
}
