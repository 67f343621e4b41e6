import { metadata, nullable, text } from "./field.js";

/** The fields with the merchant's own data on a record; see `shared/merchant-data.ts`. */
export const MERCHANT_DATA = {
  reference: nullable(
    text(
      "The merchant's own reference, such as its order number, as the merchant wrote it. Null if none was given.",
      { filter: true, sort: true },
    ),
  ),
  metadata: metadata("The merchant's own texts by key, sorted by key. Empty if none were given.", {
    filter: true,
    group: true,
  }),
} as const;
