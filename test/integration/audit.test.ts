import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuditScopeError, type Snapshot, audit } from "../../src/reconciliation/audit.js";
import { textReport } from "../../src/reconciliation/audit-report.js";
import { UNIT_KINDS } from "../../src/reconciliation/unit.js";
import { execute, openDatabase, readRows } from "../../src/database/database.js";
import { column, rowOf } from "../../src/database/row.js";
import { inSnapshot } from "../../src/database/snapshot.js";
import { sql } from "../../src/database/sql.js";
import { findingsIn, findingsWithin } from "../support/audit.js";
import { type AuditedLedger, createAuditedLedger } from "../support/audited-ledger.js";
import { type Corruption, MISSING, NOWHERE, corruptionsOf } from "../support/corruptions.js";
import { charge, newPhoneNumber } from "../support/pockets.js";
import { newId } from "../../src/shared/uuid.js";
import { TestServer, made } from "../support/server.js";

let server: TestServer;
let ledger: AuditedLedger;
let corruptions: Corruption[];

beforeAll(async () => {
  server = await TestServer.start();
  ledger = await createAuditedLedger(server);
  const times = await readTimes();
  corruptions = corruptionsOf(
    ledger,
    (...key) => times.get(key.join(" ")) ?? "a time that is missing",
  );
});

afterAll(() => server.stop());

/** All timestamps of all records, in PostgreSQL's format. Those of a history are listed by position. */
async function readTimes(): Promise<Map<string, string>> {
  const { rows } = await server.database.pool.query<{ key: string; at: string }>(
    [
      "pockets",
      "pocket_ledger",
      "pocket_holds",
      "customers",
      "orders",
      "payment_methods",
      "employees",
      "webhook_endpoints",
      "webhook_deliveries",
    ]
      .concat(["payment_charges", "payment_refunds", "payment_authorizations"])
      .map(
        (
          table,
        ) => `select concat_ws(' ', '${table}', r.id, t.key) as key, t.value::timestamptz::text as at
          from ${table} r, jsonb_each_text(to_jsonb(r)) t where t.key like '%\\_at' and t.value is not null`,
      )
      .concat(
        `select concat_ws(' ', 'payment_status_changes', payment_id,
                          row_number() over (partition by payment_id order by at) - 1), at::text
         from payment_status_changes`,
      )
      .join(" union all "),
  );
  return new Map(rows.map(({ key, at }) => [key, at]));
}

/** The findings of an audit after the statements, which are then rolled back. */
async function findingsAfter(
  statements: readonly string[],
  scope?: Parameters<typeof findingsWithin>[1],
): Promise<string[]> {
  const connection = await server.database.pool.connect();
  try {
    await connection.query("begin");
    // Disable foreign keys, so that PostgreSQL accepts the corruption.
    await connection.query("set local session_replication_role = replica");
    for (const statement of statements) await connection.query(statement);
    return await findingsWithin(connection, scope);
  } finally {
    await connection.query("rollback");
    connection.release();
  }
}

type Kind = keyof typeof UNIT_KINDS;

const kindOf = (check: string): Kind =>
  (Object.keys(UNIT_KINDS) as Kind[]).find((kind) =>
    UNIT_KINDS[kind].checks.some(({ name }) => name === check),
  )!;

/** The groups or merchants that checks of a kind apply to; all of them for checks of the platform. */
function ownersOf(kind: Kind): Parameters<typeof findingsWithin>[1] {
  if (kind === "pocket group") return { groups: ["audited", "second"], merchants: [] };
  if (kind === "merchant") return { groups: [], merchants: [ledger.merchant, ledger.other] };
  return undefined;
}

interface Batch {
  readonly kind: Kind;
  /** Whether columns stop being generated, which would give other changes further findings. */
  readonly dropsExpressions: boolean;
  readonly subjects: Set<string>;
  readonly corruptions: Corruption[];
}

/** Batches that one audit each can find: no record concerns two corruptions of a batch. */
function batchesOf(all: readonly Corruption[]): Batch[] {
  const batches: Batch[] = [];
  for (const one of all) {
    const kind = kindOf(one.check);
    const subjects = subjectsOf(one);
    const dropsExpressions = one.statements.some((text) => text.endsWith(" drop expression"));
    let batch = batches.find(
      (it) =>
        it.kind === kind &&
        it.dropsExpressions === dropsExpressions &&
        !subjects.some((subject) => it.subjects.has(subject)),
    );
    if (batch === undefined || kind === "platform") {
      batch = { kind, dropsExpressions, subjects: new Set(), corruptions: [] };
      batches.push(batch);
    }
    for (const subject of subjects) batch.subjects.add(subject);
    batch.corruptions.push(one);
  }
  return batches;
}

/** The ids that a corruption names, except those of owners and of no record, and the subjects of its findings. */
function subjectsOf({ statements, found }: Corruption): string[] {
  const ids = [...statements, ...found].flatMap((text) => text.match(/[0-9a-f-]{36}/g) ?? []);
  const owners = [ledger.merchant, ledger.other, ledger.groupId, ledger.secondGroupId, MISSING];
  return [
    ...ids.filter((id) => !owners.includes(id)),
    ...found.map((finding) => finding.split(": ")[1]!),
  ];
}

describe("the audit", () => {
  it("has no findings for records that the server created", async () => {
    expect(await findingsIn(server.database)).toEqual([]);
  });

  it("finds exactly each corruption and describes it", async () => {
    for (const { kind, corruptions: batch } of batchesOf(corruptions)) {
      const statements = new Set(batch.flatMap((one) => one.statements));
      const findings = await findingsAfter([...statements], ownersOf(kind));
      const found = batch.flatMap((one) => one.found);
      const planted = batch.map(({ what }) => what).join(", ");
      expect(findings.toSorted(), planted).toEqual(found.toSorted());
    }
  });

  it("has a corruption for every check", () => {
    const checks = Object.values(UNIT_KINDS).flatMap((kind) => kind.checks.map(({ name }) => name));
    expect(new Set(corruptions.map(({ check }) => check))).toEqual(new Set(checks));
    expect(new Set(checks).size).toBe(checks.length);
  });

  it("finds any number of records that violate a rule", async () => {
    const many = 1_234;
    const findings = await findingsAfter([
      `insert into pockets select '${ledger.groupId}', gen_random_uuid(), '9895' || lpad(i::text, 8, '0'), 0
       from generate_series(1, ${String(many)}) i`,
    ]);
    expect(new Set(findings).size).toBe(many);
    expect(
      findings.every((line) => /^pocket-without-charge: .* of 98950\*{5}\d\d /.test(line)),
    ).toBe(true);
  });

  it("audits only the requested parts", async () => {
    const both = [
      `update pockets set balance = balance + 1`,
      `update record_numbers set last_number = 9 where kind = 'order'`,
    ];
    const namesIn = async (scope: { groups: string[]; merchants: string[] }): Promise<string[]> =>
      (await findingsAfter(both, scope)).map((line) => line.split(":")[0]!);
    expect(await namesIn({ groups: ["audited"], merchants: [] })).toEqual([
      "pocket-balance",
      "pocket-balance",
      "pocket-balance",
    ]);
    expect(await namesIn({ groups: ["second"], merchants: [ledger.other] })).toEqual([
      "pocket-balance",
      "record-numbers",
    ]);
    expect(await namesIn({ groups: [], merchants: [ledger.merchant.toUpperCase()] })).toEqual([
      "record-numbers",
    ]);
  });

  it.each([
    [{ groups: ["no-such-group"], merchants: [] }, 'There is no pocket group "no-such-group".'],
    [{ groups: [], merchants: [NOWHERE] }, `There is no merchant with the id "${NOWHERE}".`],
    [{ groups: [], merchants: ["m"] }, 'There is no merchant with the id "m".'],
  ])("refuses unknown groups and merchants: %j", async (scope, message) => {
    await expect(findingsAfter([], scope)).rejects.toThrow(new AuditScopeError(message));
  });

  it("reports its progress", async () => {
    const { pool } = server.database;
    const progress: string[] = [];
    const lines = { report: () => undefined, progress: (line: string) => progress.push(line) };
    const snapshot: Snapshot = (work) => inSnapshot(pool, work);
    const scope = { groups: ["second", "audited"], merchants: [] };
    expect(await audit(pool, snapshot, scope, textReport(lines, 0))).toBe(0);
    const names = UNIT_KINDS["pocket group"].checks.map(({ name }) => name);
    expect(progress).toEqual(
      ["second", "audited"].flatMap((slug, index) => [
        `pocket group ${slug}, ${String(index + 1)} of 2`,
        ...names.map((name) => `pocket group ${slug}: ${name}`),
      ]),
    );
  });

  it("reads one snapshot", async () => {
    const { pool } = server.database;
    const count = sql`select count(*) as count from merchants`;
    await inSnapshot(pool, async (snapshot) => {
      const before = await readRows(snapshot, rowOf({ count: column.bigint() }), count);
      await server.createMerchant();
      expect(await readRows(snapshot, rowOf({ count: column.bigint() }), count)).toEqual(before);
    });
  });

  it("waits for a slow reader of its output", async () => {
    const options = { url: server.database.url, poolSize: 1, onIdleError: () => undefined };
    const hasty = openDatabase({ ...options, timeoutMs: 2_000 });
    try {
      await inSnapshot(hasty.pool, async (snapshot) => {
        await sleep(2_500);
        expect(
          await readRows(snapshot, rowOf({ one: column.integer() }), sql`select 1 as one`),
        ).toEqual([{ one: 1 }]);
      });
    } finally {
      await hasty.close();
    }
  });

  it("cannot write", async () => {
    const writing = inSnapshot(server.database.pool, (snapshot) =>
      execute(snapshot, sql`update pockets set balance = 0`),
    );
    await expect(writing).rejects.toThrow("cannot execute UPDATE in a read-only transaction");
  });

  it("has no findings while pockets are charged and spent, and refunds and captures are made", async () => {
    const { services } = server.app;
    const caller = {
      tokenId: NOWHERE,
      merchantId: ledger.merchant,
      employeeId: null,
      scopes: [],
    } as const;
    const phoneNumbers = Array.from({ length: 20 }, newPhoneNumber);
    let isOver = false;
    let charged = 0;
    const charging = async (): Promise<void> => {
      while (!isOver) {
        const items = phoneNumbers.map((phoneNumber) => charge({ phoneNumber, amount: 1 }));
        const results = await services.chargePockets.charge(caller, "audited", items);
        for (const { status } of results) expect(status).toBe("SUCCESS");
        charged += results.length;
      }
    };
    let spent = 0;
    const { chargePockets, spendPockets } = services;
    const spending = async (): Promise<void> => {
      const phoneNumber = newPhoneNumber();
      while (!isOver) {
        const of = (amount: number) => [charge({ phoneNumber, amount })];
        await chargePockets.charge(caller, "audited", of(20));
        const debits = of(8);
        const holds = of(9);
        const [{ token: ofToken }, { token: holdToken }] = [debits[0]!, holds[0]!];
        const results = [
          ...(await spendPockets.debit(caller, "audited", debits)),
          ...(await spendPockets.reverse(caller, "audited", [
            { token: newId(), ofToken, amount: 3 },
          ])),
          ...(await spendPockets.hold(caller, "audited", holds)),
          ...(await spendPockets.capture(caller, "audited", [
            { token: newId(), holdToken, amount: 4 },
          ])),
          ...(await spendPockets.release(caller, "audited", [holdToken])),
        ];
        for (const { status } of results) expect(status).toBe("SUCCESS");
        spent++;
      }
    };
    let paid = 0;
    const paying = async (): Promise<void> => {
      while (!isOver) {
        const amountInCents = 10;
        const hold = { mode: "TERMINAL", status: "SUCCEEDED", amountInCents } as const;
        const { id: paymentAuthorizationId } = made(
          await services.authorizations.create(caller, hold),
        );
        const capture = { mode: "CAPTURE", amountInCents, paymentAuthorizationId } as const;
        const { id } = made(await services.charges.create(caller, capture));
        made(await services.charges.update(caller, id, { status: "SUCCEEDED" }));
        const refund = { paymentChargeId: id, amountInCents: 4 };
        const { id: refundId } = made(await services.refunds.create(caller, refund));
        made(await services.refunds.update(caller, refundId, { status: "SUCCEEDED" }));
        paid++;
      }
    };
    const work = Promise.all([charging(), charging(), spending(), paying(), paying()]);
    try {
      // Repeat the audits until that much has been written concurrently.
      while (charged < 500 || spent < 20 || paid < 20) {
        expect(await Promise.race([findingsIn(server.database), work])).toEqual([]);
      }
    } finally {
      isOver = true;
      await work;
    }
    expect(await findingsIn(server.database)).toEqual([]);
  });
});
