import { parseUuid } from "../shared/uuid.js";
import { closedObject } from "./json-api.js";
import { type Problem, RestError } from "./rest-error.js";

/** The relationships that a body may set, each with the type of its resource. Each is an attribute `…_id` as well. */
const RELATIONSHIPS = {
  order: "orders",
  customer: "customers",
  payment_method: "payment_methods",
  payment_authorization: "payment_authorizations",
} as const;
type Name = keyof typeof RELATIONSHIPS;

/** Relationships in the shape that their schema allows. */
export type Relationships = Readonly<
  Partial<Record<Name, { readonly data?: { readonly id: string } | null }>>
>;

type Attributes = Readonly<Record<string, unknown>>;

/**
 * The attributes with the ids of the relationships. A relationship without `data` says nothing.
 *
 * @throws RestError for each relationship that differs from its attribute.
 */
export function withRelated(attributes: Attributes, relationships: Relationships): Attributes {
  const related = Object.entries(relationships).flatMap(([name, { data }]) =>
    data === undefined ? [] : [{ name, attribute: `${name}_id`, id: data?.id ?? null }],
  );
  const problems = related
    .filter(({ attribute, id }) => attribute in attributes && !isSame(attributes[attribute], id))
    .map(({ name, attribute }): Problem => {
      const detail = `relationships.${name} and ${attribute} must be the same. Omit one of them.`;
      return { status: 422, code: "INVALID", detail, source: { pointer: pointerTo(name) } };
    });
  if (problems.length > 0) throw new RestError(problems);
  const ids = related.map(({ attribute, id }) => [attribute, id] as const);
  return { ...attributes, ...Object.fromEntries(ids) };
}

function isSame(attribute: unknown, id: string | null): boolean {
  if (typeof attribute !== "string" || id === null) return attribute === id;
  return (parseUuid(attribute) ?? attribute) === (parseUuid(id) ?? id);
}

function pointerTo(relationship: string): string {
  return `/data/relationships/${relationship}`;
}

/** The place in the body that set an attribute: the attribute, or else its relationship. */
export function pointerOf(
  attribute: string,
  attributes: Attributes,
  relationships: Relationships,
): string {
  const name = attribute.replace(/_id$/, "");
  const isRelated = name in relationships && !(attribute in attributes);
  return isRelated ? pointerTo(name) : `/data/attributes/${attribute}`;
}

const IGNORED = { description: "Ignored." };

function relationshipSchema(type: string): object {
  const data = {
    type: ["object", "null"],
    properties: { type: { type: "string", enum: [type] }, id: { type: "string" } },
    required: ["type", "id"],
    description: "Members other than the type and the id are ignored.",
  };
  return closedObject({ data, links: IGNORED, meta: IGNORED }, []);
}

/** The schema of the relationships in a body. */
export const RELATIONSHIPS_SCHEMA = closedObject(
  Object.fromEntries(
    Object.entries(RELATIONSHIPS).map(([name, type]) => [name, relationshipSchema(type)]),
  ),
  [],
);
