import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserErrors, isBlank } from "../../../src/shared/user-error.js";

const INVISIBLE: readonly (readonly [what: string, character: string])[] = [
  ["a space", " "],
  ["a no-break space", "\u00a0"],
  ["an ideographic space", "\u3000"],
  ["an Ogham space mark", "\u1680"],
  ["the next line", "\u0085"],
  ["a line separator", "\u2028"],
  ["an escape", "\u001b"],
  ["a zero-width space", "\u200b"],
  ["a zero-width joiner", "\u200d"],
  ["a word joiner", "\u2060"],
  ["a byte order mark", "\ufeff"],
  ["a right-to-left mark", "\u200f"],
  ["an Arabic letter mark", "\u061c"],
  ["a bidi override", "\u202e"],
  ["a bidi isolate", "\u2066"],
  ["a soft hyphen", "\u00ad"],
  ["a grapheme joiner", "\u034f"],
  ["a variation selector", "\ufe0f"],
  ["a supplementary variation selector", "\u{e0100}"],
  ["a Mongolian vowel separator", "\u180e"],
  ["a Hangul filler", "\u3164"],
  ["a halfwidth Hangul filler", "\uffa0"],
  ["a Hangul choseong filler", "\u115f"],
  ["a Khmer inherent vowel", "\u17b4"],
  ["a language tag", "\u{e0001}"],
  ["a tag letter", "\u{e0061}"],
  ["an interlinear annotation", "\ufff9"],
  ["a shorthand format control", "\u{1bca0}"],
  ["a musical format control", "\u{1d173}"],
  ["a musical null notehead", "\u{1d159}"],
  ["a Khitan filler", "\u{16fe4}"],
  ["a Braille blank", "\u2800"],
  ["an Egyptian full blank", "\u{13441}"],
  ["an Egyptian half blank", "\u{13442}"],
  ["a noncharacter", "\uffff"],
  ["a supplementary noncharacter", "\u{1fffe}"],
];
const CHARACTERS = INVISIBLE.map(([, character]) => character);

describe("a required string", () => {
  it.each(INVISIBLE)("is blank when it has only %s", (_, character) => {
    const errors = new UserErrors();
    errors.checkName("name", character.repeat(3));
    expect(errors.all).toMatchObject([{ code: "REQUIRED", field: ["name"] }]);
  });

  it("is blank with any mixture of them, but not with one visible character", () => {
    const invisible = fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 20 });
    const visible = fc.constantFrom("a", "س", "名", "😀", "-", "0", "\u0301");
    fc.assert(
      fc.property(invisible, visible, invisible, (before, seen, after) => {
        expect(isBlank(before + after)).toBe(true);
        expect(isBlank(before + seen + after)).toBe(false);
      }),
    );
  });

  it.each(["\u200b@example.com", "sara@\u2060", "\u00ad@\u3164"])(
    "refuses the address %j",
    (email) => {
      const errors = new UserErrors();
      errors.checkEmail("email", email);
      expect(errors.all).toMatchObject([{ code: "INVALID", field: ["email"] }]);
    },
  );
});
