import fc from "fast-check";

/** The prefix of a subscriber's ten digits in each form of an Iranian mobile number. */
const HEADS = ["98", "+98", "0098", "0", ""];
const ARABIC_INDIC = "٠١٢٣٤٥٦٧٨٩";
const PERSIAN = "۰۱۲۳۴۵۶۷۸۹";
const FULL_WIDTH = "０１２３４５６７８９";
const SEPARATORS = [
  ...[" ", "\t", "\n", "\r", "\u2028", "\u2029"],
  ...["\u00a0", "\u202f", "\u2009", "\u3000"],
  ...["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2212", "\u00ad", "\uff0d"],
  ...["(", ")", "[", "]", "\uff08", "\uff09"],
  ...["\u200e", "\u200f", "\u061c", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e"],
  ...["\u2066", "\u2067", "\u2068", "\u2069", "\u206e", "\u200b", "\u200c", "\u200d", "\ufeff"],
];

/** A subscriber's ten digits. */
export const subscriber = fc.stringMatching(/^9[0-9]{9}$/);

/** A string with other scripts' digits, and with separators anywhere. */
export function pasted(text: string): fc.Arbitrary<string> {
  const between = fc.oneof(
    { weight: 3, arbitrary: fc.constant("") },
    fc.array(fc.constantFrom(...SEPARATORS), { maxLength: 3 }).map((some) => some.join("")),
  );
  const characters = Array.from(text, (character) => {
    if (character === "+") return fc.constantFrom("+", "＋");
    const digit = "0123456789".indexOf(character);
    return digit === -1
      ? fc.constant(character)
      : fc.constantFrom(character, ARABIC_INDIC[digit]!, PERSIAN[digit]!, FULL_WIDTH[digit]!);
  });
  return fc
    .tuple(between, fc.tuple(...characters.map((one) => fc.tuple(one, between))))
    .map(([first, rest]) => first + rest.flat().join(""));
}

/** A spelling of the phone number with the given subscriber digits. */
export function spellingOf(digits: string): fc.Arbitrary<string> {
  return fc.constantFrom(...HEADS).chain((head) => pasted(head + digits));
}

/** A phone number in its stored form, with several of its spellings. */
export const spelledNumber = fc.record({ digits: subscriber }).chain(({ digits }) =>
  fc.record({
    stored: fc.constant(`98${digits}`),
    spellings: fc.array(spellingOf(digits), { minLength: 6, maxLength: 6 }),
  }),
);
