import { execFile } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse, validate } from "graphql";
import { expect } from "vitest";
import { unconnectedSchema } from "../../src/app/features.js";
import { readConfig } from "../../src/config/config.js";
import { VARIABLE_NAMES } from "../../src/config/describe-variables.js";
import {
  AUTHORIZATION_TRANSITIONS,
  CHARGE_TRANSITIONS,
  REFUND_TRANSITIONS,
} from "../../src/payments/payment-transitions.js";
import { DEMO_KEY, startDemoServer } from "./demo.js";
import { EventStreamClient } from "./event-stream.js";
import { DataFolder, type Program, ServerProcess, pathOf } from "./process.js";
import type { TestServer } from "./server.js";

/**
 * The examples of a document run from top to bottom, against the document's own server with the
 * demo's records. The language of a fenced block defines what happens:
 *
 * - `graphql`: sent with the demo's token, or an operator's if it begins with `# As an operator`. A
 *   `json` block directly after the line "Variables:" contains its variables. A subscription's answer is its
 *   first result; without an answer, the subscription is only validated.
 * - `bash`: run by bash, in the document's own folder. `npm` scripts that start a program are run; other
 *   scripts must exist.
 * - `csv`: a file in that folder, with the name in backticks that the line before it mentions.
 * - `sh`: for programs that may not be installed, such as Docker. The files it names must exist.
 * - `json` and `text`: the answer to the previous example. See `Story.asShown` for what may differ; an
 *   answer's `extensions` may be omitted.
 * - `dotenv`: a valid configuration. `ts` and `js`: an excerpt of an example. `mermaid`: a
 *   table of transitions. No language: a list of existing files.
 */
interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
  /** The last line of prose before the block, if no other block is in between. */
  readonly lead: string;
}

export interface Example extends Block {
  readonly variables?: string;
  readonly answer?: string;
}

export const DOCUMENTS = [
  "README.md",
  ...readdirSync("docs").map((name) => `docs/${name}`),
  ...readdirSync("docs/clients").map((name) => `docs/clients/${name}`),
].filter((path) => path.endsWith(".md"));

/** Placeholders that the documents use for values that differ in each run. */
const SHOWN_ORIGIN = "http://127.0.0.1:4000";
const SHOWN_TOKEN = "pct_…";

/** Values that each run generates: secrets and their prefixes, cursors, ids, current times. */
const FORMS = [
  /pct_\w{47}/,
  /whsec_[A-Za-z0-9+/]{43}=/,
  /pct_\w{6}\b/,
  /WyJ(?:FdmVudC|Qb2NrZX)[\w-]+/,
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
  /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(?!000000)\d{6}Z/,
  /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(?!000000)\d{6}\+00:00/,
];
const VARYING = new RegExp(FORMS.map(({ source }) => source).join("|"), "g");

const PROGRAMS: Readonly<Record<string, Program>> = {
  start: "main",
  "operator-token": "commands/operator-token",
  audit: "commands/audit",
  export: "commands/export",
  import: "commands/import",
  seed: "commands/seed",
  "rotate-provider-secrets": "commands/rotate-provider-secrets",
};

/** Transitions by the title of the diagram that shows them. */
export const TRANSITIONS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "Payment charge": CHARGE_TRANSITIONS,
  "Payment refund": REFUND_TRANSITIONS,
  "Payment authorization": AUTHORIZATION_TRANSITIONS,
  "Pocket hold": { OPEN: ["OPEN", "CAPTURED", "RELEASED", "EXPIRED"] },
};

export function blocksOf(path: string): Block[] {
  const blocks: Block[] = [];
  let lead = "";
  let open: (Omit<Block, "text" | "lead"> & { fence: string; lines: string[] }) | undefined;
  readFileSync(path, "utf8")
    .split("\n")
    .forEach((line, index) => {
      const [, fence, language = ""] = /^( *(?:`{3,}|~{3,}))(.*)$/.exec(line) ?? [];
      if (open !== undefined) {
        if (fence === open.fence && language === "") {
          blocks.push({ ...open, text: open.lines.join("\n"), lead });
          open = undefined;
          lead = "";
        } else {
          // In a list, the lines of the block are indented like its fence.
          open.lines.push(line.slice(open.fence.search(/\S/)));
        }
      } else if (fence !== undefined) {
        open = { fence, language: language.trim(), line: index + 1, lines: [] };
      } else if (line.trim() !== "" && !line.startsWith("<!--")) {
        lead = line;
      }
    });
  if (open) throw new Error(`${path}:${String(open.line)} opens a block that nothing closes.`);
  return blocks;
}

/** @returns the rows of the only table below a heading, without the header row. */
export function tableOf(path: string, heading: string): string[][] {
  const [, section = ""] = `\n${readFileSync(path, "utf8")}`.split(`\n${heading}\n`);
  const lines = (section.split(/^#/m)[0] ?? "").split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

/** @returns the code spans of a text, in order. */
export function codeIn(text: string | undefined): string[] {
  return [...(text ?? "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** @returns the examples of a document, each with the blocks that belong to it. */
export function examplesOf(path: string): Example[] {
  const examples: Example[] = [];
  for (const block of blocksOf(path)) {
    const { language, text, lead } = block;
    const last = examples.at(-1);
    const isAnswer = language === "json" || language === "text";
    if (language === "json" && lead === "Variables:" && last?.language === "graphql") {
      examples.splice(-1, 1, { ...last, variables: text });
    } else if (isAnswer && last && isAnswered(last) && last.answer === undefined) {
      examples.splice(-1, 1, { ...last, answer: text });
    } else {
      examples.push(block);
    }
  }
  return examples;
}

function isAnswered({ language }: Example): boolean {
  return language === "graphql" || language === "bash";
}

/** A server with the demo's records, and the values that the document has shown so far. */
export class Story {
  private readonly realOf = new Map<string, string>();
  private readonly shownOf = new Map<string, string>();

  private constructor(
    private readonly server: TestServer,
    private readonly token: string,
    private readonly env: Record<string, string>,
    private readonly folder: string,
  ) {}

  static async begin(): Promise<Story> {
    const { server, demo } = await startDemoServer();
    const env = {
      DATABASE_URL: server.database.url,
      PROVIDER_SECRET_KEYS: `${DEMO_KEY.id}:${DEMO_KEY.key.toString("base64")}`,
    };
    const folder = await mkdtemp(join(tmpdir(), "pocketcharge-story-"));
    return new Story(server, await demo.createToken(), env, folder);
  }

  async end(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true });
  }

  /** Runs an example, and compares the result with the answer that the document shows. */
  async tell(example: Example): Promise<void> {
    const { language, answer, text, lead } = example;
    switch (language) {
      case "graphql":
        this.expectAnswer(await this.sendGraphql(example), answer);
        break;
      case "bash":
        this.expectAnswer(await this.runShell(text), answer);
        break;
      case "csv":
        await writeFile(join(this.folder, fileNameIn(lead)), `${text}\n`);
        break;
      case "sh":
        expectNamesOf(text);
        break;
      case "dotenv":
        readConfig(readDotenv(text));
        break;
      case "ts":
      case "js":
        expectExcerpt(text);
        break;
      case "mermaid":
        expectTransitions(text);
        break;
      case "":
        expectFiles(text);
        break;
      default:
        throw new Error(`Nothing runs a block of the language ${JSON.stringify(language)}.`);
    }
  }

  private async sendGraphql({ text, variables = "{}", answer }: Example): Promise<string> {
    const isOperator = text.startsWith("# As an operator");
    const body = `{"query":${JSON.stringify(this.asReal(text))},"variables":${this.asReal(variables)}}`;
    this.rememberGiven(text + variables);
    const authorization = `Token ${isOperator ? this.server.operatorToken : this.token}`;
    if (text.startsWith("subscription"))
      return answer === undefined ? errorsIn(text) : this.firstResult(authorization, body);
    return request(this.server.url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body,
    });
  }

  private async firstResult(authorization: string, body: string): Promise<string> {
    const stream = await EventStreamClient.open(this.server.url, {
      headers: { authorization },
      body: JSON.parse(body) as object,
    });
    try {
      return JSON.stringify(await stream.nextResult());
    } finally {
      stream.disconnect();
    }
  }

  private async runShell(text: string): Promise<string> {
    this.rememberGiven(text);
    const commands = text.split("\n").map((line) => line.replace(/ +#.*/, ""));
    if (commands.every((command) => command.startsWith("npm "))) {
      const outputs: string[] = [];
      for (const command of commands) outputs.push(await this.runNpm(command));
      return outputs.join("");
    }
    const script = this.asReal(text);
    const isCurl = script.startsWith("curl ");
    if (isCurl && !(await hasCurl())) return sendAsCurl(script, this.folder);
    return inBash(asPrograms(script), this.folder, {
      POCKETCHARGE_URL: new URL(this.server.url).origin,
    });
  }

  private async runNpm(command: string): Promise<string> {
    const name = /^npm (?:run )?([\w-]+)$/.exec(command)?.[1] ?? command;
    const program = programOf(name);
    if (program === undefined) return "";
    const folder = await DataFolder.create();
    try {
      if (name !== "start") return await folder.run(program, this.env);
      const started = await ServerProcess.whenReady(folder.launch(program, this.env));
      expect(await started.stop()).toBe(0);
      return started.program.stdout;
    } finally {
      await folder.remove();
    }
  }

  private expectAnswer(real: string, shown: string | undefined): void {
    if (shown === undefined) {
      expect(real).not.toMatch(/"(errors|userErrors)":\[\{/);
    } else if (/^[[{]/.test(shown) && !shown.includes("\n{")) {
      const expected: unknown = JSON.parse(shown);
      expect(withoutCost(JSON.parse(this.asShown(real, shown)), expected)).toEqual(expected);
    } else {
      // A document cannot show that the lines of a CSV end with CRLF.
      expect(this.asShown(real, shown).replaceAll("\r", "").trim()).toBe(shown);
    }
  }

  /** Records the values of a request, because an answer must repeat them unchanged. */
  private rememberGiven(text: string): void {
    for (const [given] of text.matchAll(VARYING)) {
      this.remember(given, this.realOf.get(given) ?? given);
    }
  }

  private remember(shown: string, real: string): void {
    this.realOf.set(shown, real);
    this.shownOf.set(real, shown);
  }

  private asReal(shown: string): string {
    return shown
      .replaceAll(VARYING, (value) => this.realOf.get(value) ?? value)
      .replaceAll(SHOWN_TOKEN, this.token)
      .replaceAll(SHOWN_ORIGIN, new URL(this.server.url).origin);
  }

  /**
   * Replaces values of a real answer with the shown ones where they may differ. Both must have one form,
   * and the same real value must always correspond to the same shown value in the whole document.
   */
  private asShown(real: string, shown: string): string {
    const values = [...shown.matchAll(VARYING)].map(([value]) => value);
    let index = 0;
    return real
      .replaceAll(new URL(this.server.url).origin, SHOWN_ORIGIN)
      .replaceAll(VARYING, (value) => {
        const other = values[index++];
        const known = this.shownOf.get(value);
        if (known !== undefined || other === undefined) return known ?? value;
        if (this.realOf.has(other) || formOf(other) !== formOf(value)) return value;
        this.remember(other, value);
        return other;
      });
  }
}

/** Removes the cost, which every answer contains, unless the document shows it. */
function withoutCost(real: unknown, shown: unknown): unknown {
  if (typeof real !== "object" || real === null || !("data" in real || "errors" in real))
    return real;
  const { extensions, ...rest } = real as { extensions?: object };
  return typeof shown === "object" && shown !== null && "extensions" in shown
    ? { ...rest, extensions }
    : rest;
}

/** An answer with the errors of a document, if it does not match the schema. */
function errorsIn(document: string): string {
  const errors = validate(unconnectedSchema(), parse(document));
  return JSON.stringify(errors.length === 0 ? {} : { errors });
}

function formOf(value: string): RegExp | undefined {
  return FORMS.find((form) => form.test(value));
}

function readDotenv(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const entries = lines.map((line): [string, string] => {
    const [, name = line, value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    return [name, value];
  });
  for (const [name] of entries) expect(VARIABLE_NAMES).toContain(name);
  return Object.fromEntries(entries);
}

function expectExcerpt(text: string): void {
  const sources = readdirSync("examples", { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mjs)$/.test(name) && !name.endsWith(".d.ts"))
    .map((name) => readFileSync(join("examples", name), "utf8"));
  expect(sources.filter((source) => source.includes(text))).not.toEqual([]);
}

function expectTransitions(diagram: string): void {
  const title = /^title: (.+)$/m.exec(diagram)?.[1] ?? "no title";
  expect(Object.keys(TRANSITIONS)).toContain(title);
  expect(diagram).toContain("stateDiagram-v2");
  const drawn = [...diagram.matchAll(/^ *(\w+) --> (\w+)(?:: .*)?$/gm)].map(([, from, to]) => [
    from,
    to,
  ]);
  const allowed = Object.entries(TRANSITIONS[title] ?? {}).flatMap(([from, next]) =>
    next.map((to) => [from, to]),
  );
  expect(drawn.toSorted()).toEqual(allowed.toSorted());
}

/** Checks that commands which cannot run here name existing files, services, scripts and versions. */
function expectNamesOf(script: string): void {
  const { version, scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    version: string;
    scripts: Record<string, string>;
  };
  const help = readFileSync("bin/pocketcharge.mjs", "utf8");
  const compose = readFileSync("compose.yaml", "utf8");
  for (const line of script.split("\n")) {
    for (const [path] of line.matchAll(/\bops\/[\w./-]+/g))
      expect(existsSync(path), path).toBe(true);
    for (const [, shown] of line.matchAll(/pocketcharge[:-](\d[\d.]*\d)/g))
      expect(shown).toBe(version);
    const [, service] = /^docker compose run --rm (\w+)/.exec(line) ?? [];
    if (service !== undefined) expect(compose).toContain(`\n  ${service}:\n`);
    const [, name] = /^npm run (\S+)/.exec(line) ?? [];
    if (name !== undefined) expect(Object.keys(scripts)).toContain(name);
    const [, command] =
      /^(?:npx pocketcharge|docker compose run --rm server|docker run .* pocketcharge:[\d.]+) (\S+)/.exec(
        line,
      ) ?? [];
    if (command !== undefined) expect(help).toMatch(new RegExp(`^ {2}${command} `, "m"));
  }
}

/** Checks a list of files. Two spaces separate a name from its purpose; indentation means inside a folder. */
function expectFiles(list: string): void {
  let folder = "";
  for (const line of list.split("\n")) {
    const names = line.trim().split(/ {2,}/)[0]?.split(" ") ?? [];
    if (!line.startsWith(" ")) folder = "";
    for (const name of names) expect(existsSync(join(folder, name)), line).toBe(true);
    if (!line.startsWith(" ")) folder = names[0] ?? "";
  }
}

/** @returns the program that an `npm` script starts, if it starts one that can run here. */
function programOf(name: string): Program | undefined {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    scripts: Record<string, string>;
  };
  expect(Object.keys(scripts)).toContain(name);
  const program = PROGRAMS[name];
  if (program !== undefined) expect(scripts[name]).toBe(`node scripts/run.mjs ${program}`);
  return program;
}

/** Calls programs without `npm`, which works only in the folder of package.json. */
function asPrograms(script: string): string {
  return script.replaceAll(/\bnpm run ([\w-]+) --(?= )/g, (shown, name: string) => {
    const program = programOf(name);
    return program === undefined ? shown : `"${process.execPath}" "${pathOf(program)}"`;
  });
}

function fileNameIn(lead: string): string {
  const name = codeIn(lead).at(-1);
  if (name === undefined) throw new Error("The line before the file does not name it.");
  return name;
}

async function inBash(
  script: string,
  cwd = ".",
  variables: Record<string, string> = {},
): Promise<string> {
  const env = { ...process.env, ...variables };
  return (await promisify(execFile)("bash", ["-c", script], { cwd, env, timeout: 30_000 })).stdout;
}

function hasCurl(): Promise<boolean> {
  return inBash("command -v curl").then(Boolean, () => false);
}

/** Sends the request of a curl command with fetch, for machines without curl. */
function sendAsCurl(command: string, folder: string): Promise<string> {
  const file = /--data-binary @(\S+)/.exec(command)?.[1];
  const body =
    file === undefined
      ? /--data '([^']*)'/.exec(command)?.[1]
      : readFileSync(join(folder, file), "utf8");
  const headers = [...command.matchAll(/--header '([^:]+): ([^']*)'/g)];
  return request(/'?(http[^\s']+)/.exec(command)?.[1] ?? "", {
    method: /--request (\w+)/.exec(command)?.[1] ?? (body === undefined ? "GET" : "POST"),
    headers: headers.map(([, name = "", value = ""]): [string, string] => [name, value]),
    ...(body === undefined ? {} : { body }),
  });
}

async function request(url: string, options: RequestInit): Promise<string> {
  return (await fetch(url, options)).text();
}
