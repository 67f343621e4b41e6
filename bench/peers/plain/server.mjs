// A first version as many teams would write it: Apollo Server, Express and Prisma with their defaults, a
// resolver per field and a transaction per charge.
import { ApolloServer } from "@apollo/server";
import { expressMiddleware } from "@as-integrations/express5";
import express from "express";
import { announce, host, port } from "../environment.mjs";
import { findCaller, openPrisma } from "../prisma/client.mjs";
import { typeDefs } from "../schema.mjs";
import { resolvers } from "./resolvers.mjs";

const prisma = openPrisma();
const apollo = new ApolloServer({ typeDefs, resolvers });
await apollo.start();
const app = express();
app.use(
  "/graphql",
  express.json(),
  expressMiddleware(apollo, {
    context: async ({ req }) => ({
      prisma,
      caller: await findCaller(prisma, req.headers.authorization),
    }),
  }),
);
const server = app.listen(port, host, () => announce(server));
