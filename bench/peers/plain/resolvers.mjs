import { isAboveMaximum, made, refuseCharge, refused, requireScope } from "../rules.mjs";

const UNIQUE_VIOLATION = "P2002";
const MAX_TRIES = 5;

export const resolvers = {
  Query: {
    async pocketCharge(_, { pocketGroupSlug, token }, { prisma, caller }) {
      requireScope(caller, "POCKETS_READ");
      const group = await findGrantedGroup(prisma, pocketGroupSlug, caller);
      const charge = await findCharge(prisma, group.id, token);
      return charge?.merchantId === caller.merchantId ? present(charge) : null;
    },

    async pocketCharges(_, { first }, { prisma, caller }) {
      requireScope(caller, "POCKETS_READ");
      const { merchantId } = caller;
      const grants = await prisma.pocketGroupGrant.findMany({ where: { merchantId } });
      const groupIds = grants.map(({ pocketGroupId }) => pocketGroupId);
      const charges = await prisma.pocketCharge.findMany({
        where: { merchantId, pocketGroupId: { in: groupIds } },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: first,
      });
      return { nodes: charges.map(present) };
    },
  },

  Mutation: {
    async chargePockets(_, { input: { pocketGroupSlug, charges } }, { prisma, caller }) {
      requireScope(caller, "POCKETS_CHARGE");
      const group = await findGrantedGroup(prisma, pocketGroupSlug, caller);
      if (!group.isActive) throw new Error(`The pocket group ${pocketGroupSlug} is inactive.`);
      const results = [];
      for (const charge of charges) {
        results.push(await chargeOnce(prisma, group, caller.merchantId, charge));
      }
      return { results };
    },
  },

  PocketCharge: {
    async pocket({ pocketGroupId, phoneNumber }, _, { prisma }) {
      const pocketGroupId_phoneNumber = { pocketGroupId, phoneNumber };
      const pocket = await prisma.pocket.findUnique({ where: { pocketGroupId_phoneNumber } });
      return { ...pocket, balance: Number(pocket.balance) };
    },
    merchant: ({ merchantId: id }, _, { prisma }) => prisma.merchant.findUnique({ where: { id } }),
  },
};

/** A request that loses a race for a token or a new pocket retries, and finds the other's record. */
async function chargeOnce(prisma, group, merchantId, charge) {
  for (let tries = 1; ; tries++) {
    try {
      return await prisma.$transaction((tx) => chargePocket(tx, group, merchantId, charge));
    } catch (error) {
      if (error.code !== UNIQUE_VIOLATION || tries === MAX_TRIES) throw error;
    }
  }
}

async function chargePocket(tx, group, merchantId, charge) {
  const refusal = refuseCharge(charge, group);
  if (refusal !== null) return refused(charge, refusal);
  const { token, phoneNumber, amount } = charge;
  const pocketGroupId = group.id;
  if (await findCharge(tx, pocketGroupId, token)) return refused(charge, "The token is used.");

  const key = { pocketGroupId, phoneNumber };
  // The increment locks the pocket's row until the commit, so that its balance is the charge's own.
  const { balance } = await tx.pocket.upsert({
    where: { pocketGroupId_phoneNumber: key },
    create: { ...key, balance: amount },
    update: { balance: { increment: amount } },
  });
  if (isAboveMaximum(balance, group)) throw new Error("The pocket would hold too much.");
  const written = await tx.pocketCharge.create({
    data: { ...key, token, merchantId, amount, balanceAfter: balance },
  });
  return made(present(written));
}

function findCharge(prisma, pocketGroupId, token) {
  return prisma.pocketCharge.findUnique({
    where: { pocketGroupId_token: { pocketGroupId, token } },
  });
}

async function findGrantedGroup(prisma, slug, { merchantId }) {
  const group = await prisma.pocketGroup.findUnique({
    where: { slug },
    include: { grants: { where: { merchantId } } },
  });
  if (!group?.grants.length) throw new Error(`The pocket group ${slug} is not granted to you.`);
  return group;
}

function present(charge) {
  const { amount, balanceAfter } = charge;
  return { ...charge, amount: Number(amount), balanceAfter: Number(balanceAfter) };
}
