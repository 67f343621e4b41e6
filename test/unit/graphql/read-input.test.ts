import fc from "fast-check";
import {
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLScalarType,
  GraphQLString,
  coerceInputValue,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from "graphql";
import { describe, expect, it } from "vitest";
import { unconnectedSchema } from "../../../src/app/features.js";
import { readInput } from "../../../src/graphql/execution/read-input.js";
import { runs } from "../../support/runs.js";

const ONE_OF = new GraphQLInputObjectType({
  name: "OneOf",
  isOneOf: true,
  fields: { one: { type: GraphQLInt }, other: { type: new GraphQLList(GraphQLString) } },
});
const NESTED: GraphQLInputObjectType = new GraphQLInputObjectType({
  name: "Nested",
  fields: () => ({
    required: { type: new GraphQLNonNull(GraphQLInt) },
    defaulted: { type: new GraphQLNonNull(GraphQLInt), defaultValue: 3 },
    nothing: { type: GraphQLInt, defaultValue: null },
    self: { type: NESTED },
    oneOf: { type: ONE_OF },
  }),
});
/** A scalar that returns no value for what it refuses. */
const WITHOUT_VALUE = new GraphQLScalarType({ name: "WithoutValue", parseValue: () => undefined });
const TYPES = [
  ...Object.values(unconnectedSchema().getTypeMap()).filter(isInputObjectType),
  ...[NESTED, ONE_OF],
];

/** Values that most types refuse. */
const odd = fc.constantFrom<unknown>(null, true, 1.5, -7, "", "a\u0000b", "toString", [], {}, [
  [1],
]);

const SCALARS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Boolean: fc.boolean(),
  DateTime: fc.constantFrom("2026-03-01T00:00:00Z", "2026-03-01T12:34:56.789+03:30"),
  Int: fc.integer({ min: 0, max: 100 }),
};

/** Mostly valid values of a type, with some that are not. */
function valueOf(type: GraphQLInputType, depth = 0): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return valueOf(type.ofType, depth);
  if (depth > 3) return fc.constant(null);
  const value = presentValueOf(type, depth);
  return fc.oneof({ weight: 40, arbitrary: value }, { weight: 1, arbitrary: odd });
}

function presentValueOf(
  type: Exclude<GraphQLInputType, GraphQLNonNull<never>>,
  depth: number,
): fc.Arbitrary<unknown> {
  if (isListType(type)) {
    const item = valueOf(type.ofType, depth + 1);
    return fc.oneof({ weight: 4, arbitrary: fc.array(item, { maxLength: 3 }) }, item);
  }
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (!isInputObjectType(type)) return SCALARS[type.name] ?? fc.uuid({ version: 7 });
  const fields = Object.values(type.getFields());
  const required = fields.filter((field) => isNonNullType(field.type)).map(({ name }) => name);
  const members = fields.map((field): [string, fc.Arbitrary<unknown>] => [
    field.name,
    fc.constant(null).chain(() => valueOf(field.type, depth + 1)),
  ]);
  const whole = fc.record(Object.fromEntries(members), { requiredKeys: required });
  const unknown = fc.constantFrom("unknown", "toString", "constructor");
  return fc.oneof(
    { weight: 20, arbitrary: whole },
    {
      weight: 1,
      arbitrary: fc.tuple(whole, unknown).map(([all, name]) => ({ ...all, [name]: 1 })),
    },
  );
}

/** What graphql-js reads, and its errors. */
function readByGraphql(type: GraphQLInputType, value: unknown, hidesSchema: boolean): Outcome {
  const errors: string[] = [];
  const report = (path: readonly unknown[], _: unknown, { message }: Error): void => {
    errors.push(`${path.join(".")} ${message}`);
  };
  return { value: coerceInputValue(value, type, report, hidesSchema), errors };
}

function read(type: GraphQLInputType, value: unknown, hidesSchema: boolean): Outcome {
  const errors: string[] = [];
  const found = readInput(type, value, hidesSchema, (path, message) => {
    errors.push(`${path.join(".")} ${message}`);
  });
  return { value: found, errors };
}

interface Outcome {
  readonly value: unknown;
  readonly errors: readonly string[];
}

describe("the value of a variable", () => {
  it("is what graphql-js reads, or has its errors, for every input type", () => {
    const counts = { valid: 0, invalid: 0 };
    for (const type of TYPES) {
      fc.assert(
        fc.property(valueOf(type), fc.boolean(), (given, hidesSchema) => {
          const value: unknown = JSON.parse(JSON.stringify(given));
          const expected = readByGraphql(type, value, hidesSchema);
          const actual = read(type, value, hidesSchema);
          expect(actual).toStrictEqual(expected);
          expect(JSON.stringify(actual)).toBe(JSON.stringify(expected));
          counts[actual.errors.length > 0 ? "invalid" : "valid"]++;
        }),
        { numRuns: runs(5) },
      );
    }
    expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(TYPES.length / 2);
  });

  it.each([
    [NESTED, { required: 1, self: { required: 2, defaulted: 1, self: null } }],
    [NESTED, { required: 1, defaulted: 4 }],
    [new GraphQLList(NESTED), { required: 1, nothing: 2 }],
    [new GraphQLNonNull(new GraphQLList(GraphQLInt)), [1, null, 3]],
    [ONE_OF, { other: "a" }],
  ])("is read as %s", (type, value) => {
    const { value: found, errors } = read(type, value, false);
    expect(errors).toEqual([]);
    expect(found).toStrictEqual(readByGraphql(type, value, false).value);
  });

  it.each([
    [NESTED, {}, ' Field "required"'],
    [NESTED, { required: null }, "required Expected non-nullable"],
    [NESTED, { required: 1, toString: 1 }, ' Field "toString" is not defined'],
    [NESTED, [{ required: 1 }], ' Expected type "Nested" to be an object'],
    [WITHOUT_VALUE, "given", ' Expected type "WithoutValue"'],
    [ONE_OF, { one: 1, other: [] }, " Exactly one key"],
    [ONE_OF, { one: null }, 'one Field "one" must be non-null'],
  ])("has its error as %s: %j", (type, value, error) => {
    const { errors } = read(type, value, false);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]).toContain(error);
    expect(errors).toEqual(readByGraphql(type, value, false).errors);
  });

  it("is parsed only once if it is valid", () => {
    const parsed: unknown[] = [];
    const counted = new GraphQLScalarType({
      name: "Counted",
      parseValue: (value) => {
        parsed.push(value);
        return value;
      },
    });
    read(new GraphQLList(counted), [1, 2], false);
    expect(parsed).toEqual([1, 2]);
  });
});
