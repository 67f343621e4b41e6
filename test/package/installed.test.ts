import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { pasteCurl, tokenIn } from "../support/process.js";

const run = promisify(execFile);
const POLL = { timeout: 60_000, interval: 50 };

/** A shell's environment, without the variables of npm and those that configure the server. */
const ENV = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|TMPDIR|SystemRoot|APPDATA|LOCALAPPDATA|https?_proxy|no_proxy)$/i.test(name),
  ),
);

let place: string;
let folder: string;
let installed: { readonly stderr: string };

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "pocketcharge-package-"));
  folder = join(place, "empty");
  mkdirSync(folder);
  const packed = await run("npm", ["pack", "--json", "--pack-destination", place], { env: ENV });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  const install = ["install", "--no-audit", "--no-fund", join(place, filename)];
  installed = await run("npm", install, { env: ENV, cwd: folder });
});

afterAll(() => rm(place, { recursive: true, force: true, maxRetries: 10 }));

/** Runs `npx pocketcharge` in the folder. */
function npx(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run("npx", ["pocketcharge", ...args], { env: { ...ENV, PORT: "0" }, cwd: folder });
}

interface Server {
  readonly printed: string;
  /** Signals only npx, as a service manager would. @returns how npx ended. */
  stop(): Promise<number | NodeJS.Signals | null>;
}

async function start(): Promise<Server> {
  const child = spawn("npx", ["pocketcharge"], {
    env: { ...ENV, PORT: "0" },
    cwd: folder,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  }
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on("close", (code, signal) => {
      resolve(code ?? signal);
    });
  });
  const stop = (): ReturnType<Server["stop"]> => {
    child.kill("SIGTERM");
    return ended;
  };
  onTestFinished(async () => {
    await stop();
  });
  await vi.waitFor(() => {
    expect(printed).toMatch(/^Pocketcharge is ready: [\s\S]*--data '.*'\n/m);
  }, POLL);
  return { printed, stop };
}

describe("the package, installed in an empty folder", () => {
  it("is installed without warnings about the version of Node.js", () => {
    expect(installed.stderr).not.toContain("EBADENGINE");
  });

  it("contains no build or test dependencies", () => {
    for (const name of ["prisma", "typescript", "vitest", "pocketcharge/src"]) {
      expect(existsSync(join(folder, "node_modules", name)), name).toBe(false);
    }
  });

  it("starts with npx, charges, serves its pages, and stops with all its processes", async () => {
    const server = await start();
    expect(await pasteCurl(server.printed)).toMatchObject([{ status: "SUCCESS" }]);
    const origin = /ready: (\S+)\/graphql/.exec(server.printed)?.[1] ?? "";
    for (const page of [
      ...["/console", "/playground", "/playground/playground.js", "/playground/graphiql.js"],
      ...["/openapi.json", "/documentation/clients/README.md", "/home.css"],
    ]) {
      expect((await fetch(`${origin}${page}`)).status, page).toBe(200);
    }
    // The bundler has removed no check.
    const unreadable = await fetch(`${origin}/graphql?query=%ff`);
    expect([unreadable.status, await unreadable.text()]).toEqual([
      400,
      expect.stringContaining("The URL is not valid UTF-8"),
    ]);
    await server.stop();
    await vi.waitFor(() => {
      expect(existsSync(join(folder, "data/postgres/postmaster.pid"))).toBe(false);
    }, POLL);

    // The charges are in ./data, where the next start finds them.
    const next = await start();
    const again = server.printed.replaceAll(
      /http:\S+(?=\/graphql)/g,
      /ready: (\S+)\/graphql/.exec(next.printed)?.[1] ?? "",
    );
    expect(await pasteCurl(again)).toMatchObject([
      { status: "ERROR", message: "Duplicate token." },
    ]);
    expect((await npx("audit")).stdout).toContain("The ledger is consistent");
  });

  it("has the commands, with their npx command lines", async () => {
    expect((await npx("migrate")).stdout).toContain("the tables are up to date");
    expect(tokenIn((await npx("operator-token")).stdout)).toMatch(/^pct_/);
    await npx("rotate-provider-secrets");
    await expect(npx("audit", "--group")).rejects.toThrow("npx pocketcharge audit [--group");
  });
});
