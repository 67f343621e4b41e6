import { readdirSync } from "node:fs";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { csv, entriesIn, importFile, readAnswer, refusalOfFile } from "../support/imports.js";
import { deadlocksIn, expectLedgerToBalance } from "../support/ledger.js";
import { newPhoneNumber } from "../support/pockets.js";
import { runs } from "../support/runs.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

const HEADER = "phone_number,amount";

function rowsOf(count: number): string[] {
  return Array.from({ length: count }, () => `${newPhoneNumber()},100`);
}

/** An upload that the test sends piece by piece. */
class Upload {
  private readonly sent: ClientRequest;
  readonly response: Promise<IncomingMessage>;

  constructor({ url }: TestServer, token: string, group: string, contentLength?: number) {
    this.sent = request(new URL(`/import/pocket-charges?group=${group}`, url), {
      method: "POST",
      headers: {
        "content-type": "text/csv",
        authorization: `Token ${token}`,
        ...(contentLength === undefined ? {} : { "content-length": contentLength }),
      },
    });
    this.response = new Promise((resolve, reject) => {
      this.sent.once("response", resolve).once("error", reject);
    });
    this.response.catch(() => undefined); // most tests do not await it
  }

  write(text: string): void {
    this.sent.write(text);
  }

  end(): void {
    this.sent.end();
  }

  cut(): void {
    this.sent.destroy();
  }

  async text(): Promise<string> {
    let text = "";
    for await (const piece of await this.response) text += String(piece);
    return text;
  }

  /** Reads at least this many bytes, and then closes the connection. @returns what was read. */
  async cutAfter(bytes: number): Promise<string> {
    let text = "";
    try {
      for await (const piece of await this.response) {
        text += String(piece);
        if (text.length >= bytes) break;
      }
    } finally {
      this.cut();
    }
    return text;
  }
}

describe("an import", () => {
  let server: TestServer;
  let merchant: TestMerchant;
  let token: string;

  beforeAll(async () => {
    server = await TestServer.start({
      importLimits: { running: 1 },
      httpLimits: { clientTimeoutMs: 400 },
    });
    merchant = await server.createMerchant();
    ({ token } = merchant);
  });
  afterAll(async () => {
    await expectLedgerToBalance(server.database);
    expect(await deadlocksIn(server.database)).toBe(0);
    await server.stop();
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("pocketcharge-import-"))).toEqual(
      [],
    );
  });

  /** Imports a file as soon as no other import is running. */
  function importWhenFree(group: string, file: string) {
    return vi.waitFor(() => importFile(server, token, group, file), POLL);
  }

  it("that is cut off during its upload charges nothing, and leaves room for others", async () => {
    const group = await server.createGroup({}, merchant);
    const upload = new Upload(server, token, group);
    upload.write(csv(HEADER, ...rowsOf(3_000)));
    await sleep(50);
    upload.cut();
    const { end } = await importWhenFree(group, csv(HEADER, ...rowsOf(1)));
    expect(end.succeeded.rows).toBe(1);
    expect((await entriesIn(server, group)).count).toBe(1);
  });

  it("is refused while as many run as may, and says when to send the file again", async () => {
    const group = await server.createGroup({}, merchant);
    const upload = new Upload(server, token, group);
    upload.write(csv(HEADER, ...rowsOf(1)));
    await vi.waitFor(async () => {
      expect(await refusalOfFile(server, token, group, csv(HEADER, ...rowsOf(1)))).toMatchObject({
        status: 429,
        errors: [{ code: "RATE_LIMITED" }],
      });
    }, POLL);
    upload.end();
    expect(readAnswer(await upload.text()).end?.succeeded.rows).toBe(1);
    expect((await importWhenFree(group, csv(HEADER, ...rowsOf(1)))).end.isComplete).toBe(true);
  });

  it("may be uploaded for longer than a request, as long as the client keeps sending", async () => {
    const group = await server.createGroup({}, merchant);
    const upload = new Upload(server, token, group);
    upload.write(`${HEADER}\n`);
    // This is the pace of the client: four times the timeout, and 4 kB a second.
    for (let piece = 0; piece < 16; piece++) {
      upload.write(
        rowsOf(25)
          .map((row) => `${row}\n`)
          .join(""),
      );
      await sleep(100);
    }
    upload.end();
    expect(readAnswer(await upload.text()).end?.succeeded.rows).toBe(400);
  });

  it("is cut off if its client sends too little", async () => {
    const group = await server.createGroup({}, merchant);
    const upload = new Upload(server, token, group);
    upload.write(csv(HEADER, ...rowsOf(1)));
    const response = await upload.response;
    expect(response.statusCode).toBe(408);
    expect(await upload.text()).toContain("less than 1,000 bytes a second for 400 ms");
    expect((await importWhenFree(group, csv(HEADER, ...rowsOf(1)))).end.isComplete).toBe(true);
    expect((await entriesIn(server, group)).count).toBe(1);
  });

  it("that is refused early is answered, although its client still sends", async () => {
    const group = await server.createGroup({}, merchant);
    const file = csv(`${HEADER},color`, ...rowsOf(100_000));
    for (const by of [token, "pct_unknown"]) {
      const { errors } = await refusalOfFile(server, by, group, file);
      expect(errors[0]!.code).toBe(by === token ? "WRONG_COLUMNS" : "UNAUTHENTICATED");
    }
  });

  it("stops when its client leaves, and continues where it was when the file is sent again", async () => {
    const group = await server.createGroup({}, merchant);
    const file = csv(HEADER, ...rowsOf(30_000));
    const upload = new Upload(server, token, group);
    upload.write(file);
    upload.end();
    await upload.cutAfter(1);
    const { begin, end } = await importWhenFree(group, file);
    const done = end.repeated.rows;
    expect(done).toBeLessThan(30_000);
    expect(end).toMatchObject({
      isComplete: true,
      succeeded: { rows: 30_000 - done },
      refused: { rows: 0 },
    });
    expect(begin.firstImportedAt).not.toBeNull();
    expect(await entriesIn(server, group)).toEqual({ count: 30_000, sum: 3_000_000 });
  });

  it("ends with the reason when its token is revoked, and its rows so far are done", async () => {
    const group = await server.createGroup({}, merchant);
    const created = await server.app.services.apiTokens.create({
      name: "short",
      merchantId: merchant.id,
      scopes: ["POCKETS_CHARGE"],
    });
    if (!created.isDone) throw new Error("the token was refused");
    const file = csv(HEADER, ...rowsOf(20_000));
    const upload = new Upload(server, created.value.secret, group);
    upload.write(file);
    upload.end();
    await upload.response;
    await server.app.services.apiTokens.revoke(created.value.apiToken.id);
    const { end } = readAnswer(await upload.text());
    expect(end).toMatchObject({
      isComplete: false,
      error: { code: "UNAUTHENTICATED", message: "The API token was revoked." },
    });
    expect((await entriesIn(server, group)).count).toBe(end!.succeeded.rows);
    expect((await importWhenFree(group, file)).end).toMatchObject({
      isComplete: true,
      repeated: { rows: end!.succeeded.rows },
    });
  });

  it("gives each row once, for any file that is cut off anywhere, any number of times", async () => {
    const amount = fc.integer({ min: 1, max: 1_000 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(amount, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 200 }),
        fc.array(
          fc.record({ sent: fc.double({ min: 0, max: 1, noNaN: true }), read: fc.nat(3_000) }),
          { maxLength: 4 },
        ),
        async (amounts, repetitions, cuts) => {
          const group = await server.createGroup({}, merchant);
          const number = newPhoneNumber();
          const rows = Array.from({ length: repetitions }, () => amounts).flat();
          const file = csv(HEADER, ...rows.map((one) => `${number},${String(one)}`));
          for (const { sent, read } of cuts) {
            const upload = new Upload(server, token, group, file.length);
            const bytes = Math.ceil(sent * file.length);
            upload.write(file.slice(0, bytes));
            if (bytes < file.length) await sleep(5);
            else await upload.cutAfter(read).catch(() => undefined);
            upload.cut();
          }
          const { end } = await importWhenFree(group, file);
          expect(end.succeeded.rows + end.repeated.rows).toBe(rows.length);
          const sum = rows.reduce((total, one) => total + one, 0);
          expect(await entriesIn(server, group)).toEqual({ count: rows.length, sum });
        },
      ),
      { numRuns: runs(15) },
    );
  });
});

describe("a merchant", () => {
  it("leaves room for the imports of other merchants", async () => {
    const server = await TestServer.start({ importLimits: { running: 2 } });
    try {
      const [owner, other] = [await server.createMerchant(), await server.createMerchant()];
      const group = await server.createGroup({}, owner);
      await server.app.services.pocketGroups.grant(group, other.id);
      const stalled = new Upload(server, owner.token, group);
      stalled.write(csv(HEADER, ...rowsOf(1)));
      await vi.waitFor(async () => {
        const refusal = await refusalOfFile(server, owner.token, group, csv(HEADER, "1,1"));
        expect(refusal.status).toBe(429);
        expect(refusal.errors[0]!.detail).toBe(
          "This merchant runs as many imports as it may at a time: 1. Nothing was done. Send the same file again in 5 seconds.",
        );
      }, POLL);
      const { end } = await importFile(server, other.token, group, csv(HEADER, ...rowsOf(1)));
      expect(end.succeeded.rows).toBe(1);
      stalled.cut();
    } finally {
      await server.stop();
    }
  });
});

describe("a rate limit", () => {
  it("delays an import and does not end it", async () => {
    const server = await TestServer.start({ limits: { charges: { count: 1_000, per: "second" } } });
    try {
      const owner = await server.createMerchant();
      const group = await server.createGroup({}, owner);
      const begun = performance.now();
      const { end } = await importFile(server, owner.token, group, csv(HEADER, ...rowsOf(3_500)));
      expect(end).toMatchObject({
        isComplete: true,
        succeeded: { rows: 3_500 },
        refused: { rows: 0 },
      });
      // Four batches need at least parts of four windows.
      expect(performance.now() - begun).toBeGreaterThan(2_000);
    } finally {
      await server.stop();
    }
  });
});
