import fc from "fast-check";
import { expect, it } from "vitest";
import { refusedCsv } from "../../../console/src/imports/refused-csv.js";
import { csvCell, escaped, unescaped } from "../../../src/shared/csv-cell.js";
import { CsvRows } from "../../../src/imports/csv-rows.js";

const text = fc
  .array(fc.constantFrom(...Array.from("'=+-@＝＋－＠;,\"\t\r\na1 ")), { maxLength: 6 })
  .map((characters) => characters.join(""));

it("gives back any text from a cell, which is no formula", () => {
  fc.assert(
    fc.property(text, (written) => {
      expect(unescaped(escaped(written))).toBe(written);
      expect(escaped(written)).not.toMatch(/^[=+\-@＝＋－＠\t\r\n]/);
    }),
  );
});

it.each(["a;b", "a\tb", "a,b", 'a"b', "a\nb"])("has quotes around %j", (written) => {
  expect(csvCell(written)).toBe(`"${written.replaceAll('"', '""')}"`);
});

/** The console builds its file without the server, and must follow the same rule. */
it("is written by the console as the server reads it", async () => {
  const begin = { columns: ["phone_number", "amount", "note"] } as unknown as Parameters<
    typeof refusedCsv
  >[0];
  await fc.assert(
    fc.asyncProperty(text, async (note) => {
      const row = { cells: ["1", "1", note], line: 2, row: 1, status: "REFUSED", message: "" };
      const file = refusedCsv(begin, [row as unknown as Parameters<typeof refusedCsv>[1][0]]);
      const rows = new CsvRows();
      const read = [...(await rows.push(Buffer.from(file))), ...(await rows.end())];
      const cell = read[0]!.cells[2]!;
      expect(unescaped(cell)).toBe(unescaped(note));
      expect(cell).not.toMatch(/^[=+\-@＝＋－＠\t\r\n]/);
      if (note === escaped(note)) expect(file).toContain(`1,1,${csvCell(note)},`);
    }),
  );
});
