import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { csv, entriesIn, importFile, sendFile } from "../support/imports.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { balanceOf, charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { runs } from "../support/runs.js";
import { type TestMerchant, TestServer } from "../support/server.js";

let server: TestServer;
let merchant: TestMerchant;
let token: string;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  ({ token } = merchant);
});

afterAll(async () => {
  await expectLedgerToBalance(server.database);
  await server.stop();
});

const DRY = { query: { dryRun: "true" } };
const ALL = { query: { results: "all" } };

/** Everything that an import could write. */
async function written(): Promise<object> {
  const { rows } = await server.database.pool.query<object>(
    `select (select count(*) from pocket_ledger) as entries, (select count(*) from pockets) as pockets,
            (select sum(balance) from pockets) as balances, (select count(*) from imports) as imports,
            (select count(*) from audit_entries) as audited, (select max(xmax::text::bigint) from pockets) as locks`,
  );
  return rows[0]!;
}

describe("a dry run", () => {
  it("reports every row, says that others may change the pockets, and changes nothing", async () => {
    const group = await server.createGroup({ maxChargeAmount: 100 }, merchant);
    const number = newPhoneNumber();
    const before = await written();
    const file = csv("phone_number,amount", `${number},100`, `${number},101`, "1,1", `${number},x`);
    const { begin, rows, end } = await importFile(server, token, group, file, DRY);
    expect(begin.isDryRun).toBe(true);
    expect(
      rows.map(({ status, code, message, token: shown }) => [status, code, message, shown]),
    ).toEqual([
      ["SUCCESS", null, "The charge would be successful.", null],
      ["REFUSED", "ABOVE_MAX_CHARGE_AMOUNT", expect.stringContaining("above the maximum"), null],
      ["REFUSED", "INVALID_PHONE_NUMBER", expect.stringContaining("mobile number"), null],
      ["REFUSED", "INVALID_AMOUNT", expect.stringContaining("not a whole number"), null],
    ]);
    expect(end).toMatchObject({ isComplete: true, succeeded: { rows: 1, amount: "100" } });
    expect(end.caution).toContain("Other requests may change the pockets");
    expect(await written()).toEqual(before);
  });

  it("reports what an earlier import of the same file has done", async () => {
    const group = await server.createGroup({}, merchant);
    const file = csv("phone_number,amount", `${newPhoneNumber()},1`);
    const { begin } = await importFile(server, token, group, file);
    const dry = await importFile(server, token, group, file, DRY);
    expect(begin.firstImportedAt).toBeNull();
    expect(dry.begin.firstImportedAt).not.toBeNull();
    expect(dry.rows.map(({ status }) => status)).toEqual(["REPEATED"]);
  });

  it("recognizes rows of an edited copy of a file, which would be made again", async () => {
    const group = await server.createGroup({}, merchant);
    const [first, second, third] = [newPhoneNumber(), newPhoneNumber(), newPhoneNumber()];
    const header = "phone_number,amount,reference,token";
    const rows = [`${first},1,a,`, `${second},2,,`, `${third},3,c,${newId()}`];
    await importFile(server, token, group, csv(header, ...rows, "1,4,d,"));
    const copy = csv(header, ...rows, `${newPhoneNumber()},4,d,`, `${first},1,b,`, `${first},2,a,`);
    const { rows: found, end } = await importFile(server, token, group, copy, DRY);
    expect(found.map(({ message }) => message.includes("was made at 20"))).toEqual([
      ...[true, true],
      // The token of the third row was used, so the row is not made again.
      ...[false, false, false, false],
    ]);
    expect(found[2]!.status).toBe("REPEATED");
    expect(end.alike).toBe(2);
    expect(end.caution).toMatch(/^2 rows have .* Nothing was changed\./);
  });

  it("takes no entry of another merchant, group, kind or week for a copy of a row", async () => {
    const other = await server.createMerchant();
    const [group, otherGroup] = await Promise.all([
      server.createGroup({}, merchant, other),
      server.createGroup({}, merchant, other),
    ]);
    const number = newPhoneNumber();
    const file = csv("phone_number,amount", `${number},5`);
    await importFile(server, other.token, group, file);
    await importFile(server, token, otherGroup, file);
    expect((await importFile(server, token, group, file, DRY)).end.alike).toBe(0);
    await importFile(server, token, group, file);
    const debits = { ...DRY, kind: "debits" } as const;
    expect((await importFile(server, token, group, file, debits)).end.alike).toBe(0);
    const copy = csv("amount,phone_number", `5,${number}`);
    expect((await importFile(server, token, group, copy, DRY)).end.alike).toBe(1);
    const makeOlderBy = (days: number): Promise<unknown> =>
      server.database.pool.query(
        "update pocket_ledger set created_at = created_at - make_interval(days => $2) where phone_number = $1",
        [number, days],
      );
    await makeOlderBy(8);
    expect((await importFile(server, token, group, copy, DRY)).end.alike).toBe(0);
    await makeOlderBy(-8);
  });

  it("has a result in CSV without tokens that the import would not have", async () => {
    const group = await server.createGroup({}, merchant);
    const own = newId();
    const file = csv(
      "phone_number,amount,token",
      `${newPhoneNumber()},1,`,
      `${newPhoneNumber()},1,${own}`,
    );
    const request = { ...DRY, headers: { accept: "text/csv" } };
    const lines = (await (await sendFile(server, token, group, file, request)).text()).split(
      "\r\n",
    );
    expect(lines[1]).toMatch(/^9\d+,1,,2,1,SUCCESS,,/);
    expect(lines[2]).toContain(`,1,${own},3,2,SUCCESS,,`);
  });

  it("does not wait for pockets that are being changed", async () => {
    const group = await server.createGroup({}, merchant);
    const phoneNumber = newPhoneNumber();
    await chargePockets(server, token, group, [charge({ phoneNumber })]);
    const holder = await server.database.pool.connect();
    try {
      await holder.query("begin");
      await holder.query("select from pockets where phone_number = $1 for update", [phoneNumber]);
      const { end } = await importFile(
        server,
        token,
        group,
        csv("phone_number,amount", `${phoneNumber},1`),
        DRY,
      );
      expect(end.succeeded.rows).toBe(1);
    } finally {
      await holder.query("rollback");
      holder.release();
    }
  });

  it("predicts the import, for any rows, limits and balances", async () => {
    const numbers = Array.from({ length: 12 }, () => newPhoneNumber());
    const row = fc.record({
      number: fc.nat(numbers.length - 1),
      amount: fc.constantFrom("0", "1", "5", "30", "70", "200", "x"),
      reference: fc.constantFrom("", "", "a", "b", "c"),
      token: fc.option(fc.nat(5), { freq: 4 }),
    });
    const limits = fc.record({
      maxPocketBalance: fc.constantFrom(null, 400, 2_000),
      hasUniqueReferences: fc.boolean(),
      periodLimits: fc.constantFrom(
        [],
        [
          { kind: "CHARGE", measure: "SUM", period: "DAY", limit: 600 } as const,
          { kind: "DEBIT", measure: "COUNT", period: "MONTH", limit: 9 } as const,
        ],
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 80 }),
        limits,
        fc.constantFrom("charges", "debits"),
        async (rows, repetitions, groupLimits, kind) => {
          const group = await server.createGroup(groupLimits, merchant);
          const tokens = Array.from({ length: 6 }, () => newId());
          const charged = numbers
            .slice(0, 9)
            .map((phoneNumber) => charge({ phoneNumber, amount: 300 }));
          await chargePockets(server, token, group, charged);
          // Several batches, which must see each other.
          const lines = Array.from({ length: repetitions }, () => rows).flat();
          const file = csv(
            "phone_number,amount,reference,token",
            ...lines.map(({ number, amount, reference, token: used }) =>
              [numbers[number], amount, reference, used === null ? "" : tokens[used]].join(","),
            ),
          );
          const dry = await importFile(server, token, group, file, { ...DRY, kind });
          const before = await entriesIn(server, group);
          const real = await importFile(server, token, group, file, { ...ALL, kind });
          const outcomes = ({ rows: all }: typeof real) =>
            all.map(({ line, status, code, phoneNumber }) => [line, status, code, phoneNumber]);
          expect(outcomes(dry)).toEqual(outcomes(real));
          expect({ ...dry.end, caution: null }).toEqual(real.end);
          expect(before.count).toBe(charged.length);
          const total = (await entriesIn(server, group)).sum;
          const balances = await Promise.all(
            numbers.map((one) => balanceOf(server, token, group, one)),
          );
          expect(balances.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBe(total);
        },
      ),
      { numRuns: runs(12) },
    );
  });
});
