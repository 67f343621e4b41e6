// Fastify and Mercurius with compiled queries and loaders, over SQL by hand: what a team that knows
// both PostgreSQL and Node.js builds.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";
import { announce, databaseUrl, host, poolSize, port } from "../environment.mjs";
import { findCaller } from "../rules.mjs";
import { typeDefs } from "../schema.mjs";
import { loaders, resolvers } from "./resolvers.mjs";

// Amounts are within what a number holds exactly, by check constraints.
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
