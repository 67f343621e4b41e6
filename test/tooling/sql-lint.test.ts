import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";
import tseslint from "typescript-eslint";

/** The project's own rules, except those that need type information for the whole program. */
const eslint = new ESLint({
  overrideConfig: [{ files: ["**/*.ts"], ...tseslint.configs.disableTypeChecked }],
});

const RULES = ["no-restricted-properties", "no-restricted-syntax"];

/** The messages of the SQL rules for a piece of code in a file. */
async function complaints(code: string, filePath: string): Promise<string[]> {
  const results = await eslint.lintText(code, { filePath });
  const messages = results.flatMap((result) => result.messages);
  expect(messages.filter(({ fatal }) => fatal)).toEqual([]);
  return messages
    .filter(({ ruleId }) => RULES.includes(ruleId ?? ""))
    .map(({ message }) => message);
}

const CONSTANT = "Write the statement as a constant, or use the sql template of database/sql.ts.";
const TEMPLATE = "Use the sql template of database/sql.ts.";
const TAG =
  "Use sql only as a template tag: called as a function, it accepts any string as a statement.";
const CASE = 'Fold case with foldedCase() of database/fold-case.ts. For ASCII, add collate "C".';
const QUERY_ROWS =
  "Send statements with readRows() and writeRows() of database/database.ts, which accept no strings.";

describe("the lint rules about SQL", () => {
  it.each([
    ["client.query(`select ${name}`);", CONSTANT],
    ['client.query("select " + name);', CONSTANT],
    ["await (await pool.connect()).query(`select ${name}`, [1]);", CONSTANT],
    ["this.connection.query({ text: `select ${name}`, values: [] });", CONSTANT],
    ['pool.query({ text: "select " + name, values: [] });', CONSTANT],
    ["sql([name]);", TAG],
    [
      "prisma.$queryRawUnsafe(name);",
      `'$queryRawUnsafe' is restricted from being used. ${TEMPLATE}`,
    ],
    [
      "prisma.$executeRawUnsafe(name);",
      `'$executeRawUnsafe' is restricted from being used. ${TEMPLATE}`,
    ],
    [
      "Prisma.raw(name);",
      "'Prisma.raw' is restricted from being used. Use identifier() or alias() of database/sql.ts.",
    ],
    ["new Prisma.Sql([name], []);", `'Prisma.Sql' is restricted from being used. ${TEMPLATE}`],
  ])("refuse %s anywhere in the program", async (code, message) => {
    expect(await complaints(code, "src/database/planted.ts")).toEqual([message]);
    expect(await complaints(code, "src/payments/planted.store.ts")).toContain(message);
  });

  it.each(['pool.query("select 1");', "database.pool.query(text);", "tx.query({ text, values });"])(
    "refuse %s outside database/, and accept it there",
    async (code) => {
      expect(await complaints(code, "src/payments/planted.store.ts")).toEqual([QUERY_ROWS]);
      expect(await complaints(code, "src/database/planted.ts")).toEqual([]);
    },
  );

  it.each([
    "sql`lower(${column}) = ${value}`;",
    "sql`select upper(name)`;",
    "sql`${column} ilike ${pattern}`;",
    "sql`name ~* ${pattern}`;",
    "sql`select initcap(name) from customers`;",
  ])("refuse %s, which depends on the locale of the database", async (code) => {
    expect(await complaints(code, "src/payments/planted.store.ts")).toEqual([CASE]);
    expect(await complaints(code, "src/database/planted.ts")).toEqual([CASE]);
    expect(await complaints(code, "src/database/fold-case.ts")).toEqual([]);
  });

  it.each([
    `sql\`lower(owner_type collate "C")\`;`,
    "readRows(pool, sql`select ${name}`);",
    "readRows(pool, sql`select * from ${identifier(name)}`);",
    "await query.query(undefined, context, variables);",
  ])("accept %s", async (code) => {
    expect(await complaints(code, "src/payments/planted.store.ts")).toEqual([]);
  });

  it("let only database/sql.ts put checked names into statements", async () => {
    expect(await complaints("Prisma.raw(name);", "src/database/sql.ts")).toEqual([]);
  });
});
