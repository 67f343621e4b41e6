import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newCharge } from "../../examples/client/charge-pockets.js";
import { newPhoneNumber } from "../support/pockets.js";
import { TestServer } from "../support/server.js";

/** The function that the example exports. Its own types exist only after the generator has run. */
type Charge = (
  server: { url: string; token: string },
  pocketGroupSlug: string,
  charge: { token: string; phoneNumber: string; amount: number },
) => Promise<number>;

const PACKAGES = join(process.cwd(), "node_modules");

let server: TestServer;
let project: string;

/** Runs a program of a package in the project. */
function run(program: string): Promise<unknown> {
  const args = program.split(" ");
  return promisify(execFile)(join(PACKAGES, ".bin", args[0]!), args.slice(1), { cwd: project });
}

beforeAll(async () => {
  server = await TestServer.start();
  project = await mkdtemp(join(tmpdir(), "pocketcharge-codegen-"));
  await cp("examples/codegen", project, { recursive: true });
  await cp("schema.graphql", join(project, "schema.graphql"));
  await symlink(PACKAGES, join(project, "node_modules"));
  await writeFile(join(project, "package.json"), `{ "type": "module" }`);
});
afterAll(async () => {
  await rm(project, { recursive: true });
  await server.stop();
});

describe("GraphQL Code Generator", () => {
  it("generates types from the schema that compile in strict mode, and a document that runs", async () => {
    await run("graphql-codegen");
    await run("tsc -p .");
    const { charge } = (await import(pathToFileURL(join(project, "dist/charge.js")).href)) as {
      charge: Charge;
    };
    const merchant = await server.createMerchant();
    const slug = await server.createGroup({}, merchant);
    const sent = newCharge(newPhoneNumber(), 500);
    const there = { url: server.url, token: merchant.token };
    expect(await charge(there, slug, sent)).toBe(500);
    expect(await charge(there, slug, sent)).toBe(500);
    await expect(charge(there, slug, { ...sent, amount: 1 })).rejects.toThrow("Duplicate token.");
  });
});
