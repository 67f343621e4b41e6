import { type RowIn, column, rowOf } from "../../database/row.js";
import { type ValueOf, defineEnumeration } from "../../shared/enumeration.js";
import type { Metadata } from "../../shared/merchant-data.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import type { UuidV7 } from "../../shared/uuid.js";

export const PocketHoldStatus = defineEnumeration(
  "PocketHoldStatus",
  "Whether a hold still reserves an amount.",
  {
    OPEN: "The amount that is left is reserved. It can be captured or released.",
    CAPTURED: "The hold was captured, and reserves nothing more.",
    RELEASED: "The merchant released what was left of the hold.",
    EXPIRED: "Its `expiresAt` has passed, and what was left of it is available again.",
  },
);
export type PocketHoldStatus = ValueOf<typeof PocketHoldStatus>;

/** A hold, with the status that it has at the time of the statement. */
export const POCKET_HOLD = rowOf({
  pocketGroupId: column.uuid(),
  merchantId: column.uuid(),
  id: column.uuid<UuidV7>(),
  token: column.uuid<UuidV7>(),
  phoneNumber: column.text<PhoneNumber>(),
  amount: column.bigint(),
  capturedAmount: column.bigint(),
  status: column.text<PocketHoldStatus>(),
  expiresAt: column.nullable(column.timestamp()),
  closedAt: column.nullable(column.timestamp()),
  reference: column.nullable(column.text()),
  note: column.nullable(column.text()),
  metadata: column.json<Metadata>(),
  createdAt: column.timestamp(),
  updatedAt: column.timestamp(),
});
export type PocketHold = RowIn<typeof POCKET_HOLD>;

/** The amount that a hold reserves. */
export function heldBy({ status, amount, capturedAmount }: PocketHold): number {
  return status === "OPEN" ? amount - capturedAmount : 0;
}
