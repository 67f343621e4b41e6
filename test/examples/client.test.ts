import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import {
  type ChargeOutcome,
  chargePockets,
  newCharge,
} from "../../examples/client/charge-pockets.js";
import { Checkouts, newCheckout, newRefund } from "../../examples/client/checkout.js";
import { RequestError } from "../../examples/client/request.js";
import { formatAmount } from "../../examples/client/format-amount.js";
import { traceCharge } from "../../examples/client/trace-charge.js";
import {
  type PaymentCharge,
  walkPaymentCharges,
} from "../../examples/client/walk-payment-charges.js";
import { BadLine, type Fault } from "../support/bad-line.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { StoppedClock } from "../support/limits.js";
import { accepted, createCharge } from "../support/payments.js";
import { newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

let server: TestServer;
let line: BadLine;
let merchant: TestMerchant;
let group: string;

beforeAll(async () => {
  server = await TestServer.start();
  line = await BadLine.to(server.url);
});
beforeEach(async () => {
  Object.assign(line, { faults: [], sent: [], retryAfter: "0" });
  merchant = await server.createMerchant();
  group = await server.createGroup({}, merchant);
});
afterAll(async () => {
  await line.close();
  await expectLedgerToBalance(server.database);
  await server.stop();
});

const direct = (): { url: string; token: string } => ({ url: server.url, token: merchant.token });
const overBadLine = (): { url: string; token: string; timeoutMs: number } => ({
  url: line.url,
  token: merchant.token,
  timeoutMs: 1_500,
});
const soon = { pauseMs: 10 };

/** The stored amounts of a phone number. */
async function amountsOf(phoneNumber: string): Promise<number[]> {
  const { rows } = await server.database.pool.query<{ amount: number }>(
    "select amount::float8 as amount from pocket_ledger where phone_number = $1 order by id",
    [phoneNumber],
  );
  return rows.map(({ amount }) => amount);
}

async function failureOf(work: Promise<unknown>): Promise<RequestError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RequestError);
  return error as RequestError;
}

describe("chargePockets", () => {
  it("charges, and returns the results in order with the balance after each charge", async () => {
    const number = newPhoneNumber();
    const charges = [newCharge(number, 1_000), newCharge(number, 500)];
    expect(await chargePockets(direct(), group, charges)).toMatchObject([
      { isDone: true, charge: charges[0], pocketCharge: { balanceAfter: 1_000 } },
      { isDone: true, charge: charges[1], pocketCharge: { balanceAfter: 1_500 } },
    ]);
    expect(await amountsOf(number)).toEqual([1_000, 500]);
  });

  it.each<{ what: string; faults: Fault[] }>([
    { what: "the answer was lost", faults: ["lost answer"] },
    { what: "the answer broke off half-way", faults: ["half an answer"] },
    { what: "no answer came in time", faults: ["silence"] },
    { what: "the request was lost", faults: ["lost request"] },
    { what: "a proxy answered 502, though the charge was made", faults: ["502"] },
    { what: "the server was unavailable", faults: ["503"] },
    { what: "it was too much at a time", faults: ["429", "429"] },
    {
      what: "one thing after the other went wrong",
      faults: ["lost request", "lost answer", "503", "half an answer", "lost answer"],
    },
  ])("charges exactly once and reports it when $what", async ({ faults }) => {
    const number = newPhoneNumber();
    const charge = newCharge(number, 7_000);
    line.faults = [...faults];
    const outcomes = await chargePockets(overBadLine(), group, [charge], soon);

    expect(outcomes).toMatchObject([
      { isDone: true, charge, pocketCharge: { balanceAfter: 7_000 } },
    ]);
    expect(await amountsOf(number)).toEqual([7_000]);
    // Every attempt sends the same request, with the same token.
    expect(line.sent).toHaveLength(faults.length + 1);
    expect(new Set(line.sent).size).toBe(1);
  });

  it("stops after the configured number of attempts, with one charge made", async () => {
    const number = newPhoneNumber();
    const charges = [newCharge(number, 7_000)];
    line.faults = Array.from({ length: 9 }, () => "lost answer");
    const options = { ...soon, maxTries: 3 };
    const error = await failureOf(chargePockets(overBadLine(), group, charges, options));
    expect(error).toMatchObject({ status: null, code: null, errors: [], isTemporary: true });
    expect(line.sent).toHaveLength(3);
    expect(await amountsOf(number)).toEqual([7_000]);

    line.faults = [];
    expect(await chargePockets(overBadLine(), group, charges)).toMatchObject([{ isDone: true }]);
    expect(await amountsOf(number)).toEqual([7_000]);
  });

  it("waits for the time in Retry-After, and then charges with the same tokens", async () => {
    const clock = new StoppedClock();
    clock.toWindow(1_000);
    const limited = await TestServer.start({
      clock,
      limits: { charges: { count: 1_000, per: "second" } },
    });
    try {
      const owner = await limited.createMerchant();
      const slug = await limited.createGroup({}, owner);
      const there = { url: limited.url, token: owner.token };
      const many = Array.from({ length: 1_000 }, () => newCharge(newPhoneNumber(), 1));
      await chargePockets(there, slug, many);
      const charge = newCharge(newPhoneNumber(), 5);
      const error = await failureOf(chargePockets(there, slug, [charge], { maxTries: 1 }));
      expect(error).toMatchObject({
        status: 429,
        code: "RATE_LIMITED",
        retryAfterSeconds: 1,
        isTemporary: true,
      });
      // This timer starts before the request, so it ends before the refused client's wait.
      setTimeout(() => {
        clock.advance(1_000);
      }, 1_000);
      const work = chargePockets(there, slug, [charge], { ...soon, maxTries: 2 });
      expect(await work).toMatchObject([{ isDone: true, charge }]);
    } finally {
      await limited.stop();
    }
  });

  it("does not wait longer than any limit lasts", async () => {
    Object.assign(line, { faults: ["429"], retryAfter: "3600" });
    const error = await failureOf(chargePockets(overBadLine(), group, [newCharge("", 1)], soon));
    expect(error).toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: 3_600 });
    expect(line.sent).toHaveLength(1);
  });

  it("finally gives up if no server responds", async () => {
    const unreachable = { url: "http://127.0.0.1:1/graphql", token: merchant.token };
    const charges = [newCharge(newPhoneNumber(), 1)];
    const error = await failureOf(chargePockets(unreachable, group, charges, soon));
    expect(error).toMatchObject({ status: null, requestId: null, isTemporary: true });
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("distinguishes earlier, new and refused charges", async () => {
    const [numberA, numberB] = [newPhoneNumber(), newPhoneNumber()];
    const before = newCharge(numberA, 1_000);
    await chargePockets(direct(), group, [before]);
    const after = newCharge(numberB, 2_000);
    const outcomes = await chargePockets(direct(), group, [
      before,
      after,
      { ...before, amount: 9_000 },
      newCharge("12345", 1_000),
    ]);
    expect(outcomes).toMatchObject([
      { isDone: true, pocketCharge: { balanceAfter: 1_000 } },
      { isDone: true, pocketCharge: { balanceAfter: 2_000 } },
      { isDone: false, code: "TOKEN_CONFLICT", message: "Duplicate token." },
      { isDone: false, code: "INVALID_PHONE_NUMBER" },
    ]);
    expect(await amountsOf(numberA)).toEqual([1_000]);
    expect(await amountsOf(numberB)).toEqual([2_000]);
  });

  it("does not treat another merchant's charge as its own", async () => {
    const other = await server.createMerchant();
    await server.app.services.pocketGroups.grant(group, other.id);
    const charge = newCharge(newPhoneNumber(), 1_000);
    await chargePockets({ url: server.url, token: other.token }, group, [charge]);
    expect(await chargePockets(direct(), group, [charge])).toMatchObject([
      { isDone: false, code: "DUPLICATE_TOKEN" },
    ]);
  });

  it("sends only the fields of a charge, even if its object has others", async () => {
    const order = { ...newCharge(newPhoneNumber(), 1_000), orderNumber: 12 };
    expect(await chargePockets(direct(), group, [order])).toMatchObject([{ isDone: true }]);
  });

  it("does not retry a request that is refused as a whole", async () => {
    const foreign = await server.createGroup({});
    const charges = [newCharge(newPhoneNumber(), 1_000)];
    const error = await failureOf(chargePockets(overBadLine(), foreign, charges, soon));
    expect(error).toMatchObject({ status: 403, code: "FORBIDDEN", isTemporary: false });
    expect(line.sent).toHaveLength(1);
  });

  it("stops when it is aborted, also between two attempts", async () => {
    line.faults = Array.from({ length: 9 }, () => "lost request");
    const abort = new AbortController();
    const options = { pauseMs: 60_000, signal: abort.signal };
    const work = chargePockets(overBadLine(), group, [newCharge(newPhoneNumber(), 1)], options);
    await expect.poll(() => line.sent.length).toBeGreaterThan(0);
    abort.abort();
    await expect(work).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a checkout", () => {
  const checkouts = (): Checkouts => new Checkouts(overBadLine(), group, soon);
  const chargedNumber = async (): Promise<string> => {
    const number = newPhoneNumber();
    await chargePockets(direct(), group, [newCharge(number, 10_000)]);
    return number;
  };

  it.each<{ what: string; faults: Fault[] }>([
    { what: "no response is lost", faults: [] },
    { what: "every response is lost once", faults: ["lost answer"] },
    { what: "requests and responses are lost", faults: ["lost request", "half an answer", "503"] },
  ])("holds, captures and refunds exactly once if $what", async ({ faults }) => {
    const number = await chargedNumber();
    const checkout = newCheckout(number, 6_000);
    const refund = newRefund(1_500, "One item was missing");
    const steps = [
      () => checkouts().reserve(checkout),
      () => checkouts().pay(checkout, 5_000),
      () => checkouts().refund(checkout, refund),
    ];
    for (const step of steps) {
      line.faults = [...faults];
      expect(await step()).toMatchObject({ isDone: true });
    }
    expect(await amountsOf(number)).toEqual([10_000, 0, -5_000, 1_500]);
    // After a crash, a client sends its steps again, in any order.
    for (const step of steps.toReversed()) expect(await step()).toMatchObject({ isDone: true });
    expect(await amountsOf(number)).toEqual([10_000, 0, -5_000, 1_500]);
  });

  it("makes the amount available again if it is canceled, and can then not be paid", async () => {
    const checkout = newCheckout(await chargedNumber(), 6_000);
    expect(await checkouts().reserve(checkout)).toEqual({ isDone: true, available: 4_000 });
    line.faults = ["lost answer"];
    expect(await checkouts().cancel(checkout)).toMatchObject({ isDone: true });
    expect(await checkouts().pay(checkout)).toMatchObject({ isDone: false, code: "HOLD_CLOSED" });
  });

  it("reports what is available or left when a step is refused", async () => {
    const number = await chargedNumber();
    expect(await checkouts().reserve(newCheckout(number, 10_001))).toMatchObject({
      isDone: false,
      code: "INSUFFICIENT_FUNDS",
      available: 10_000,
    });
    const checkout = newCheckout(number, 6_000);
    await checkouts().reserve(checkout);
    await checkouts().pay(checkout);
    expect(await checkouts().refund(checkout, newRefund(6_001, "Too much"))).toMatchObject({
      isDone: false,
      code: "ABOVE_REVERSIBLE_AMOUNT",
      remaining: 6_000,
    });
  });
});

describe("traceCharge", () => {
  it("finds a charge by its token", async () => {
    const charge = newCharge(newPhoneNumber(), 4_000);
    await chargePockets(direct(), group, [charge]);
    expect(await traceCharge(direct(), group, charge.token)).toMatchObject({
      phoneNumber: charge.phoneNumber,
      amount: 4_000,
      balanceAfter: 4_000,
    });
  });

  it("returns null for a charge that was not made", async () => {
    const { token } = newCharge(newPhoneNumber(), 4_000);
    expect(await traceCharge(direct(), group, token)).toBeNull();
  });
});

describe("walkPaymentCharges", () => {
  const make = (amountInCents: number): Promise<{ id: string }> =>
    accepted(createCharge(server, merchant.token, { amountInCents }));

  it("yields every charge once, oldest first, including those added during the iteration", async () => {
    const made: string[] = [];
    const met: PaymentCharge[] = [];
    for (let index = 1; index <= 12; index++) made.push((await make(index)).id);
    for await (const charge of walkPaymentCharges(overBadLine(), { pageSize: 5 })) {
      met.push(charge);
      if ([1, 5, 8, 12].includes(met.length)) made.push((await make(100 + met.length)).id);
    }
    expect(met.map(({ id }) => id)).toEqual(made.slice(0, met.length));
    // The last charge was created after the last page had been read.
    expect(met).toHaveLength(15);
    expect(line.sent).toHaveLength(3);
  });

  it("applies a filter, and requests no page before it is needed", async () => {
    for (let index = 1; index <= 6; index++) await make(index * 100);
    const filter = { totalInCents: { gt: 200 } };
    const amounts: number[] = [];
    for await (const charge of walkPaymentCharges(overBadLine(), { filter, pageSize: 2 })) {
      amounts.push(charge.totalInCents);
      if (amounts.length === 2) break;
    }
    expect(amounts).toEqual([300, 400]);
    expect(line.sent).toHaveLength(1);
  });

  it("yields nothing for an empty list", async () => {
    const nothing = walkPaymentCharges(direct())[Symbol.asyncIterator]();
    expect(await nothing.next()).toEqual({ done: true, value: undefined });
  });
});

describe("formatAmount", () => {
  it("formats amounts and sums with the server's number of digits", async () => {
    const shown: string[] = [];
    for (const currency of ["USD", "IRR", "JPY", "KWD", "CLF"]) {
      await accepted(createCharge(server, merchant.token, { amountInCents: 12_345, currency }));
    }
    for await (const charge of walkPaymentCharges(direct())) {
      const { totalInCents: amount, currency, currencyMinorUnits: minorUnits } = charge;
      shown.push(formatAmount({ amount, currency, minorUnits }).replace("\u00a0", " "));
    }
    expect(shown).toEqual(["$123.45", "IRR 123.45", "¥12,345", "KWD 12.345", "CLF 1.2345"]);
    const most = { amount: Number.MAX_SAFE_INTEGER, currency: "USD", minorUnits: 2 };
    expect(formatAmount(most)).toBe("$90,071,992,547,409.91");
    expect(formatAmount({ ...most, amount: "9007199254740993" })).toBe("$90,071,992,547,409.93");
    expect(formatAmount({ ...most, amount: -5 })).toBe("-$0.05");
  });
});

describe("a failed request", () => {
  it("is reported with its status, its code, every error and the request's id", async () => {
    const wrong = { url: server.url, token: "pct_wrong" };
    const error = await failureOf(traceCharge(wrong, group, newCharge("", 1).token));
    expect(error).toMatchObject({ status: 401, code: "UNAUTHENTICATED", isTemporary: false });
    expect(error.errors).toHaveLength(1);
    expect(error.message).toContain("UNAUTHENTICATED");
    expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("has the id with which the server's log has the details", async () => {
    const failing = await TestServer.start();
    try {
      const { token } = await failing.createMerchant();
      await failing.database.pool.query("alter table payment_charges rename to lost_charges");
      const walk = walkPaymentCharges({ url: failing.url, token });
      const error = await failureOf(walk.next());
      expect(error).toMatchObject({ status: 500, code: "INTERNAL_SERVER_ERROR" });
      expect(error.message).not.toContain("payment_charges");
      const id = error.requestId ?? "none";
      expect(failing.logged.find((entry) => entry.includes(id))).toContain("payment_charges");
    } finally {
      await failing.stop();
    }
  });

  it("without a GraphQL response is reported with its status, and not retried endlessly", async () => {
    line.faults = ["502"];
    const error = await failureOf(traceCharge(overBadLine(), group, newCharge("", 1).token));
    expect(error).toMatchObject({ status: 502, code: null, errors: [], isTemporary: true });
  });

  it("that timed out reports how long it waited", async () => {
    line.faults = ["silence"];
    const hurried = { ...overBadLine(), timeoutMs: 200 };
    const error = await failureOf(traceCharge(hurried, group, newCharge("", 1).token));
    expect(error).toMatchObject({ status: null, isTemporary: true });
    expect(error.message).toContain("200 ms");
  });
});

describe("the types of a response", () => {
  it("are those of the schema, including scalars", () => {
    type Done = Extract<ChargeOutcome, { isDone: true }>;
    type Refused = Extract<ChargeOutcome, { isDone: false }>;
    expectTypeOf<Done["pocketCharge"]["balanceAfter"]>().toEqualTypeOf<number>();
    expectTypeOf<"TOKEN_CONFLICT">().toExtend<Refused["code"]>();
    expectTypeOf<"NO_SUCH_CODE">().not.toExtend<Refused["code"]>();
    expectTypeOf<PaymentCharge["createdAt"]>().toEqualTypeOf<string>();
    expectTypeOf<PaymentCharge["description"]>().toEqualTypeOf<string | null>();
  });
});

describe("the example as a program", () => {
  const MAIN = "examples/client/dist/main.js";
  const { PATH = "" } = process.env;

  interface Run {
    code: number;
    stdout: string;
    stderr: string;
  }

  function run(env: Record<string, string>): Promise<Run> {
    return new Promise((resolve) => {
      execFile(process.execPath, [MAIN], { env: { PATH, ...env } }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [
      "node_modules/typescript/bin/tsc",
      "-p",
      "examples/client",
      "--noCheck", // npm run check checks the types
    ]);
  });

  it("shows a charge, a retry, a conflict, a trace, a checkout, a list and a refusal", async () => {
    await accepted(createCharge(server, merchant.token, { amountInCents: 100 }));
    const { code, stdout, stderr } = await run({
      POCKETCHARGE_URL: server.url,
      POCKETCHARGE_TOKEN: merchant.token,
      POCKETCHARGE_GROUP: group,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { rows } = await server.database.pool.query(
      "select from pocket_ledger where merchant_id = $1",
      [merchant.id],
    );
    expect(rows).toHaveLength(5);
    for (const line of [
      "  10000 to 989120000000: done, balance 10000",
      "  99000 to 989120000000: TOKEN_CONFLICT: Duplicate token.",
      "  hold: done, 5000 is available",
      "  capture: done, 6000 is available",
      "  refund: done, 7000 is available",
      "  CREATED: 1",
    ]) {
      expect(stdout.split("\n")).toContain(line);
    }
    expect(stdout.match(/ 20000 to 09120000001: done, balance 20000\n/g)).toHaveLength(2);
    expect(stdout).toMatch(/ {2}made at \d{4}-\d\d-\d\dT[\d:.]+Z\n/);
    expect(stdout).toMatch(/ {2}NOT_FOUND: .+ \(request [0-9a-f-]{36}\)\n$/);
  });

  it("reads the demo's token from the data folder, and explains what to do without one", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "pocketcharge-example-"));
    const env = { POCKETCHARGE_URL: server.url, POCKETCHARGE_GROUP: group, DATA_DIR: dataDir };
    try {
      const without = await run(env);
      expect(without.code).toBe(1);
      expect(without.stderr).toContain("Set POCKETCHARGE_TOKEN");

      await writeFile(join(dataDir, "demo-token"), `${merchant.token}\n`);
      expect(await run(env)).toMatchObject({ code: 0, stderr: "" });
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });
});
