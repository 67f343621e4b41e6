/** An amount as the server returns it; sums are strings of digits. */
export interface Money {
  readonly amount: number | string;
  readonly currency: string;
  /** How many decimal digits the amount has; null for a currency without a minor unit. */
  readonly minorUnits: number | null;
}

/**
 * Formats an amount for people, with the server's number of digits: `Intl` has fewer for some currencies, such as
 * IRR. It scales the amount by an exponent, since a division would round large amounts.
 */
export function formatAmount({ amount, currency, minorUnits }: Money, locale = "en"): string {
  const digits = minorUnits ?? 0;
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(`${String(amount)}e-${String(digits)}` as Intl.StringNumericLiteral);
}
