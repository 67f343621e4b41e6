import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  buildSchema,
  graphqlSync,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
} from "graphql";
import { describe, expect, it } from "vitest";
import { unconnectedSchema } from "../../src/app/features.js";
import { Uuid } from "../../src/graphql/scalars.js";

/** A named and described element of the schema. */
interface Element {
  /** Such as `Query.pocket(phoneNumber:)`. */
  readonly place: string;
  /** The element's name and its parents' names, which the reader of the description already knows. */
  readonly names: readonly string[];
  readonly description: string | null | undefined;
  /** The parent element. The descriptions of its parts must differ. */
  readonly parent: string;
}

const SAME = "How many records are wanted at most.";
const OTHER = "Something else that a sentence describes.";

const MAX_LENGTH = 400;
const MIN_NEW_WORDS = 2;

/** Stems of words that carry no information by themselves. */
const EMPTY_WORDS = new Set(
  [
    "a an the this that these those it its their his her one each every any all some such same other",
    "of for from to in on at by with into out as than about and or but if so that",
    "is are was were be been has have had can may will do does did",
    "which what who whose whom how when where why here there",
    "field value type object new",
  ]
    .flatMap((line) => line.split(" "))
    .map(stemOf),
);

/** Removes suffixes, so that `charges`, `charged` and `charging` are one word. */
function stemOf(word: string): string {
  const singular = word.replace(/'s?$/, "").replace(/ies$/, "y");
  const stem = singular.replace(/(ations?|ables?|ings?|ed|es|s|e)$/, "");
  return stem.length >= 3 ? stem : singular;
}

function stemsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []).map(stemOf);
}

/** Splits names such as `createdAt`, `CREATED_AT` and `UUIDFilter` into words. */
function stemsOfName(name: string): string[] {
  const isAllCapitals = name === name.toUpperCase();
  const apart = isAllCapitals ? name : name.replace(/([a-z0-9])([A-Z])/g, "$1_$2");
  return apart.split("_").flatMap(stemsOf);
}

/** The words of a description that its element's names do not contain. */
function newWordsOf({ description, names }: Element): string[] {
  const known = new Set(names.flatMap(stemsOfName));
  return stemsOf(description ?? "").filter((stem) => !EMPTY_WORDS.has(stem) && !known.has(stem));
}

function problemsOf(element: Element): string[] {
  const { description } = element;
  if (!description) return ["has no description"];
  const problems: string[] = [];
  if (new Set(newWordsOf(element)).size < MIN_NEW_WORDS)
    problems.push("says only what its name says");
  if (!/^[`"]?\p{Lu}/u.test(description)) problems.push("does not begin with a capital");
  if (!description.endsWith(".")) problems.push("does not end with a full stop");
  if (description.length > MAX_LENGTH) problems.push("is too long for a tooltip");
  return problems;
}

/** The elements of a schema whose description is not a sentence, or adds nothing to the name. */
function poorDescriptions(schema: GraphQLSchema): string[] {
  const seen = new Set<string>();
  return elementsOf(schema).flatMap((element) => {
    const { parent, place, description } = element;
    const problems = problemsOf(element);
    const key = `${parent} ${description ?? place}`;
    if (seen.has(key)) problems.push("repeats the description of a sibling");
    seen.add(key);
    return problems.map((problem) => `${place} ${problem}: ${description ?? ""}`);
  });
}

function elementsOf(schema: GraphQLSchema): Element[] {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  const directives = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
  return [
    ...types.flatMap((type) => [
      { place: type.name, names: [type.name], description: type.description, parent: "types" },
      ...partsOf(type),
    ]),
    ...directives.flatMap(({ name, description, args }) => [
      { place: `@${name}`, names: [name], description, parent: "directives" },
      ...argumentsOf(`@${name}`, [name], args),
    ]),
  ];
}

function partsOf(type: GraphQLNamedType): Element[] {
  const elementOf = (
    { name, description }: Pick<GraphQLInputField, "name" | "description">,
    place = `${type.name}.${name}`,
  ): Element => ({ place, names: [name, type.name], description, parent: type.name });
  if (isEnumType(type)) return type.getValues().map((value) => elementOf(value));
  if (isInputObjectType(type))
    return Object.values(type.getFields()).map((field) => elementOf(field));
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field: GraphQLField<unknown, unknown>) => [
    elementOf(field),
    ...argumentsOf(`${type.name}.${field.name}`, [field.name, type.name], field.args),
  ]);
}

function argumentsOf(
  place: string,
  names: readonly string[],
  args: readonly GraphQLArgument[],
): Element[] {
  return args.map(({ name, description }) => ({
    place: `${place}(${name}:)`,
    names: [name, ...names],
    description,
    parent: place,
  }));
}

/** The hosts of standards, which keep their addresses. */
const SPECIFICATIONS =
  /^https:\/\/(scalars\.graphql\.org|www\.rfc-editor\.org|www\.w3\.org|www\.iso\.org)\/[^ ]+$/;

const WHOLE = { place: "schema", names: ["schema"], parent: "schema" };

describe("the schema", () => {
  const schema = unconnectedSchema();

  it("describes everything in a sentence that adds information to the name", () => {
    expect(elementsOf(schema).length).toBeGreaterThan(1_000);
    expect(poorDescriptions(schema)).toEqual([]);
  });

  it("has a description of its own, which introspection returns", () => {
    const { data } = graphqlSync({ schema, source: "{ __schema { description } }" });
    expect(data).toEqual({ __schema: { description: schema.description } });
    expect(problemsOf({ ...WHOLE, description: schema.description?.slice(0, MAX_LENGTH) })).toEqual(
      [],
    );
  });

  it("names a public specification of every scalar", () => {
    const scalars = Object.values(schema.getTypeMap()).filter(isScalarType);
    const own = scalars.filter((type) => !isSpecifiedScalarType(type));
    expect(own.length).toBeGreaterThan(5);
    const unspecified = own.filter(
      ({ specifiedByURL }) => !SPECIFICATIONS.test(specifiedByURL ?? ""),
    );
    expect(unspecified.map(({ name }) => name)).toEqual([]);
    const { data } = graphqlSync({ schema, source: '{ __type(name: "UUID") { specifiedByURL } }' });
    expect(data).toHaveProperty("__type.specifiedByURL", Uuid.specifiedByURL);
  });

  it("states for every operation which tokens may use it", () => {
    const roots = [schema.getQueryType(), schema.getMutationType()];
    const operations = roots.flatMap((root) => Object.values(root?.getFields() ?? {}));
    expect(operations.length).toBeGreaterThan(40);
    const silent = operations.filter(({ description, extensions }) => {
      const scopes = extensions["allowedScopes"] as readonly string[];
      return !scopePatternsOf(scopes).every((telling) => telling.test(description ?? ""));
    });
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});

/** The patterns for scopes that an operation's description must match. */
function scopePatternsOf(scopes: readonly string[]): RegExp[] {
  if (scopes.length === 0) return [/Any valid token is accepted\.$/];
  if (scopes.join() === "OPERATOR") return [/Operators only\.$/];
  const named = scopes.filter((scope) => scope !== "OPERATOR");
  const ofMerchants = named.map((scope) => new RegExp(` Scope: .*\`${scope}\``));
  return named.length === scopes.length
    ? ofMerchants
    : [...ofMerchants, /or an operator's token\.$/];
}

describe("a description", () => {
  /** The problems of a description if it is set on `Pocket.phoneNumbers`. */
  function problemsWith(description: string): string[] {
    return poorDescriptions(
      buildSchema(`
        "What can be asked for here, at any time."
        type Query {
          "One user's balance in a wallet programme."
          pocket: Pocket
        }
        "One user's balance in a wallet programme, found by its number."
        type Pocket {
          ${JSON.stringify(description)}
          phoneNumbers: [String!]!
        }`),
    );
  }

  it("with new information, in a sentence, is accepted", () => {
    expect(problemsWith("The user's mobiles, the latest first.")).toEqual([]);
  });

  it.each([
    ["repeats the name", "The phone numbers."],
    [
      "repeats the name in other forms, with what it is part of",
      "Numbering which the pocket's phones have.",
    ],
    ["has one new word alone", "The mobile phone number of this pocket."],
    ["has one new word twice", "The mobile phone number of a mobile pocket."],
  ])("that %s is reported as uninformative", (_, description) => {
    expect(problemsWith(description)).toEqual([
      `Pocket.phoneNumbers says only what its name says: ${description}`,
    ]);
  });

  it.each([
    [
      "without a full stop",
      "The user's mobiles, the latest first",
      "does not end with a full stop",
    ],
    ["in lower case", "the user's mobiles, the latest first.", "does not begin with a capital"],
    [
      "of a page",
      `The user's mobiles, ${"and so on, ".repeat(40)}first.`,
      "is too long for a tooltip",
    ],
  ])("%s is refused", (_, description, problem) => {
    expect(problemsWith(description)).toEqual([`Pocket.phoneNumbers ${problem}: ${description}`]);
  });

  it("that is missing is reported for every kind of element", () => {
    const bare = buildSchema(`
      directive @shown(to: String) on FIELD_DEFINITION
      scalar Moment
      enum Colour { RED }
      input Choice { colour: Colour }
      interface Thing { made: Moment }
      type Car implements Thing { made: Moment }
      union Owned = Car
      type Query { thing(choice: Choice): Owned }
    `);
    expect(poorDescriptions(bare).toSorted()).toEqual(
      [
        ["@shown", "@shown(to:)", "Car", "Car.made", "Choice", "Choice.colour", "Colour"],
        ["Colour.RED", "Moment", "Owned", "Query", "Query.thing", "Query.thing(choice:)"],
        ["Thing", "Thing.made"],
      ]
        .flat()
        .map((place) => `${place} has no description: `),
    );
  });

  it.each([
    ["fields", `type Query { "${SAME}" first: Int "${SAME}" last: Int }`],
    ["arguments", `type Query { "${OTHER}" list("${SAME}" first: Int, "${SAME}" last: Int): Int }`],
    ["values of an enum", `"${OTHER}" enum Way { "${SAME}" FIRST "${SAME}" LAST }`],
    ["fields of an input", `"${OTHER}" input Page { "${SAME}" first: Int "${SAME}" last: Int }`],
  ])("that two %s of one element share is reported", (_, text) => {
    const repeated = poorDescriptions(buildSchema(text)).filter((line) =>
      line.includes("of a sibling"),
    );
    expect(repeated).toEqual([
      expect.stringContaining(`repeats the description of a sibling: ${SAME}`),
    ]);
  });
});
