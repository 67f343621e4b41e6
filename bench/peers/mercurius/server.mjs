// Fastify and Mercurius with compiled queries and loaders, over handwritten SQL: what a team with experience in
// PostgreSQL and Node.js builds.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";
import { announce, databaseUrl, host, poolSize, port } from "../environment.mjs";
import { findCaller } from "../rules.mjs";
import { typeDefs } from "../schema.mjs";
import { loaders, resolvers } from "./resolvers.mjs";

// Check constraints keep amounts within the integers that a number represents exactly.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });

const app = Fastify();
await app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  loaders,
  jit: 1,
  context: async ({ headers }) => ({ pool, caller: await findCaller(pool, headers.authorization) }),
});
await app.listen({ host, port });
announce(app.server);
