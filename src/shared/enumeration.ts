/**
 * A closed set of names, each with a description. The TypeScript type, the GraphQL enum, its filter and the
 * rules are all derived from it.
 */
export interface Enumeration<V extends string = string> {
  readonly name: string;
  readonly description: string;
  /** The description of each name, in the order of the schema. */
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
