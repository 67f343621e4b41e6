import { existsSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "./package-root.js";

/** A clone has npm scripts, which build before they run; an installed package has one command. */
const IS_CLONE = existsSync(join(PACKAGE_ROOT, "scripts/run.mjs"));

/** What a person enters to run a command. @param options the arguments after it. */
export function commandLine(command: string, options?: string): string {
  const words = IS_CLONE ? ["npm run", command] : ["npx pocketcharge", command];
  if (options === undefined) return words.join(" ");
  return [...words, ...(IS_CLONE ? ["--"] : []), options].join(" ");
}
