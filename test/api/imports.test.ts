import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { csv, entriesIn, importFile, refusalOfFile, sendFile } from "../support/imports.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { balanceOf, charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

let server: TestServer;
let merchant: TestMerchant;
let token: string;
let slug: string;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  ({ token } = merchant);
  slug = await server.createGroup({}, merchant);
});

afterAll(async () => {
  await expectLedgerToBalance(server.database);
  await server.stop();
});

/** A group of its own, so that its entries can be counted. */
function newGroup(settings: Parameters<TestServer["createGroup"]>[0] = {}): Promise<string> {
  return server.createGroup(settings, merchant);
}

/** Rows of phone number and amount, for new numbers. */
function rowsOf(count: number, amount = 1_000): string[] {
  return Array.from({ length: count }, () => `${newPhoneNumber()},${String(amount)}`);
}

const HEADER = "phone_number,amount";

describe("an import", () => {
  it("charges every row and reports the totals", async () => {
    const group = await newGroup();
    const file = csv(HEADER, ...rowsOf(2_500));
    const { begin, rows, progress, end } = await importFile(server, token, group, file);
    expect(begin).toEqual({
      ...{ kind: "CHARGE", pocketGroupSlug: group, currency: "IRR", isDryRun: false, rows: 2_500 },
      columns: ["phone_number", "amount"],
      fileSha256: createHash("sha256").update(file).digest("hex"),
      firstImportedAt: null,
    });
    expect(rows).toEqual([]);
    expect(progress.map((one) => one.rows)).toEqual(expect.arrayContaining([1_000, 2_000, 2_500]));
    expect(end).toEqual({
      ...{ isComplete: true, rows: 2_500, of: 2_500 },
      succeeded: { rows: 2_500, amount: "2500000" },
      repeated: { rows: 0, amount: "0" },
      refused: { rows: 0, amount: "0" },
      ...{ refusedByCode: {}, alike: 0, error: null, caution: null },
    });
    expect(await entriesIn(server, group)).toEqual({ count: 2_500, sum: 2_500_000 });
  });

  it("debits every row that its pocket can pay", async () => {
    const [rich, poor] = [newPhoneNumber(), newPhoneNumber()];
    const charges = [rich, poor].map((phoneNumber) => charge({ phoneNumber, amount: 500 }));
    await chargePockets(server, token, slug, charges);
    const file = csv(HEADER, `${rich},200`, `${poor},600`, `${rich},300`, `${newPhoneNumber()},1`);
    const { rows, end } = await importFile(server, token, slug, file, { kind: "debits" });
    expect(rows.map(({ line, row, code }) => [line, row, code])).toEqual([
      [3, 2, "INSUFFICIENT_FUNDS"],
      [5, 4, "POCKET_NOT_FOUND"],
    ]);
    expect(rows[0]!.message).toBe("The pocket has too little: 500 is available.");
    expect(end.succeeded).toEqual({ rows: 2, amount: "500" });
    expect(await balanceOf(server, token, slug, rich)).toBe(0);
  });

  it("keeps references, notes and metadata", async () => {
    const [first, second] = [newPhoneNumber(), newPhoneNumber()];
    const file = csv(
      "Amount;Phone Number;REFERENCE;note;metadata;metadata.Channel",
      `10;${first};=SUM(A1);"a;b";"{""city"":""تهران""}";web`,
      `20;${second};;;;`,
    );
    await importFile(server, token, slug, file);
    const { rows } = await server.database.pool.query<object>(
      `select reference, note, metadata from pocket_ledger where phone_number = any($1) order by amount`,
      [[first, second]],
    );
    expect(rows).toEqual([
      { reference: "=SUM(A1)", note: "a;b", metadata: { city: "تهران", Channel: "web" } },
      { reference: null, note: null, metadata: {} },
    ]);
  });

  it.each([
    ["ASCII", "1200", 1_200],
    ["Persian", "۱۲۰۰", 1_200],
    ["Arabic", " ١٢٠٠\u200f", 1_200],
    ["full-width", "１２００", 1_200],
    ["isolated", "\u2067 ۱۲۰۰ \u2069", 1_200],
  ])("reads amounts in %s digits", async (_, written, amount) => {
    const phoneNumber = newPhoneNumber();
    await importFile(server, token, slug, csv(HEADER, `${phoneNumber},${written}`));
    expect(await balanceOf(server, token, slug, phoneNumber)).toBe(amount);
  });

  it("reads every form of a phone number", async () => {
    const number = newPhoneNumber();
    const national = number.slice(2);
    const persian = national.replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[Number(digit)]!);
    const forms = [
      number,
      `+${number}`,
      `00${number}`,
      `0${national}`,
      `۰${persian}`,
      `'+${number}`,
    ];
    const { end } = await importFile(
      server,
      token,
      slug,
      csv(HEADER, ...forms.map((one) => `${one},1`)),
    );
    expect(end.succeeded.rows).toBe(forms.length);
    expect(await balanceOf(server, token, slug, number)).toBe(forms.length);
  });

  it.each([
    ["a decimal", '"12.50"', "INVALID_AMOUNT", 'The amount "12.50" has a separator.'],
    ["thousands", '"1,250"', "INVALID_AMOUNT", 'The amount "1,250" has a separator.'],
    ["Persian thousands", "۱٬۲۵۰", "INVALID_AMOUNT", "has a separator."],
    ["nothing", "", "INVALID_AMOUNT", "The amount is missing."],
    ["words", "ten", "INVALID_AMOUNT", 'The amount "ten" is not a whole number in digits.'],
    ["an exponent", "1e3", "INVALID_AMOUNT", "is not a whole number in digits."],
    ["a direction mark inside", "1\u200f2", "INVALID_AMOUNT", "has an invisible direction mark"],
    ["zero", "0", "INVALID_AMOUNT", "The amount must be above 0."],
    ["a negative number", "-5", "INVALID_AMOUNT", "The amount must be above 0."],
    ["more than is exact", "9007199254740992", "INVALID_AMOUNT", "is above the largest amount"],
  ])(
    "refuses %s as an amount, and the other rows are charged",
    async (_, amount, code, message) => {
      const file = csv(
        HEADER,
        `${newPhoneNumber()},1`,
        `${newPhoneNumber()},${amount}`,
        `${newPhoneNumber()},3`,
      );
      const { rows, end } = await importFile(server, token, slug, file);
      expect(rows).toMatchObject([{ line: 3, row: 2, status: "REFUSED", code }]);
      expect(rows[0]!.message).toContain(message);
      expect(end).toMatchObject({
        succeeded: { rows: 2, amount: "4" },
        refused: { rows: 1, amount: "0" },
        refusedByCode: { [code]: 1 },
      });
    },
  );

  it.each([
    [
      "amounts in the currency",
      "amount_decimal",
      ["12.50", "0.01", "۱۲٫۵", "7"],
      [1250, 1, 1250, 700],
    ],
    ["both forms of an amount", "amount,Amount Decimal", ["5,0.05", ",0.06", "7,"], [5, 6, 7]],
  ])("reads %s", async (_, columns, cells, amounts) => {
    const numbers = cells.map(newPhoneNumber);
    const file = csv(
      `phone_number,${columns}`,
      ...cells.map((cell, at) => `${numbers[at]!},${cell}`),
    );
    const { end } = await importFile(server, token, slug, file);
    expect(end.succeeded.rows).toBe(cells.length);
    for (const [at, number] of numbers.entries())
      expect(await balanceOf(server, token, slug, number)).toBe(amounts[at]);
  });

  it.each([
    ["more decimals than the currency has", "amount_decimal", "1.234", "more than the 2 decimals"],
    ["a comma", "amount_decimal", '"12,50"', "a point before the decimals"],
    ["words", "amount_decimal", "ten", "is not a number in digits"],
    [
      "two amounts that differ",
      "amount,amount_decimal",
      "12,12",
      "amount and amount_decimal differ",
    ],
    ["more than is exact", "amount_decimal", "90071992547409.92", "is above the largest amount"],
  ])("refuses %s in decimal amounts", async (_, columns, cells, message) => {
    const file = csv(`phone_number,${columns}`, `${newPhoneNumber()},${cells}`);
    const { rows } = await importFile(server, token, slug, file);
    expect(rows).toMatchObject([{ code: "INVALID_AMOUNT" }]);
    expect(rows[0]!.message).toContain(message);
  });

  it("adds up the amounts of refused rows, without those that are not above 0", async () => {
    const file = csv(HEADER, "1,5", "1,-3", "1,0", "1,x", `${newPhoneNumber()},-7`);
    const { end } = await importFile(server, token, slug, file);
    expect(end.refused).toEqual({ rows: 5, amount: "5" });
  });

  it("skips rows of blank cells, and keeps the lines of the others", async () => {
    const file = csv("phone_number,amount,note", `${newPhoneNumber()},1,`, ",,", "1,1,", ' ,"",');
    const { begin, rows, end } = await importFile(server, token, slug, file);
    expect(begin.rows).toBe(2);
    expect(rows).toMatchObject([{ line: 4, row: 2 }]);
    expect(end).toMatchObject({ isComplete: true, succeeded: { rows: 1 }, refused: { rows: 1 } });
  });

  it("refuses wrong phone numbers, tokens and metadata alone", async () => {
    const file = csv(
      "phone_number,amount,token,metadata",
      `12345,1,,`,
      `${newPhoneNumber()},1,not-a-token,`,
      `${newPhoneNumber()},1,,[1]`,
      `${newPhoneNumber()},1,,"{""a"":1}"`,
      `${newPhoneNumber()},1,,{}`,
    );
    const { rows, end } = await importFile(server, token, slug, file);
    expect(rows.map(({ code }) => code)).toEqual([
      "INVALID_PHONE_NUMBER",
      "INVALID_TOKEN",
      "INVALID_TEXT",
      "INVALID_TEXT",
    ]);
    expect(end.succeeded.rows).toBe(1);
  });

  it("accepts a file that is compressed", async () => {
    const group = await newGroup();
    const file = gzipSync(csv(HEADER, ...rowsOf(100)));
    const { end } = await importFile(server, token, group, file, {
      headers: { "content-encoding": "gzip" },
    });
    expect(end.succeeded.rows).toBe(100);
  });

  it("lists all rows, or none, if the request asks for them", async () => {
    const file = csv(HEADER, ...rowsOf(2), "1,1");
    const listed = async (results: string): Promise<string[]> => {
      const { rows } = await importFile(server, token, slug, file, { query: { results } });
      return rows.map(({ status }) => status);
    };
    expect(await listed("all")).toEqual(["SUCCESS", "SUCCESS", "REFUSED"]);
    expect(await listed("all")).toEqual(["REPEATED", "REPEATED", "REFUSED"]);
    expect(await listed("refused")).toEqual(["REFUSED"]);
    expect(await listed("none")).toEqual([]);
  });
});

describe("the same file", () => {
  it("charges nothing twice, and reports when it was first imported", async () => {
    const group = await newGroup();
    const file = csv(HEADER, ...rowsOf(1_200), "1,1");
    const first = await importFile(server, token, group, file);
    const second = await importFile(server, token, group, file);
    expect(second.begin.firstImportedAt).toMatch(/^20\d\d-.*Z$/);
    expect(first.begin.firstImportedAt).toBeNull();
    expect(second.end).toMatchObject({
      succeeded: { rows: 0 },
      repeated: { rows: 1_200, amount: "1200000" },
      refused: { rows: 1 },
    });
    expect(second.rows).toEqual(first.rows);
    expect(await entriesIn(server, group)).toEqual({ count: 1_200, sum: 1_200_000 });
  });

  it("charges each row once, however many requests send it at once", async () => {
    const crowded = await TestServer.start({ importLimits: { running: 6 } });
    try {
      const owner = await crowded.createMerchant();
      const group = await crowded.createGroup({}, owner);
      const file = csv(HEADER, ...rowsOf(3_000));
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => importFile(crowded, owner.token, group, file)),
      );
      const succeeded = answers.map(({ end }) => end.succeeded.rows);
      expect(succeeded.reduce((sum, one) => sum + one, 0)).toBe(3_000);
      expect(answers.every(({ end }) => end.isComplete && end.refused.rows === 0)).toBe(true);
      expect(await entriesIn(crowded, group)).toEqual({ count: 3_000, sum: 3_000_000 });
    } finally {
      await crowded.stop();
    }
  });

  it("charges again only for another name of its repetition, once for each name", async () => {
    const group = await newGroup();
    const file = csv(HEADER, ...rowsOf(10));
    for (const again of ["", "", "2026-12", "2026-12", "2027-01"]) {
      await importFile(server, token, group, file, { query: again === "" ? {} : { again } });
    }
    expect((await entriesIn(server, group)).count).toBe(30);
  });

  it("has the same name of its repetition with spaces around it", async () => {
    const group = await newGroup();
    const file = csv(HEADER, ...rowsOf(10));
    for (const again of ["", "   ", "ماه\u200cآذر", " ماه\u200cآذر "]) {
      await importFile(server, token, group, file, { query: { again } });
    }
    expect((await entriesIn(server, group)).count).toBe(20);
  });

  it("is another import for another merchant, group, kind or order of columns", async () => {
    const [group, other] = [await newGroup(), await newGroup()];
    const stranger = await server.createMerchant();
    await server.app.services.pocketGroups.grant(group, stranger.id);
    const number = newPhoneNumber();
    const file = csv(HEADER, `${number},5`);
    for (const [by, to, kind, content] of [
      [token, group, "charges", file],
      [stranger.token, group, "charges", file],
      [token, other, "charges", file],
      [token, group, "charges", csv("amount,phone_number", `5,${number}`)],
      [token, group, "debits", file],
    ] as const) {
      const { end } = await importFile(server, by, to, content, { kind });
      expect(end.succeeded.rows).toBe(1);
    }
    expect(await balanceOf(server, token, group, number)).toBe(10);
  });

  it("continues where it was if its rows have tokens of their own, in any file", async () => {
    const group = await newGroup();
    const rows = rowsOf(20).map((row) => `${newId()},${row}`);
    await importFile(server, token, group, csv("token,phone_number,amount", ...rows.slice(0, 12)));
    const whole = csv("token,phone_number,amount", ...rows);
    const { end } = await importFile(server, token, group, whole);
    expect(end).toMatchObject({ succeeded: { rows: 8 }, repeated: { rows: 12 } });
  });

  it("reports a token that is used twice in it", async () => {
    const [same, other] = [newId(), newPhoneNumber()];
    const file = csv(
      "token,phone_number,amount",
      `${same},${other},1`,
      `${same},${other},1`,
      `${same},${other},2`,
    );
    const { rows } = await importFile(server, token, slug, file, { query: { results: "all" } });
    expect(rows.map(({ status, code }) => [status, code])).toEqual([
      ["SUCCESS", null],
      ["REPEATED", "DUPLICATE_TOKEN"],
      ["REFUSED", "TOKEN_CONFLICT"],
    ]);
  });
});

describe("a result in CSV", () => {
  const AS_CSV = { headers: { accept: "text/csv" } };

  async function resultOf(group: string, file: string, query: Record<string, string> = {}) {
    const response = await sendFile(server, token, group, file, { ...AS_CSV, query });
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    const text = await response.text();
    expect(response.status, text).toBe(200);
    return text;
  }

  it("has the rows of the file with what became of them", async () => {
    const number = newPhoneNumber();
    const file = csv(
      "phone_number,amount,reference",
      ...[`+${number},5,"a,""b"`, "1,1,=1+1", "1,1,＝1;1"],
    );
    const [header, first, second, third, ...rest] = (await resultOf(slug, file)).split("\r\n");
    expect(header).toBe("phone_number,amount,reference,token,line,row,status,code,message");
    expect(first).toMatch(
      new RegExp(
        `^'\\+${number},5,"a,""b",[0-9a-f-]{36},2,1,SUCCESS,,The charge was successful\\.$`,
      ),
    );
    expect(second).toMatch(/^1,1,'=1\+1,[0-9a-f-]{36},3,2,REFUSED,INVALID_PHONE_NUMBER,/);
    expect(third).toMatch(/^1,1,"'＝1;1",/);
    expect(rest).toEqual([""]);
  });

  it("can be repaired and imported as it is, and charges only what was refused", async () => {
    const group = await newGroup();
    const number = newPhoneNumber();
    const file = csv(HEADER, ...rowsOf(3), `${number},12.5`);
    const refused = await resultOf(group, file, { results: "refused" });
    const repaired = refused.replace(",12.5,", ",1250,");
    const { end, rows } = await importFile(server, token, group, repaired, {
      query: { results: "all" },
    });
    expect(end).toMatchObject({ rows: 1, succeeded: { rows: 1, amount: "1250" } });
    // The row keeps its token, so the first file cannot charge it again.
    expect(refused).toContain(rows[0]!.token);
    const whole = (await resultOf(group, file)).replace(",12.5,", ",1250,");
    expect((await importFile(server, token, group, whole)).end).toMatchObject({
      succeeded: { rows: 0 },
      repeated: { rows: 4 },
    });
    expect(await balanceOf(server, token, group, number)).toBe(1_250);
  });

  it("begins with a byte order mark if the request asks for it", async () => {
    const file = csv(HEADER, ...rowsOf(1));
    const response = await sendFile(server, token, slug, file, {
      ...AS_CSV,
      query: { bom: "true" },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.toString().startsWith("\ufeffphone_number,")).toBe(true);
  });
});

describe("a result as server-sent events", () => {
  it("has the parts of NDJSON as events", async () => {
    const file = csv(HEADER, ...rowsOf(1), "1,1");
    const response = await sendFile(server, token, slug, file, {
      headers: { accept: "text/event-stream" },
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = (await response.text()).split("\n\n").slice(0, -1);
    expect(events.map((event) => /^event: (\w+)\ndata: \{.*\}$/.exec(event)?.[1])).toEqual([
      "import",
      "row",
      "progress",
      "end",
    ]);
  });
});

describe("a whole file is refused, and nothing is charged, if", () => {
  it.each([
    [
      "a row in the middle cannot be read",
      `${HEADER}\n${rowsOf(2_000).join("\n")}\n1\n${rowsOf(10).join("\n")}\n`,
      "WRONG_CELLS",
      2_002,
    ],
    [
      "a quote never closes",
      `${HEADER}\n${rowsOf(1_100).join("\n")}\n"1,1\n`,
      "WRONG_QUOTES",
      1_102,
    ],
    [
      "it is not UTF-8",
      Buffer.from(`${HEADER},note\n${newPhoneNumber()},1,é\n`, "latin1"),
      "WRONG_ENCODING",
      2,
    ],
    ["a column is unknown", `${HEADER},color\n1,2,3\n`, "WRONG_COLUMNS", 1],
    ["it is empty", "", "EMPTY_FILE", 1],
  ])("%s", async (_, file, code, line) => {
    const group = await newGroup();
    const refusal = await refusalOfFile(server, token, group, file);
    expect(refusal).toMatchObject({ status: 422, errors: [{ code, meta: { line } }] });
    expect((await entriesIn(server, group)).count).toBe(0);
  });

  it("it is too large", async () => {
    const small = await TestServer.start({ importLimits: { bytes: 10_000 } });
    try {
      const owner = await small.createMerchant();
      const group = await small.createGroup({}, owner);
      const file = csv(HEADER, ...rowsOf(10_000));
      const packed = { headers: { "content-encoding": "gzip" } };
      for (const refusal of [
        await refusalOfFile(small, owner.token, group, file),
        await refusalOfFile(small, owner.token, group, gzipSync(file), packed),
      ]) {
        expect(refusal).toMatchObject({ status: 413, errors: [{ code: "FILE_TOO_LARGE" }] });
        expect(refusal.errors[0]!.detail).toContain("more than 10,000 bytes");
      }
      expect((await entriesIn(small, group)).count).toBe(0);
    } finally {
      await small.stop();
    }
  });

  it.each([
    [
      "its media type is not CSV",
      { headers: { "content-type": "application/json" } },
      415,
      "BAD_REQUEST",
    ],
    ["its encoding is unknown", { headers: { "content-encoding": "zstd" } }, 415, "BAD_REQUEST"],
    [
      "it does not match its encoding",
      { headers: { "content-encoding": "gzip" } },
      400,
      "BAD_REQUEST",
    ],
    ["a parameter is unknown", { query: { groups: "x" } }, 400, "BAD_USER_INPUT"],
    ["a parameter has another value", { query: { dryRun: "yes" } }, 400, "BAD_USER_INPUT"],
    [
      "the name of its repetition is too long",
      { query: { again: "x".repeat(101) } },
      400,
      "BAD_USER_INPUT",
    ],
  ])("%s", async (_, request, status, code) => {
    const group = await newGroup();
    const file = csv(HEADER, ...rowsOf(2));
    expect(await refusalOfFile(server, token, group, file, request)).toMatchObject({
      status,
      errors: [{ code }],
    });
    expect((await entriesIn(server, group)).count).toBe(0);
  });
});

it.each(["application/json", `text/plain;${" ".repeat(300)}`])(
  "says which media type a file must have, instead of %j",
  async (type) => {
    const request = { headers: { "content-type": type } };
    const { status, errors } = await refusalOfFile(server, token, slug, "x", request);
    expect(status).toBe(415);
    expect(errors[0]!.detail).toMatch(/Send text\/csv\.$/);
  },
);

it.each(["2026\u200f12", "2026\u0007", "a\nb", "\u202e", "2026\u200b"])(
  "a repetition cannot be named %j, which has an invisible character",
  async (again) => {
    const refusal = await refusalOfFile(server, token, slug, "x", { query: { again } });
    expect(refusal).toMatchObject({ status: 400, errors: [{ code: "BAD_USER_INPUT" }] });
  },
);

describe("an import requires", () => {
  const FILE = csv(HEADER, "989120000000,1");

  it("a token with the scope of its kind", async () => {
    const debits = await server.createToken({ merchantId: merchant.id, scopes: ["POCKETS_DEBIT"] });
    const charges = await server.createToken({
      merchantId: merchant.id,
      scopes: ["POCKETS_CHARGE"],
    });
    for (const [by, kind, status] of [
      [null, "charges", 401],
      ["pct_unknown", "charges", 401],
      [debits, "charges", 403],
      [charges, "debits", 403],
      [server.operatorToken, "charges", 403],
    ] as const) {
      expect((await refusalOfFile(server, by, slug, FILE, { kind })).status).toBe(status);
    }
  });

  it("a group that exists, is granted and is active", async () => {
    const foreign = await server.createGroup({});
    const inactive = await newGroup();
    await server.app.services.pocketGroups.update(inactive, { isActive: false });
    for (const [group, status, code] of [
      ["no-such-group", 404, "NOT_FOUND"],
      [foreign, 403, "FORBIDDEN"],
      [inactive, 403, "FORBIDDEN"],
    ] as const) {
      expect(await refusalOfFile(server, token, group, FILE)).toMatchObject({
        status,
        errors: [{ code }],
      });
    }
  });
});

describe("the audit trail", () => {
  it("has the import, and how it ended", async () => {
    const group = await newGroup();
    const file = csv(HEADER, ...rowsOf(3), "1,1");
    await importFile(server, token, group, file);
    const { rows } = await server.database.pool.query<object>(
      `select operation, record_type as type, changes from audit_entries a
       join imports i on i.id = a.record_id join pocket_groups g on g.id = i.pocket_group_id
       where g.slug = $1 order by a.created_at`,
      [group],
    );
    const sha256 = createHash("sha256").update(file).digest("hex");
    const named = { operation: "importPocketCharges", type: "Import" };
    expect(rows).toEqual([
      {
        ...named,
        changes: expect.arrayContaining([
          { field: "fileSha256", from: null, to: sha256 },
          { field: "kind", from: null, to: "CHARGE" },
        ]) as unknown,
      },
      {
        ...named,
        changes: expect.arrayContaining([
          { field: "rows", from: null, to: "4" },
          { field: "succeeded", from: null, to: "3" },
          { field: "refused", from: null, to: "1" },
        ]) as unknown,
      },
    ]);
  });
});
