import { shown } from "../shared/shown-text.js";
import type { ChargeResult } from "./charge-settlement.js";
import type { PocketChargeErrorCode, PocketChargeRequest } from "./pocket-charge.js";
import type { PocketCharge } from "./pocket-charge.record.js";

const MESSAGES: Record<PocketChargeErrorCode, string> = {
  DUPLICATE_TOKEN: "Duplicate token.",
  TOKEN_CONFLICT: "Duplicate token.",
  INVALID_TOKEN: "The token must be a UUID of version 7.",
  INVALID_PHONE_NUMBER: "The phone number must be an Iranian mobile number.",
  INVALID_AMOUNT: "The amount must be above 0.",
  BELOW_MIN_CHARGE_AMOUNT: "The amount is below the least that a charge may add in this group.",
  ABOVE_MAX_CHARGE_AMOUNT: "The amount is above the most that a charge may add in this group.",
  ABOVE_MAX_POCKET_BALANCE:
    "The charge would lift the pocket over the balance that this group allows.",
};

/** No token and no phone number is as long. What is longer would make an answer as often as an alias repeats it. */
const MAX_SHOWN_LENGTH = 100;

/** What one charge returns to its merchant. A refused one returns its input, without the middle of long texts. */
export interface ChargeAnswer extends PocketChargeRequest {
  readonly status: ChargeResult["status"];
  readonly message: string;
  readonly code: PocketChargeErrorCode | null;
  /** The charge that was made, or the caller's own that has used the token. */
  readonly pocketCharge: PocketCharge | null;
}

export function answerCharge(
  { token, phoneNumber, amount }: PocketChargeRequest,
  result: ChargeResult,
): ChargeAnswer {
  if (result.status === "ERROR") {
    const { status, code, earlier } = result;
    return {
      token: shown(token, MAX_SHOWN_LENGTH),
      phoneNumber: shown(phoneNumber, MAX_SHOWN_LENGTH),
      amount,
      status,
      code,
      message: MESSAGES[code],
      pocketCharge: earlier,
    };
  }
  const { status, charge } = result;
  const { token: storedToken, phoneNumber: storedNumber } = charge;
  return {
    token: storedToken,
    phoneNumber: storedNumber,
    amount,
    status,
    code: null,
    message: "Charge was successful.",
    pocketCharge: charge,
  };
}
