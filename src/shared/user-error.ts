import { isDeepStrictEqual } from "node:util";
import { unusableReason } from "./currency.js";
import { shown } from "./shown-text.js";

/** The reasons why rules refuse values. The GraphQL enum of the same name is generated from this one. */
export const UserErrorCode = {
  REQUIRED: "REQUIRED",
  INVALID: "INVALID",
  OUT_OF_RANGE: "OUT_OF_RANGE",
  TOO_LONG: "TOO_LONG",
  TAKEN: "TAKEN",
  NOT_FOUND: "NOT_FOUND",
  READ_ONLY: "READ_ONLY",
  INVALID_TRANSITION: "INVALID_TRANSITION",
  NOT_REFUNDABLE: "NOT_REFUNDABLE",
  EXCEEDS_REFUNDABLE: "EXCEEDS_REFUNDABLE",
  EXCEEDS_CAPTURABLE: "EXCEEDS_CAPTURABLE",
  NOT_CAPTURABLE: "NOT_CAPTURABLE",
  CURRENCY_MISMATCH: "CURRENCY_MISMATCH",
  PROVIDER_MISMATCH: "PROVIDER_MISMATCH",
  IDEMPOTENCY_KEY_REUSED: "IDEMPOTENCY_KEY_REUSED",
  STALE: "STALE",
} as const;
export type UserErrorCode = keyof typeof UserErrorCode;

/** The name of a field of an input, or the path of a value within one, such as `["metadata", "3", "key"]`. */
export type InputPath = string | readonly string[];

/** A value that a rule refuses, with its path in the input. */
export interface UserError {
  readonly code: UserErrorCode;
  readonly message: string;
  readonly field: readonly string[];
}

/** The result of a change: its record, or every problem in the input. */
export type Outcome<T> =
  | { readonly isDone: true; readonly value: T }
  | { readonly isDone: false; readonly userErrors: readonly UserError[] };

export function done<T>(value: T): Outcome<T> {
  return { isDone: true, value };
}

/** The maximum number of problems in one response. */
export const MAX_USER_ERRORS = 20;

export function refused(...userErrors: UserError[]): Outcome<never> {
  return { isDone: false, userErrors: userErrors.slice(0, MAX_USER_ERRORS) };
}

const MAX_NAME_LENGTH = 200;
const MAX_EMAIL_LENGTH = 254; // RFC 5321, path without its angle brackets
const EMAIL = /^[^\s\u0085@]+@[^\s\u0085@]+$/;

/**
 * Invisible characters: white space, controls, format characters such as bidi marks and soft hyphens,
 * default-ignorable code points such as variation selectors, Hangul fillers and tags, noncharacters, and
 * five more that are drawn blank.
 */
const INVISIBLE =
  /[\p{White_Space}\p{Cc}\p{Cf}\p{DI}\p{Noncharacter_Code_Point}\u2800\u{13441}\u{13442}\u{1d159}]|\u{16fe4}/gu;

/** Whether a string has no visible characters. */
export function isBlank(text: string): boolean {
  return text.replace(INVISIBLE, "") === "";
}

/** The subject of an error about a currency that the input omits. */
export const DEFAULT_CURRENCY = "The merchant's default currency";

/** Collects all problems of an input, so that the client sees them at once. */
export class UserErrors {
  readonly all: UserError[] = [];

  add(code: UserErrorCode, field: InputPath, message: string): void {
    if (this.has(field, code)) return;
    this.all.push({ code, message: shown(message), field: [field].flat() });
  }

  has(field: InputPath, code?: UserErrorCode): boolean {
    const path = [field].flat().join(".");
    return this.all.some(
      (error) => error.field.join(".") === path && (code ?? error.code) === error.code,
    );
  }

  /** Adds an error for an id of no record that the caller may use. */
  addNotFound(field: string, what: string, id: string): void {
    this.add("NOT_FOUND", field, `There is no ${what} with the id ${JSON.stringify(id)}.`);
  }

  /** Refuses null for a field that an update may omit but not clear. */
  refuseNull(field: string, value: unknown): void {
    if (value === null)
      this.add("REQUIRED", field, `${field} cannot be null. Omit it to keep its value.`);
  }

  /** Checks a name: not blank, and at most 200 characters. */
  checkName(field: string, value: string | null | undefined): void {
    if (typeof value === "string") this.checkText(field, value, MAX_NAME_LENGTH);
  }

  /**
   * Checks a currency for a new value: it must be active and have a minor unit.
   *
   * @param source the origin of the value, if it is not from the input.
   */
  checkCurrency(field: string, code: string | null | undefined, source = field): void {
    const reason = typeof code === "string" ? unusableReason(code) : null;
    if (reason !== null) this.add("INVALID", field, `${source} ${String(code)} ${reason}.`);
  }

  checkEmail(field: string, value: string | null | undefined): void {
    if (typeof value !== "string") return;
    this.checkText(field, value, MAX_EMAIL_LENGTH);
    if (this.has(field, "TOO_LONG")) return;
    const isAddress = EMAIL.test(value) && !value.split("@").some(isBlank);
    if (!isAddress && !this.has(field)) {
      this.add("INVALID", field, `${field} must be an e-mail address, such as sara@example.com.`);
    }
  }

  /** Checks a string that must not be blank. @param subject how messages name it. */
  checkText(field: InputPath, value: string, maxLength: number, subject = nameOf(field)): void {
    this.checkLength(field, value, maxLength, subject);
    // Skip strings that are too long: the check takes time for each character.
    if (!this.has(field, "TOO_LONG") && isBlank(value))
      this.add("REQUIRED", field, `${subject} cannot be blank.`);
  }

  /** Checks the length of a string that may be empty or omitted. @param subject how messages name it. */
  checkLength(
    field: InputPath,
    value: string | null | undefined,
    maxLength: number,
    subject = nameOf(field),
  ): void {
    if (typeof value !== "string") return;
    // A code point has one or two UTF-16 units.
    if (value.length > 2 * maxLength) {
      const message = `${subject} is much too long; at most ${String(maxLength)} characters are allowed.`;
      this.add("TOO_LONG", field, message);
      return;
    }
    // PostgreSQL counts code points, and cannot store NUL.
    const length = Array.from(value).length;
    if (length > maxLength) {
      this.add(
        "TOO_LONG",
        field,
        `${subject} has ${String(length)} characters; at most ${String(maxLength)} are allowed.`,
      );
    }
    if (value.includes("\0"))
      this.add("INVALID", field, `${subject} cannot contain the character NUL.`);
  }
}

function nameOf(field: InputPath): string {
  return [field].flat().join(".");
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined | null> };

/** The given fields of an update; omitted ones keep their values. The caller must have refused null. */
export function given<T extends object>(input: T): Given<T> {
  const entries = Object.entries(input).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return Object.fromEntries(entries) as Given<T>;
}

/** The values that differ from those of the record. */
export function changedValues<T extends object>(record: object, values: T): Partial<T> {
  const present = record as Record<string, unknown>;
  const entries = Object.entries(values).filter(
    ([field, value]) => !isDeepStrictEqual(present[field], value),
  );
  return Object.fromEntries(entries) as Partial<T>;
}

type GivenOrNull<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Like `given`, but null is a value. */
export function givenOrNull<T extends object>(input: T): GivenOrNull<T> {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as GivenOrNull<T>;
}
