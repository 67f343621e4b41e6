import { present } from "../shared/assert.js";
import { describePhoneNumbers } from "../shared/phone-number-region.js";
import type { Instant } from "../shared/instant.js";
import { shown } from "../shared/shown-text.js";
import type { ItemErrorCode, PocketOperation } from "./ledger/item.js";
import type { ItemResult } from "./ledger/item-result.js";

/** The values of a refusal that its message needs. */
export interface RefusalDetails {
  readonly remaining: number | null;
  readonly available: number | null;
  readonly problem: string | null;
  readonly resetsAt: Instant | null;
}

type Message = string | ((details: RefusalDetails) => string);

/** The message of each code. It says what is wrong and, where a number decides, which. */
const MESSAGES: Readonly<Record<Exclude<ItemErrorCode, "INVALID_PHONE_NUMBER">, Message>> = {
  DUPLICATE_TOKEN: "Duplicate token.",
  TOKEN_CONFLICT: "Duplicate token.",
  INVALID_TOKEN: "The token must be a UUID of version 7.",
  INVALID_AMOUNT: "The amount must be above 0.",
  INVALID_TEXT: ({ problem }) => problem ?? "A text is too long.",
  REFERENCE_TAKEN: "Your merchant has used this reference in this group before.",
  INVALID_EXPIRY: "expiresAt must be in the future.",
  BELOW_MIN_CHARGE_AMOUNT: "The amount is below the minimum charge amount of this group.",
  ABOVE_MAX_CHARGE_AMOUNT: "The amount is above the maximum charge amount of this group.",
  BELOW_MIN_DEBIT_AMOUNT: "The amount is below the minimum debit amount of this group.",
  ABOVE_MAX_DEBIT_AMOUNT: "The amount is above the maximum debit amount of this group.",
  ABOVE_MAX_POCKET_BALANCE: "The balance would exceed the maximum pocket balance of this group.",
  ABOVE_PERIOD_LIMIT: ({ remaining, resetsAt }) =>
    `The group's limits over time leave ${String(remaining ?? 0)}${resetsAt === null ? "" : ` until ${resetsAt}`}.`,
  POCKET_NOT_FOUND: "This number has no pocket in this group.",
  POCKET_FROZEN: "The pocket is frozen.",
  INSUFFICIENT_FUNDS: ({ available }) =>
    `The pocket has too little: ${String(available ?? 0)} is available.`,
  ENTRY_NOT_FOUND: "Your merchant has made no charge or debit with this ofToken in this group.",
  NOT_REVERSIBLE: "Only charges and debits can be reversed.",
  ALREADY_REVERSED: "The entry was reversed before, and nothing is left of it.",
  ABOVE_REVERSIBLE_AMOUNT: ({ remaining }) =>
    `The amount is above what is left to reverse, ${String(remaining ?? 0)}.`,
  REVERSAL_WINDOW_ENDED: "The entry is too old to be reversed in this group.",
  HOLD_NOT_FOUND: "Your merchant has made no hold with this holdToken in this group.",
  HOLD_EXPIRED: "The hold has expired.",
  HOLD_CLOSED: "The hold was captured or released before.",
  ABOVE_HELD_AMOUNT: ({ remaining }) =>
    `The amount is above what is left of the hold, ${String(remaining ?? 0)}.`,
};

const DONE: Readonly<Record<PocketOperation, string>> = {
  charge: "Charge was successful.",
  debit: "Debit was successful.",
  reverse: "Reversal was successful.",
  hold: "Hold was successful.",
  capture: "Capture was successful.",
  release: "Release was successful.",
};

/** Longer than any token or phone number. Without a limit, each alias would repeat a long invalid value. */
const MAX_SHOWN_LENGTH = 100;

/** A token or phone number as it was sent, cut off if it is too long to be one. */
export function shownAsSent(text: string): string {
  return shown(text, MAX_SHOWN_LENGTH);
}

/** The message of a refusal. */
export function refusalMessage(
  code: ItemErrorCode,
  phoneNumberRegion: string | null,
  details: RefusalDetails,
): string {
  if (code === "INVALID_PHONE_NUMBER")
    return `The phone number must be ${describePhoneNumbers(phoneNumberRegion)}.`;
  const message = MESSAGES[code];
  return typeof message === "string" ? message : message(details);
}

/**
 * @param sent the tokens of the items as they were sent.
 * @param results one for each item, in the same order.
 * @returns the response for each item.
 */
export function answerItems(
  operation: PocketOperation,
  sent: readonly string[],
  results: readonly ItemResult[],
) {
  return sent.map((token, index) =>
    answerItem(operation, token, present(results[index], "the result of an item")),
  );
}

function answerItem(operation: PocketOperation, sent: string, result: ItemResult) {
  const { status, hold, available } = result;
  if (result.status === "SUCCESS") {
    const { entry } = result;
    const token =
      operation === "release" ? present(hold, "the hold").token : present(entry, "the entry").token;
    return {
      ...{ token, status, message: DONE[operation], code: null, wasMadeBefore: false },
      ...{ available, remaining: null, resetsAt: null, pocketHold: hold },
      pocketEntry: entry?.kind === "HOLD" ? null : entry,
    };
  }
  const { code, earlier, remaining, resetsAt, phoneNumberRegion } = result;
  return {
    token: shownAsSent(sent),
    ...{ status, message: refusalMessage(code, phoneNumberRegion, result), code },
    wasMadeBefore: wasMadeBefore(operation, result),
    ...{ available, remaining, resetsAt, pocketHold: hold },
    pocketEntry: earlier?.kind === "HOLD" ? null : earlier,
  };
}

/** Whether the merchant asks again for what it did before. A release has no token, and is known by its hold. */
function wasMadeBefore(operation: PocketOperation, result: ItemResult): boolean {
  if (result.status === "SUCCESS") return false;
  if (operation === "release") return result.hold?.status === "RELEASED";
  return result.code === "DUPLICATE_TOKEN" && result.earlier !== null;
}
