import { readPhoneNumber } from "../shared/phone-number.js";
import { parseUuidV7 } from "../shared/uuid.js";
import type { ChargeItem } from "./ledger/item.js";

/** The reason why a charge was refused. The GraphQL enum of the same name is built from this one. */
export const PocketChargeErrorCode = {
  DUPLICATE_TOKEN: "DUPLICATE_TOKEN",
  TOKEN_CONFLICT: "TOKEN_CONFLICT",
  INVALID_TOKEN: "INVALID_TOKEN",
  INVALID_PHONE_NUMBER: "INVALID_PHONE_NUMBER",
  INVALID_AMOUNT: "INVALID_AMOUNT",
  INVALID_TEXT: "INVALID_TEXT",
  BELOW_MIN_CHARGE_AMOUNT: "BELOW_MIN_CHARGE_AMOUNT",
  ABOVE_MAX_CHARGE_AMOUNT: "ABOVE_MAX_CHARGE_AMOUNT",
  ABOVE_MAX_POCKET_BALANCE: "ABOVE_MAX_POCKET_BALANCE",
  POCKET_FROZEN: "POCKET_FROZEN",
} as const;
export type PocketChargeErrorCode = keyof typeof PocketChargeErrorCode;

/** One charge as a merchant sends it. */
export interface PocketChargeRequest {
  readonly token: string;
  readonly phoneNumber: string;
  readonly amount: number;
  readonly reference?: string | null;
  readonly note?: string | null;
}

/** @param region the group's region, in which the phone number is read. */
export function readCharge(charge: PocketChargeRequest, region: string | null): ChargeItem {
  return { kind: "CHARGE", ...readMovement(charge, region) };
}

/** Reads the parts that charges, debits and holds have in common. Values that cannot be read are null. */
export function readMovement(
  { token, phoneNumber, amount, reference, note }: PocketChargeRequest,
  region: string | null,
) {
  return {
    token: parseUuidV7(token),
    phoneNumber: readPhoneNumber(phoneNumber, region),
    writtenPhoneNumber: phoneNumber,
    amount,
    reference: reference ?? null,
    note: note ?? null,
  };
}
