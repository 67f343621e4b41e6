import fc from "fast-check";
import { type GraphQLScalarType, Lexer, Source, TokenKind } from "graphql";
import { describe, expect, it } from "vitest";
import { isDocumentDeeper } from "../../../src/graphql/operation-limits/nesting.js";
import { Amount, Currency } from "../../../src/graphql/scalars.js";

const OPENING = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** The depth of a document according to graphql-js's lexer, up to its first lexical error. */
function depthOf(source: string): number {
  const lexer = new Lexer(new Source(source));
  let depth = 0;
  let deepest = 0;
  try {
    for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; { kind } = lexer.advance()) {
      if (OPENING.has(kind)) deepest = Math.max(deepest, ++depth);
      if (CLOSING.has(kind)) depth--;
    }
  } catch {
    // A parser stops here.
  }
  return deepest;
}

describe("the nesting of a document", () => {
  const PARTS = ["{", "}", "[", "]", "(", ")", '"', '"""', "\\", "#", "\n", "\r", " ", "a", "\\u"];
  const source = fc.array(fc.constantFrom(...PARTS), { maxLength: 40 }).map((all) => all.join(""));

  it("is never lower than the result of graphql-js's lexer", () => {
    const property = (text: string): void => {
      const depth = depthOf(text);
      if (depth > 0) expect(isDocumentDeeper(text, depth - 1)).toBe(true);
    };
    fc.assert(fc.property(source, property), { numRuns: 5_000 });
  });

  it.each([
    ['{ a(b: "((((") }', 2],
    ['{ a(b: "\\"((((") }', 2],
    ['{ a(b: """(( \\""" (( " ((""") }', 2],
    ['{ a(b: """""", c: "", d: [1]) }', 3],
    ["{ # ((((\n a }", 1],
    ["{ # ((((\r a(b: 1) }", 2],
    ["{ a { b } c { d } }", 2],
    ['{ a """', 1],
    ['{ a "{{{{\n{{{{', 1],
  ])("ignores strings and comments: %j", (text, depth) => {
    expect(depthOf(text)).toBe(depth);
    expect(isDocumentDeeper(text, depth)).toBe(false);
    expect(isDocumentDeeper(text, depth - 1)).toBe(true);
  });
});

describe("a scalar's error", () => {
  const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));

  it.each<[GraphQLScalarType, unknown, string]>([
    [Amount, deep, "a list"],
    [Currency, { a: deep }, "an object"],
    [Amount, "x".repeat(1_000_000), `"${"x".repeat(59)}…`],
    [Amount, 1.5, "1.5"],
    [Currency, null, "null"],
    [Amount, true, "true"],
  ])("describes the refused value briefly: %#", (scalar, value, shown) => {
    expect(() => scalar.parseValue(value)).toThrow(
      `${shown} is not valid for ${scalar.name}: expected`,
    );
  });
});
