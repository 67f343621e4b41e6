import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { WAIT_TIMEOUT_MS, POLL } from "./wait-timeout.js";

const DOCUMENTED = fileURLToPath(new URL("../../ops/pgbouncer/pgbouncer.ini", import.meta.url));

/** @throws an error that explains what to do if PgBouncer is not installed. */
export function requirePgBouncer(): void {
  try {
    execFileSync("pgbouncer", ["--version"], { stdio: "ignore" });
  } catch (error) {
    const message =
      "These tests run a real PgBouncer, 1.18 or newer, and there is no program `pgbouncer` in the PATH. " +
      "On Debian and Ubuntu: apt-get install pgbouncer";
    throw new Error(message, { cause: error });
  }
}

/** A PgBouncer in front of a PostgreSQL, with the documented configuration except for addresses and sizes. */
export class PgBouncer {
  private child: ChildProcess | undefined;
  private output = "";

  private constructor(
    private readonly folder: string,
    private readonly postgresUrl: string,
    private readonly port: number,
  ) {}

  /** @param settings override the documented ones. */
  static async start(
    postgresUrl: string,
    settings: Readonly<Record<string, string | number>> = {},
    connectQuery?: string,
  ): Promise<PgBouncer> {
    const folder = await mkdtemp(join(tmpdir(), "pocketcharge-pgbouncer-"));
    await chmod(folder, 0o755);
    const bouncer = new PgBouncer(folder, postgresUrl, await findFreePort());
    await bouncer.configure(settings, connectQuery);
    await bouncer.run();
    return bouncer;
  }

  /** Converts a PostgreSQL URL into one that reaches the same database through this PgBouncer. */
  get url(): string {
    const url = new URL(this.postgresUrl);
    url.port = String(this.port);
    return url.href;
  }

  /** Starts PgBouncer, also after it was killed. */
  async run(): Promise<void> {
    const user = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
    const child = spawn("pgbouncer", [...user, join(this.folder, "pgbouncer.ini")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    this.child = child;
    for (const deadline = Date.now() + WAIT_TIMEOUT_MS; !(await this.answers());) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`PgBouncer does not answer:\n${this.output}`);
      }
      await sleep(POLL.interval);
    }
  }

  private async answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Kills PgBouncer, which breaks all connections on both sides. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async configure(
    settings: Readonly<Record<string, string | number>>,
    connectQuery?: string,
  ): Promise<void> {
    const { hostname, port, username, password } = new URL(this.postgresUrl);
    const users = join(this.folder, "userlist.txt");
    const own = { listen_addr: "127.0.0.1", listen_port: this.port, auth_file: users };
    const changed = { ...own, ...settings };
    // Debian's PgBouncer may be too old for this setting, and the server works without it.
    let ini = replaced(await readFile(DOCUMENTED, "utf8"), /^max_prepared_statements = .*$/m, "");
    // Allow for the many databases of the tests.
    ini = replaced(ini, /^pocketcharge = host=\S+ port=\S+/m, `* = host=${hostname} port=${port}`);
    if (connectQuery !== undefined) {
      ini = replaced(ini, /connect_query='.*'/, `connect_query='${connectQuery}'`);
    }
    for (const [name, value] of Object.entries(changed)) {
      ini = replaced(ini, new RegExp(`^${name} = .*$`, "m"), `${name} = ${String(value)}`);
    }
    await writeFile(join(this.folder, "pgbouncer.ini"), ini, { mode: 0o644 });
    await writeFile(users, `"${username}" "${decodeURIComponent(password)}"\n`, { mode: 0o644 });
  }
}

function replaced(text: string, what: RegExp, by: string): string {
  if (!what.test(text)) throw new Error(`${DOCUMENTED} has nothing like ${String(what)}`);
  return text.replace(what, () => by);
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => {
        resolve(port);
      });
    });
  });
}
