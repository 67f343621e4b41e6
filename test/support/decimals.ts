import fc from "fast-check";

const digits = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom("0", "1", "2", "4", "5", "9", "9", "9"),
    minLength: 1,
    maxLength,
  });

/** Strings of digits close to the precision of a double, and far beyond it. */
const whole = fc.oneof(
  digits(24).map((text) => text.replace(/^0+(?=\d)/, "")),
  fc.constantFrom("0", "1", "9007199254740990", "9007199254740991", "9007199254740992"),
  fc.constantFrom("9007199254740993", "4503599627370496", "2147483647"),
);

const fraction = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  { weight: 2, arbitrary: fc.nat({ max: 30 }).map((count) => `.${"0".repeat(count)}0`) },
  { weight: 2, arbitrary: fc.nat({ max: 30 }).map((count) => `.${"9".repeat(count)}9`) },
  { weight: 2, arbitrary: digits(24).map((text) => `.${text}`) },
);

const exponent = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("e", "E"), fc.constantFrom("", "+", "-"), fc.nat({ max: 30 }))
      .map(([letter, sign, size]) => `${letter}${sign}${String(size)}`),
  },
  { weight: 1, arbitrary: fc.constantFrom("e308", "e309", "e400", "e-324", "e-400", "E+0012") },
);

/** Numbers in JSON's notation. */
export const decimal: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom("", "-"), whole, fraction, exponent)
  .map((parts) => parts.join(""));

/** @returns the exact value of a number in JSON's notation; null if it is not an integer. */
export function wholeValueOf(text: string): bigint | null {
  const [, sign = "", integer = "", fractional = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const value = BigInt(`${integer}${fractional}`) * (sign === "" ? 1n : -1n);
  const shift = Number(power) - fractional.length;
  if (shift >= 0) return value * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return value % divisor === 0n ? value / divisor : null;
}
