import type { Caller } from "../callers/caller.js";
import { type Sql, join, propertyName, sql } from "../database/sql.js";
import type { Field } from "./field.js";
import { type Queryable, hasRows } from "../database/database.js";
import { type RecordDefinition, columnName } from "./record.js";
import { newId } from "../shared/uuid.js";

/** Who makes a change; null for the program itself: a command, or the demo. */
export type Author = Caller | null;

/** A change that is to be entered in the audit trail. */
export interface Audit {
  /** Made once for a request, so that work which is done again is entered once. */
  readonly id: string;
  readonly by: Author;
  /** The name of the mutation; a REST path has that of the mutation which does the same. */
  readonly operation: string;
}

export function auditOf(by: Author, operation: string): Audit {
  return { id: newId(), by, operation };
}

/** What a statement does to a row: `written` is the row then, and `before` as it was if it changes. */
type Write = "making" | "changing" | "ending";

/**
 * The part of a writing statement that enters what it writes, so that neither is there without the
 * other. The statement must have a part `written`, which answers the row with all columns, and to change
 * one a part `before` too. What writes no row enters nothing.
 */
export function entered(audit: Audit, record: RecordDefinition, write: Write): Sql {
  const source = write === "changing" ? sql`written, before` : sql`written`;
  return sql`entered as (${entryOf(audit, record, write, source)})`;
}

/**
 * The same as a statement of its own, for the same transaction.
 *
 * @param source has the row as `written`, and as `before` if it changes.
 */
export function entryOf(
  { id, by, operation }: Audit,
  record: RecordDefinition,
  write: Write,
  source: Sql,
): Sql {
  const merchantId = merchantOf(record);
  // Nobody sent a request when the program itself acts, also where that is in a merchant's name.
  const author = by?.request === undefined ? null : by;
  const { address = null, requestId = null, userAgent = null } = author?.request ?? {};
  return sql`
    insert into audit_entries (
      tenant_id, id, merchant_id, created_at, actor, token_id, token_prefix, employee_id,
      operation, record_type, record_id, changes, address, request_id, user_agent)
    select ${tenantOf(record)}, ${id}::uuid, ${merchantId},
      statement_timestamp(), ${actorOf(author)}, ${author?.tokenId ?? null}::uuid,
      ${author?.tokenPrefix ?? null}, ${author?.employeeId ?? null}::uuid, ${operation},
      ${record.name}, ${idOf(record)}, ${changesOf(record, write)},
      ${address}, ${requestId}::uuid, ${userAgent}
    from ${source}
    on conflict do nothing`;
}

/**
 * A statement of its own that enters a record which Prisma has just made, for the same transaction.
 *
 * @param condition what finds the record.
 */
export function enterMade(audit: Audit, record: RecordDefinition, condition: Sql): Sql {
  return sql`with written as (select * from ${record.table} where ${condition}),
    ${entered(audit, record, "making")} select 1`;
}

/** Whether an earlier run of the work has entered, and so written, its change of a merchant's record. */
export async function wasEntered(
  on: Queryable,
  { id }: Audit,
  merchantId: string,
): Promise<boolean> {
  const entry = sql`select from audit_entries where tenant_id = ${merchantId}::uuid and id = ${id}::uuid`;
  return hasRows(on, entry, "find_own_audit_entry");
}

/** Leads the key of entries that belong to no merchant. */
const PLATFORM = "00000000-0000-0000-0000-000000000000";

function actorOf(author: Author): string {
  if (author === null) return "PROGRAM";
  return author.merchantId === null ? "OPERATOR" : "MERCHANT";
}

function merchantOf({ name, fields }: RecordDefinition): Sql {
  if (name === "Merchant") return sql`written.id`;
  return "merchantId" in fields ? sql`written.merchant_id` : sql`null::uuid`;
}

/** As the column it is, where it always is: so Citus sees on which shard the entry is to be. */
function tenantOf(record: RecordDefinition): Sql {
  const merchantId = merchantOf(record);
  const isAlwaysThere = record.fields["merchantId"]?.isNullable === false;
  return isAlwaysThere ? merchantId : sql`coalesce(${merchantId}, ${PLATFORM}::uuid)`;
}

/** A grant has no id of its own: its group's stands for it. */
function idOf({ fields }: RecordDefinition): Sql {
  return "id" in fields ? sql`written.id` : sql`written.pocket_group_id`;
}

/** The entry itself tells these. */
const TOLD_OTHERWISE = new Set(["id", "merchantId", "createdAt", "updatedAt"]);

/**
 * Texts are masked, since people write names, addresses and numbers into them; but for these, which
 * name the platform's own things.
 */
const PLAIN_TEXTS = new Set([
  "Merchant.name",
  "PocketGroup.slug",
  "PocketGroup.name",
  "ApiToken.prefix",
]);

const known: Readonly<Record<Write, WeakMap<RecordDefinition, Sql>>> = {
  making: new WeakMap(),
  changing: new WeakMap(),
  ending: new WeakMap(),
};

/** The fields that differ, each with its value before and after, as `AuditChange` says. */
function changesOf(record: RecordDefinition, write: Write): Sql {
  let changes = known[write].get(record);
  if (changes === undefined) known[write].set(record, (changes = compareFields(record, write)));
  return changes;
}

function compareFields(record: RecordDefinition, write: Write): Sql {
  const fields = Object.entries(record.fields).filter(([name, field]) => isTold(name, field));
  const rows = fields.map(([name, field]) => {
    const isMasked = field.kind === "bytes" || isMaskedText(record, name, field);
    const written = sql`written.${columnName(name)}`;
    const old = write === "changing" ? sql`before.${columnName(name)}` : written;
    const textOfOld = write === "making" ? NONE : textOf(old, field, isMasked);
    const textOfNew = write === "ending" ? NONE : textOf(written, field, isMasked);
    const differs =
      write === "changing" ? sql`${old} is distinct from ${written}` : sql`${written} is not null`;
    // A sealed secret is the secret to whoever reads the trail.
    const shownName = propertyName(name.replace(/Sealed$/, ""));
    return sql`(${shownName}, ${differs}, ${textOfOld}, ${textOfNew})`;
  });
  return sql`(
    select coalesce(jsonb_agg(jsonb_build_object('field', c.field, 'from', c.was, 'to', c.became)), '[]')
    from (values ${join(rows, ", ")}) as c(field, differs, was, became) where c.differs)`;
}

const NONE = sql`null::text`;

/** Of what is hidden, ids and secrets count; the rest is this program's own. */
function isTold(name: string, { role, kind }: Field<unknown>): boolean {
  if (TOLD_OTHERWISE.has(name)) return false;
  return role === "shown" || (role === "hidden" && (kind === "uuid" || kind === "bytes"));
}

function isMaskedText(
  { name: record }: RecordDefinition,
  name: string,
  field: Field<unknown>,
): boolean {
  const isText = field.kind === "text" || field.kind === "phoneNumber";
  return isText && !PLAIN_TEXTS.has(`${record}.${name}`);
}

function textOf(column: Sql, { kind }: Field<unknown>, isMasked: boolean): Sql {
  if (isMasked) return sql`case when ${column} is not null then '***' end`;
  if (kind === "dateTime") {
    return sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  }
  if (typeof kind === "object" && "enumList" in kind) {
    return sql`array_to_string(${column}, ', ')`;
  }
  return sql`${column}::text`;
}
