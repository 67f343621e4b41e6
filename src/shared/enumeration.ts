/**
 * A closed set of names, with a word on each. The type in TypeScript, the enum in GraphQL, its filter
 * and the rules that read it come from this one description.
 */
export interface Enumeration<V extends string = string> {
  readonly name: string;
  readonly description: string;
  /** What each name means, in the order in which the schema lists them. */
  readonly values: Readonly<Record<V, string>>;
}

/** The names of an enumeration. */
export type ValueOf<E> = E extends Enumeration<infer V> ? V : never;

export function defineEnumeration<const V extends string>(
  name: string,
  description: string,
  values: Readonly<Record<V, string>>,
): Enumeration<V> {
  return { name, description, values };
}

export function valuesOf<V extends string>({ values }: Enumeration<V>): V[] {
  return Object.keys(values) as V[];
}
