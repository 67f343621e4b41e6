// A first version as many teams would write it: Apollo Server, Express and Prisma with their defaults, a
// resolver per field and a transaction per charge.
import { ApolloServer } from "@apollo/server";
import { expressMiddleware } from "@as-integrations/express5";
import { PrismaPg } from "@prisma/adapter-pg";
import express from "express";
import { announce, databaseUrl, host, poolSize, port } from "../environment.mjs";
import prismaClient from "../node_modules/.bench-plain-client/index.js";
import { requireUsable, secretHashOf } from "../rules.mjs";
import { typeDefs } from "../schema.mjs";
import { resolvers } from "./resolvers.mjs";

const prisma = new prismaClient.PrismaClient({
  adapter: new PrismaPg({ connectionString: databaseUrl, max: poolSize }),
  // 64 clients that charge one pocket wait longer than Prisma's two seconds on a busy machine.
  transactionOptions: { maxWait: 30_000, timeout: 30_000 },
});

async function findCaller(header) {
  const secretHash = secretHashOf(header);
  const token =
    secretHash &&
    (await prisma.apiToken.findUnique({
      where: { secretHash },
      include: { merchant: true, employee: true },
    }));
  return requireUsable(
    token && {
      ...token,
      isMerchantActive: token.merchant?.isActive,
      isEmployeeActive: token.employee?.isActive,
    },
  );
}

const apollo = new ApolloServer({ typeDefs, resolvers });
await apollo.start();
const app = express();
app.use(
  "/graphql",
  express.json(),
  expressMiddleware(apollo, {
    context: async ({ req }) => ({ prisma, caller: await findCaller(req.headers.authorization) }),
  }),
);
const server = app.listen(port, host, () => announce(server));
