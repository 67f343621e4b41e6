// Fastify and Mercurius with compiled queries and loaders, over SQL by hand: what a team that knows
// both PostgreSQL and Node.js builds.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";
import { announce, databaseUrl, host, poolSize, port } from "../environment.mjs";
import { requireUsable, secretHashOf } from "../rules.mjs";
import { typeDefs } from "../schema.mjs";
import { loaders, resolvers } from "./resolvers.mjs";

// Amounts are within what a number holds exactly, by check constraints.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });

async function findCaller(header) {
  const secretHash = secretHashOf(header);
  const { rows } = await pool.query({
    name: "authenticate",
    text: `select t.merchant_id as "merchantId", t.scopes::text[] as scopes,
                  t.expires_at as "expiresAt", t.revoked_at as "revokedAt",
                  m.is_active as "isMerchantActive", e.is_active as "isEmployeeActive"
           from api_tokens t
           left join merchants m on m.id = t.merchant_id
           left join employees e on e.merchant_id = t.merchant_id and e.id = t.employee_id
           where t.secret_hash = $1`,
    values: [secretHash],
  });
  return requireUsable(rows[0]);
}

const app = Fastify();
await app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  loaders,
  jit: 1,
  context: async ({ headers }) => ({ pool, caller: await findCaller(headers.authorization) }),
});
await app.listen({ host, port });
announce(app.server);
