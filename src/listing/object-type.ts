import { Field, ObjectType } from "type-graphql";
import { Bounded } from "../graphql/bounded.js";
import { enumTypeOf } from "../graphql/enum-type.js";
import { ColumnValue } from "../graphql/json-records.js";
import { Computed } from "../graphql/lazy.js";
import { MetadataType } from "../graphql/merchant-data.type.js";
import { NodeType } from "../graphql/node.type.js";
import { type GraphqlClass, addMinorUnits, namedClass, scalarOf } from "./graphql-class.js";
import type { RecordDefinition } from "../records/record.js";
import { valuesOf } from "../shared/enumeration.js";
import { MAX_METADATA_KEYS, type Metadata, metadataEntries } from "../shared/merchant-data.js";
import { deriveId, type IdDerivation } from "../shared/uuid.js";

/**
 * The GraphQL object type of a record: every visible field under its own name. A type with an `id` implements `Node`.
 * The record's resolver adds the relations.
 */
export function objectType(record: RecordDefinition): GraphqlClass {
  const type = namedClass(record.name);
  const { name: typeName, description: ofType, fields } = record;
  const implemented = fields["id"]?.role === "shown" ? NodeType : [];
  // Plain values need no resolver functions.
  const options = { description: ofType, implements: implemented, simpleResolvers: true };
  ObjectType(typeName, options)(type);
  for (const [name, { kind, description, isNullable, role, uses }] of Object.entries(fields)) {
    if (role !== "shown") continue;
    if (kind === "metadata") {
      addMetadata(type, name, description);
      continue;
    }
    const isList = typeof kind === "object" && "enumList" in kind;
    // Resolve the type here and not lazily: an enum must be registered before any type is created.
    const fieldType = isList ? [enumTypeOf(kind.enumList)] : scalarOf(kind);
    Field(() => fieldType, { description, nullable: isNullable })(type.prototype as object, name);
    // A list of enum values contains each value at most once.
    if (isList) Bounded(valuesOf(kind.enumList).length)(type.prototype as object, name);
    const { derivation } = uses;
    if (derivation === undefined && !isList) ColumnValue()(type.prototype as object, name);
    if (derivation !== undefined)
      Computed(name, (row) => derivedIdIn(row, name, derivation))(type.prototype as object, name);
    addMinorUnits(type, name, { kind });
  }
  return type;
}

function derivedIdIn(
  row: Readonly<Record<string, unknown>>,
  name: string,
  derivation: IdDerivation,
): string | null {
  const id = row[name] as string | null;
  return id === null ? null : deriveId(id, derivation);
}

function addMetadata(type: GraphqlClass, name: string, description: string): void {
  const prototype = type.prototype as object;
  Field(() => [MetadataType], { description })(prototype, name);
  Bounded(MAX_METADATA_KEYS)(prototype, name);
  Computed(name, (row) => metadataEntries(row[name] as Metadata))(prototype, name);
}
