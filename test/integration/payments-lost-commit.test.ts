import { randomUUID } from "node:crypto";
import { type AddressInfo, type Server, connect, createServer } from "node:net";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app/app.js";
import { openDatabase } from "../../src/database/database.js";
import { GraphqlClient } from "../support/graphql-client.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import {
  type Customer,
  type PaymentCharge,
  type PaymentOutcome,
  accepted,
  createAuthorization,
  createCharge,
  createCustomer,
  createOrder,
  createRefund,
  findAuthorization,
  findCharge,
  findRefund,
  refusals,
  updateAuthorization,
  updateCharge,
  updateCustomer,
  updateRefund,
} from "../support/payments.js";
import { TestServer } from "../support/server.js";

type When = "before commit" | "after commit";

/** A proxy between a server and PostgreSQL that breaks the connections of the next commits. */
class BreakingLine {
  private when: When = "after commit";
  private left = 0;
  private beforeClose: () => Promise<unknown> = () => Promise.resolve();
  broken = 0;

  private constructor(private readonly listener: Server) {}

  static async to(target: URL): Promise<BreakingLine> {
    const listener = createServer();
    const line = new BreakingLine(listener);
    listener.on("connection", (client) => {
      const postgres = connect(Number(target.port), target.hostname);
      const end = (): void => {
        client.destroy();
        postgres.destroy();
      };
      for (const socket of [client, postgres]) socket.on("error", end).on("close", end);
      client.on("data", (sent) => {
        const isCommit = sent.toString("latin1").toLowerCase().includes("commit\0");
        if (!isCommit || !line.breaksAt("before commit")) return void postgres.write(sent);
        postgres.off("close", end).destroy();
        void line.beforeClose().finally(end);
      });
      postgres.on("data", (answer) => {
        const isCommitted = answer.includes("COMMIT\0");
        if (!isCommitted || !line.breaksAt("after commit")) return void client.write(answer);
        void line.beforeClose().finally(end);
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    return line;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** @param beforeClose runs after PostgreSQL has committed or not, and before the connection breaks. */
  async breaking<T>(
    when: When,
    times: number,
    work: () => Promise<T>,
    beforeClose: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<T> {
    Object.assign(this, { when, left: times, broken: 0, beforeClose });
    const result = await work();
    this.left = 0;
    expect(this.broken).toBeGreaterThan(0);
    return result;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.listener.close(resolve));
  }

  private breaksAt(when: When): boolean {
    if (this.when !== when || this.left === 0) return false;
    this.left--;
    this.broken++;
    return true;
  }
}

/** A server whose connections to PostgreSQL can be broken. */
class ExposedServer extends GraphqlClient {
  private constructor(
    readonly url: string,
    readonly line: BreakingLine,
    readonly stop: () => Promise<void>,
  ) {
    super();
  }

  static async start(databaseUrl: string): Promise<ExposedServer> {
    const url = new URL(databaseUrl);
    const line = await BreakingLine.to(new URL(databaseUrl));
    url.port = String(line.port);
    const onIdleError = (): void => undefined;
    const database = openDatabase({ url: url.href, poolSize: 4, timeoutMs: 20_000, onIdleError });
    const log = pino({ level: "silent" });
    const app = await createApp({ database, log, introspection: false });
    const origin = await app.http.listen({ host: "127.0.0.1", port: 0 });
    return new ExposedServer(`${origin}/graphql`, line, async () => {
      await app.close();
      await database.close();
      await line.close();
    });
  }
}

let server: TestServer;
let exposed: ExposedServer;
let token: string;

beforeAll(async () => {
  server = await TestServer.start();
  exposed = await ExposedServer.start(server.database.url);
  ({ token } = await server.createMerchant());
});

afterAll(async () => {
  await expectLedgerToBalance(server.database);
  await exposed.stop();
  await server.stop();
});

const PAID = { status: "SUCCEEDED", amountInCents: 100 };

function newCharge(input: object = {}): Promise<PaymentCharge> {
  return accepted(createCharge(server, token, { ...PAID, ...input }));
}

function newAuthorization() {
  return accepted(createAuthorization(server, token, { ...PAID, mode: "REQUEST" }));
}

async function newCapture(status: "CREATED" | "SUCCEEDED") {
  const { id } = await newAuthorization();
  return { mode: "CAPTURE", status, amountInCents: 60, paymentAuthorizationId: id };
}

async function newRefund(status: string) {
  const input = { paymentChargeId: (await newCharge()).id, status, amountInCents: 100 };
  return accepted(createRefund(server, token, input));
}

async function rowsIn(table: string): Promise<number> {
  const { rows } = await server.database.pool.query(`select from ${table}`);
  return rows.length;
}

describe.each([
  ["after commit", 1],
  ["after commit", 3],
  ["before commit", 1],
] as const)("when the connection breaks %s, %i times in a row", (when, times) => {
  const breaking = <T>(work: () => Promise<T>): Promise<T> =>
    exposed.line.breaking(when, times, work);

  it.each([
    ["charge", createCharge, "payment_charges", () => PAID],
    ["capture", createCharge, "payment_charges", () => newCapture("SUCCEEDED")],
    [
      "refund of all that is left",
      createRefund,
      "payment_refunds",
      async () => ({ ...PAID, paymentChargeId: (await newCharge()).id }),
    ],
    [
      "authorization",
      createAuthorization,
      "payment_authorizations",
      () => ({ ...PAID, mode: "REQUEST" }),
    ],
    ["customer", createCustomer, "customers", () => ({ name: "Once" })],
    ["order", createOrder, "orders", () => ({ totalInCents: 100 })],
  ] as const)("a new %s succeeds and exists exactly once", async (_, create, table, inputFor) => {
    const input = await inputFor();
    const before = await rowsIn(table);
    const { id } = await breaking(() => accepted<{ id: string }>(create(exposed, token, input)));
    expect(await rowsIn(table)).toBe(before + 1);
    const { rows } = await server.database.pool.query(`select from ${table} where id = $1`, [id]);
    expect(rows).toHaveLength(1);
  });

  it("a change of a customer is answered, and is in the audit trail once", async () => {
    const { id } = await accepted(createCustomer(server, token, { name: "Before" }));
    const name = "After";
    const changed = await breaking(() => accepted(updateCustomer(exposed, token, id, { name })));
    expect(changed).toMatchObject({ id, name });
    const { rows } = await server.database.pool.query(
      "select from audit_entries where record_id = $1 and operation = 'updateCustomer'",
      [id],
    );
    expect(rows).toHaveLength(1);
  });

  it("numbers of customers have no gap", async () => {
    const numbers = [];
    for (let n = 0; n < 3; n++) {
      const create = (): Promise<Customer> =>
        accepted(createCustomer(exposed, token, { name: "Numbered" }));
      numbers.push((await (n === 1 ? breaking(create) : create())).number);
    }
    const [first = 0] = numbers;
    expect(numbers).toEqual([first, first + 1, first + 2]);
  });

  it.each([
    ["charge", createCharge, () => PAID],
    ["capture", createCharge, () => newCapture("SUCCEEDED")],
    ["refund", createRefund, async () => ({ ...PAID, paymentChargeId: (await newCharge()).id })],
    ["authorization", createAuthorization, () => ({ ...PAID, mode: "REQUEST" })],
  ] as const)(
    "a new %s with a key returns the same record to its next caller",
    async (_, create, inputFor) => {
      const input = { ...(await inputFor()), idempotencyKey: randomUUID() };
      const record = await breaking(() => accepted<{ id: string }>(create(exposed, token, input)));
      expect(await accepted<{ id: string }>(create(server, token, input))).toEqual(record);
    },
  );

  it("a refund is refunded once", async () => {
    const { id } = await newCharge();
    const input = { paymentChargeId: id, status: "SUCCEEDED", amountInCents: 40 };
    await breaking(() => accepted(createRefund(exposed, token, input)));
    expect(await findCharge(server, token, id)).toMatchObject({ amountRefundedInCents: 40 });
  });

  it("a capture captures once, and returns the charge that captured", async () => {
    const input = await newCapture("SUCCEEDED");
    const charge = await breaking(() => accepted(createCharge(exposed, token, input)));
    expect(charge).toMatchObject({ status: "SUCCEEDED", amountInCents: 60 });
    const after = await findAuthorization(server, token, input.paymentAuthorizationId);
    expect(after).toMatchObject({ status: "CAPTURED", amountCapturedInCents: 60 });
    expect(after?.statusHistory.nodes).toHaveLength(2);
  });

  it("an update that captures succeeds", async () => {
    const { id, updatedAt } = await newCharge(await newCapture("CREATED"));
    const input = { status: "SUCCEEDED", expectedUpdatedAt: updatedAt };
    const charge = await breaking(() => accepted(updateCharge(exposed, token, id, input)));
    expect(charge.statusHistory.nodes.map(({ to }) => to)).toEqual(["CREATED", "SUCCEEDED"]);
    expect(await findCharge(server, token, id)).toEqual(charge);
  });

  it("an update with expectedUpdatedAt succeeds and is not stale", async () => {
    const { id, updatedAt: expectedUpdatedAt } = await newCharge({ status: "PROCESSING" });
    const input = { expectedUpdatedAt, status: "FAILED", description: "declined" };
    const charge = await breaking(() => accepted(updateCharge(exposed, token, id, input)));
    expect(charge).toMatchObject({ status: "FAILED", description: "declined" });
    expect(charge.statusHistory.nodes).toHaveLength(2);
    expect(await findCharge(server, token, id)).toEqual(charge);
  });

  it("an update of a refund succeeds and refunds once", async () => {
    const { id, updatedAt, paymentChargeId } = await newRefund("PENDING");
    const input = { expectedUpdatedAt: updatedAt, status: "SUCCEEDED" };
    const refund = await breaking(() => accepted(updateRefund(exposed, token, id, input)));
    expect(await findRefund(server, token, id)).toEqual(refund);
    expect(refund).toMatchObject({ status: "SUCCEEDED" });
    expect(await findCharge(server, token, paymentChargeId!)).toMatchObject({
      amountRefundedInCents: 100,
    });
  });

  it("an update of an authorization succeeds", async () => {
    const { id, updatedAt: expectedUpdatedAt } = await newAuthorization();
    const input = { expectedUpdatedAt, status: "CANCELED" };
    const after = await breaking(() => accepted(updateAuthorization(exposed, token, id, input)));
    expect(after).toMatchObject({ status: "CANCELED", amountReleasedInCents: 100 });
    expect(await findAuthorization(server, token, id)).toEqual(after);
  });
});

describe("when another caller writes between a lost commit and its retry", () => {
  const losing = <R>(
    work: () => Promise<PaymentOutcome<R>>,
    beforeClose: () => Promise<unknown>,
  ): Promise<R> => exposed.line.breaking("after commit", 1, () => accepted(work()), beforeClose);

  it("an update does not undo the other's changes", async () => {
    const { id } = await newCharge();
    await losing(
      () => updateCharge(exposed, token, id, { description: "first" }),
      () => accepted(updateCharge(server, token, id, { description: "second" })),
    );
    expect(await findCharge(server, token, id)).toMatchObject({ description: "second" });
  });

  it("an update with expectedUpdatedAt still succeeds", async () => {
    const { id, updatedAt: expectedUpdatedAt } = await newCharge();
    const charge = await losing(
      () => updateCharge(exposed, token, id, { expectedUpdatedAt, providerId: "pi_1" }),
      () => accepted(updateCharge(server, token, id, { description: "second" })),
    );
    expect(charge).toMatchObject({ id, providerId: "pi_1" });
    expect(await findCharge(server, token, id)).toMatchObject({
      providerId: "pi_1",
      description: "second",
    });
  });

  it("an update succeeds when the other changed the same field, whose value stays", async () => {
    const { id, updatedAt: expectedUpdatedAt } = await newCharge();
    const charge = await losing(
      () => updateCharge(exposed, token, id, { expectedUpdatedAt, description: "first" }),
      () => accepted(updateCharge(server, token, id, { description: "second" })),
    );
    expect(charge).toMatchObject({ id, description: "second" });
    expect(await findCharge(server, token, id)).toEqual(charge);
  });

  it("a status that the other has left is not entered twice", async () => {
    const { id } = await newCharge({ status: "PROCESSING" });
    await losing(
      () => updateCharge(exposed, token, id, { status: "SUCCEEDED" }),
      () => accepted(updateCharge(server, token, id, { status: "FAILED" })),
    );
    const charge = await findCharge(server, token, id);
    expect(charge?.statusHistory.nodes.map(({ to }) => to)).toEqual([
      "PROCESSING",
      "SUCCEEDED",
      "FAILED",
    ]);
  });

  it("a refund that the other canceled stays canceled, and is returned", async () => {
    const charge = await newCharge();
    const input = { paymentChargeId: charge.id, status: "SUCCEEDED", amountInCents: 100 };
    let canceled: string | undefined;
    const { id } = await losing(
      () => createRefund(exposed, token, input),
      async () => {
        const { rows } = await server.database.pool.query<{ id: string }>(
          "select id from payment_refunds where payment_charge_id = $1",
          [charge.id],
        );
        canceled = rows[0]!.id;
        await accepted(updateRefund(server, token, canceled, { status: "CANCELED" }));
      },
    );
    expect(id).toBe(canceled);
    expect(await findRefund(server, token, id)).toMatchObject({ status: "CANCELED" });
    expect(await findCharge(server, token, charge.id)).toMatchObject({ amountRefundedInCents: 0 });
  });

  it("an uncommitted update is stale, even if the other made the same change", async () => {
    const { id, updatedAt: expectedUpdatedAt } = await newCharge({ status: "CREATED" });
    const input = { expectedUpdatedAt, status: "STARTED" };
    const outcome = await exposed.line.breaking(
      "before commit",
      1,
      () => updateCharge(exposed, token, id, input),
      () => accepted(updateCharge(server, token, id, input)),
    );
    expect(await refusals(outcome)).toEqual([["STALE", "expectedUpdatedAt"]]);
  });
});
