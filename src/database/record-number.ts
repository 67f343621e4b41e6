import type { PrismaTransaction } from "./prisma.js";

/**
 * The next number of a merchant's records of a kind. Numbers have no gaps: the counter is locked until the transaction
 * ends, and a failed transaction uses no number.
 */
export async function nextRecordNumber(
  tx: PrismaTransaction,
  merchantId: string,
  kind: "customer" | "order",
): Promise<number> {
  const { lastNumber } = await tx.recordNumber.upsert({
    where: { merchantId_kind: { merchantId, kind } },
    create: { merchantId, kind, lastNumber: 1 },
    update: { lastNumber: { increment: 1 } },
    select: { lastNumber: true },
  });
  return lastNumber;
}
