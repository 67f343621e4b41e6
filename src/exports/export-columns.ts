import type { Field } from "../records/field.js";
import type { RecordDefinition } from "../records/record.js";
import type { IdDerivation } from "../shared/uuid.js";

/** A field of a list as exports write it. */
export interface ExportedField {
  readonly name: string;
  /** `text` comes from people or other systems; `plain` values have a form that no spreadsheet misreads. */
  readonly form: "text" | "plain" | "amount" | "json" | "metadata" | "names";
  readonly derivation: IdDerivation | undefined;
  /** Whether the value is in another table, found by a key of the record. */
  readonly isJoined: boolean;
}

/** What exports of a list contain. */
export interface ExportedFields {
  /** In the order of the columns. The id comes first. */
  readonly fields: readonly ExportedField[];
  /** The field with the currency of the amounts; null for a list without amounts. */
  readonly currency: string | null;
  /** The amounts that can be added up. */
  readonly summed: readonly string[];
}

/**
 * The fields that exports of a record contain: those of its GraphQL type that are values, the ids of the records that it
 * refers to, and what filters can select by. Secrets are bytes or virtual, and never exported.
 */
export function exportedFields(record: RecordDefinition): ExportedFields {
  const exported = Object.entries(record.fields).filter(([, field]) => isExported(field));
  const fields = exported.map(([name, field]) => exportedField(name, field));
  const amounts = exported.filter(([, { kind }]) => kind === "amount");
  const currency = record.currencyField ?? "currency";
  const hasCurrency = fields.some(({ name }) => name === currency);
  const summed = amounts.filter(([, { uses }]) => uses.sum === true);
  return {
    fields: fields.toSorted((a, b) => Number(b.name === "id") - Number(a.name === "id")),
    currency: amounts.length > 0 && hasCurrency ? currency : null,
    summed: hasCurrency ? summed.map(([name]) => name) : [],
  };
}

function isExported({ kind, role, isReference, uses, through }: Field<unknown>): boolean {
  if (kind === "bytes") return false;
  switch (role) {
    case "shown":
      return true;
    case "hidden":
      // The GraphQL type shows the relation, or the document in a field of its own.
      return isReference === true || kind === "json" || uses.filter === true;
    case "virtual":
      return through !== undefined;
  }
}

function exportedField(name: string, { kind, uses, through }: Field<unknown>): ExportedField {
  return {
    name,
    form: formOf(kind),
    derivation: uses.derivation,
    isJoined: through !== undefined,
  };
}

function formOf(kind: Field<unknown>["kind"]): ExportedField["form"] {
  if (typeof kind === "object") return "enumList" in kind ? "names" : "plain";
  if (kind === "text" || kind === "phoneNumber") return "text";
  return kind === "amount" || kind === "json" || kind === "metadata" ? kind : "plain";
}
