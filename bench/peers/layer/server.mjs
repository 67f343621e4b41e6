// The upper limit of the GraphQL layer: parsing, validation, compiled execution and HTTP as in Pocketcharge,
// with one record from memory and no database.
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled } from "@apollo/server/plugin/disabled";
import fastifyApollo from "@as-integrations/fastify";
import Fastify from "fastify";
import { buildSchema } from "graphql";
import { compileQuery } from "graphql-jit";
import { announce, host, port } from "../environment.mjs";
import { typeDefs } from "../schema.mjs";

const CHARGE = {
  id: "01988f7a-0000-7000-8000-00000000000a",
  phoneNumber: "989120000000",
  amount: 10_000,
  balanceAfter: 20_000,
  createdAt: "2026-01-01T00:00:00.000000Z",
};

const schema = buildSchema(typeDefs);
schema.getQueryType().getFields().pocketCharge.resolve = (_, { token }) => ({ ...CHARGE, token });

/** Compiled documents, for as long as Apollo keeps their source. */
const compiled = new WeakMap();

function execute({ document, context, request }) {
  let query = compiled.get(document);
  if (query === undefined) compiled.set(document, (query = compileQuery(schema, document)));
  return query.query(undefined, context, request.variables ?? {});
}

const apollo = new ApolloServer({
  gateway: {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: "" });
      return () => undefined;
    },
    load: async () => ({ executor: async (request) => execute(request) }),
    stop: async () => undefined,
  },
  plugins: [ApolloServerPluginCacheControlDisabled()],
});
await apollo.start();
const app = Fastify();
await app.register(fastifyApollo(apollo), { path: "/graphql" });
await app.listen({ host, port });
announce(app.server);
