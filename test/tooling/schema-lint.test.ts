import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ESLint } from "eslint";
import { beforeAll, describe, expect, it } from "vitest";

const SCHEMA = resolve("schema.graphql");

const described = '"""A description."""';
const planted = (field: string, types = ""): string =>
  `extend type Query { ${described} ${field} }\n${types}`;

const UNDESCRIBED = [
  ["a type", planted("one: One", `type One { ${described} id: ID! }`)],
  ["a field", planted("one: One", `${described} type One { ${described} id: ID! name: String }`)],
  ["an operation", "extend type Query { one: Int }"],
  ["an argument", planted("one(of: Int): Int")],
  ["an input", planted(`one(${described} of: One): Int`, `input One { ${described} of: Int }`)],
  [
    "an input's field",
    planted(`one(${described} of: One): Int`, `${described} input One { of: Int }`),
  ],
  ["an enum", planted("one: One", `enum One { ${described} ONE }`)],
  ["an enum's value", planted("one: One", `${described} enum One { ONE }`)],
  ["a scalar", planted("one: One", "scalar One")],
  ["a union", planted("one: One", "union One = Pocket")],
  ["a directive", "directive @one on FIELD"],
] as const;

const OTHERS = [
  [
    "a type that nothing leads to",
    `${described} type One { ${described} id: ID! }`,
    "no-unreachable-types",
  ],
  ["a field in snake case", planted("one_two: Int"), "naming-convention"],
  [
    "an enum's value in lower case",
    planted("a: A", `${described} enum A { ${described} b }`),
    "naming-convention",
  ],
  [
    "a description that is a comment",
    planted("one: One", `# One\n type One { ${described} id: ID! }`),
    "no-hashtag-description",
  ],
  ["a deprecation without a reason", planted("one: Int @deprecated"), "require-deprecation-reason"],
  [
    "a mutation that answers a scalar",
    `extend type Mutation { ${described} one: Int }`,
    "no-scalar-result-type-on-mutation",
  ],
  [
    "a record without an id",
    planted("one: One", `${described} type One { ${described} of: Int }`),
    "strict-id-in-types",
  ],
  [
    "a connection without pageInfo",
    planted(
      `ones(${described} first: Int, ${described} after: String): OneConnection`,
      `${described} type OneConnection { ${described} edges: [PocketEdge] }`,
    ),
    "relay-connection-types",
  ],
  ["a list without its cursors", planted("ones: PocketConnection"), "relay-arguments"],
] as const;

/** One schema has all additions, so that it is linted once. Each has names of its own. */
const CASES = [
  ...UNDESCRIBED.map(([what, addition]) => {
    return { what: `${what} without a description`, addition, rule: "require-description" };
  }),
  ...OTHERS.map(([what, addition, rule]) => ({ what, addition, rule })),
].map((one, index) => {
  return { ...one, addition: one.addition.replaceAll(/\b[oO]ne/g, `$&${String(index)}`) };
});

let text: string;
let broken: { rule: string; line: number }[];

beforeAll(async () => {
  text = await readFile(SCHEMA, "utf8");
  broken = await lint([text, ...CASES.map(({ addition }) => addition)].join("\n"));
});

/** The rules that a changed schema violates under the project's settings, and where. */
async function lint(changed: string): Promise<typeof broken> {
  // Rules about the whole schema read it from its file, and cache it.
  const folder = await mkdtemp(join(tmpdir(), "pocketcharge-lint-"));
  const schema = join(folder, "schema.graphql");
  await writeFile(schema, changed);
  const eslint = new ESLint({
    overrideConfig: {
      files: ["schema.graphql"],
      languageOptions: { parserOptions: { graphQLConfig: { schema } } },
    },
  });
  const results = await eslint.lintText(changed, { filePath: SCHEMA });
  await rm(folder, { recursive: true });
  return results
    .flatMap(({ messages }) => messages)
    .map(({ ruleId, message, line }) => {
      return { rule: ruleId?.replace("@graphql-eslint/", "") ?? message, line };
    });
}

const linesOf = (...parts: string[]): number => parts.join("\n").split("\n").length;

describe("linting schema.graphql", () => {
  it("finds no problems in the current schema", async () => {
    const results = await new ESLint().lintFiles(["schema.graphql"]);
    expect(results.map(({ filePath, messages }) => ({ filePath, messages }))).toEqual([
      { filePath: SCHEMA, messages: [] },
    ]);
    expect(broken.filter(({ line }) => line <= linesOf(text))).toEqual([]);
  });

  it.each(CASES)("refuses $what", ({ addition, rule }) => {
    const before = CASES.slice(
      0,
      CASES.findIndex((one) => one.addition === addition),
    );
    const last = linesOf(text, ...before.map((one) => one.addition), addition);
    const found = broken.filter(({ line }) => line > last - linesOf(addition) && line <= last);
    expect(found.map((one) => one.rule)).toContain(rule);
  });

  it("refuses an invalid schema", async () => {
    const [first] = await lint(`${text}\ntype {`);
    expect(first?.rule).toContain("Syntax Error");
  });
});
