import fc from "fast-check";
import {
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from "graphql";
import { type Operation, documentOf, ownerSelection } from "./operations.js";
import { getNamedType } from "graphql";

/** Values that name existing records, by the name of a scalar, an argument or a field. */
export type RightValues = Readonly<Record<string, readonly unknown[]>>;

const UUID = "01988f7a-d22b-7c3d-977f-27af99c2a5a5";

/** Strings that are known to break programs. */
export const HOSTILE_TEXTS = [
  ...["", " ", "\0", "a\0b", "\\u0000", "\ud800", "a\udfff\ud800b", "\ufeff", "\ufffe\uffff"],
  ...[
    "\u202eabc",
    "e\u0301\u0301\u0301",
    "👩‍👩‍👧‍👦",
    "ß",
    "İ",
    "ﬀ",
    "۹۸۹۱۲",
    "\r\n",
    "\t",
    "\x7f\x80\x9f",
  ],
  ...[
    "'",
    '"',
    "`",
    "\\",
    "\\'",
    "%",
    "_",
    "%%%",
    "\\%",
    "$1",
    "{}",
    "[",
    "(",
    "(a+)+$",
    "*",
    ",",
    ",,",
  ],
  ...[
    "'; drop table pockets; --",
    "' or '1'='1",
    "1; commit",
    "/* */",
    "${7*7}",
    "{{7*7}}",
    "<script>",
  ],
  ...["../../etc/passwd", "%00", "%2e%2e%2f", "file:///etc/passwd", "a/b", "?", "#", "&a=b", "a=b"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "then", "prototype"],
  ...[
    "null",
    "undefined",
    "true",
    "NaN",
    "Infinity",
    "-infinity",
    "now",
    "today",
    "epoch",
    "allballs",
  ],
  ...[
    "0",
    "-0",
    "-1",
    "1.5",
    "1e3",
    "1e309",
    "0x10",
    "9007199254740993",
    "9".repeat(40),
    "٣",
    "1_000",
  ],
  ...[UUID, UUID.toUpperCase(), `{${UUID}}`, UUID.replaceAll("-", ""), `${UUID}0`, "0".repeat(36)],
  ...["2024-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"],
  ...["0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"],
  ...["10000-01-01T00:00:00Z", "2024-12-31T23:59:60Z", "2024-01-01", "2024-01-01T24:00:00Z"],
  ...["bm90IGEgY3Vyc29y", "e30=", "W10=", "W251bGxd", "eyJfX3Byb3RvX18iOnt9fQ==", "===="],
  ...["x".repeat(300), "\u{1f600}".repeat(300), "x".repeat(100_000), "\0".repeat(1_000)],
] as const;

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<string>(...HOSTILE_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 20 }) },
);

const NUMBERS = [
  ...[0, -0, 1, -1, 7, 100, 101, 1_000, 1.5, 0.1, 1e-320, 1e21, 1e308, -1e308],
  ...[
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 53 + 2,
    -(2 ** 53) - 2,
    2 ** 63,
  ],
];

function nested(depth: number, inner: unknown, wrap: (value: unknown) => unknown): unknown {
  let value = inner;
  for (let at = 0; at < depth; at++) value = wrap(value);
  return value;
}

/** JSON of a type that no input has, or that few inputs have. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...NUMBERS) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, false, [], {}, [[]], [null], [{}], { a: 1 }, { "": "" }, { length: -1 }],
      // Create an own property of this name, as JSON.parse does.
      JSON.parse('{"__proto__": {"isAdmin": true}}'),
      { constructor: { prototype: { isAdmin: true } } },
      { toString: 1, valueOf: 1 },
      { toJSON: "x", then: "x" },
      { kind: "Document", definitions: [] },
      Array.from({ length: 3_000 }, () => null),
      Array.from({ length: 3_000 }, (_, at) => `item ${String(at)}`),
      nested(2_000, 1, (value) => [value]),
      nested(1_000, 1, (value) => ({ a: value })),
      nested(300, {}, (value) => ({ and: [value] })),
      nested(300, {}, (value) => ({ not: value })),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);

/** Values of an input type, valid or invalid at each place. */
export class HostileValues {
  private readonly made = new Map<string, fc.Arbitrary<unknown>>();

  constructor(private readonly right: RightValues) {}

  /** Variables for the arguments of an operation; some are omitted. */
  variablesOf({ field }: Operation): fc.Arbitrary<Record<string, unknown>> {
    const values = field.args.map(({ name, type }): [string, fc.Arbitrary<unknown>] => [
      name,
      // Omit required values rarely, because validation refuses them immediately.
      isNonNullType(type)
        ? this.of(type, name, 3)
        : fc.option(this.of(type, name, 3), { nil: undefined, freq: 1 }),
    ]);
    return fc.record(Object.fromEntries(values));
  }

  private of(type: GraphQLInputType, name: string, depth: number): fc.Arbitrary<unknown> {
    const key = `${String(type)} ${name} ${String(depth)}`;
    let made = this.made.get(key);
    if (made === undefined) {
      const plausible = this.plausible(type, name, depth);
      made = fc.oneof(
        { weight: 20, arbitrary: plausible },
        { weight: 1, arbitrary: hostileJson },
        { weight: isNonNullType(type) ? 0 : 1, arbitrary: fc.constant(null) },
      );
      this.made.set(key, made);
    }
    return made;
  }

  private plausible(type: GraphQLInputType, name: string, depth: number): fc.Arbitrary<unknown> {
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const item = fc.constant(0).chain(() => this.of(nullable.ofType, name, depth - 1));
      return fc.oneof(
        { weight: 12, arbitrary: fc.array(item, { maxLength: 3, size: "max" }) },
        { weight: 1, arbitrary: item },
        { weight: 1, arbitrary: item.map((one) => Array.from({ length: 150 }, () => one)) },
      );
    }
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields());
      const required = fields.filter((field) => isNonNullType(field.type));
      const optional = depth > 0 ? fields.filter((field) => !required.includes(field)) : [];
      return fc
        .subarray(optional, { maxLength: Math.min(4, optional.length) })
        .chain((chosen) =>
          fc.record(
            Object.fromEntries(
              [...required, ...chosen].map((field) => [
                field.name,
                this.of(field.type, field.name, depth - 1),
              ]),
            ),
          ),
        );
    }
    if (isEnumType(nullable)) {
      const names = nullable.getValues().map((value) => value.name);
      return fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom(...names) },
        { weight: 1, arbitrary: hostileText },
      );
    }
    const right = this.right[name] ?? this.right[nullable.name] ?? [];
    const known = right.length > 0 ? fc.constantFrom(...right) : fc.boolean();
    const isNumber = nullable.name === "Int" || nullable.name === "Amount";
    return fc.oneof(
      { weight: 2, arbitrary: known },
      { weight: 1, arbitrary: isNumber ? fc.constantFrom<unknown>(...NUMBERS) : hostileText },
    );
  }
}

/** A `/graphql` request body with a valid document and arbitrary variables. */
export function hostileCalls(
  operations: readonly Operation[],
  right: RightValues,
): fc.Arbitrary<{ query: string; variables: Record<string, unknown> }> {
  const values = new HostileValues(right);
  return fc.constantFrom(...operations).chain((operation) => {
    const type = getNamedType(operation.field.type);
    const query = documentOf(operation, ownerSelection(type, 1), true);
    return values.variablesOf(operation).map((variables) => ({ query, variables }));
  });
}

const SCRAPS =
  '{ } ( ) [ ] : ! $ @ ... | & = # "" """ " \\ \0 ￿ on fragment query mutation subscription null true 1e999 -0 "\\ud800" @skip(if:true) @include(if:$a) __schema __type'.split(
    " ",
  );

/** A string with parts removed, duplicated or inserted. */
export function mangled(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat({ max: 12 }),
    put: fc.oneof(fc.constantFrom(...SCRAPS), hostileText, fc.constant("")),
  });
  return fc.tuple(text, fc.array(change, { minLength: 1, maxLength: 4 })).map(([start, changes]) =>
    changes.reduce((whole, { at, cut, put }) => {
      const place = Math.floor(at * whole.length);
      return whole.slice(0, place) + put + whole.slice(place + cut);
    }, start),
  );
}

/** Percent-encodes every UTF-8 byte of a string. */
export function percentEncoded(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}
