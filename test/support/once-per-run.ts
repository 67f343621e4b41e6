import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inject, vi } from "vitest";
import { POLL } from "./wait-timeout.js";

/**
 * A text that describes something expensive, which all workers of this test run share. The first that
 * needs it makes it, and the others wait.
 */
export async function oncePerRun(name: string, make: () => Promise<string>): Promise<string> {
  const file = join(inject("runFolder"), name);
  const isFirst = await mkdir(`${file}.lock`).then(
    () => true,
    () => false,
  );
  if (isFirst) {
    await writeFile(`${file}.new`, await make());
    await rename(`${file}.new`, file);
  }
  return vi.waitFor(() => readFile(file, "utf8"), POLL);
}
