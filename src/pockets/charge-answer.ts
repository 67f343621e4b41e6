import { present, unreachable } from "../shared/assert.js";
import { shown } from "../shared/shown-text.js";
import type { ChargeResult } from "./charge-pockets.service.js";
import { refusalMessage } from "./item-answer.js";
import type { PocketChargeRequest } from "./pocket-charge.js";

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
        message: refusalMessage(code, phoneNumberRegion, result),
        code,
        wasMadeBefore: code === "DUPLICATE_TOKEN" && earlier !== null,
        pocketCharge: earlier,
      };
    }
    default:
      return unreachable(result);
  }
}
