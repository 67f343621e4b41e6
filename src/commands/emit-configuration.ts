import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withVariablesTable } from "../config/describe-variables.js";
import { PACKAGE_ROOT } from "../shared/package-root.js";

const file = join(PACKAGE_ROOT, "docs", "configuration.md");
await writeFile(file, withVariablesTable(await readFile(file, "utf8")));
