import { registerEnumType } from "type-graphql";
import type { Enumeration } from "../shared/enumeration.js";

const types = new Map<Enumeration, object>();

/** The GraphQL enum of an enumeration, created once. */
export function enumTypeOf(enumeration: Enumeration): object {
  const known = types.get(enumeration);
  if (known) return known;
  const { name, description, values } = enumeration;
  const entries = Object.entries(values);
  const type = Object.fromEntries(entries.map(([value]) => [value, value]));
  const valuesConfig = Object.fromEntries(
    entries.map(([value, meaning]) => [value, { description: meaning }]),
  );
  registerEnumType(type, { name, description, valuesConfig });
  types.set(enumeration, type);
  return type;
}
