import fc from "fast-check";
import { newId } from "../../src/shared/uuid.js";

export type Input = Record<string, unknown>;

/** The fields with a default. The record has a field of the same name. */
export const DEFAULTED = [
  "status",
  "mode",
  "provider",
  "depositInCents",
  "currency",
  "providerMethod",
  "orderId",
  "customerId",
  "succeededAt",
] as const;

const isId = (field: string): boolean => field.endsWith("Id") && field !== "providerId";

/** The same UUID in lower, upper or mixed case. */
function anyCase(id: string): fc.Arbitrary<string> {
  return fc
    .array(fc.boolean(), { minLength: id.length, maxLength: id.length })
    .map((upper) =>
      Array.from(id, (letter, index) => (upper[index] ? letter.toUpperCase() : letter)).join(""),
    );
}

/** The same instant with another offset, number of decimals, and case of letters. */
function anyOffset(instant: string): fc.Arbitrary<string> {
  const [seconds = "", fraction = ""] = instant.replace("Z", "").split(".");
  const shortest = fraction.replace(/0+$/, "");
  return fc
    .record({
      minutes: fc.integer({ min: -14 * 60, max: 14 * 60 }),
      zeros: fc.integer({ min: 0, max: 3 }),
      t: fc.constantFrom("T", "t", " "),
    })
    .map(({ minutes, zeros, t }) => {
      const local = new Date(Date.parse(`${seconds}Z`) + minutes * 60_000).toISOString();
      const decimals = shortest + "0".repeat(zeros);
      const offset = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
        .map((part) => String(part).padStart(2, "0"))
        .join(":");
      const written = `${local.slice(0, 10)}${t}${local.slice(11, 19)}${decimals === "" ? "" : `.${decimals}`}`;
      return written + (minutes === 0 ? "Z" : (minutes < 0 ? "-" : "+") + offset);
    });
}

function sameValue(field: string, value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) {
    return fc.shuffledSubarray(value as unknown[], { minLength: value.length });
  }
  if (typeof value !== "string") return fc.constant(value);
  if (isId(field)) return anyCase(value);
  if (/At$|Before$/.test(field)) return anyOffset(value);
  if (field === "currency") return fc.constantFrom(value, value.toLowerCase());
  return fc.constant(value);
}

/**
 * Another input that writes the same record: other spellings, another order of fields and of entries, and null or
 * the default itself for omitted fields.
 *
 * @param record the record that the input created.
 * @param fields every field of the input.
 */
export function equivalentOf(
  input: Input,
  record: object,
  fields: readonly string[],
): fc.Arbitrary<Input> {
  const written = record as Readonly<Record<string, unknown>>;
  const entries = fields.map((field): fc.Arbitrary<[string, unknown]> => {
    const given = input[field];
    if (given != null) return fc.tuple(fc.constant(field), sameValue(field, given));
    const ways: fc.Arbitrary<unknown>[] = [fc.constant(undefined), fc.constant(null)];
    const isDefaulted = (DEFAULTED as readonly string[]).includes(field);
    if (field === "metadata") ways.push(fc.constant([]));
    if (isDefaulted && written[field] != null) ways.push(sameValue(field, written[field]));
    return fc.tuple(fc.constant(field), fc.oneof(...ways));
  });
  return fc
    .tuple(...entries)
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
    .map((all) => Object.fromEntries(all.filter(([, value]) => value !== undefined)));
}

const OTHERS: Readonly<Record<string, readonly unknown[]>> = {
  status: ["CREATED", "SUCCEEDED", "FAILED"],
  mode: ["REQUEST", "TERMINAL", "OFF_SESSION"],
  provider: ["STRIPE", "APP", "NONE"],
  currency: ["USD", "EUR", "GBP", "JPY"],
  amountInCents: [1, 2],
  depositInCents: [0, 1],
  metadata: [
    [{ key: "a", value: "A" }],
    [{ key: "A", value: "a" }],
    [
      { key: "a", value: "" },
      { key: "b", value: "1" },
    ],
  ],
};
const OTHER_TEXTS = ["", "b", "A ", "bank", "BANK"];
const OTHER_INSTANTS = ["2001-02-03T04:05:06.000007Z", "2001-02-03T04:05:06.000008Z"];

/**
 * One field of an input with a value that would write another record. The field is omitted if that
 * would write another record.
 */
export function differenceFrom(
  input: Input,
  record: object,
  fields: readonly string[],
): fc.Arbitrary<Input> {
  const written = record as Readonly<Record<string, unknown>>;
  const ways = fields.flatMap((field) => {
    const texts = isId(field) ? [newId(), "x"] : OTHER_TEXTS;
    const values = OTHERS[field] ?? (/At$|Before$/.test(field) ? OTHER_INSTANTS : texts);
    const others = values.filter(
      (value) => JSON.stringify(value) !== JSON.stringify(written[field]),
    );
    const hasDefault = (DEFAULTED as readonly string[]).includes(field);
    if (input[field] != null && !hasDefault) others.push(null);
    return others.map((value) => ({ [field]: value }));
  });
  return fc.constantFrom(...ways);
}
