import { type FieldNode, Kind, type ValueNode } from "graphql";
import { isPatternOperator } from "../../shared/pattern-operator.js";
import { type Definitions, type Size, type Variables, ownProperty } from "./size.js";

/** PostgreSQL compares each row with each pattern, character by character. */
const POINTS_OF_PATTERN = 10;

/** Each field reads its arguments again for each alias and for each parent record. */
const CHARACTERS_A_POINT = 100;

/** Arguments other than filters are only read, so typical ones are free. */
const FREE_POINTS_OF_OTHERS = 20;

/** The cost accounts for the number of records separately. */
const SIZES = new Set(["first", "last", "page", "ids"]);

/** The points of a field's arguments: all of a filter's, and those of others above the free amount. */
export function pointsOfArguments(
  { arguments: given = [] }: FieldNode,
  definitions: Definitions,
): Size {
  const filter = new Points(definitions);
  const others = new Points(definitions);
  for (const { name, value } of given)
    if (!SIZES.has(name.value)) (name.value === "filter" ? filter : others).add(value);
  const pointsWith = (variables: Variables): number =>
    filter.with(variables) + Math.max(0, others.with(variables) - FREE_POINTS_OF_OTHERS);
  return filter.isFixed && others.isFixed ? pointsWith({}) : pointsWith;
}

/** The points of values in a document, which may contain variables. */
class Points {
  private fixed = 0;
  private readonly variables: { readonly name: string; readonly isPattern: boolean }[] = [];

  constructor(private readonly definitions: Definitions) {}

  get isFixed(): boolean {
    return this.variables.length === 0;
  }

  with(variables: Variables): number {
    return this.variables.reduce((sum, { name, isPattern }) => {
      const value = ownProperty(variables, name);
      return (
        sum + (value === undefined ? this.ofDefault(name, isPattern) : ofJson(value, isPattern))
      );
    }, this.fixed);
  }

  add(node: ValueNode, isPattern = false): this {
    switch (node.kind) {
      case Kind.VARIABLE:
        this.variables.push({ name: node.name.value, isPattern });
        break;
      case Kind.LIST:
        for (const value of node.values) this.item(value, isPattern);
        break;
      case Kind.OBJECT:
        for (const { name, value } of node.fields) this.item(value, isPatternOperator(name.value));
        break;
      case Kind.INT:
      case Kind.FLOAT:
      case Kind.STRING:
      case Kind.BOOLEAN:
      case Kind.ENUM:
      case Kind.NULL:
        this.fixed += ofScalar("value" in node ? node.value : undefined, isPattern);
    }
    return this;
  }

  private item(value: ValueNode, isPattern: boolean): void {
    this.fixed++;
    this.add(value, isPattern);
  }

  private ofDefault(name: string, isPattern: boolean): number {
    const node = this.definitions.get(name)?.defaultValue;
    return node ? new Points(this.definitions).add(node, isPattern).fixed : 0;
  }
}

/** Counts each value once, however many aliases share a variable. */
const known = { plain: new WeakMap<object, number>(), pattern: new WeakMap<object, number>() };

function ofJson(value: unknown, isPattern: boolean): number {
  if (typeof value !== "object" || value === null) return ofScalar(value, isPattern);
  const points = isPattern ? known.pattern : known.plain;
  const found = points.get(value);
  if (found !== undefined) return found;
  let sum = 0;
  if (Array.isArray(value)) {
    for (const item of value) sum += 1 + ofJson(item, isPattern);
  } else {
    for (const [name, item] of Object.entries(value))
      sum += 1 + ofJson(item, isPatternOperator(name));
  }
  points.set(value, sum);
  return sum;
}

function ofScalar(value: unknown, isPattern: boolean): number {
  const length = typeof value === "string" ? value.length : 0;
  return (isPattern ? POINTS_OF_PATTERN : 0) + Math.floor(length / CHARACTERS_A_POINT);
}
