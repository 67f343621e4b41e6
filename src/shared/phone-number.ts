declare const phoneNumber: unique symbol;

/** An Iranian mobile number in its one stored form: `989` and nine digits. */
export type PhoneNumber = string & { readonly [phoneNumber]: true };

const IRANIAN_MOBILE = /^(?:\+98|0098|98|0)?(9[0-9]{9})$/;

/**
 * Reads an Iranian mobile number in any of its five usual forms: `989123456789`, `+989123456789`,
 * `00989123456789`, `09123456789`, `9123456789`.
 *
 * @returns the stored form, or null for anything else, spaces and separators included.
 */
export function parsePhoneNumber(text: string): PhoneNumber | null {
  const subscriber = IRANIAN_MOBILE.exec(text)?.[1];
  return subscriber === undefined ? null : (`98${subscriber}` as PhoneNumber);
}
