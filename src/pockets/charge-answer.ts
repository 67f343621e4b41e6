import { present, unreachable } from "../shared/assert.js";
import { type RefusalDetails, refusalMessage, shownAsSent } from "./item-answer.js";
import type { PocketChargeErrorCode, PocketChargeRequest } from "./pocket-charge.js";
import type { PocketCharge } from "./pocket-charge.record.js";

/** The outcome of one charge. */
export type ChargeResult =
  | { readonly status: "SUCCESS"; readonly charge: PocketCharge }
  | ({
      readonly status: "ERROR";
      readonly code: PocketChargeErrorCode;
      /** The charge that used the token, if it is the same merchant's. */
      readonly earlier: PocketCharge | null;
      /** The region in which the phone number was read. */
      readonly phoneNumberRegion: string | null;
    } & RefusalDetails);

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
      return {
        token,
        phoneNumber,
        amount,
        status,
        message: "Charge was successful.",
        code: null,
        remaining: null,
        resetsAt: null,
        wasMadeBefore: false,
        pocketCharge: charge,
      };
    }
    case "ERROR": {
      const { status, code, earlier, remaining, resetsAt, phoneNumberRegion } = result;
      return {
        token: shownAsSent(sent.token),
        phoneNumber: shownAsSent(sent.phoneNumber),
        amount: sent.amount,
        status,
        message: refusalMessage(code, phoneNumberRegion, result),
        ...{ code, remaining, resetsAt },
        wasMadeBefore: code === "DUPLICATE_TOKEN" && earlier !== null,
        pocketCharge: earlier,
      };
    }
    default:
      return unreachable(result);
  }
}
