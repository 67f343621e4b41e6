import { createHash } from "node:crypto";
import { openPrisma } from "../prisma/client.mjs";

/** Prepares each statement once per connection. Without a name for it, Prisma prepares it every time. */
export const prisma = openPrisma({
  statementNameGenerator: ({ sql }) => createHash("sha256").update(sql).digest("hex").slice(0, 32),
});
