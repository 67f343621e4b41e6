import { link, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClientError } from "../../../src/client/client-error.js";
import { ImportResults } from "../../../src/client/import-results.js";

let folder: string;
let input: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pocketcharge-results-"));
  input = pathOf("input.csv");
  await writeFile(input, "input");
});

afterEach(() => rm(folder, { recursive: true }));

const pathOf = (name: string): string => join(folder, name);

describe("the results of an import", () => {
  it.each([
    ["itself", () => Promise.resolve(input)],
    [
      "its path in another form",
      () => Promise.resolve(`${folder}/../${basename(folder)}/input.csv`),
    ],
    ["a symbolic link", () => symlink(input, pathOf("link.csv")).then(() => pathOf("link.csv"))],
    ["another name of it", () => link(input, pathOf("hard.csv")).then(() => pathOf("hard.csv"))],
    [
      "a name whose unfinished file it is",
      () => link(input, pathOf("x.csv.part")).then(() => pathOf("x.csv")),
    ],
  ])("never overwrite the imported file: %s", async (_, of) => {
    const path = await of();
    const opening = ImportResults.at(path, { input, replace: true });
    await expect(opening).rejects.toThrow(ClientError);
    await expect(opening).rejects.toThrow("would overwrite the file that is imported");
    expect(await readFile(input, "utf8")).toBe("input");
  });

  it.each(["results.csv", "results.csv.part"])("overwrite %s only if asked to", async (name) => {
    const path = pathOf("results.csv");
    await writeFile(pathOf(name), "mine");
    await expect(ImportResults.at(path, { input, replace: false })).rejects.toThrow(
      `${name} exists already.`,
    );
    expect(await readFile(pathOf(name), "utf8")).toBe("mine");
    const results = await ImportResults.at(path, { input, replace: true });
    await results.begin();
    results.write("new");
    await results.complete();
    expect(await readFile(path, "utf8")).toBe("new");
    expect(await readdir(folder)).toEqual(["input.csv", "results.csv"]);
  });

  it("begin again for another attempt, and leave nothing if they are discarded", async () => {
    const path = pathOf("results.csv");
    const results = await ImportResults.at(path, { input, replace: false });
    await results.begin();
    results.write("first");
    await results.discard();
    expect(await readdir(folder)).toEqual(["input.csv"]);
    await results.begin();
    results.check();
    results.write("second");
    await results.complete();
    await results.discard();
    expect(await readFile(path, "utf8")).toBe("second");
  });

  it("fail at the beginning if they cannot be written", async () => {
    const results = await ImportResults.at(pathOf("none/results.csv"), { input, replace: false });
    await expect(results.begin()).rejects.toThrow("The results cannot be written to");
    await expect(ImportResults.at(folder, { input, replace: true })).rejects.toThrow(
      "is not a regular file",
    );
  });
});
