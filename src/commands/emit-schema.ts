import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { buildGraphqlSchema, schemaText } from "../graphql/schema.js";
import { RESOLVERS } from "../app/resolvers.js";

const file = fileURLToPath(new URL("../../schema.graphql", import.meta.url));
await writeFile(file, schemaText(buildGraphqlSchema(RESOLVERS)));
