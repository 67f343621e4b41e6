import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { download } from "../support/exports.js";
import { RunningProgram } from "../support/process.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { TcpLine } from "../support/tcp-line.js";
import { POLL } from "../support/wait-timeout.js";

const CUSTOMERS = 30_000;

let server: TestServer;
let merchant: TestMerchant;
let folder: string;
let count = 0;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  folder = await mkdtemp(join(tmpdir(), "pocketcharge-export-"));
  // Names with line breaks, quotes and formulas: a row must not be cut inside of one.
  await server.database.pool.query(
    `insert into customers (merchant_id, id, number, name)
     select $1, ('0198' || lpad(to_hex(n), 8, '0') || '70008000000000000000')::uuid, n,
       '=a "quoted"' || chr(10) || 'name, ' || md5(n::text) || md5(n::text || 'x') || n
     from generate_series(1, $2::int) n`,
    [merchant.id, CUSTOMERS],
  );
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const newFile = (extension = "csv"): string => join(folder, `${String(++count)}.${extension}`);

function launch(
  args: readonly string[],
  { url = server.url, token = merchant.token } = {},
): RunningProgram {
  const env = { POCKETCHARGE_TOKEN: token, POCKETCHARGE_URL: new URL(url).origin };
  return new RunningProgram("commands/export", env, false, args);
}

/** The file that the server sends, without its last line. */
async function expectedFile(path: string): Promise<string> {
  const { text } = await download(server.url, merchant.token, `/export/${path}`);
  return text.slice(0, text.lastIndexOf(path.includes(".csv") ? "#end," : '{"end":'));
}

describe("the command export", () => {
  it.each(["csv", "ndjson"])("writes a complete %s without the last line", async (extension) => {
    const file = newFile(extension);
    const program = launch(["customers", "--to", file]);
    expect(await program.ended(), program.output).toBe(0);
    expect(await readFile(file, "utf8")).toBe(await expectedFile(`customers.${extension}`));
    expect(program.stderr).toMatch(/30,000 rows, \d+\.\d MB in \d+ s: /);
    expect([existsSync(`${file}.part`), existsSync(`${file}.part.json`)]).toEqual([false, false]);
  });

  it("takes GraphQL's filter and sort, and a byte order mark", async () => {
    const file = newFile();
    const filter = '{"name":{"suffix":["7"]}}';
    const sort = '[{"field":"NUMBER","direction":"DESC"}]';
    const args = ["customers", "--to", file, "--filter", filter, "--sort", sort, "--bom"];
    const program = launch(args);
    expect(await program.ended(), program.output).toBe(0);
    const text = await readFile(file, "utf8");
    expect(text.startsWith("\ufeffid,")).toBe(true);
    const rows: unknown[] = parse(text, { bom: true });
    expect(rows).toHaveLength(CUSTOMERS / 10 + 1);
  });

  it.each(["csv", "ndjson"])(
    "continues after a lost connection, without gaps or repetitions (%s)",
    async (extension) => {
      const line = await TcpLine.to(server.url);
      onTestFinished(() => line.close());
      line.cutAfterBytes = 1_000_000;
      const file = newFile(extension);
      const program = launch(["customers", "--to", file], line);
      expect(await program.ended(), program.output).toBe(0);
      expect(line.cutAfterBytes).toBeUndefined();
      expect(program.stderr).toContain("Trying again in");
      expect(await readFile(file, "utf8")).toBe(await expectedFile(`customers.${extension}`));
    },
  );

  it("keeps what it has on Ctrl+C, and continues with --resume", async () => {
    const file = newFile();
    const line = await TcpLine.to(server.url);
    line.cutAfterBytes = 1_000_000;
    const program = launch(["customers", "--to", file], line);
    // The command waits between two attempts, because nothing listens any more.
    await expect.poll(() => line.cutAfterBytes, POLL).toBeUndefined();
    await line.close();
    await expect.poll(() => program.stderr, POLL).toContain("Trying again in");
    program.signal("SIGINT");
    expect(await program.ended()).toBe(130);
    expect(program.stderr).toMatch(
      /Interrupted\. The first [\d,]+ rows are in .*\.part\. Continue/,
    );
    expect(existsSync(file)).toBe(false);
    expect((await stat(`${file}.part`)).size).toBeGreaterThan(100_000);

    const again = launch(["customers", "--to", file]);
    expect(await again.ended()).toBe(1);
    expect(again.stderr).toContain("Continue it with --resume");
    const other = launch(["customers", "--to", file, "--resume", "--sort", '[{"field":"NAME"}]']);
    expect(await other.ended()).toBe(1);
    expect(other.stderr).toContain("is of another export");

    const url = new URL(server.url).origin;
    const state = JSON.parse(await readFile(`${file}.part.json`, "utf8")) as { source: string };
    const source = state.source.replace(/of \S+$/, `of ${url}/`);
    await writeFile(`${file}.part.json`, JSON.stringify({ ...state, source }));
    const { token } = await server.createMerchant();
    const foreign = launch(["customers", "--to", file, "--resume"], { token });
    expect(await foreign.ended()).toBe(1);
    expect(foreign.stderr).toContain("The export was begun with another token.");
    const resumed = launch(["customers", "--to", file, "--resume"]);
    expect(await resumed.ended(), resumed.output).toBe(0);
    expect(await readFile(file, "utf8")).toBe(await expectedFile("customers.csv"));
  });

  it("says what is wrong, and leaves no file", async () => {
    const refusals: [string[], RegExp, string?][] = [
      [["customers"], /Name one list, and the file with --to/],
      [["nope", "--to", newFile()], /There is no list "nope"\. The lists are .*pocketCharges/],
      [["customers", "--to", newFile(), "--filter", "{"], /filter is not valid JSON/],
      [["auditEntries", "--to", newFile()], /requires a token with the scope OPERATOR/],
      [["customers", "--to", newFile(), "--nope"], /Unknown option '--nope'/],
      [["customers", "--to", join(folder, "none/x.csv")], /cannot be written/],
      [["customers", "--to", newFile()], /POCKETCHARGE_TOKEN/, ""],
      [["customers", "--to", newFile()], /The API token is malformed|malformed/, "nope"],
    ];
    for (const [args, message, token] of refusals) {
      const program = launch(args, token === undefined ? {} : { token });
      expect(await program.ended()).toBe(1);
      expect(program.stderr).toMatch(message);
      expect(program.stderr).not.toContain("    at ");
      const left = (await readdir(folder)).filter((name) => name.includes(".part"));
      expect(left, args.join(" ")).toEqual([]);
    }
  });

  it("overwrites no file", async () => {
    const file = newFile();
    await writeFile(file, "mine");
    const program = launch(["customers", "--to", file]);
    expect(await program.ended()).toBe(1);
    expect(program.stderr).toContain("exists already");
    expect(await readFile(file, "utf8")).toBe("mine");
    expect(await launch(["customers", "--to", file, "--replace"]).ended()).toBe(0);
    expect((await stat(file)).size).toBeGreaterThan(1_000_000);
  });
});
