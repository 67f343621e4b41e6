import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Example, Story } from "../support/doc-examples.js";

let story: Story;

beforeAll(async () => {
  story = await Story.begin();
});

afterAll(() => story.end());

function example(language: string, text: string, answer?: unknown): Example {
  const shown = answer === undefined ? {} : { answer: JSON.stringify(answer) };
  return { language, text, line: 1, lead: "", ...shown };
}

const FIRST = `{ customers(sort: [{ field: NUMBER }], first: 1) { nodes { id name } } }`;
const ID = "01988f7a-0001-7000-8000-000000000000";
const CHANGE = `mutation { updateCustomer(id: "${ID}", input: { name: "Ada B." }) { customer { id updatedAt } } }`;

describe("the examples' runner", () => {
  it("accepts the same response, and one with another timestamp in the same format", async () => {
    const nodes = [{ id: ID, name: "Ada Byron" }];
    await story.tell(example("graphql", FIRST, { data: { customers: { nodes } } }));
    const customer = { id: ID, updatedAt: "2020-02-02T20:20:20.202020Z" };
    await story.tell(example("graphql", CHANGE, { data: { updateCustomer: { customer } } }));
    await story.tell(example("graphql", CHANGE));
  });

  it("accepts a subscription with its first result, and refuses it with another one", async () => {
    const arguments_ = `pocketGroupSlug: "my-pocket-group", phoneNumber: "989121110001"`;
    const text = `subscription { pocketChanged(${arguments_}) { phoneNumber } }`;
    const answer = (phoneNumber: string) => ({ data: { pocketChanged: { phoneNumber } } });
    await story.tell(example("graphql", text));
    await story.tell(example("graphql", text, answer("989121110001")));
    await expect(story.tell(example("graphql", text, answer("989121110002")))).rejects.toThrow();
  });

  it.each([
    ["a value that is not the real one", { customers: { nodes: [{ id: ID, name: "Eve" }] } }],
    ["a field too few", { customers: { nodes: [{ id: ID }] } }],
    ["an id that is no id", { customers: { nodes: [{ id: "1", name: "Ada B." }] } }],
  ])("refuses an answer with %s", async (_, data) => {
    await expect(story.tell(example("graphql", FIRST, { data }))).rejects.toThrow();
  });

  it("refuses a response with two ids for one record, or one id for two", async () => {
    const query = `{ customers(first: 2) { nodes { id } } again: customers(first: 2) { nodes { id } } }`;
    const [a, b, c] = ["a", "b", "c"].map((end) => ({
      id: `01990000-0000-7000-8000-00000000000${end}`,
    }));
    for (const again of [
      [a, c],
      [b, a],
      [a, a],
    ]) {
      const data = { customers: { nodes: [a, b] }, again: { nodes: again } };
      await expect(story.tell(example("graphql", query, { data }))).rejects.toThrow();
    }
  });

  it("refuses a response that changes an id from its request", async () => {
    const customer = { id: "01990000-0000-7000-8000-00000000000d" };
    const asked = example("graphql", `{ customer(id: "${ID}") { id } }`, { data: { customer } });
    await expect(story.tell(asked)).rejects.toThrow();
  });

  it("writes a file that later commands read", async () => {
    await story.tell({ ...example("csv", "amount\n5"), lead: "The file `a.csv`:" });
    await story.tell({ ...example("bash", "cat a.csv"), answer: "amount\n5" });
  });

  it.each([
    ["a file without a name", "csv", "amount"],
    ["a program of npm that fails", "bash", "npm run export -- nothing --to a.csv"],
    ["a request that fails, where no answer is shown", "graphql", "{ merchants { totalCount } }"],
    [
      "refused values, where no answer is shown",
      "graphql",
      `mutation { createCustomer(input: { name: "" }) { userErrors { code } } }`,
    ],
    ["a subscription that the schema does not have", "graphql", "subscription { nothing }"],
    ["a command that fails", "bash", "false"],
    ["a script of npm that is not there", "bash", "npm run fly"],
    ["a wrong configuration", "dotenv", "PORT=70000"],
    ["a variable that is not there", "dotenv", "PROT=4000"],
    ["what the example client does not have", "ts", "const isThere = false;"],
    [
      "a diagram with too few transitions",
      "mermaid",
      "title: Payment charge\nstateDiagram-v2\n  A --> B",
    ],
    ["a file that is not there", "", "src/\n  man.ts  the process"],
    ["an answer to nothing", "json", "{}"],
    ["a language that nothing runs", "python", "print(1)"],
  ])("refuses %s", async (_, language, text) => {
    await expect(story.tell(example(language, text))).rejects.toThrow();
  });
});
