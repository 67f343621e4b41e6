/**
 * The examples of the source APIs, for the OpenAPI document. Their requests run as they are, apart from ids of
 * payment charges.
 */

/** The source's own request has a UUID of version 4, which charges refuse. This is the one of its responses. */
export const TOKEN_EXAMPLE = "01988f7a-d22b-7c3d-977f-27af99c2a5a5";
export const SLUG_EXAMPLE = "my-pocket-group";
export const FETCHED_ID = "b9d5c001-040f-430d-98b5-788aee7e6d61";
export const UPDATED_ID = "6c733a25-1ccb-4caf-9d71-0feb106f7bce";

const FIRST = { token: TOKEN_EXAMPLE, phone_number: "989120000000", amount: 10_000 };
const SECOND = { token: TOKEN_EXAMPLE, phone_number: "989120000001", amount: 20_000 };
const SUCCESS = { status: "success", message: "Charge was successful.", code: null };
const CONFLICT = { status: "error", message: "Duplicate token.", code: "TOKEN_CONFLICT" };

const ONE = "One charge";
const TWICE = "A token used twice";

export const CHARGE_EXAMPLES = {
  one: { summary: ONE, value: { charges: [FIRST] } },
  twice: { summary: TWICE, value: { charges: [FIRST, SECOND] } },
};
export const RESULT_EXAMPLES = {
  one: { summary: ONE, value: { results: [{ ...FIRST, ...SUCCESS }] } },
  twice: {
    summary: TWICE,
    value: {
      results: [
        { ...FIRST, ...SUCCESS },
        { ...SECOND, ...CONFLICT },
      ],
    },
  },
};
export const TRACE_EXAMPLE = FIRST;

/** The phone number of the pocket that the examples debit. */
export const DEBITED_NUMBER = FIRST.phone_number;
const DEBIT = {
  token: "01988f7b-21c4-7a10-8d3e-5f0f3c9b1a02",
  phone_number: DEBITED_NUMBER,
  amount: 2_000,
};
export const DEBIT_EXAMPLES = {
  one: { summary: "One debit", value: { debits: [{ ...DEBIT, reference: "order-1042" }] } },
};
/** The rest of an outcome that depends on nothing else. */
const NOTHING_MORE = { remaining: null, resets_at: null, was_made_before: false };
export const DEBIT_RESULT_EXAMPLES = {
  one: {
    summary: "One debit",
    value: {
      results: [
        {
          ...DEBIT,
          status: "success",
          message: "Debit was successful.",
          code: null,
          available: 8_000,
          ...NOTHING_MORE,
        },
      ],
    },
  },
  insufficient: {
    summary: "A pocket that has too little",
    value: {
      results: [
        {
          ...DEBIT,
          status: "error",
          message: "The pocket has too little: 500 is available.",
          code: "INSUFFICIENT_FUNDS",
          available: 500,
          ...NOTHING_MORE,
        },
      ],
    },
  },
};

const REVERSAL = { token: "01988f7c-0b6e-7f41-9a27-6c1d2e3f4a05", of_token: TOKEN_EXAMPLE };
const PART = { ...REVERSAL, amount: 1_000 };
export const REVERSAL_EXAMPLES = {
  part: {
    summary: "A part of a charge",
    value: { reversals: [{ ...PART, reason: "Charged too much" }] },
  },
};
export const REVERSAL_RESULT_EXAMPLES = {
  part: {
    summary: "A part of a charge",
    value: {
      results: [
        {
          ...PART,
          ...{ status: "success", message: "Reversal was successful.", code: null },
          available: 9_000,
          ...NOTHING_MORE,
        },
      ],
    },
  },
};
export const ENTRY_EXAMPLE = {
  token: TOKEN_EXAMPLE,
  kind: "charge",
  phone_number: FIRST.phone_number,
  amount: FIRST.amount,
  balance_after: FIRST.amount,
  reversed_amount: 1_000,
  reference: null,
  note: null,
  metadata: {},
  created_at: "2025-08-09T20:06:58.091702+00:00",
  of_token: null,
};

export const CREATION_EXAMPLE = {
  data: {
    type: "payment_charges",
    attributes: {
      mode: "manual",
      provider: "none",
      amount_in_cents: 10_000,
      deposit_in_cents: 5_000,
    },
  },
};
export const CHANGE_EXAMPLE = {
  data: { id: UPDATED_ID, type: "payment_charges", attributes: { status: "started" } },
};

const LISTED = charge("05bf5291-ce72-4d8e-989a-eff578e64dc2", "2024-12-02T09:22:05.398979+00:00");
export const LIST_EXAMPLE = { data: [LISTED], meta: {} };
export const FETCHED_EXAMPLE = {
  data: charge(FETCHED_ID, "2024-12-02T09:22:03.992706+00:00"),
  meta: {},
};
export const CREATED_EXAMPLE = {
  data: charge("03ec16df-d5ae-489d-a214-eb345df4fe52", "2024-12-02T09:22:04.476405+00:00", {
    status: "succeeded",
    amount_in_cents: 10_000,
    deposit_in_cents: 5_000,
    total_in_cents: 15_000,
    mode: "manual",
    provider: "none",
    provider_method: "bank",
    amount_refundable_in_cents: 10_000,
    deposit_refundable_in_cents: 5_000,
    total_refundable_in_cents: 15_000,
    succeeded_at: "2024-12-02T09:22:04.475339+00:00",
    employee_id: "9ef4e788-b8f1-44df-b645-cd70e5595d4d",
  }),
  meta: {},
};
export const CHANGED_EXAMPLE = {
  data: charge(UPDATED_ID, "2024-12-02T09:22:04.945679+00:00", { status: "started" }),
  meta: {},
};

/** A charge as the source API shows it, with this API's own attributes and those that differ. */
function charge(id: string, at: string, changed: Readonly<Record<string, unknown>> = {}): object {
  const attributes = {
    created_at: at,
    updated_at: at,
    status: "created",
    amount_in_cents: 5_000,
    deposit_in_cents: 0,
    total_in_cents: 5_000,
    currency: "usd",
    mode: "request",
    description: null,
    provider: "stripe",
    provider_id: null,
    provider_method: null,
    provider_secret: null,
    refundable: true,
    amount_refundable_in_cents: 5_000,
    amount_refunded_in_cents: 0,
    deposit_refundable_in_cents: 0,
    deposit_refunded_in_cents: 0,
    total_refundable_in_cents: 5_000,
    total_refunded_in_cents: 0,
    succeeded_at: null,
    failed_at: null,
    canceled_at: null,
    expired_at: null,
    employee_id: null,
    order_id: null,
    customer_id: null,
    payment_method_id: null,
    payment_authorization_id: null,
    reference: null,
    metadata: {},
    ...changed,
  };
  return { id, type: "payment_charges", attributes, relationships: {} };
}
