import { type ValueOf, defineEnumeration } from "../../shared/enumeration.js";
import type { Instant } from "../../shared/instant.js";
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

/** A hold as it is stored: its status stays OPEN when it expires, until its pocket changes. */
export interface PocketHold {
  readonly pocketGroupId: string;
  readonly merchantId: string;
  readonly id: UuidV7;
  readonly token: UuidV7;
  readonly phoneNumber: PhoneNumber;
  readonly amount: number;
  readonly capturedAmount: number;
  readonly status: PocketHoldStatus;
  readonly expiresAt: Instant | null;
  readonly closedAt: Instant | null;
  readonly reference: string | null;
  readonly note: string | null;
  readonly metadata: Metadata;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** The amount that a hold reserves. */
export function heldBy({ status, amount, capturedAmount }: PocketHold): number {
  return status === "OPEN" ? amount - capturedAmount : 0;
}
