import { PocketEntryErrorCode } from "../pockets/ledger/item.js";
import { pocketEntryRecord } from "../pockets/pocket-entry.record.js";
import { fieldOf } from "../records/record.js";
import { attributeSchema, camelCase } from "./attributes.js";
import {
  DEBIT_EXAMPLES,
  DEBIT_RESULT_EXAMPLES,
  ENTRY_EXAMPLE,
  REVERSAL_EXAMPLES,
  REVERSAL_RESULT_EXAMPLES,
} from "./examples.js";
import { closedObject } from "./json-api.js";
import { named } from "./openapi.js";
import {
  PHONE_NUMBER,
  STATUS,
  TEXTS,
  amountOf,
  codeOf,
  listOf,
  orNull,
  textOf,
  tokenOf,
} from "./pocket-form.js";

/* The bodies and responses of the paths that debit pockets, reverse entries and find them. */

const MESSAGE = { type: "string", description: "The result of the item, in words." };
const CODE = codeOf(
  PocketEntryErrorCode,
  "The reason why the item was refused, for programs to act on; null for a success. DUPLICATE_TOKEN: the same item was done before. TOKEN_CONFLICT: the token belongs to something else.",
);
const AVAILABLE = orNull(
  amountOf(
    "What can be spent from the pocket: after the item if it was done, otherwise if its amount was compared with it.",
  ),
);
/** The outcome of an item. */
const OUTCOME = {
  ...{ status: STATUS, message: MESSAGE, code: CODE, available: AVAILABLE },
  remaining: orNull(
    amountOf(
      "What is left of the entry or of the group's limit over time, if the item was refused because of it.",
    ),
  ),
  resets_at: {
    type: ["string", "null"],
    format: "date-time",
    description:
      "When a limit over time that refused the item gives something back. Null if no such limit refused it, or if the amount is above the whole limit.",
  },
  was_made_before: {
    type: "boolean",
    description:
      "Whether this merchant did the same before. The item then has no effect, but what it asks for is done.",
  },
};
const OF_TOKEN = tokenOf("The token of the charge or debit to take back.");

const DEBIT = {
  token: tokenOf("The debit's own token, a UUID of version 7."),
  phone_number: PHONE_NUMBER,
  amount: amountOf(
    "The amount to take out of the pocket, in the minor unit of the group's currency.",
  ),
};
export const DEBITS = {
  ...named(
    "DebitPocketsInput",
    closedObject({
      debits: listOf(
        named("PocketDebitInput", closedObject({ ...DEBIT, ...TEXTS }, Object.keys(DEBIT))),
      ),
    }),
  ),
  "x-examples": DEBIT_EXAMPLES,
};
const DEBIT_RESULT = named("PocketDebitResult", closedObject({ ...DEBIT, ...OUTCOME }));
export const DEBIT_RESULTS = {
  schema: named(
    "DebitPocketsPayload",
    closedObject({ results: { type: "array", items: DEBIT_RESULT } }),
  ),
  examples: DEBIT_RESULT_EXAMPLES,
};

const REVERSAL = {
  token: tokenOf("The reversal's own token, a UUID of version 7."),
  of_token: OF_TOKEN,
};
export const REVERSALS = {
  ...named(
    "ReversePocketEntriesInput",
    closedObject({
      reversals: listOf(
        named(
          "PocketReversalInput",
          closedObject(
            {
              ...REVERSAL,
              amount: orNull(amountOf("The amount to take back. All that is left if omitted.")),
              reason: textOf("The reason for the reversal, for people. At most 500 characters."),
            },
            Object.keys(REVERSAL),
          ),
        ),
      ),
    }),
  ),
  "x-examples": REVERSAL_EXAMPLES,
};
const REVERSAL_RESULT = named(
  "PocketReversalResult",
  closedObject({
    ...REVERSAL,
    amount: orNull(
      amountOf("The amount that was taken back. For a refused reversal, the amount as sent."),
    ),
    ...OUTCOME,
  }),
);
export const REVERSAL_RESULTS = {
  schema: named(
    "ReversePocketEntriesPayload",
    closedObject({ results: { type: "array", items: REVERSAL_RESULT } }),
  ),
  examples: REVERSAL_RESULT_EXAMPLES,
};

export const ENTRY_NAMES = [
  ...["token", "kind", "phone_number", "amount", "balance_after", "reversed_amount"],
  ...["reference", "note", "metadata", "created_at"],
];
export const ENTRY = {
  schema: named(
    "PocketEntry",
    closedObject({
      ...Object.fromEntries(
        ENTRY_NAMES.map((name) => [
          name,
          attributeSchema(fieldOf(pocketEntryRecord, camelCase(name))),
        ]),
      ),
      of_token: {
        type: ["string", "null"],
        format: "uuid",
        description: "The token of the entry that this reversal takes back. Null for other kinds.",
      },
    }),
  ),
  example: ENTRY_EXAMPLE,
};
