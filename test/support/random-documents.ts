import fc from "fast-check";
import {
  type GraphQLArgument,
  GraphQLBoolean,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLSchema,
  TypeInfo,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  visit,
  visitWithTypeInfo,
} from "graphql";
import {
  type DocumentTree,
  type FieldTree,
  type RandomRequest,
  SPECIAL_NAMES,
  type SelectionTree,
  Variable,
  writeRequest,
} from "./random-documents.write.js";

export { type RandomRequest, SPECIAL_NAMES } from "./random-documents.write.js";

/** Values for scalars, by the name of the argument or input field, else by the type's name. */
export type Examples = Readonly<Record<string, readonly unknown[]>>;

export interface RandomDocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly examples: Examples;
  /** The maximum depth of selections. */
  readonly depth?: number;
  /** The maximum number of fields in a selection, without fragments. */
  readonly width?: number;
}

/** JSON values that any variable may get, whatever its type. */
const WRONG_VALUES: readonly unknown[] = [
  ...[true, -7, 1.5, "wrong", [[]], { wrong: 1 }, "", {}, "constructor", "__proto__"],
  ...[{ constructor: {} }, { toString: null, valueOf: 1 }, { hasOwnProperty: "x" }, { then: 1 }],
];

/** Names that an executor could confuse with its own names or with JavaScript's. */
const ALIASES = [
  ...["a", "b", "a_b", "b_a", "x1", "nodes", "idx0", "aArgs", "aValid", "aValidArgs", "data"],
  ...["then", "prototype", "arguments", "eval", "await", "length", "name", "input", "errors"],
  ...SPECIAL_NAMES,
];

/**
 * Requests that are valid for the schema, except for a few with invalid variables or an unknown operation
 * name. They are generated as trees, so that a failure can be shrunk and reproduced from its seed.
 */
export function randomRequests(options: RandomDocumentsOptions): fc.Arbitrary<RandomRequest> {
  const { schema, depth = 4 } = options;
  const query = schema.getQueryType();
  if (!query) throw new Error("the schema has no queries");
  const selections = new Selections(options);
  const operation = fc.record({
    name: often(fc.constantFrom("One", "Two", "Three"), fc.constantFrom(...SPECIAL_NAMES), 4),
    selections: selections.of(query, depth),
  });
  const tree: fc.Arbitrary<DocumentTree> = fc.record({
    operations: fc.uniqueArray(operation, {
      minLength: 1,
      maxLength: 3,
      size: "small",
      selector: ({ name }) => name,
    }),
    isNamed: mostly(true, false),
    asksFor: often(fc.constant("first"), fc.constantFrom("last", "none", "unknown"), 6),
    fragmentsFirst: fc.boolean(),
    has: fc.record({
      directives: mostly(false, true, 3),
      aliases: mostly(false, true, 1),
      wrongValues: mostly(false, true, 2),
      specialNames: often(fc.constant(null), fc.nat({ max: SPECIAL_NAMES.length - 1 }), 1),
    }),
  });
  return tree.map((one) => writeRequest(schema, one));
}

class Selections {
  private readonly made = new Map<string, fc.Arbitrary<SelectionTree[]>>();
  private readonly values: Values;

  constructor(private readonly options: RandomDocumentsOptions) {
    this.values = new Values(options.examples);
  }

  of(type: GraphQLNamedType, depth: number): fc.Arbitrary<SelectionTree[]> {
    const key = `${type.name} ${String(depth)}`;
    let made = this.made.get(key);
    if (made === undefined) this.made.set(key, (made = this.make(type, depth)));
    return made;
  }

  private make(type: GraphQLNamedType, depth: number): fc.Arbitrary<SelectionTree[]> {
    const { width = 3 } = this.options;
    const own = this.one(type, depth);
    const fragment = fc.record({
      on: fc.constantFrom(...this.typesWithin(type)),
      isNamed: fc.boolean(),
      isRepeated: mostly(false, true),
      directives: this.directives(),
    });
    const withFragment = fragment.chain((one) =>
      fc
        .array(this.one(this.typeOf(one.on), depth), { minLength: 1, maxLength: 2 })
        .map((selections): SelectionTree => ({ kind: "fragment", ...one, selections })),
    );
    const selection = often<SelectionTree>(own, withFragment, 5);
    return fc.array(selection, { minLength: 1, maxLength: width, size: "max" });
  }

  private typeOf(name: string): GraphQLNamedType {
    return this.options.schema.getType(name)!;
  }

  /** The possible type conditions of a fragment inside a type. */
  private typesWithin(type: GraphQLNamedType): string[] {
    if (!isAbstractType(type)) return [type.name];
    return [type, ...this.options.schema.getPossibleTypes(type)].map(({ name }) => name);
  }

  private one(type: GraphQLNamedType, depth: number): fc.Arbitrary<FieldTree> {
    const typename = this.field({ name: "__typename", args: [] }, undefined);
    if (!isObjectType(type) && !isInterfaceType(type)) return typename;
    const fields = Object.values(type.getFields());
    const leaves = fields.filter((field) => !isCompositeType(getNamedType(field.type)));
    const branches = fields.filter((field) => isCompositeType(getNamedType(field.type)));
    const ofLeaves = fc.oneof(
      ...leaves.map((field) => this.field(field, undefined)),
      ...(leaves.length === 0 ? [typename] : []),
    );
    if (depth <= 0 || branches.length === 0) return often(ofLeaves, typename, 8);
    const ofBranches = fc.oneof(
      ...branches.map((field) => {
        const below = getNamedType(field.type);
        return this.field(field, () => this.of(below, depth - 1));
      }),
    );
    return fc.oneof(
      { weight: 5, arbitrary: ofLeaves },
      { weight: 1, arbitrary: typename },
      { weight: 8, arbitrary: ofBranches },
    );
  }

  private field(
    { name, args }: Pick<GraphQLField<unknown, unknown>, "name" | "args">,
    below: (() => fc.Arbitrary<SelectionTree[]>) | undefined,
  ): fc.Arbitrary<FieldTree> {
    // Build nested selections lazily, because types can be recursive.
    const selections = below ? fc.constant(0).chain(below) : fc.constant(undefined);
    const again = below
      ? often<SelectionTree[] | undefined>(fc.constant(undefined), selections, 8)
      : fc.constant(undefined);
    return fc.record({
      kind: fc.constant("field" as const),
      name: fc.constant(name),
      alias: often<string | undefined>(fc.constant(undefined), fc.constantFrom(...ALIASES), 5),
      args: this.values.given(args),
      directives: this.directives(),
      selections,
      again,
    });
  }

  private directives(): fc.Arbitrary<FieldTree["directives"]> {
    const condition = fc.record({
      name: fc.constantFrom("skip" as const, "include" as const),
      value: this.values.of(CONDITION, "if", 0),
    });
    return often<FieldTree["directives"]>(
      fc.constant([]),
      fc.uniqueArray(condition, { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
      12,
    );
  }
}

/** Generates values of arguments and input fields: JSON that can contain variables. */
class Values {
  private readonly made = new Map<string, fc.Arbitrary<unknown>>();

  constructor(private readonly examples: Examples) {}

  /** Values for all required arguments or input fields, and for some optional ones. */
  given(
    inputs: readonly (GraphQLArgument | GraphQLInputField)[],
    depth = 3,
  ): fc.Arbitrary<Readonly<Record<string, unknown>>> {
    if (inputs.length === 0) return fc.constant({});
    const required = inputs.filter(isRequired);
    const optional = inputs.filter((input) => !isRequired(input));
    const some = fc.subarray(optional, { maxLength: Math.min(2, optional.length) });
    return some.chain((chosen) =>
      fc.record(
        Object.fromEntries(
          [...required, ...chosen].map((input) => [
            input.name,
            this.of(input.type, input.name, depth, input.defaultValue !== undefined),
          ]),
        ),
      ),
    );
  }

  /** @param hasDefault whether the place has a default value, so that a variable there may be nullable. */
  of(
    type: GraphQLInputType,
    name: string,
    depth: number,
    hasDefault = false,
  ): fc.Arbitrary<unknown> {
    const plain = this.plain(type, name, depth);
    return often(plain, this.variable(type, name, depth, hasDefault), 3);
  }

  private variable(
    type: GraphQLInputType,
    name: string,
    depth: number,
    hasDefault: boolean,
  ): fc.Arbitrary<Variable> {
    const json = this.json(type, name, depth);
    const value = fc.oneof(
      { weight: 10, arbitrary: json.map((given) => ({ given })) },
      {
        weight: 3,
        arbitrary: fc.constantFrom<Variable["value"]>(
          { isWrong: true },
          { isWrong: true, given: null },
          ...WRONG_VALUES.map((given) => ({ isWrong: true as const, given })),
        ),
      },
    );
    const isRequiredHere = isNonNullType(type);
    return fc
      .record({
        value,
        right: json,
        fallback: often(fc.constant(undefined), json, 2),
        isStrict: fc.boolean(),
      })
      .map(({ value, right, fallback, isStrict }) => {
        const nullable = getNullableType(type);
        const mayBeNullable = !isRequiredHere || hasDefault || (fallback ?? null) !== null;
        const declared = mayBeNullable && !isStrict ? nullable : new GraphQLNonNull(nullable);
        return new Variable(declared, fallback ?? undefined, value, right);
      });
  }

  /** Values without variables, for use as a variable's value. */
  private json(type: GraphQLInputType, name: string, depth: number): fc.Arbitrary<unknown> {
    return this.plain(type, name, depth).map(withoutVariables);
  }

  private plain(type: GraphQLInputType, name: string, depth: number): fc.Arbitrary<unknown> {
    const key = `${String(type)} ${name} ${String(depth)}`;
    let made = this.made.get(key);
    if (made === undefined) this.made.set(key, (made = this.makePlain(type, name, depth)));
    return made;
  }

  private makePlain(type: GraphQLInputType, name: string, depth: number): fc.Arbitrary<unknown> {
    if (!isNonNullType(type))
      return often(this.plain(new GraphQLNonNull(type), name, depth), fc.constant(null), 10);
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const item = nullable.ofType;
      const list = fc
        .constant(0)
        .chain(() => fc.array(this.of(item, name, depth - 1), { maxLength: 3, size: "max" }));
      // GraphQL coerces a single item to a list.
      return often(
        list,
        fc.constant(0).chain(() => this.plain(item, name, depth - 1)),
        5,
      );
    }
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields());
      const within = depth > 0 ? fields : fields.filter((field) => isRequired(field));
      return fc.constant(0).chain(() => this.given(within, depth - 1));
    }
    if (isEnumType(nullable))
      return fc.constantFrom(...nullable.getValues().map((value) => value.name));
    if (nullable.name === "Boolean") return fc.boolean();
    const examples = this.examples[name] ?? this.examples[nullable.name];
    if (!examples) throw new Error(`there is no example of ${nullable.name}, as of ${name}`);
    return fc.constantFrom(...examples);
  }
}

const CONDITION = new GraphQLNonNull(GraphQLBoolean);

function isRequired({ type, defaultValue }: GraphQLArgument | GraphQLInputField): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

function withoutVariables(value: unknown): unknown {
  if (value instanceof Variable) return withoutVariables(value.right);
  if (Array.isArray(value)) return value.map(withoutVariables);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, withoutVariables(one)]),
  );
}

/** Generates the first `weight` times as often as the other. */
function often<T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });
}

function mostly<T>(usual: T, rare: T, weight = 5): fc.Arbitrary<T> {
  return often(fc.constant(usual), fc.constant(rare), weight);
}

/** Every object type that a query can return. */
export function typesOfAnswers(schema: GraphQLSchema): Set<string> {
  const found = new Set<string>();
  const visit = (type: GraphQLNamedType): void => {
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(visit);
    if (!isObjectType(type) || found.has(type.name)) return;
    found.add(type.name);
    for (const field of fieldsOf(type)) visit(getNamedType(field.type));
  };
  visit(schema.getQueryType()!);
  return found;
}

function fieldsOf(type: GraphQLObjectType): GraphQLField<unknown, unknown>[] {
  return Object.values(type.getFields());
}

/** Every type, field, argument and input field that requests name, such as `Order` and `Order.id`. */
export function reachedBy(schema: GraphQLSchema, requests: readonly RandomRequest[]): Set<string> {
  const reached = new Set<string>();
  for (const { query } of requests) {
    const info = new TypeInfo(schema);
    const note = (type: GraphQLNamedType | null | undefined, name: string): void => {
      if (type) reached.add(type.name).add(`${type.name}.${name}`);
    };
    visit(
      parse(query),
      visitWithTypeInfo(info, {
        Field: ({ name }) => {
          note(info.getParentType(), name.value);
        },
        Argument: ({ name }) => {
          const field = info.getFieldDef()?.name ?? "";
          note(info.getParentType(), `${field}(${name.value})`);
        },
        ObjectField: ({ name }) => {
          const parent = getNamedType(info.getParentInputType());
          note(parent, name.value);
        },
      }),
    );
  }
  return reached;
}
