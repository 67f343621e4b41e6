import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
} from "graphql";

/** Names of properties that every JavaScript object inherits. */
export const SPECIAL_NAMES: readonly string[] = Object.getOwnPropertyNames(Object.prototype);

/** A request as it is sent. */
export interface RandomRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

export interface FieldTree {
  readonly kind: "field";
  readonly name: string;
  readonly alias: string | undefined;
  readonly args: Readonly<Record<string, unknown>>;
  readonly directives: readonly { name: "skip" | "include"; value: unknown }[];
  readonly selections: readonly SelectionTree[] | undefined;
  /** Other selections of the same field, to be merged with the first. */
  readonly again: readonly SelectionTree[] | undefined;
}

export interface FragmentTree {
  readonly kind: "fragment";
  readonly on: string;
  readonly isNamed: boolean;
  /** Whether a named one is spread twice. */
  readonly isRepeated: boolean;
  readonly directives: FieldTree["directives"];
  readonly selections: readonly SelectionTree[];
}

export type SelectionTree = FieldTree | FragmentTree;

export interface DocumentTree {
  readonly operations: readonly { name: string; selections: readonly SelectionTree[] }[];
  /** Whether a single operation has a name. */
  readonly isNamed: boolean;
  readonly asksFor: string;
  readonly fragmentsFirst: boolean;
  /** What the document has at all: where everything is mixed, little of it is ever reached alone. */
  readonly has: Readonly<Record<"directives" | "aliases" | "wrongValues", boolean>> & {
    /** Which special name comes first for variables and fragments; null for ordinary names. */
    readonly specialNames: number | null;
  };
}

/** A place in a tree where a variable stands. */
export class Variable {
  constructor(
    readonly type: GraphQLInputType,
    readonly fallback: unknown,
    /** What the request gives; nothing at all where it has no `given`. */
    readonly value: { readonly given?: unknown; readonly isWrong?: true },
    /** What it may be given. */
    readonly right: unknown,
  ) {}
}

export function writeRequest(schema: GraphQLSchema, tree: DocumentTree): RandomRequest {
  const { operations, asksFor, fragmentsFirst } = tree;
  const isAnonymous = operations.length === 1 && !tree.isNamed;
  const writer = new Writer(schema, tree.has);
  const written = operations.map(({ name, selections }) =>
    writer.operation(isAnonymous ? "" : name, selections),
  );
  const definitions = [written, writer.fragments];
  const names = {
    first: isAnonymous ? undefined : operations[0]?.name,
    last: operations.at(-1)?.name,
    unknown: "Unknown",
  };
  const operationName = names[asksFor as keyof typeof names];
  return {
    query: (fragmentsFirst ? definitions.reverse() : definitions).flat().join("\n"),
    variables: writer.variables,
    ...(operationName === undefined ? {} : { operationName }),
  };
}

class Writer {
  readonly fragments: string[] = [];
  readonly variables: Record<string, unknown> = {};
  private declarations: string[] = [];
  private count = 0;
  /** What each response path of an operation stands for, so that two fields of one name agree. */
  private meanings = new Map<string, string>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly has: DocumentTree["has"],
  ) {}

  /** A name that is used once in the document. */
  private newName(letter: string): string {
    const { specialNames: first } = this.has;
    const isSpecial = first !== null && this.count < SPECIAL_NAMES.length;
    const special = isSpecial ? SPECIAL_NAMES[(first + this.count) % SPECIAL_NAMES.length] : null;
    this.count++;
    return special ?? `${letter}${String(this.count)}`;
  }

  operation(name: string, selections: readonly SelectionTree[]): string {
    this.declarations = [];
    this.meanings = new Map();
    const body = this.selectionSet(selections, this.schema.getQueryType()!.name, "");
    const declared = this.declarations.length > 0 ? `(${this.declarations.join(", ")})` : "";
    return `query ${name}${declared} ${body}`;
  }

  private selectionSet(selections: readonly SelectionTree[], on: string, path: string): string {
    const written = selections.map((selection) =>
      selection.kind === "field" ? this.field(selection, on, path) : this.fragment(selection, path),
    );
    return `{\n${written.join("\n").replace(/^/gm, "  ")}\n}`;
  }

  private fragment(tree: FragmentTree, path: string): string {
    const { on, isNamed, isRepeated } = tree;
    const directives = this.directives(tree.directives);
    const body = this.selectionSet(tree.selections, on, path);
    if (!isNamed) return `... on ${on}${directives} ${body}`;
    const name = this.newName("F");
    this.fragments.push(`fragment ${name} on ${on} ${body}`);
    return `...${name}${directives}${isRepeated ? `\n...${name}` : ""}`;
  }

  private field(tree: FieldTree, on: string, path: string): string {
    const args = this.args(tree, on);
    const key = this.keyOf(tree, `${on}.${tree.name}${args}`, path);
    const alias = key === tree.name ? "" : `${key}: `;
    const start = `${alias}${tree.name}${args}`;
    const first = `${start}${this.directives(tree.directives)}`;
    if (tree.selections === undefined) return first;
    const type = getNamedType(this.fieldOf(on, tree.name)!.type).name;
    const below = `${path}.${key}`;
    const body = this.selectionSet(tree.selections, type, below);
    const again = tree.again && `\n${start} ${this.selectionSet(tree.again, type, below)}`;
    return `${first} ${body}${again ?? ""}`;
  }

  /** The field's name in the answer: another one when its own stands for something else there. */
  private keyOf({ alias, name }: FieldTree, meaning: string, path: string): string {
    const wanted = (this.has.aliases ? alias : undefined) ?? name;
    for (let number = 1; ; number++) {
      const key = number === 1 ? wanted : `${wanted}_${String(number)}`;
      const place = `${path}.${key}`;
      if ((this.meanings.get(place) ?? meaning) !== meaning) continue;
      this.meanings.set(place, meaning);
      return key;
    }
  }

  private fieldOf(on: string, name: string) {
    const type = this.schema.getType(on);
    return isObjectType(type) ? type.getFields()[name] : undefined;
  }

  private args({ name, args }: FieldTree, on: string): string {
    const written = Object.entries(args).map(([argument, value]) => {
      const { type } = this.fieldOf(on, name)!.args.find((one) => one.name === argument)!;
      return `${argument}: ${this.value(value, type)}`;
    });
    return written.length > 0 ? `(${written.join(", ")})` : "";
  }

  private directives(directives: FieldTree["directives"]): string {
    if (!this.has.directives) return "";
    const type = this.schema.getDirective("skip")!.args[0]!.type;
    return directives
      .map(({ name, value }) => ` @${name}(if: ${this.value(value, type)})`)
      .join("");
  }

  private value(value: unknown, type: GraphQLInputType): string {
    if (!(value instanceof Variable)) return this.literal(value, type);
    const name = this.newName("v");
    // A body that gives this name is refused as a whole.
    if (name === "__proto__") return this.declared(name, value);
    if (value.value.isWrong && !this.has.wrongValues) this.variables[name] = value.right;
    else if ("given" in value.value) this.variables[name] = value.value.given;
    return this.declared(name, value);
  }

  private declared(name: string, value: Variable): string {
    const fallback =
      value.fallback === undefined ? "" : ` = ${this.literal(value.fallback, value.type)}`;
    this.declarations.push(`$${name}: ${String(value.type)}${fallback}`);
    return `$${name}`;
  }

  private literal(value: unknown, type: GraphQLInputType): string {
    const nullable = getNullableType(type);
    if (value === null) return "null";
    if (isListType(nullable)) {
      const item = nullable.ofType;
      if (!Array.isArray(value)) return this.value(value, item);
      return `[${value.map((one: unknown) => this.value(one, item)).join(", ")}]`;
    }
    if (isInputObjectType(nullable)) {
      const fields = nullable.getFields();
      const written = Object.entries(value as object).map(
        ([name, one]) => `${name}: ${this.value(one, fields[name]!.type)}`,
      );
      return `{ ${written.join(", ")} }`;
    }
    return isEnumType(nullable) && typeof value === "string" ? value : JSON.stringify(value);
  }
}
