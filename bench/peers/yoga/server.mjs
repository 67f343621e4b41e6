// GraphQL Yoga with Pothos and Prisma: a schema in code, relations that Pothos loads with the query, compiled
// queries and a transaction per request, with SQL only for what Prisma cannot express.
import { createServer } from "node:http";
import { useGraphQlJit } from "@envelop/graphql-jit";
import { createYoga } from "graphql-yoga";
import { announce, host, port } from "../environment.mjs";
import { findCaller } from "../prisma/client.mjs";
import { prisma } from "./prisma.mjs";
import { schema } from "./schema.mjs";

const yoga = createYoga({
  schema,
  graphiql: false,
  landingPage: false,
  plugins: [useGraphQlJit()],
  context: async ({ request }) => ({
    caller: await findCaller(prisma, request.headers.get("authorization")),
  }),
});
const server = createServer(yoga);
server.listen(port, host, () => announce(server));
