import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of this package. Modules find its files from here, since bundling moves them. */
export const PACKAGE_ROOT = rootAbove(import.meta.dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : rootAbove(dirname(folder));
}
