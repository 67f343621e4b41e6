import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { expect, inject, onTestFinished, vi } from "vitest";
import type { PocketChargeRequest } from "../../src/pockets/pocket-charge.js";
import { GraphqlClient } from "./graphql-client.js";
import type { ChargeResult } from "./pockets.js";
import { oncePerRun } from "./once-per-run.js";
import { WAIT_TIMEOUT_MS, POLL } from "./wait-timeout.js";

export type Program =
  | "main"
  | "commands/audit"
  | "commands/backup"
  | "commands/export"
  | "commands/import"
  | "commands/migrate"
  | "commands/operator-token"
  | "commands/restore"
  | "commands/rotate-provider-secrets"
  | "commands/seed";
type Env = Record<string, string>;

const DIST = fileURLToPath(new URL("../../dist/programs", import.meta.url));
const DEMO_GROUP = "my-pocket-group";

/** The file of a built program. */
export function pathOf(program: Program): string {
  return join(DIST, `${program}.js`);
}

/** A shell's environment, without variables that configure the server. */
const SHELL_ENV = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => ["PATH", "HOME", "TMPDIR"].includes(name)),
);

/** A process of the built program, with its output. */
export class RunningProgram {
  stdout = "";
  stderr = "";
  /** The exit code; null if a signal ended the process, undefined while it runs. */
  exitCode: number | null | undefined;
  private readonly child: ChildProcess;
  private readonly exit: Promise<number | null>;

  constructor(program: Program, env: Env, hasOwnGroup = false, args: readonly string[] = []) {
    const child = spawn(process.execPath, [pathOf(program), ...args], {
      cwd: tmpdir(),
      env: { ...SHELL_ENV, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: hasOwnGroup,
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.child = child;
    this.exit = new Promise((resolve) => {
      child.on("error", (error) => (this.stderr += String(error)));
      child.on("close", (code) => {
        this.exitCode = code;
        resolve(code);
      });
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("The program could not be started.");
    return this.child.pid;
  }

  get output(): string {
    return this.stdout + this.stderr;
  }

  get hasEnded(): boolean {
    return this.exitCode !== undefined;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Signals the process group, as a terminal does on Ctrl+C. Requires a program started in its own group. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** @returns the exit code, null after a signal. @throws if the process does not end in time. */
  async ended(timeoutMs = WAIT_TIMEOUT_MS): Promise<number | null> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`Still running after ${String(timeoutMs)} ms:\n${this.output}`));
      }, timeoutMs);
    });
    return Promise.race([this.exit, tooLate]).finally(() => {
      clearTimeout(timer);
    });
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended();
  }
}

/** A server process that has printed its address. */
export class ServerProcess extends GraphqlClient {
  private constructor(
    readonly program: RunningProgram,
    readonly url: string,
  ) {
    super();
  }

  /** @throws an error with the output if the process ends or takes too long. */
  static async whenReady(program: RunningProgram): Promise<ServerProcess> {
    for (const deadline = Date.now() + WAIT_TIMEOUT_MS; ;) {
      const url = /^Pocketcharge is ready: (\S+)\n/m.exec(program.stdout)?.[1];
      const isWhole = /--data '.*'\n|npm run operator-token/.test(program.stdout);
      if (url !== undefined && isWhole) return new ServerProcess(program, url);
      if (program.hasEnded || Date.now() > deadline) {
        throw new Error(`The server did not become ready:\n${program.output}`);
      }
      await sleep(POLL.interval);
    }
  }

  get port(): string {
    return new URL(this.url).port;
  }

  /** The demo's token, either as printed or from the printed file path. */
  get token(): string {
    // A later start may write another token to the file.
    return (this.foundToken ??= this.findToken());
  }

  private foundToken: string | undefined;

  private findToken(): string {
    const { stdout } = this.program;
    return tokenOfFileIn(stdout) ?? tokenIn(stdout);
  }

  /** Charges a pocket of the demo's group. */
  async charge(charge: PocketChargeRequest, token = this.token): Promise<ChargeResult | undefined> {
    const query = `mutation ($input: ChargePocketsInput!) {
      chargePockets(input: $input) {
        results { token phoneNumber amount status message code pocketCharge { id balanceAfter } }
      }
    }`;
    const data = await this.ask<{ chargePockets: { results: ChargeResult[] } }>(token, query, {
      input: { pocketGroupSlug: DEMO_GROUP, charges: [charge] },
    });
    return data.chargePockets.results[0];
  }

  /** @returns the stored charge with the given charge's token. */
  async trace(charge: PocketChargeRequest, token = this.token): Promise<unknown> {
    const query = `query ($slug: String!, $token: UUID!) {
      pocketCharge(pocketGroupSlug: $slug, token: $token) { token phoneNumber amount }
    }`;
    const variables = { slug: DEMO_GROUP, token: charge.token };
    return (await this.ask<{ pocketCharge: unknown }>(token, query, variables)).pocketCharge;
  }

  /** Stops the server as an operator would. @returns the exit code. */
  async stop(): Promise<number | null> {
    this.program.signal("SIGTERM");
    return this.program.ended();
  }
}

/** A data folder that does not exist yet, and the processes that are started on it. */
export class DataFolder {
  private readonly programs: RunningProgram[] = [];

  private constructor(readonly path: string) {}

  static async create(name = "data"): Promise<DataFolder> {
    return new DataFolder(join(await mkdtemp(join(tmpdir(), "pocketcharge-process-")), name));
  }

  /** A data folder that is removed after the current test. */
  static async forTest(): Promise<DataFolder> {
    const folder = await DataFolder.create();
    onTestFinished(() => folder.remove());
    return folder;
  }

  /** A data folder with the demo, in the state in which a stopped server leaves it. */
  static async afterFirstStart(): Promise<DataFolder> {
    const folder = await DataFolder.create();
    // The files belong to the user that PostgreSQL runs as.
    await promisify(execFile)("cp", ["-a", await folderOfFirstStart(), folder.path]);
    return folder;
  }

  launch(
    program: Program,
    env: Env = {},
    hasOwnGroup = false,
    args: readonly string[] = [],
  ): RunningProgram {
    const own = { DATA_DIR: this.path, HOST: "127.0.0.1", PORT: "0" };
    const running = new RunningProgram(program, { ...own, ...env }, hasOwnGroup, args);
    this.programs.push(running);
    return running;
  }

  /** Starts a server and waits until it is ready. */
  startServer(env: Env = {}, hasOwnGroup = false): Promise<ServerProcess> {
    return ServerProcess.whenReady(this.launch("main", env, hasOwnGroup));
  }

  /** Runs a command that must succeed. @returns its output. */
  async run(program: Program, env: Env = {}, args: readonly string[] = []): Promise<string> {
    const command = this.launch(program, env, false, args);
    expect(await command.ended(), command.output).toBe(0);
    return command.stdout;
  }

  /** The secret of a new operator's token. */
  async makeOperatorToken(env: Env = {}): Promise<string> {
    return tokenIn(await this.run("commands/operator-token", env));
  }

  /** Tells whether a PostgreSQL runs on the folder, or ended without a clean stop. */
  get hasPostmasterFile(): boolean {
    return existsSync(join(this.path, "postgres", "postmaster.pid"));
  }

  /** The process id of the folder's PostgreSQL, if one runs. */
  async findPostmaster(): Promise<number | undefined> {
    const pid = Number((await this.readPostmasterFile())?.[0] ?? Number.NaN);
    return Number.isInteger(pid) && (await this.isPostmaster(pid)) ? pid : undefined;
  }

  /** Resolves once PostgreSQL lists a connection of the program, which may still be authenticating. */
  async isReachedBy({ pid }: RunningProgram): Promise<void> {
    await vi.waitFor(async () => {
      const rows = await selectRows(
        await this.databaseUrl(),
        `select from pg_stat_activity
         where datname = current_database() and application_name = 'process ${String(pid)}'`,
      );
      expect(rows).not.toHaveLength(0);
    }, POLL);
  }

  /** The URL of the folder's PostgreSQL, which must be running. */
  async databaseUrl(): Promise<string> {
    const password = await readFile(join(this.path, "postgres", "password"), "utf8");
    const port = (await this.readPostmasterFile())?.[3] ?? "";
    return `postgresql://postgres:${password}@127.0.0.1:${port.trim()}/pocketcharge`;
  }

  /** Kills the programs, but not PostgreSQL. */
  async killPrograms(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill()));
  }

  /** Ends all processes of the folder, and removes it. */
  async remove(): Promise<void> {
    await this.killPrograms();
    const postmaster = await this.findPostmaster();
    if (postmaster !== undefined) {
      process.kill(postmaster, "SIGQUIT"); // its "immediate" stop, with all its processes
      await vi.waitFor(async () => {
        expect(await this.isPostmaster(postmaster)).toBe(false);
      }, POLL);
    }
    await rm(dirname(this.path), { recursive: true, force: true, maxRetries: 10 });
  }

  private async readPostmasterFile(): Promise<string[] | undefined> {
    const file = join(this.path, "postgres", "postmaster.pid");
    return (await readFile(file, "utf8").catch(() => undefined))?.split("\n");
  }

  /** After a crash, the lock file may name a zombie, or an unrelated process with the same id. */
  private async isPostmaster(pid: number): Promise<boolean> {
    if (!isAlive(pid)) return false;
    const command = await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => undefined);
    return command === undefined || command.includes(this.path);
  }
}

/** All tests copy one folder, because a first start takes three times as long as a later one. */
function folderOfFirstStart(): Promise<string> {
  return oncePerRun("after-first-start", async () => {
    const path = join(inject("runFolder"), "first-start");
    const folder = await DataFolder.create();
    expect(await (await folder.startServer()).stop()).toBe(0);
    await rename(folder.path, path);
    await folder.remove();
    return path;
  });
}

/** Holds the locks of a statement, so that others wait for them. */
export class DatabaseLock {
  private constructor(
    private readonly client: pg.Client,
    private readonly databaseUrl: string,
  ) {}

  static async take(databaseUrl: string, statement: string): Promise<DatabaseLock> {
    const client = new pg.Client({ connectionString: databaseUrl });
    client.on("error", () => undefined); // PostgreSQL may be stopped before the lock is released
    await client.connect();
    await client.query("begin");
    await client.query(statement);
    return new DatabaseLock(client, databaseUrl);
  }

  /** Resolves once that many connections wait for this lock, directly or behind another waiting connection. */
  async isWaitedForBy(count: number): Promise<void> {
    await vi.waitFor(async () => {
      // Use another connection, because a transaction keeps its first snapshot of pg_stat_activity.
      const waiting = await selectRows(
        this.databaseUrl,
        `select from pg_stat_activity
         where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
      );
      expect(waiting).toHaveLength(count);
    }, POLL);
  }

  async release(): Promise<void> {
    await this.client.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

export async function selectRows<Row extends pg.QueryResultRow>(
  databaseUrl: string,
  statement: string,
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** The first token secret in a text, in the form that follows `Authorization: Token`. */
export function tokenIn(text: string): string {
  const secret = /Authorization: Token (\w+)/.exec(text)?.[1];
  if (secret === undefined) throw new Error(`There is no token in:\n${text}`);
  return secret;
}

/** The secret in the file that a printed command reads, if it reads one. */
function tokenOfFileIn(text: string): string | undefined {
  const quoted = /Authorization: Token \$\(cat '(.+)'\)/.exec(text)?.[1];
  const file = quoted?.replaceAll(String.raw`'\''`, "'");
  return file === undefined ? undefined : readFileSync(file, "utf8").trim();
}

interface PastedAnswer {
  data: { chargePockets: { results: { status: string; message: string }[] } };
}

/**
 * Runs the curl command of a text unchanged in a shell. Without curl, sends the same request with fetch.
 * @returns the result of its only charge.
 */
export async function pasteCurl(printed: string): Promise<{ status: string; message: string }[]> {
  const command = /^curl [\s\S]*?--data '.*'$/m.exec(printed)?.[0];
  if (command === undefined) throw new Error(`There is no curl command in:\n${printed}`);
  const text = (await isCurlThere()) ? await runInShell(command) : await sendAsCurl(command);
  return (JSON.parse(text) as PastedAnswer).data.chargePockets.results;
}

async function isCurlThere(): Promise<boolean> {
  return runInShell("command -v curl").then(
    () => true,
    () => false,
  );
}

async function runInShell(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)("bash", ["-c", command], { env: SHELL_ENV });
  return stdout;
}

async function sendAsCurl(command: string): Promise<string> {
  const address = /^curl (\S+)/.exec(command)?.[1] ?? "";
  const secret = tokenOfFileIn(command) ?? "";
  const written = command.replace(/"Authorization: Token .*"/, `'Authorization: Token ${secret}'`);
  const headers = [...written.matchAll(/--header '([^:]+): ([^']*)'/g)];
  const response = await fetch(address, {
    method: "POST",
    headers: headers.map(([, name = "", value = ""]): [string, string] => [name, value]),
    body: /--data '(.*)'$/.exec(command)?.[1] ?? "",
  });
  return response.text();
}
