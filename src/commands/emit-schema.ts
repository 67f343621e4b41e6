import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { unconnectedSchema } from "../app/features.js";
import { schemaText } from "../graphql/schema.js";

const file = fileURLToPath(new URL("../../schema.graphql", import.meta.url));
await writeFile(file, schemaText(unconnectedSchema()));
