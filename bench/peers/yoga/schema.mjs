// The same schema as ../schema.mjs, as Pothos defines it: from the models of Prisma.
import SchemaBuilder from "@pothos/core";
import PrismaPlugin from "@pothos/plugin-prisma";
import { getDatamodel } from "@pothos/plugin-prisma/generated";
import { requireScope } from "../rules.mjs";
import { chargePockets } from "./charge-pockets.mjs";
import { prisma } from "./prisma.mjs";

const builder = new SchemaBuilder({
  plugins: [PrismaPlugin],
  defaultFieldNullability: false,
  defaultInputFieldRequiredness: true,
  prisma: { client: prisma, dmmf: getDatamodel() },
});

// Check constraints keep amounts within the integers that a number represents exactly.
builder.scalarType("Amount", { serialize: Number });
builder.scalarType("DateTime", { serialize: (date) => date.toISOString() });
builder.scalarType("UUID", { serialize: String });

builder.prismaObject("Merchant", {
  fields: (t) => ({ id: t.exposeID("id"), name: t.exposeString("name") }),
});

builder.prismaObject("Pocket", {
  fields: (t) => ({
    phoneNumber: t.exposeString("phoneNumber"),
    balance: t.expose("balance", { type: "Amount" }),
  }),
});

const PocketCharge = builder.prismaObject("PocketCharge", {
  fields: (t) => ({
    id: t.exposeID("id"),
    token: t.expose("token", { type: "UUID" }),
    phoneNumber: t.exposeString("phoneNumber"),
    amount: t.expose("amount", { type: "Amount" }),
    balanceAfter: t.expose("balanceAfter", { type: "Amount" }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    pocket: t.relation("pocket"),
    merchant: t.relation("merchant"),
  }),
});

const PocketChargeConnection = builder.objectRef("PocketChargeConnection").implement({
  fields: (t) => ({
    nodes: t.prismaField({
      type: ["PocketCharge"],
      async resolve(query, { first }, _, { caller: { merchantId } }) {
        // A look-up of its own, because PostgreSQL uses an index for the order only if the ids are values.
        const grants = await prisma.pocketGroupGrant.findMany({ where: { merchantId } });
        const groupIds = grants.map(({ pocketGroupId }) => pocketGroupId);
        return prisma.pocketCharge.findMany({
          ...query,
          where: { merchantId, pocketGroupId: { in: groupIds } },
          orderBy: [{ createdAt: "desc" }, { id: "desc" }],
          take: first,
        });
      },
    }),
  }),
});

builder.queryType({
  fields: (t) => ({
    pocketCharge: t.prismaField({
      type: "PocketCharge",
      nullable: true,
      args: { pocketGroupSlug: t.arg.string(), token: t.arg({ type: "UUID" }) },
      resolve(query, _, { pocketGroupSlug: slug, token }, { caller }) {
        requireScope(caller, "POCKETS_READ");
        const { merchantId } = caller;
        return prisma.pocketCharge.findFirst({
          ...query,
          where: { token, merchantId, pocketGroup: { slug, grants: { some: { merchantId } } } },
        });
      },
    }),
    pocketCharges: t.field({
      type: PocketChargeConnection,
      args: { first: t.arg.int({ defaultValue: 50 }) },
      resolve(_, { first }, { caller }) {
        requireScope(caller, "POCKETS_READ");
        return { first };
      },
    }),
  }),
});

const Status = builder.enumType("PocketChargeResultStatus", { values: ["SUCCESS", "ERROR"] });

const PocketChargeResult = builder.objectRef("PocketChargeResult").implement({
  fields: (t) => ({
    token: t.exposeString("token"),
    phoneNumber: t.exposeString("phoneNumber"),
    amount: t.expose("amount", { type: "Amount" }),
    status: t.expose("status", { type: Status }),
    message: t.exposeString("message"),
    pocketCharge: t.expose("pocketCharge", { type: PocketCharge, nullable: true }),
  }),
});

const ChargePocketsPayload = builder.objectRef("ChargePocketsPayload").implement({
  fields: (t) => ({ results: t.expose("results", { type: [PocketChargeResult] }) }),
});

const PocketChargeInput = builder.inputType("PocketChargeInput", {
  fields: (t) => ({
    token: t.string(),
    phoneNumber: t.string(),
    amount: t.field({ type: "Amount" }),
  }),
});

const ChargePocketsInput = builder.inputType("ChargePocketsInput", {
  fields: (t) => ({
    pocketGroupSlug: t.string(),
    charges: t.field({ type: [PocketChargeInput] }),
  }),
});

builder.mutationType({
  fields: (t) => ({
    chargePockets: t.field({
      type: ChargePocketsPayload,
      args: { input: t.arg({ type: ChargePocketsInput }) },
      async resolve(_, { input: { pocketGroupSlug, charges } }, { caller }) {
        requireScope(caller, "POCKETS_CHARGE");
        return { results: await chargePockets(caller, pocketGroupSlug, charges) };
      },
    }),
  }),
});

export const schema = builder.toSchema();
