import { present, unreachable } from "../shared/assert.js";
import { describePhoneNumbers } from "../shared/phone-number-region.js";
import { shown } from "../shared/shown-text.js";
import type { ChargeResult } from "./charge-settlement.js";
import type { PocketChargeErrorCode, PocketChargeRequest } from "./pocket-charge.js";

const MESSAGES: Record<Exclude<PocketChargeErrorCode, "INVALID_PHONE_NUMBER">, string> = {
  DUPLICATE_TOKEN: "Duplicate token.",
  TOKEN_CONFLICT: "Duplicate token.",
  INVALID_TOKEN: "The token must be a UUID of version 7.",
  INVALID_AMOUNT: "The amount must be above 0.",
  BELOW_MIN_CHARGE_AMOUNT: "The amount is below the minimum charge amount of this group.",
  ABOVE_MAX_CHARGE_AMOUNT: "The amount is above the maximum charge amount of this group.",
  ABOVE_MAX_POCKET_BALANCE: "The balance would exceed the maximum pocket balance of this group.",
};

/** Longer than any token or phone number. Without a limit, each alias would repeat a long invalid value. */
const MAX_SHOWN_LENGTH = 100;

/**
 * @param results one for each charge, in the same order.
 * @returns the response for each charge: the stored values of a successful charge, or the sent values of a refused one,
 *   with long strings shortened.
 */
export function answerCharges(
  charges: readonly PocketChargeRequest[],
  results: readonly ChargeResult[],
) {
  return charges.map((charge, index) =>
    answerCharge(charge, present(results[index], "the result of a charge")),
  );
}

function answerCharge(sent: PocketChargeRequest, result: ChargeResult) {
  switch (result.status) {
    case "SUCCESS": {
      const { status, charge } = result;
      const { token, phoneNumber, amount } = charge;
      const message = "Charge was successful.";
      return {
        ...{ token, phoneNumber, amount, status, message, code: null },
        wasMadeBefore: false,
        pocketCharge: charge,
      };
    }
    case "ERROR": {
      const { status, code, earlier, phoneNumberRegion } = result;
      return {
        token: shown(sent.token, MAX_SHOWN_LENGTH),
        phoneNumber: shown(sent.phoneNumber, MAX_SHOWN_LENGTH),
        amount: sent.amount,
        status,
        message:
          code === "INVALID_PHONE_NUMBER"
            ? `The phone number must be ${describePhoneNumbers(phoneNumberRegion)}.`
            : MESSAGES[code],
        code,
        wasMadeBefore: code === "DUPLICATE_TOKEN" && earlier !== null,
        pocketCharge: earlier,
      };
    }
    default:
      return unreachable(result);
  }
}
