import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unconnectedSchema } from "../app/features.js";
import { schemaText } from "../graphql/schema.js";
import { PACKAGE_ROOT } from "../shared/package-root.js";

await writeFile(join(PACKAGE_ROOT, "schema.graphql"), schemaText(unconnectedSchema()));
