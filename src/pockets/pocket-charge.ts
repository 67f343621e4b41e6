import { isAmount } from "../shared/amount.js";
import { type PhoneNumber, readPhoneNumber } from "../shared/phone-number.js";
import { type UuidV7, parseUuidV7 } from "../shared/uuid.js";

/** The reason why a charge was refused. The GraphQL enum of the same name is built from this one. */
export const PocketChargeErrorCode = {
  DUPLICATE_TOKEN: "DUPLICATE_TOKEN",
  TOKEN_CONFLICT: "TOKEN_CONFLICT",
  INVALID_TOKEN: "INVALID_TOKEN",
  INVALID_PHONE_NUMBER: "INVALID_PHONE_NUMBER",
  INVALID_AMOUNT: "INVALID_AMOUNT",
  BELOW_MIN_CHARGE_AMOUNT: "BELOW_MIN_CHARGE_AMOUNT",
  ABOVE_MAX_CHARGE_AMOUNT: "ABOVE_MAX_CHARGE_AMOUNT",
  ABOVE_MAX_POCKET_BALANCE: "ABOVE_MAX_POCKET_BALANCE",
} as const;
export type PocketChargeErrorCode = keyof typeof PocketChargeErrorCode;

/** One charge as a merchant sends it. */
export interface PocketChargeRequest {
  readonly token: string;
  readonly phoneNumber: string;
  readonly amount: number;
}

/** A parsed charge of a request. Invalid values are null, and are refused during settlement. */
export interface ChargeItem {
  /** The id of the charge if it succeeds. It stays the same when the transaction is retried. */
  readonly id: UuidV7;
  readonly token: UuidV7 | null;
  readonly phoneNumber: PhoneNumber | null;
  /** The phone number as it was sent. */
  readonly writtenPhoneNumber: string;
  readonly amount: number;
}

/** @param region the group's region, in which the phone number is read. */
export function readChargeItem(
  { token, phoneNumber, amount }: PocketChargeRequest,
  id: UuidV7,
  region: string | null,
): ChargeItem {
  return {
    id,
    token: parseUuidV7(token),
    phoneNumber: readPhoneNumber(phoneNumber, region),
    writtenPhoneNumber: phoneNumber,
    amount,
  };
}

/** The numbers and amounts that a pocket group takes; null means no limit. */
export interface ChargeLimits {
  readonly phoneNumberRegion: string | null;
  readonly minChargeAmount: number | null;
  readonly maxChargeAmount: number | null;
  readonly maxPocketBalance: number | null;
}

/** @returns the reason to refuse the amount regardless of the pocket's balance, or null. */
export function refuseAmount(amount: number, limits: ChargeLimits): PocketChargeErrorCode | null {
  if (!isAmount(amount) || amount <= 0) return "INVALID_AMOUNT";
  if (limits.minChargeAmount !== null && amount < limits.minChargeAmount)
    return "BELOW_MIN_CHARGE_AMOUNT";
  if (limits.maxChargeAmount !== null && amount > limits.maxChargeAmount)
    return "ABOVE_MAX_CHARGE_AMOUNT";
  return null;
}
