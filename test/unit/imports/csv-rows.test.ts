import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvRows } from "../../../src/imports/csv-rows.js";
import { ImportFileError } from "../../../src/imports/import-file-error.js";
import { runs } from "../../support/runs.js";

const HEADER = "phone_number,amount,reference";

type Row = readonly [line: number, row: number, ...cells: string[]];

/** Reads a file in pieces of a size. */
async function read(file: string | Buffer, size = 7): Promise<Row[]> {
  const bytes = Buffer.from(file);
  const rows = new CsvRows();
  const found: Row[] = [];
  const keep = (more: Awaited<ReturnType<CsvRows["push"]>>): void => {
    for (const { line, row, cells } of more) found.push([line, row, ...cells]);
  };
  for (let at = 0; at < bytes.length; at += size) {
    keep(await rows.push(bytes.subarray(at, at + size)));
  }
  keep(await rows.end());
  return found;
}

/** The first problem of a file that is refused, however it is divided. */
async function refusalOf(file: string | Buffer): Promise<string> {
  const [whole, ...divided] = await Promise.all(
    [100_000, 1, 3, 7].map(async (size) => {
      const error = await read(file, size).catch((thrown: unknown) => thrown);
      if (!(error instanceof ImportFileError)) throw new Error("the file was accepted");
      const [{ code, message, line, row } = { code: "", message: "", line: 0, row: 0 }] =
        error.problems;
      return `${code} ${String(line)}/${String(row)}: ${message}`;
    }),
  );
  for (const one of divided) expect(one).toBe(whole);
  return whole!;
}

describe("a CSV file", () => {
  it.each([
    ["commas", `${HEADER}\n1,2,x\n3,4,\n`],
    ["line ends of Windows", `${HEADER}\r\n1,2,x\r\n3,4,\r\n`],
    ["line ends of old Macs", `${HEADER}\r1,2,x\r3,4,\r`],
    ["no line end after the last row", `${HEADER}\n1,2,x\n3,4,`],
    ["semicolons", `${HEADER}\n1,2,x\n3,4,\n`.replaceAll(",", ";")],
    ["tabs", `${HEADER}\n1,2,x\n3,4,\n`.replaceAll(",", "\t")],
    ["a byte order mark", `\ufeff${HEADER}\n1,2,x\n3,4,\n`],
    ["quoted cells", `"phone_number","amount","reference"\n"1","2","x"\n"3","4",""\n`],
  ])("may have %s", async (_, file) => {
    const rows = [
      [2, 1, "1", "2", "x"],
      [3, 2, "3", "4", ""],
    ];
    for (const size of [1, 2, 5, 1_000]) expect(await read(file, size)).toEqual(rows);
  });

  it.each([";", ",", "\t"])(
    "may name its delimiter %j for Excel in its first line",
    async (delimiter) => {
      const file = `sep=${delimiter}\r\n${HEADER}\r\n1,2,x\r\n`.replaceAll(",", delimiter);
      for (const size of [1, 7, 100])
        expect(await read(file, size)).toEqual([[3, 1, "1", "2", "x"]]);
    },
  );

  it.each(["utf16le", "utf-16be"])("may be %s with a byte order mark", async (encoding) => {
    const bytes = Buffer.from(`\ufeff${HEADER}\n۰۹۱۲,2,😀\n`, "utf16le");
    if (encoding === "utf-16be") bytes.swap16();
    for (const size of [1, 3, 1_000]) {
      expect(await read(bytes, size)).toEqual([[2, 1, "۰۹۱۲", "2", "😀"]]);
    }
  });

  it("has the line of each row after quoted line breaks and empty lines", async () => {
    const file = `\n${HEADER}\n1,2,"a\nb\r\nc"\n\n  \n3,4,d\n`;
    for (const size of [1, 2, 1_000]) {
      expect(await read(file, size)).toEqual([
        [3, 1, "1", "2", "a\nb\r\nc"],
        [8, 2, "3", "4", "d"],
      ]);
    }
  });

  it("has no rows of blank cells, as spreadsheets leave them", async () => {
    const file = `,,\n${HEADER}\n,,\n1,2,a\n ,"",\t\n"\n",,\n3,4,b\n,,\n,\n`;
    for (const size of [1, 2, 1_000]) {
      expect(await read(file, size)).toEqual([
        [4, 1, "1", "2", "a"],
        [8, 2, "3", "4", "b"],
      ]);
    }
  });

  it("gives back any cells that are written as RFC 4180 says", async () => {
    const cell = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\0", ""));
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(cell, cell, cell).filter((cells) => cells.join("").trim() !== ""),
          { minLength: 1, maxLength: 20 },
        ),
        fc.constantFrom(",", ";", "\t"),
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 50 }),
        async (rows, delimiter, lineEnd, size) => {
          const lines = [HEADER.split(","), ...rows].map((row) => row.map(quoted).join(delimiter));
          const read_ = await read(lines.join(lineEnd), size);
          expect(read_.map(([, , ...cells]) => cells)).toEqual(rows);
          expect(read_.map(([, row]) => row)).toEqual(rows.map((_, index) => index + 1));
        },
      ),
      { numRuns: runs(100) },
    );
  });
});

describe("a file is refused with its line if", () => {
  it.each([
    ["it is empty", "", "EMPTY_FILE 1/null: The file is empty."],
    ["it is blank", " \n\n", "EMPTY_FILE 1/null: The file is empty."],
    ["it has only a header", `${HEADER}\n`, "EMPTY_FILE 2/null: The file has only a header."],
    [
      "a row has too few cells",
      `${HEADER}\n1,2,3\n1,2\n`,
      "WRONG_CELLS 3/2: Line 3 (row 2) has 2 cells",
    ],
    [
      "a row has too many cells",
      `${HEADER}\n1,2,3,4\n`,
      "WRONG_CELLS 2/1: Line 2 (row 1) has 4 cells",
    ],
    [
      "a quote never closes",
      `${HEADER}\n1,2,3\n1,"2\n3,4\n`,
      "WRONG_QUOTES 3/2: Line 3 (row 2) begins a row with a quote that never closes.",
    ],
    [
      "a quote is inside a cell",
      `${HEADER}\n1,2,5" pipe\n`,
      "WRONG_QUOTES 2/1: Line 2 (row 1) has a quote in a cell",
    ],
    [
      "text follows a closing quote",
      `${HEADER}\n1,2,"a"b\n`,
      "WRONG_QUOTES 2/1: Line 2 (row 1) has a quoted cell",
    ],
    [
      "a row is too long",
      `${HEADER}\n1,2,${"x".repeat(70_000)}\n`,
      "ROW_TOO_LONG 2/1: Line 2 (row 1) begins a row of more than 65,536 bytes.",
    ],
    [
      "it contains a NUL byte",
      `${HEADER}\n1,2,\0\n`,
      "WRONG_ENCODING 2/null: Line 2 is not text: byte 5 of the line is 0x00.",
    ],
    [
      "it is Latin-1",
      Buffer.from(`${HEADER}\n1,2,3\n1,2,é\n`, "latin1"),
      "WRONG_ENCODING 3/null: Line 3 is not UTF-8: byte 5 of the line is 0xe9.",
    ],
    [
      "its last character is cut off",
      Buffer.from(`${HEADER}\n1,2,é`).subarray(0, -1),
      "WRONG_ENCODING 2/null: Line 2 is not UTF-8: byte 5 of the line is 0xc3.",
    ],
    [
      "it is UTF-16 without a byte order mark",
      Buffer.from(`${HEADER}\n1,2,3\n`, "utf16le"),
      "WRONG_ENCODING 1/null: Line 1 is not text: byte 2 of the line is 0x00.",
    ],
    [
      "it is cut off within UTF-16",
      Buffer.from(`\ufeff${HEADER}\n1,2,3`, "utf16le").subarray(0, -1),
      "WRONG_ENCODING 2/null: The file is not valid UTF-16 after line 2.",
    ],
    [
      "a column is missing",
      "phone_number,reference\n1,2\n",
      "WRONG_COLUMNS 1/null: The column amount is missing.",
    ],
    [
      "a column is unknown",
      `${HEADER},color\n1,2,3,4\n`,
      'WRONG_COLUMNS 1/null: The column "color" is unknown.',
    ],
    [
      "a column is there twice",
      "phone_number,amount,phoneNumber\n1,2,3\n",
      'WRONG_COLUMNS 1/null: The column "phoneNumber" is there twice.',
    ],
    [
      "a column has no name",
      `${HEADER},\n1,2,3,4\n`,
      "WRONG_COLUMNS 1/null: Column 4 of the header has no name.",
    ],
    [
      "it has no header",
      "989121234567,1000\n989121234568,1000\n",
      'WRONG_COLUMNS 1/null: The column "989121234567" is unknown.',
    ],
  ])("%s", async (_, file, refusal) => {
    expect(await refusalOf(file)).toContain(refusal);
  });

  it("several columns are wrong, and all are listed", async () => {
    const error = await read("a,b,a\n1,2,3\n").catch((thrown: unknown) => thrown);
    expect((error as ImportFileError).problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('"a" is unknown'),
      expect.stringContaining('"b" is unknown'),
      expect.stringContaining('"a" is there twice'),
      expect.stringContaining('"a" is unknown'),
      expect.stringContaining("phone_number is missing"),
      expect.stringContaining("amount is missing"),
    ]);
  });
});
