import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildGraphqlSchema, schemaText } from "../graphql/schema.js";
import { RESOLVERS } from "../app/resolvers.js";
import { PACKAGE_ROOT } from "../shared/package-root.js";

await writeFile(join(PACKAGE_ROOT, "schema.graphql"), schemaText(buildGraphqlSchema(RESOLVERS)));
