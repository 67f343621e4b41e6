// PostGraphile over the same tables. Transaction settings identify the caller, row security (tables.sql)
// decides what it may read, and charges are an SQL function.
import { createServer } from "node:http";
import pg from "pg";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { announce, databaseUrl, host, poolSize, port } from "../environment.mjs";
import { findCaller } from "../rules.mjs";

// PostGraphile requires Node.js 22, but this function is all that it lacks on 20, which Pocketcharge also supports.
Promise.withResolvers ??= function withResolvers() {
  let resolve, reject;
  const promise = new this((onResolve, onReject) => ([resolve, reject] = [onResolve, onReject]));
  return { promise, resolve, reject };
};

const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ pool, schemas: ["public", "peer_postgraphile"], pubsub: false })],
  schema: { defaultBehavior: "-resource:insert -resource:update -resource:delete" },
  grafserv: { graphqlPath: "/graphql", graphiql: false, websockets: false, watch: false },
  grafast: {
    async context({ node }) {
      const { merchantId, scopes } = await findCaller(pool, node.req.headers.authorization);
      return {
        pgSettings: {
          role: "peer_postgraphile_caller",
          "peer.merchant_id": merchantId,
          "peer.scopes": scopes.join(","),
        },
      };
    },
  },
};

const server = createServer();
const serv = postgraphile(preset).createServ(grafserv);
await serv.addTo(server);
await serv.ready();
server.listen(port, host, () => announce(server));
