// The client and the look-up of a caller, for the sides that use Prisma.
import { PrismaPg } from "@prisma/adapter-pg";
import { databaseUrl, poolSize } from "../environment.mjs";
import prismaClient from "../node_modules/.bench-prisma-client/index.js";
import { requireUsable, secretHashOf } from "../rules.mjs";

/** @param {object} [options] of the adapter. */
export function openPrisma(options) {
  return new prismaClient.PrismaClient({
    adapter: new PrismaPg({ connectionString: databaseUrl, max: poolSize }, options),
    // 64 clients that charge one pocket wait longer than Prisma's two seconds on a busy machine.
    transactionOptions: { maxWait: 30_000, timeout: 30_000 },
  });
}

/**
 * @param {import("@prisma/client").PrismaClient} prisma
 * @param {string | null | undefined} header `Authorization`.
 */
export async function findCaller(prisma, header) {
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
