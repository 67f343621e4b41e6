import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClientError } from "../../../src/client/client-error.js";
import { PartFile } from "../../../src/client/part-file.js";

const BEGIN = { source: "customers.csv", token: "pct_mine", resume: false, replace: false };
const RESUME = { ...BEGIN, resume: true };
const ROWS = Buffer.from("id\r\n1\r\n");

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pocketcharge-part-"));
  path = join(folder, "customers.csv");
});

afterEach(() => rm(folder, { recursive: true }));

async function suspend(): Promise<void> {
  const file = await PartFile.open(path, BEGIN);
  await file.write(ROWS, 0);
  file.advance({ rows: 1, bytes: ROWS.length, cursor: "c1", header: "id\r\n" });
  await file.suspend();
}

describe("an unfinished export", () => {
  it("is continued where it was, and leaves only the complete file", async () => {
    await suspend();
    expect(await readdir(folder)).toEqual(["customers.csv.part", "customers.csv.part.json"]);
    const file = await PartFile.open(path, RESUME);
    expect(file.state).toMatchObject({ rows: 1, bytes: ROWS.length, cursor: "c1" });
    await file.complete(ROWS.length);
    expect(await readdir(folder)).toEqual(["customers.csv"]);
  });

  it("is not continued with another token, which may be another merchant's", async () => {
    await suspend();
    const state = await readFile(`${path}.part.json`, "utf8");
    expect(state).not.toContain(BEGIN.token);
    await expect(PartFile.open(path, { ...RESUME, token: "pct_other" })).rejects.toThrow(
      "The export was begun with another token. Use that token, or begin again with --replace.",
    );
    expect(await readFile(`${path}.part`)).toEqual(ROWS);
    expect(await readFile(`${path}.part.json`, "utf8")).toBe(state);
  });

  it.each([
    ["an empty state", ".part.json", ""],
    ["half a state", ".part.json", '{"source":"customers.csv","tok'],
    ["a state that is no object", ".part.json", "null"],
    ["a state without its members", ".part.json", '{"source":"customers.csv"}'],
    ["fewer bytes than its state", ".part", "id\r\n"],
  ])("with %s can only begin again", async (_, extension, content) => {
    await suspend();
    await writeFile(`${path}${extension}`, content);
    const opening = PartFile.open(path, RESUME);
    await expect(opening).rejects.toThrow(ClientError);
    await expect(opening).rejects.toThrow(
      `${extension} is damaged, so the export cannot be continued. Begin again with --replace.`,
    );
    const file = await PartFile.open(path, { ...BEGIN, replace: true });
    expect(file.state).toMatchObject({ rows: 0, bytes: 0, cursor: null });
    await file.suspend();
    expect(await readdir(folder)).toEqual([]);
  });
});
