import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MerchantCaller } from "../../src/callers/caller.js";
import { answerCharges } from "../../src/pockets/charge-answer.js";
import { answerItems } from "../../src/pockets/item-answer.js";
import type { PocketOperation } from "../../src/pockets/ledger/item.js";
import type { ItemResult } from "../../src/pockets/ledger/item-result.js";
import { type Instant, instantOf } from "../../src/shared/instant.js";
import { newId } from "../../src/shared/uuid.js";
import { Charging } from "../support/charging.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import {
  type Freeze,
  LedgerModel,
  type ModelAnswer,
  type ModelLimits,
  showEntry,
  showHold,
} from "../support/ledger-model.js";
import { assertCovering, runs } from "../support/runs.js";

/** Time passes in steps of this many hours, so that no limit of full or half hours is reached exactly. */
const STEP_HOURS = 0.75;
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let charging: Charging;
let merchants: MerchantCaller[];

beforeAll(async () => {
  database = await createTestDatabase();
  charging = new Charging(database);
  merchants = await Promise.all([charging.createMerchant(), charging.createMerchant()]);
});

afterAll(() => database.close());

/* The items to send. A number refers to an earlier token, counted back from the latest one. */

const limits: fc.Arbitrary<ModelLimits> = fc.oneof(
  fc.constant({}),
  fc.record({
    minChargeAmount: fc.constant(3),
    maxChargeAmount: fc.constant(60),
    maxPocketBalance: fc.constant(150),
    minDebitAmount: fc.constant(2),
    maxDebitAmount: fc.constant(40),
    reversalWindowHours: fc.constantFrom(1, 2),
  }),
);
/** Mostly one merchant, which can then refer to what it has made. */
const merchant = fc.constantFrom(0, 0, 0, 1);
const token = fc.oneof(
  { weight: 14, arbitrary: fc.constant("new" as const) },
  { weight: 2, arbitrary: fc.nat(9) },
  { weight: 1, arbitrary: fc.constantFrom(randomUUID(), "", "not a token") },
);
const referred = fc.oneof(
  { weight: 14, arbitrary: fc.nat(7).map((nth) => ({ nth, ofAny: false })) },
  { weight: 2, arbitrary: fc.nat(15).map((nth) => ({ nth, ofAny: true })) },
  { weight: 1, arbitrary: fc.constantFrom(newId(), randomUUID(), "") },
);
const phoneNumber = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.constantFrom("98", "+98", "0"), fc.nat(2))
      .map(([prefix, index]) => `${prefix}912000000${String(index)}`),
  },
  { weight: 1, arbitrary: fc.constantFrom("", "12") },
);
const amount = fc.oneof(
  { weight: 14, arbitrary: fc.integer({ min: 1, max: 45 }) },
  { weight: 2, arbitrary: fc.integer({ min: 46, max: 200 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, 2 ** 53 - 1) },
);
const spentAmount = fc.oneof(
  { weight: 14, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 3, arbitrary: amount },
);
const partOrAll = fc.option(
  fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 20 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 60, 2 ** 53 - 1) },
  ),
);
const expiresInHours = fc.option(fc.constantFrom(0.5, 1, 2, -1));

function itemsOf<T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(item, { minLength: 1, maxLength: 6 });
}

const movement = { token, phoneNumber, amount };
const spending = { token, phoneNumber, amount: spentAmount };
const request = fc.oneof(
  { weight: 3, arbitrary: sent("charge", fc.record(movement)) },
  { weight: 3, arbitrary: sent("debit", fc.record(spending)) },
  { weight: 3, arbitrary: sent("hold", fc.record({ ...spending, expiresInHours })) },
  { weight: 3, arbitrary: sent("reverse", fc.record({ token, referred, amount: partOrAll })) },
  {
    weight: 3,
    arbitrary: sent(
      "capture",
      fc.record({ token, referred, amount: partOrAll, final: fc.boolean() }),
    ),
  },
  { weight: 1, arbitrary: sent("release", fc.record({ referred })) },
);
const step = fc.oneof(
  { weight: 16, arbitrary: request },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("repeat" as const),
      nth: fc.nat(5),
      isByAnother: fc.nat(3).map((one) => one === 0),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ type: "pass time" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("freeze" as const),
      phone: fc.nat(2).map((index) => `98912000000${String(index)}`),
      freeze: fc.constantFrom<Freeze>("NONE", "NONE", "CREDITS", "DEBITS", "BOTH"),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function sent<K extends PocketOperation, T>(kind: K, item: fc.Arbitrary<T>) {
  return fc.record({ type: fc.constant(kind), merchant, items: itemsOf(item) });
}

type Referred = typeof referred extends fc.Arbitrary<infer R> ? R : never;
type Token = typeof token extends fc.Arbitrary<infer T> ? T : never;

/** The tokens that one sequence has sent, and what succeeded with them. */
class SentTokens {
  private readonly all: string[] = [];
  private readonly byOperation = new Map<PocketOperation, string[]>();

  take(wanted: Token): string {
    if (typeof wanted === "number") return nthLast(this.all, wanted);
    if (wanted !== "new") return wanted;
    const made = newId();
    this.all.push(made);
    return made;
  }

  /** Remembers the tokens of the items that succeeded, so that later items can refer to them. */
  keep({ operation, tokens }: Sendable, answers: readonly ModelAnswer[]): void {
    const made = tokens.filter((_, index) => answers[index]?.code === null);
    this.byOperation.set(operation, [...(this.byOperation.get(operation) ?? []), ...made]);
  }

  refer(wanted: Referred, ...operations: PocketOperation[]): string {
    if (typeof wanted === "string") return wanted;
    const { nth, ofAny } = wanted;
    const fitting = operations.flatMap((operation) => this.byOperation.get(operation) ?? []);
    return nthLast(ofAny ? this.all : fitting.sort(), nth);
  }
}

function nthLast(tokens: readonly string[], nth: number): string {
  return tokens.at(-1 - nth) ?? tokens[0] ?? newId();
}

/** A request with its real tokens: how to send it to the server, and what the model says. */
interface Sendable {
  readonly operation: PocketOperation;
  /** The index of the merchant that sends it. */
  readonly merchant: number;
  /** The tokens of the items. */
  readonly tokens: readonly string[];
  readonly send: (caller: MerchantCaller, slug: string) => Promise<ModelAnswer[]>;
  readonly ask: (model: LedgerModel, merchantId: string) => ModelAnswer[];
}

function sendable(step: Extract<Step, { readonly items: unknown }>, tokens: SentTokens): Sendable {
  const { chargePockets, spendPockets } = charging;
  const { merchant } = step;
  switch (step.type) {
    case "charge": {
      const charges = step.items.map((item) => ({
        ...item,
        token: tokens.take(item.token),
      }));
      return {
        operation: "charge",
        merchant,
        tokens: charges.map((item) => item.token),
        send: async (caller, slug) => {
          const results = await chargePockets.charge(caller, slug, charges);
          return answerCharges(charges, results).map(({ code, wasMadeBefore, pocketCharge }) => ({
            ...{ code, wasMadeBefore, available: null, remaining: null, hold: null },
            entry: pocketCharge && showEntry({ kind: "CHARGE", ...pocketCharge }),
          }));
        },
        // A charge's response contains no other kind of entry, and not what is available.
        ask: (model, by) =>
          charges.map((charge) => {
            const answer = model.charge(by, charge);
            const isCharge = answer.entry?.includes(" CHARGE ") ?? false;
            return { ...answer, available: null, entry: isCharge ? answer.entry : null };
          }),
      };
    }
    case "debit": {
      const debits = step.items.map((item) => ({
        ...item,
        token: tokens.take(item.token),
      }));
      return {
        operation: "debit",
        merchant,
        tokens: debits.map((item) => item.token),
        send: async (caller, slug) =>
          shown("debit", debits, await spendPockets.debit(caller, slug, debits)),
        ask: (model, by) => debits.map((debit) => model.debit(by, debit)),
      };
    }
    case "hold": {
      const holds = step.items.map((item) => ({ ...item, token: tokens.take(item.token) }));
      return {
        operation: "hold",
        merchant,
        tokens: holds.map((item) => item.token),
        send: async (caller, slug) => {
          const now = Date.now();
          const requests = holds.map(({ expiresInHours, ...hold }) => ({
            ...hold,
            expiresAt: expiresInHours === null ? null : hoursAfter(now, expiresInHours),
          }));
          return shown("hold", holds, await spendPockets.hold(caller, slug, requests));
        },
        ask: (model, by) => holds.map((hold) => model.hold(by, hold)),
      };
    }
    case "reverse": {
      const reversals = step.items.map(({ amount, referred, ...item }) => ({
        amount,
        token: tokens.take(item.token),
        ofToken: tokens.refer(referred, "charge", "debit", "capture"),
      }));
      return {
        operation: "reverse",
        merchant,
        tokens: reversals.map((item) => item.token),
        send: async (caller, slug) =>
          shown("reverse", reversals, await spendPockets.reverse(caller, slug, reversals)),
        ask: (model, by) => reversals.map((reversal) => model.reverse(by, reversal)),
      };
    }
    case "capture": {
      const captures = step.items.map(({ referred, ...item }) => ({
        ...item,
        token: tokens.take(item.token),
        holdToken: tokens.refer(referred, "hold"),
      }));
      return {
        operation: "capture",
        merchant,
        tokens: captures.map((item) => item.token),
        send: async (caller, slug) =>
          shown("capture", captures, await spendPockets.capture(caller, slug, captures)),
        ask: (model, by) => captures.map((capture) => model.capture(by, capture)),
      };
    }
    case "release": {
      const holds = step.items.map(({ referred }) => ({ token: tokens.refer(referred, "hold") }));
      const holdTokens = holds.map(({ token }) => token);
      return {
        operation: "release",
        merchant,
        tokens: holdTokens,
        send: async (caller, slug) =>
          shown("release", holds, await spendPockets.release(caller, slug, holdTokens)),
        ask: (model, by) => holdTokens.map((holdToken) => model.release(by, holdToken)),
      };
    }
  }
}

/** An earlier request, to send again. */
function repeated(
  { nth, isByAnother }: Extract<Step, { readonly type: "repeat" }>,
  requests: readonly Sendable[],
): Sendable | undefined {
  const request = requests.at(-1 - nth);
  return request && { ...request, merchant: isByAnother ? 1 - request.merchant : request.merchant };
}

/** The server's responses, in the form of the model's. */
function shown(
  operation: PocketOperation,
  items: readonly { readonly token: string }[],
  results: readonly ItemResult[],
): ModelAnswer[] {
  const sentTokens = items.map(({ token }) => token);
  return answerItems(operation, sentTokens, results).map((answer) => {
    const { code, wasMadeBefore, available, remaining, pocketEntry, pocketHold } = answer;
    return {
      ...{ code, wasMadeBefore, available, remaining },
      entry: pocketEntry && showEntry(pocketEntry),
      hold: pocketHold && showHold({ ...pocketHold, captured: pocketHold.capturedAmount }),
    };
  });
}

function hoursAfter(ms: number, hours: number): Instant {
  return instantOf(new Date(ms + hours * HOUR_MS));
}

/** Lets time pass for a group: makes everything older. */
async function passTime(slug: string): Promise<void> {
  const by = [slug, `${String(STEP_HOURS)} hours`];
  const step = "$2::interval";
  const ofGroup = "pocket_group_id = (select id from pocket_groups where slug = $1)";
  const { pool } = database;
  await pool.query(
    `update pocket_ledger set created_at = created_at - ${step} where ${ofGroup}`,
    by,
  );
  await pool.query(
    `update pockets set created_at = created_at - ${step}, updated_at = updated_at - ${step}
     where ${ofGroup}`,
    by,
  );
  await pool.query(
    `update pocket_holds
     set created_at = created_at - ${step}, updated_at = updated_at - ${step},
         expires_at = expires_at - ${step}, closed_at = closed_at - ${step}
     where ${ofGroup}`,
    by,
  );
}

async function freeze(slug: string, phone: string, scope: Freeze): Promise<void> {
  await database.pool.query(
    `update pockets set freeze_scope = $3 where phone_number = $2
       and pocket_group_id = (select id from pocket_groups where slug = $1)`,
    [slug, phone, scope],
  );
}

/** The pockets and holds of a group, as they are stored. */
async function stored(slug: string) {
  const { pool } = database;
  const { rows: pockets } = await pool.query<{ phone: string; balance: number; held: number }>(
    `select p.phone_number as phone, balance,
            held_amount - coalesce((
              select sum(h.amount - h.captured_amount) from pocket_holds h
              where h.pocket_group_id = p.pocket_group_id and h.phone_number = p.phone_number
                and h.status = 'OPEN' and h.expires_at <= now()), 0)::bigint as held
     from pockets p join pocket_groups g on g.id = p.pocket_group_id where slug = $1`,
    [slug],
  );
  const { rows: holds } = await pool.query<Parameters<typeof showHold>[0]>(
    `select token, amount, captured_amount as captured,
            case when h.status = 'OPEN' and expires_at <= now() then 'EXPIRED' else h.status end as status
     from pocket_holds h join pocket_groups g on g.id = h.pocket_group_id where slug = $1`,
    [slug],
  );
  return {
    balances: new Map(pockets.map(({ phone, balance }) => [phone, balance])),
    heldAmounts: new Map(pockets.map(({ phone, held }) => [phone, held])),
    shownHolds: holds.map(showHold).sort(),
  };
}

const SPENDING = [
  ...["null", "DUPLICATE_TOKEN", "TOKEN_CONFLICT", "INVALID_TOKEN", "INVALID_PHONE_NUMBER"],
  ...["INVALID_AMOUNT", "BELOW_MIN_DEBIT_AMOUNT", "ABOVE_MAX_DEBIT_AMOUNT", "POCKET_NOT_FOUND"],
  ...["POCKET_FROZEN", "INSUFFICIENT_FUNDS"],
];
const CODES: Readonly<Record<PocketOperation, readonly string[]>> = {
  charge: [
    ...["null", "DUPLICATE_TOKEN", "TOKEN_CONFLICT", "INVALID_TOKEN", "INVALID_PHONE_NUMBER"],
    ...["INVALID_AMOUNT", "BELOW_MIN_CHARGE_AMOUNT", "ABOVE_MAX_CHARGE_AMOUNT"],
    ...["ABOVE_MAX_POCKET_BALANCE", "POCKET_FROZEN"],
  ],
  debit: SPENDING,
  hold: [...SPENDING, "INVALID_EXPIRY"],
  reverse: [
    ...["null", "DUPLICATE_TOKEN", "TOKEN_CONFLICT", "INVALID_TOKEN", "INVALID_AMOUNT"],
    ...["ENTRY_NOT_FOUND", "NOT_REVERSIBLE", "ALREADY_REVERSED", "ABOVE_REVERSIBLE_AMOUNT"],
    ...["REVERSAL_WINDOW_ENDED", "POCKET_FROZEN", "INSUFFICIENT_FUNDS"],
  ],
  capture: [
    ...["null", "DUPLICATE_TOKEN", "TOKEN_CONFLICT", "INVALID_TOKEN", "INVALID_AMOUNT"],
    ...["HOLD_NOT_FOUND", "HOLD_EXPIRED", "HOLD_CLOSED", "ABOVE_HELD_AMOUNT", "POCKET_FROZEN"],
  ],
  release: ["null", "HOLD_NOT_FOUND", "HOLD_EXPIRED", "HOLD_CLOSED"],
};
const ALL_CODES = Object.entries(CODES).flatMap(([operation, codes]) =>
  codes.map((code) => `${operation} ${code}`),
);

it("returns the same results, balances and holds as a simple model for random requests of every kind", async () => {
  const seen = new Set<string>();
  await assertCovering(
    fc.asyncProperty(
      limits,
      fc.array(step, { minLength: 10, maxLength: 60, size: "max" }),
      async (given, steps) => {
        const slug = await charging.createGroup(given, ...merchants);
        const model = new LedgerModel(given);
        const tokens = new SentTokens();
        const requests: Sendable[] = [];
        for (const one of steps) {
          if (one.type === "pass time") {
            await passTime(slug);
            model.passTime(STEP_HOURS);
          } else if (one.type === "freeze") {
            await freeze(slug, one.phone, one.freeze);
            model.freeze(one.phone, one.freeze);
          } else {
            const request = one.type === "repeat" ? repeated(one, requests) : sendable(one, tokens);
            if (request === undefined) continue;
            requests.push(request);
            const caller = merchants[request.merchant]!;
            const expected = request.ask(model, caller.merchantId);
            expect(await request.send(caller, slug)).toEqual(expected);
            tokens.keep(request, expected);
            for (const { code } of expected) seen.add(`${request.operation} ${String(code)}`);
          }
        }
        const { balances, heldAmounts, shownHolds } = model;
        expect(await stored(slug)).toEqual({ balances, heldAmounts, shownHolds });
      },
    ),
    { numRuns: runs(12) },
    () => ALL_CODES.filter((code) => !seen.has(code)),
  );
  await expectLedgerToBalance(database);
});
