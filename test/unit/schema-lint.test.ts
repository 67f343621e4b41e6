import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ESLint } from "eslint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const SCHEMA = resolve("schema.graphql");

let folder: string;
let text: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pocketcharge-lint-"));
  text = await readFile(SCHEMA, "utf8");
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The rules that the schema violates with an addition, under the project's settings. */
async function rulesBrokenBy(addition: string): Promise<string[]> {
  const changed = `${text}\n${addition}\n`;
  // Rules about the whole schema read it from its file, and cache it.
  const schema = join(await mkdtemp(join(folder, "schema-")), "schema.graphql");
  await writeFile(schema, changed);
  const eslint = new ESLint({
    overrideConfig: {
      files: ["schema.graphql"],
      languageOptions: { parserOptions: { graphQLConfig: { schema } } },
    },
  });
  const results = await eslint.lintText(changed, { filePath: SCHEMA });
  const rules = results
    .flatMap(({ messages }) => messages)
    .map(({ ruleId, message }) => ruleId?.replace("@graphql-eslint/", "") ?? message);
  return [...new Set(rules)];
}

describe("linting schema.graphql", () => {
  it("finds no problems in the current schema", async () => {
    const results = await new ESLint().lintFiles(["schema.graphql"]);
    expect(results.map(({ filePath, messages }) => ({ filePath, messages }))).toEqual([
      { filePath: SCHEMA, messages: [] },
    ]);
    expect(await rulesBrokenBy("")).toEqual([]);
  });

  const described = '"""A description."""';
  const planted = (field: string, types = ""): string =>
    `extend type Query { ${described} ${field} }\n${types}`;
  it.each([
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
  ])("refuses %s without a description", async (_, addition) => {
    expect(await rulesBrokenBy(addition)).toContain("require-description");
  });

  it.each([
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
    [
      "a deprecation without a reason",
      planted("one: Int @deprecated"),
      "require-deprecation-reason",
    ],
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
  ])("refuses %s", async (_, addition, rule) => {
    expect(await rulesBrokenBy(addition)).toContain(rule);
  });

  it("refuses an invalid schema", async () => {
    expect((await rulesBrokenBy("type {")).join()).toContain("Syntax Error");
  });
});
