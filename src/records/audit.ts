import type { Caller } from "../callers/caller.js";
import { type Sql, join, propertyName, sql } from "../database/sql.js";
import type { Field } from "./field.js";
import { type Queryable, hasRows } from "../database/database.js";
import { type RecordDefinition, valueIn } from "./record.js";
import type { Write } from "./record-event.js";
import { newId } from "../shared/uuid.js";

/** The author of a change; null for the program itself, such as a command or the demo. */
export type Author = Caller | null;

/** A change to record in the audit trail. */
export interface Audit {
  /** Created once per request, so that a retry adds no second entry. */
  readonly id: string;
  readonly by: Author;
  /** The name of the mutation; for REST requests, the name of the equivalent mutation. */
  readonly operation: string;
}

export function auditOf(by: Author, operation: string): Audit {
  return { id: newId(), by, operation };
}

/** The audit entry for another record that the same operation changes. */
export function relatedAudit(audit: Audit): Audit {
  return { ...audit, id: newId() };
}

/**
 * The part of a writing statement that adds the audit entry, so that the row and its entry are written together. The
 * statement must have a part `written`, which returns the row with all columns, and for an update also a part `before`.
 * A statement that writes no row adds no entry.
 */
export function auditEntryPart(audit: Audit, record: RecordDefinition, write: Write): Sql {
  const source = write === "update" ? sql`written, before` : sql`written`;
  return sql`entered as (${entryOf(audit, record, write, source)})`;
}

/**
 * The audit entry as a separate statement of the same transaction.
 *
 * @param source provides the row as `written` and, for an update, the old row as `before`.
 * @param fields the fields that may have changed; all by default.
 */
export function entryOf(
  { id, by, operation }: Audit,
  record: RecordDefinition,
  write: Write,
  source: Sql,
  fields?: readonly string[],
): Sql {
  const merchantId = merchantOf(record);
  const changes = fields ? compareFields(record, write, fields) : changesOf(record, write);
  // A caller without a request is the program itself, which may act on behalf of a merchant.
  const author = by?.request === undefined ? null : by;
  const { address = null, requestId = null, userAgent = null } = author?.request ?? {};
  const event = eventOf(record, write);
  return sql`
    insert into audit_entries (
      tenant_id, id, merchant_id, created_at, actor, token_id, token_prefix, employee_id,
      operation, record_type, record_id, changes, address, request_id, user_agent,
      event_type, event_merchant_id, sequence, position)
    select ${tenantOf(record)}, ${id}::uuid, ${merchantId},
      statement_timestamp(), ${actorOf(author)}, ${author?.tokenId ?? null}::uuid,
      ${author?.tokenPrefix ?? null}, ${author?.employeeId ?? null}::uuid, ${operation},
      ${record.name}, ${idOf(record)}, ${changes},
      ${address}, ${requestId}::uuid, ${userAgent}, ${event.columns}
    from ${source}${event.join}
    on conflict (tenant_id, id) do nothing`;
}

/**
 * The columns of an entry that is an event. Its record is new or locked, so no other event of the record can have the
 * next number. The position is at least that of the record's last event.
 */
function eventOf(record: RecordDefinition, write: Write): { columns: Sql; join: Sql } {
  const type = record.eventOf?.(write);
  if (type === undefined)
    return { columns: sql`null, null::uuid, null::integer, null::bigint`, join: sql`` };
  if (write === "create") {
    const columns = sql`${type}, ${merchantOf(record)}, 1, event_position()`;
    return { columns, join: sql`` };
  }
  return {
    columns: sql`event.type, case when event.type is not null then ${merchantOf(record)} end,
      case when event.type is not null then coalesce(last.sequence, 0) + 1 end,
      case when event.type is not null then greatest(event_position(), last.position) end`,
    join: sql`
      cross join lateral (select ${type}) as event(type)
      left join lateral (
        select sequence, position from audit_entries
        where tenant_id = ${tenantOf(record)} and record_id = ${idOf(record)} and event_merchant_id is not null
        order by sequence desc limit 1
      ) as last on true`,
  };
}

/** Whether an earlier run committed this change of a merchant's record, as its audit entry shows. */
export async function hasAuditEntry(
  on: Queryable,
  { id }: Audit,
  merchantId: string,
): Promise<boolean> {
  const entry = sql`select from audit_entries where tenant_id = ${merchantId}::uuid and id = ${id}::uuid`;
  return hasRows(on, entry, "find_own_audit_entry");
}

/** The tenant of a record's audit entries. */
export function tenantIdOf(
  record: RecordDefinition,
  row: Readonly<Record<string, unknown>>,
): string {
  const merchantId = record.name === "Merchant" ? row["id"] : row["merchantId"];
  return typeof merchantId === "string" ? merchantId : PLATFORM;
}

/** The tenant id of audit entries that belong to no merchant. */
const PLATFORM = "00000000-0000-0000-0000-000000000000";

function actorOf(author: Author): string {
  if (author === null) return "PROGRAM";
  return author.merchantId === null ? "OPERATOR" : "MERCHANT";
}

function merchantOf({ name, fields }: RecordDefinition): Sql {
  if (name === "Merchant") return sql`written.id`;
  return "merchantId" in fields ? sql`written.merchant_id` : sql`null::uuid`;
}

/** Uses the plain column if it is never null, so that Citus can determine the entry's shard. */
function tenantOf(record: RecordDefinition): Sql {
  const merchantId = merchantOf(record);
  const isAlwaysThere = record.fields["merchantId"]?.isNullable === false;
  return isAlwaysThere ? merchantId : sql`coalesce(${merchantId}, ${PLATFORM}::uuid)`;
}

/** A grant has no id, so its entries have the id of its group. */
function idOf({ fields }: RecordDefinition): Sql {
  return "id" in fields ? sql`written.id` : sql`written.pocket_group_id`;
}

/** Fields that are columns of the audit entry itself. */
const OMITTED_FIELDS = new Set(["id", "merchantId", "createdAt", "updatedAt"]);

/**
 * The strings that are not masked, because they name records of the platform or describe them. All others may contain personal data,
 * such as names, addresses and phone numbers.
 */
const PLAIN_TEXTS = new Set([
  "Merchant.name",
  "PocketGroup.slug",
  "PocketGroup.name",
  "PocketGroup.phoneNumberRegion",
  "ApiToken.prefix",
  "Import.fileSha256",
]);

const known: Readonly<Record<Write, WeakMap<RecordDefinition, Sql>>> = {
  create: new WeakMap(),
  update: new WeakMap(),
  delete: new WeakMap(),
};

/** The fields that differ, each with its value before and after, in the form of `AuditChange`. */
function changesOf(record: RecordDefinition, write: Write): Sql {
  let changes = known[write].get(record);
  if (changes === undefined) known[write].set(record, (changes = compareFields(record, write)));
  return changes;
}

function compareFields(record: RecordDefinition, write: Write, changed?: readonly string[]): Sql {
  const fields = Object.entries(record.fields).filter(
    ([name, field]) => isShown(name, field) && (changed?.includes(name) ?? true),
  );
  const rows = fields.map(([name, field]) => {
    const isMasked = isMaskedKind(field) || isMaskedText(record, name, field);
    const written = auditedValue(sql`written`, name, field);
    const old = write === "update" ? auditedValue(sql`before`, name, field) : written;
    const textOfOld = write === "create" ? NONE : textOf(old, field, isMasked);
    const textOfNew = write === "delete" ? NONE : textOf(written, field, isMasked);
    const differs =
      write === "update" ? sql`${old} is distinct from ${written}` : sql`${written} is not null`;
    // Show a sealed secret under the name of the secret.
    const shownName = propertyName(name.replace(/Sealed$/, ""));
    return sql`(${shownName}, ${differs}, ${textOfOld}, ${textOfNew})`;
  });
  return sql`(
    select coalesce(jsonb_agg(jsonb_build_object('field', c.field, 'from', c.was, 'to', c.became)), '[]')
    from (values ${join(rows, ", ")}) as c(field, differs, was, became) where c.differs)`;
}

const NONE = sql`null::text`;

/** A record without metadata has an empty object, and a list may be empty. Entries leave both out like null. */
function auditedValue(row: Sql, name: string, field: Field<unknown>): Sql {
  const value = valueIn(row, name, field);
  if (field.kind === "metadata") return sql`nullif(${value}, '{}'::jsonb)`;
  return isEnumList(field) ? sql`nullif(${value}, '{}')` : value;
}

function isEnumList({ kind }: Field<unknown>): boolean {
  return typeof kind === "object" && "enumList" in kind;
}

function isMaskedKind({ kind }: Field<unknown>): boolean {
  return kind === "bytes" || kind === "metadata";
}

/** The hidden fields that the audit trail shows: ids, secrets and documents; the others are internal. */
const HIDDEN_KINDS: ReadonlySet<unknown> = new Set(["uuid", "bytes", "json"]);

/** Whether the audit trail shows a field. */
function isShown(name: string, { role, kind }: Field<unknown>): boolean {
  if (OMITTED_FIELDS.has(name)) return false;
  return role === "shown" || (role === "hidden" && HIDDEN_KINDS.has(kind));
}

function isMaskedText(
  { name: record }: RecordDefinition,
  name: string,
  field: Field<unknown>,
): boolean {
  const isText = field.kind === "text" || field.kind === "phoneNumber";
  return isText && !PLAIN_TEXTS.has(`${record}.${name}`);
}

function textOf(column: Sql, field: Field<unknown>, isMasked: boolean): Sql {
  const { kind } = field;
  if (isMasked) return sql`case when ${column} is not null then '***' end`;
  if (kind === "dateTime") {
    return sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  }
  if (isEnumList(field)) {
    return sql`array_to_string(${column}, ', ')`;
  }
  return sql`${column}::text`;
}
