import {
  type MerchantData,
  NO_METADATA,
  checkMerchantData,
  newMerchantData,
} from "../shared/merchant-data.js";
import { readPhoneNumber } from "../shared/phone-number.js";
import { UserErrors } from "../shared/user-error.js";
import { parseUuidV7 } from "../shared/uuid.js";
import type { ChargeItem, ItemData } from "./ledger/item.js";

/** The reason why a charge was refused. The GraphQL enum of the same name is built from this one. */
export const PocketChargeErrorCode = {
  DUPLICATE_TOKEN: "DUPLICATE_TOKEN",
  TOKEN_CONFLICT: "TOKEN_CONFLICT",
  INVALID_TOKEN: "INVALID_TOKEN",
  INVALID_PHONE_NUMBER: "INVALID_PHONE_NUMBER",
  INVALID_AMOUNT: "INVALID_AMOUNT",
  INVALID_TEXT: "INVALID_TEXT",
  REFERENCE_TAKEN: "REFERENCE_TAKEN",
  BELOW_MIN_CHARGE_AMOUNT: "BELOW_MIN_CHARGE_AMOUNT",
  ABOVE_MAX_CHARGE_AMOUNT: "ABOVE_MAX_CHARGE_AMOUNT",
  ABOVE_MAX_POCKET_BALANCE: "ABOVE_MAX_POCKET_BALANCE",
  ABOVE_PERIOD_LIMIT: "ABOVE_PERIOD_LIMIT",
  POCKET_FROZEN: "POCKET_FROZEN",
} as const;
export type PocketChargeErrorCode = keyof typeof PocketChargeErrorCode;

/** The texts that a merchant sends with an item. */
export interface ItemTexts extends MerchantData {
  readonly note?: string | null | undefined;
}

/** One charge as a merchant sends it. */
export interface PocketChargeRequest extends ItemTexts {
  readonly token: string;
  readonly phoneNumber: string;
  readonly amount: number;
}

/** @param region the group's region, in which the phone number is read. */
export function readCharge(charge: PocketChargeRequest, region: string | null): ChargeItem {
  return { kind: "CHARGE", ...readMovement(charge, region) };
}

/**
 * Reads a debit or a hold. The numbers of other countries are read as well, in international form: a group keeps its
 * pockets when its region changes.
 */
export function readSpending(sent: PocketChargeRequest, region: string | null) {
  const item = readMovement(sent, region);
  const phoneNumber = item.phoneNumber ?? readPhoneNumber(sent.phoneNumber, null);
  return { ...item, phoneNumber };
}

/** Reads the parts that charges, debits and holds have in common. Values that cannot be read are null. */
function readMovement(sent: PocketChargeRequest, region: string | null) {
  const { token, phoneNumber, amount } = sent;
  const { reference, note, metadata, problem } = readTexts(sent);
  return {
    token: parseUuidV7(token),
    phoneNumber: readPhoneNumber(phoneNumber, region),
    writtenPhoneNumber: phoneNumber,
    amount,
    reference,
    note,
    metadata,
    problem,
  };
}

const MAX_NOTE_LENGTH = 500;
const NO_TEXTS: ItemData = { reference: null, note: null, metadata: NO_METADATA, problem: null };

/** Reads the texts of an item. Most items have none. */
function readTexts({ reference, note, metadata }: ItemTexts): ItemData {
  if (reference == null && note == null && metadata == null) return NO_TEXTS;
  const errors = new UserErrors();
  checkMerchantData(errors, { reference, metadata });
  errors.checkLength("note", note, MAX_NOTE_LENGTH);
  const problem = errors.all[0]?.message ?? null;
  // Invalid texts are not kept, because PostgreSQL refuses some of them even in a look-up.
  if (problem !== null) return { ...NO_TEXTS, problem };
  return { ...NO_TEXTS, note: note ?? null, ...newMerchantData({ reference, metadata }) };
}

/** Reads the reason of a reversal, which is stored as a note. */
export function readReason(reason: string | null | undefined): Pick<ItemData, "note" | "problem"> {
  const errors = new UserErrors();
  errors.checkLength("reason", reason, MAX_NOTE_LENGTH);
  return { note: reason ?? null, problem: errors.all[0]?.message ?? null };
}
