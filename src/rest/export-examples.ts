/** A charge of 12,345 minor units, which is 123.45 in euros. */
const ID = "0193850a-7a4e-7c3b-9d5e-2f1a6b8c9d0e";
const END = { count: 1, sums: { EUR: { amount: "12345" } }, cursor: "WyJQb2NrZXRDaGFyZ2UiXQ" };

/** The responses in the OpenAPI document, shortened to a few columns. */
export const EXPORT_EXAMPLES = {
  csv: [
    "id,currency,phoneNumber,amount,amountDecimal",
    `${ID},EUR,989123456789,12345,123.45`,
    `#end,"${JSON.stringify(END).replaceAll('"', '""')}",,,`,
    "",
  ].join("\r\n"),
  ndjson: [
    JSON.stringify({ id: ID, currency: "EUR", phoneNumber: "989123456789", amount: 12_345 }),
    JSON.stringify({ end: END }),
    "",
  ].join("\n"),
} as const;
