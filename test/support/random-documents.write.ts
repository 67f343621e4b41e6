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

/** The request as sent to the server. */
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
  /** Further selections of the same field, which the executor must merge with the first. */
  readonly again: readonly SelectionTree[] | undefined;
}

export interface FragmentTree {
  readonly kind: "fragment";
  readonly on: string;
  readonly isNamed: boolean;
  /** Whether a named fragment is spread twice. */
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
  /** Which features the document uses. If every document used all of them, few would be tested alone. */
  readonly has: Readonly<Record<"directives" | "aliases" | "wrongValues", boolean>> & {
    /** Which special name comes first for variables and fragments; null for ordinary names. */
    readonly specialNames: number | null;
  };
}

/** A place in a tree that contains a variable. */
export class Variable {
  constructor(
    readonly type: GraphQLInputType,
    readonly fallback: unknown,
    /** The value in the request; none if `given` is missing. */
    readonly value: { readonly given?: unknown; readonly isWrong?: true },
    /** The possible values. */
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
  /** The field at each response path of an operation, so that fields with one response name can be merged. */
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

  /** The field's response name: an alias if its own name is already used for something else. */
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
    // The server refuses a whole body that contains this name.
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
