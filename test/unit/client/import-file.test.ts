import {
  appendFile,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClientError, TemporaryFailure } from "../../../src/client/client-error.js";
import { attemptImport } from "../../../src/client/import-attempt.js";
import { ImportFile } from "../../../src/client/import-file.js";
import { serverAccess } from "../../../src/client/server-access.js";

/** More than the connection takes before the server reads. */
const LARGE = 30_000_000;

let folder: string;
let path: string;
/** The bodies that the server received to their end. */
let received: string[];
let stop: () => Promise<unknown>;
let url: string;
/** Called before the server reads a body. */
let onRequest: () => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pocketcharge-import-file-"));
  path = join(folder, "charges.csv");
  await writeFile(path, "first");
  received = [];
  onRequest = () => Promise.resolve();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stop = () => new Promise((resolve) => server.close(resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true });
});

/** Loses the connection after the whole body, as a server that is restarted does. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await onRequest();
    let body = "";
    for await (const piece of request) body += String(piece);
    received.push(body);
  } catch {
    // The client ended the request before the end of its body.
  }
  response.destroy();
}

async function attempt(file: ImportFile): Promise<unknown> {
  const nothing = (): void => undefined;
  const listener = { sent: nothing, begun: nothing, row: nothing, progressed: nothing };
  const wanted = { file, kind: "charges", query: {} } as const;
  const access = serverAccess({ url, token: "pct_x" });
  return attemptImport(access, wanted, listener, new AbortController().signal).catch(
    (error: unknown) => error,
  );
}

function expectChanged(outcome: unknown): void {
  expect(outcome).toBeInstanceOf(ClientError);
  expect(outcome).toMatchObject({
    message: expect.stringContaining("The file changed since the import began.") as unknown,
  });
}

describe("a file that is sent again", () => {
  it("is sent with the same bytes", async () => {
    const file = new ImportFile(path);
    expect(await attempt(file)).toBeInstanceOf(TemporaryFailure);
    expect(await attempt(file)).toBeInstanceOf(TemporaryFailure);
    expect(received).toEqual(["first", "first"]);
  });

  it.each([
    ["written", () => writeFile(path, "other")],
    ["extended", () => writeFile(path, "first, and more")],
    [
      "replaced by another file of the same time",
      async () => {
        const { atime, mtime } = await stat(path);
        await writeFile(`${path}.new`, "other");
        await utimes(`${path}.new`, atime, mtime);
        await rename(`${path}.new`, path);
      },
    ],
    [
      "written with its old time",
      async () => {
        const { atime, mtime } = await stat(path);
        await writeFile(path, "other");
        await utimes(path, atime, mtime);
      },
    ],
  ])("is not sent if it was %s in between", async (_, change) => {
    // A whole second, which `utimes` can set again exactly.
    await utimes(path, 1_800_000_000, 1_800_000_000);
    const file = new ImportFile(path);
    expect(await attempt(file)).toBeInstanceOf(TemporaryFailure);
    await change();
    expectChanged(await attempt(file));
    expect(received).toEqual(["first"]);
  });

  it("is not sent to its end if it changes meanwhile", async () => {
    await writeFile(path, Buffer.alloc(LARGE));
    onRequest = () => appendFile(path, "more");
    expectChanged(await attempt(new ImportFile(path)));
    expect(received).toEqual([]);
  });
});

describe("a file that cannot be read", () => {
  it("is reported at once, and is no failure of the server", async () => {
    // A regular file whose first byte cannot be read, whatever the user may do.
    const outcome = await attempt(new ImportFile("/proc/self/mem"));
    expect(outcome).toBeInstanceOf(ClientError);
    expect(outcome).toMatchObject({
      message: expect.stringMatching(/^\/proc\/self\/mem cannot be read: /) as unknown,
    });
    expect(received).toEqual([]);
  });

  it.each([
    ["a folder", () => folder, "is not a regular file"],
    ["a missing file", () => `${path}.none`, "cannot be read"],
  ])("sends no request for %s", async (_, of, message) => {
    let requests = 0;
    onRequest = () => {
      requests++;
      return Promise.resolve();
    };
    const outcome = await attempt(new ImportFile(of()));
    expect(outcome).toBeInstanceOf(ClientError);
    expect(String(outcome)).toContain(message);
    expect(requests).toBe(0);
    expect(await readFile(path, "utf8")).toBe("first");
  });
});
