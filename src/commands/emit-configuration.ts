import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { withVariablesTable } from "../config/describe-variables.js";

const file = fileURLToPath(new URL("../../docs/configuration.md", import.meta.url));
await writeFile(file, withVariablesTable(await readFile(file, "utf8")));
