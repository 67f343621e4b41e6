import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import type { MerchantCaller } from "../../src/callers/caller.js";
import { openDatabase } from "../../src/database/database.js";
import { RestartTransaction } from "../../src/database/transaction.js";
import type { ChargeResult } from "../../src/pockets/charge-answer.js";
import { LedgerStore } from "../../src/pockets/ledger/ledger.store.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { Charging } from "../support/charging.js";
import { type TestDatabase, createTestDatabase, directUrlOf } from "../support/database.js";
import { charge, newPhoneNumber } from "../support/pockets.js";

const REQUESTS = 100;
const POISONED = "989100000666";

let database: TestDatabase;
let charging: Charging;
let merchants: MerchantCaller[];
let slug: string;

beforeAll(async () => {
  database = await createTestDatabase();
  charging = new Charging(database);
  merchants = [await charging.createMerchant(), await charging.createMerchant()];
  slug = await charging.createGroup({}, ...merchants);
  // An unexpected database error that only one charge causes.
  await database.pool.query(`
    create function refuse_poison() returns trigger language plpgsql as $$
      begin raise exception 'poison'; end $$;
    create trigger poison before insert on pocket_ledger for each row
      when (new.phone_number = '${POISONED}') execute function refuse_poison()`);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await expectLedgerToBalance(database);
});

afterAll(() => database.close());

/** The statements that the work sends, by their first word. */
async function sentBy<T>(work: () => Promise<T>): Promise<{ result: T; commits: number }> {
  const query = vi.spyOn(pg.Client.prototype, "query");
  const result = await work();
  const commits = query.mock.calls.filter(([statement]) => (statement as unknown) === "commit");
  return { result, commits: commits.length };
}

const statusesOf = (results: readonly ChargeResult[]): string[] =>
  results.map((result) => (result.status === "ERROR" ? result.code : "SUCCESS"));

/** Charges with a lock timeout, one second by default, while another connection locks a pocket. */
async function whileLocked(
  phoneNumber: string,
  work: (send: (phoneNumber: string, index?: number) => Promise<ChargeResult[]>) => Promise<void>,
  timeoutMs = 1_000,
): Promise<void> {
  const impatient = openDatabase({
    // A pooler has its own lock timeout.
    url: directUrlOf(database),
    poolSize: 4,
    timeoutMs,
    onIdleError: () => undefined,
  });
  const { chargePockets } = new Charging(impatient);
  const send = (to: string, index = 0): Promise<ChargeResult[]> =>
    chargePockets.charge(merchants[index % 2]!, slug, [charge({ phoneNumber: to })]);
  await send(phoneNumber);
  const holder = await database.pool.connect();
  await holder.query("begin");
  await holder.query({
    text: "select from pockets where phone_number = $1 for update",
    values: [phoneNumber],
  });
  try {
    await work(send);
  } finally {
    await holder.query("rollback");
    holder.release();
    await impatient.close();
  }
}

describe("charges of one group that arrive together", () => {
  it("do not fail because others in the batch time out on a locked pocket", async () => {
    const locked = newPhoneNumber();
    await whileLocked(locked, async (send) => {
      // More charges wait for the pocket than there are connections, and each run contains some of them.
      const numbers = Array.from({ length: 60 }, (_, index) =>
        index % 5 === 0 ? locked : newPhoneNumber(),
      );
      const answers = await Promise.allSettled(numbers.map(send));
      const outcomes = answers.map((answer) =>
        answer.status === "fulfilled" ? statusesOf(answer.value) : (answer.reason as unknown),
      );
      const waitedInVain = expect.objectContaining({
        code: expect.stringMatching(/^(55P03|57014)$/) as string,
      }) as object;
      expect(outcomes).toEqual(
        numbers.map((number) => (number === locked ? waitedInVain : ["SUCCESS"])),
      );
    });
  });

  it("do not wait for a charge whose pocket stays locked", async () => {
    const locked = newPhoneNumber();
    let waiting: Promise<ChargeResult[]> | undefined;
    let hasWaited = false;
    await whileLocked(
      locked,
      async (send) => {
        waiting = send(locked).finally(() => {
          hasWaited = true;
        });
        const others = Array.from({ length: 20 }, () => send(newPhoneNumber()));
        expect((await Promise.all(others)).flatMap(statusesOf)).toEqual(
          others.map(() => "SUCCESS"),
        );
        expect(hasWaited).toBe(false);
      },
      60_000,
    );
    expect((await waiting)?.map(({ status }) => status)).toEqual(["SUCCESS"]);
  });

  it("wait together, and not sequentially, for a pocket that stays locked", async () => {
    const locked = newPhoneNumber();
    await whileLocked(locked, async (send) => {
      const query = vi.spyOn(pg.Client.prototype, "query");
      const answers = await Promise.allSettled(Array.from({ length: 200 }, () => send(locked)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => "rejected"));
      const waits = query.mock.calls.filter(
        ([statement]) => (statement as { name?: string }).name === "lock_pockets",
      );
      expect(waits.length).toBeLessThan(10);
    });
  });

  it("of different callers share transactions, and each gets its own result", async () => {
    const sent = Array.from({ length: REQUESTS }, () => charge({ phoneNumber: newPhoneNumber() }));
    const { result: answers, commits } = await sentBy(() =>
      Promise.all(
        sent.map((one, index) => charging.chargePockets.charge(merchants[index % 2]!, slug, [one])),
      ),
    );
    for (const [index, [answer]] of answers.entries()) {
      expect(answer).toMatchObject({
        status: "SUCCESS",
        charge: {
          token: sent[index]!.token,
          merchantId: merchants[index % 2]!.merchantId,
          balanceAfter: sent[index]!.amount,
        },
      });
    }
    expect(commits).toBeLessThan(REQUESTS / 5);
  });

  it("of one pocket each return the balance immediately after it", async () => {
    const phoneNumber = newPhoneNumber();
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, () =>
        charging.chargePockets.charge(merchants[0]!, slug, [charge({ phoneNumber, amount: 10 })]),
      ),
    );
    const balances = answers.map(([result]) =>
      result?.status === "SUCCESS" ? result.charge.balanceAfter : 0,
    );
    expect(balances.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: REQUESTS }, (_, index) => (index + 1) * 10),
    );
  });

  it("detect a token that another of them has used, and its owner", async () => {
    const one = charge({ phoneNumber: newPhoneNumber() });
    const answers = await Promise.all(
      merchants.map((merchant) => charging.chargePockets.charge(merchant, slug, [one])),
    );
    expect(answers.flatMap(statusesOf).toSorted()).toEqual(["DUPLICATE_TOKEN", "SUCCESS"]);
    const refused = answers.flat().find(({ status }) => status === "ERROR");
    expect(refused).toMatchObject({ earlier: null });
  });
});

describe("a request in a shared transaction", () => {
  it("that fails for its own reason does not affect the others", async () => {
    const sent = Array.from({ length: 30 }, (_, index) =>
      charge({ phoneNumber: index % 10 === 7 ? POISONED : newPhoneNumber() }),
    );
    const answers = await Promise.allSettled(
      sent.map((one) => charging.chargePockets.charge(merchants[0]!, slug, [one])),
    );
    for (const [index, answer] of answers.entries()) {
      if (index % 10 === 7) expect(answer).toMatchObject({ reason: { message: "poison" } });
      else expect(answer).toMatchObject({ value: [{ status: "SUCCESS" }] });
    }
  });

  it("of a merchant whose grant was just revoked is refused alone", async () => {
    const [loser, keeper] = [await charging.createMerchant(), await charging.createMerchant()];
    const shared = await charging.createGroup({}, loser, keeper);
    const send = (merchant: MerchantCaller): Promise<ChargeResult[]> =>
      charging.chargePockets.charge(merchant, shared, [charge({ phoneNumber: newPhoneNumber() })]);
    await Promise.all([send(loser), send(keeper)]);
    await database.pool.query("delete from pocket_group_grants where merchant_id = $1", [
      loser.merchantId,
    ]);
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => send(index % 2 === 0 ? loser : keeper)),
    );
    for (const [index, answer] of answers.entries()) {
      if (index % 2 === 0) expect(answer).toMatchObject({ reason: { code: "FORBIDDEN" } });
      else expect(answer).toMatchObject({ value: [{ status: "SUCCESS" }] });
    }
  });

  it("is answered after the transaction had to start again", async () => {
    const write = vi.spyOn(LedgerStore.prototype, "write");
    write.mockRejectedValueOnce(new RestartTransaction("another transaction was faster"));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        charging.chargePockets.charge(merchants[0]!, slug, [
          charge({ phoneNumber: newPhoneNumber() }),
        ]),
      ),
    );
    expect(answers.flatMap(statusesOf)).toEqual(Array(10).fill("SUCCESS"));
  });
});

it("a lone charge takes six statements", async () => {
  const send = (): Promise<ChargeResult[]> =>
    charging.chargePockets.charge(merchants[0]!, slug, [charge({ phoneNumber: newPhoneNumber() })]);
  await send();
  const query = vi.spyOn(pg.Client.prototype, "query");
  await send();
  const names = query.mock.calls.map(([statement]) => {
    const sent = statement as unknown as string | { name?: string };
    return typeof sent === "string" ? sent.split(" ")[0] : sent.name;
  });
  expect(names).toHaveLength(6);
  // Statements have no names through a pooler.
  if (inject("poolerUrl") !== undefined) return;
  expect(names).toEqual([
    "begin",
    "find_pocket_group_with_grants",
    "lock_pockets",
    "find_ledger_entries_by_tokens",
    "write_pocket_entries",
    "commit",
  ]);
});

describe("a release", () => {
  it("is made again if its transaction was rolled back", async () => {
    const phoneNumber = newPhoneNumber();
    const hold = charge({ phoneNumber });
    const [merchant] = merchants as [MerchantCaller];
    await charging.chargePockets.charge(merchant, slug, [charge({ phoneNumber })]);
    await charging.spendPockets.hold(merchant, slug, [hold]);
    await database.pool.query(`
      create sequence failures;
      create function fail_once() returns trigger language plpgsql as $$
        begin
          if nextval('failures') = 1 then raise exception 'once' using errcode = 'serialization_failure'; end if;
          return new;
        end $$;
      create trigger fail_once before update on pocket_holds for each row execute function fail_once()`);
    expect(await charging.spendPockets.release(merchant, slug, [hold.token])).toMatchObject([
      { status: "SUCCESS", available: hold.amount },
    ]);
    const { rows } = await database.pool.query<{ status: string; attempts: number }>(
      "select status, (select last_value::int from failures) as attempts from pocket_holds where token = $1",
      [hold.token],
    );
    expect(rows).toEqual([{ status: "RELEASED", attempts: 2 }]);
  });
});
