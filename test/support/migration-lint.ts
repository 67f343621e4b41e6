/** A rule for migrations that run while servers of the previous version are running. */
export interface Complaint {
  readonly rule: RuleName;
  readonly statement: string;
}

/** The statement in lower case, without comments, with `''` for each string literal. */
interface Statement {
  readonly text: string;
  readonly allowed: ReadonlySet<string>;
}

interface Script {
  readonly isOutsideTransaction: boolean;
  readonly statements: readonly Statement[];
  /** Tables that the migration creates, which no server uses yet. */
  readonly ownTables: ReadonlySet<string>;
}

type Rule = (text: string, script: Script, index: number) => boolean;

const TABLE = String.raw`(?:only )?(?:if exists )?(?:public\.)?([\w]+)`;
const INDEX_OF = new RegExp(
  String.raw`^create (?:unique )?index (?:concurrently )?(?:if not exists )?\w* ?on ${TABLE}`,
);
const MADE_CONCURRENTLY = /^create (?:unique )?index concurrently (?:if not exists )?(\w+) /;
const ADDED_CONSTRAINT = /\badd constraint (\w+) (check|foreign key|unique|primary key|exclude)\b/;

/** The rule's name in findings and in comments that allow it. */
const RULES = {
  "removes-what-is-used": (text) =>
    /^drop (table|view|materialized view|type|function|schema|sequence)\b/.test(text) ||
    /\bdrop (column|default|identity|expression)\b/.test(text) ||
    /^alter table \S+ drop (?!constraint\b|not\b)/.test(text),
  renames: (text) => /^alter .*\brename\b/.test(text),
  "changes-a-type": (text) => /\balter (column )?\w+ (set data )?type\b/.test(text),
  "requires-a-value": (text) =>
    /\bset not null\b/.test(text) ||
    addedColumns(text).some((column) => /\bnot null\b/.test(column) && !/\bdefault\b/.test(column)),
  "rewrites-the-table": (text) =>
    /^(vacuum full|cluster)\b/.test(text) ||
    addedColumns(text).some((column) =>
      /\bgenerated always as\b.*\bstored\b|\b(small|big)?serial\b|\bdefault .*\b(random|gen_random_uuid|uuidv[47]|clock_timestamp)\b/.test(
        column,
      ),
    ),
  "locks-while-it-reads": (text, script) => {
    const [, added, kind = ""] = ADDED_CONSTRAINT.exec(text) ?? [];
    if (added !== undefined && /check|foreign/.test(kind) && !/\bnot valid\b/.test(text))
      return true;
    if (added !== undefined && /unique|primary/.test(kind) && !/\busing index\b/.test(text))
      return true;
    if (kind === "exclude") return true;
    const [, validated] = /\bvalidate constraint (\w+)/.exec(text) ?? [];
    // In the same transaction, the lock for adding the constraint would be held until all rows are read.
    return (
      validated !== undefined &&
      script.statements.some((one) => ADDED_CONSTRAINT.exec(one.text)?.[1] === validated)
    );
  },
  "locks-while-it-indexes": (text, script) => {
    const table = INDEX_OF.exec(text)?.[1];
    if (table !== undefined)
      return !text.includes(" concurrently ") && !script.ownTables.has(table);
    return /^(drop index|reindex)\b(?!.*\bconcurrently\b)/.test(text);
  },
  "changes-rows": (text) => /^(with\b.*)?\b(update|delete from|merge into|truncate)\b/.test(text),
  "depends-on-the-locale": (text) =>
    /\b(lower|upper|initcap)\((?!(?:[^()]|\([^()]*\))*\bcollate\b)|\bilike\b|~\*/.test(text),
  "ends-the-transaction": (text) => /^(begin|commit|rollback|start transaction|end)\b/.test(text),
  "cannot-be-repeated": (text, { isOutsideTransaction, statements }, index) => {
    if (!isOutsideTransaction) return text.includes(" concurrently ");
    const made = MADE_CONCURRENTLY.exec(text)?.[1];
    if (made === undefined) return !text.startsWith("drop index concurrently if exists ");
    const dropped = `drop index concurrently if exists ${made}`;
    return !statements.slice(0, index).some((one) => one.text === dropped);
  },
  "uses-a-new-enum-value": (text, script) =>
    /^alter type \w+ add value\b/.test(text) && script.statements.length > 1,
} satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as RuleName[];

/**
 * Finds statements of a migration that would break, block or mislead a running server of the previous
 * version. A comment before a statement allows one rule: `-- allow renames: because …`.
 */
export function lintMigration(sql: string): Complaint[] {
  const statements = readStatements(sql);
  const script: Script = {
    isOutsideTransaction: sql.startsWith("-- outside a transaction"),
    statements,
    ownTables: new Set(
      statements.flatMap(
        ({ text }) => /^create (?:unlogged )?table (?:if not exists )?(\w+)/.exec(text)?.[1] ?? [],
      ),
    ),
  };
  return statements.flatMap(({ text, allowed }, index) => {
    // No server uses a table that this migration creates.
    const table = new RegExp(`^alter table ${TABLE}`).exec(text)?.[1];
    if (table !== undefined && script.ownTables.has(table)) return [];
    return RULE_NAMES.filter((rule) => !allowed.has(rule) && RULES[rule](text, script, index)).map(
      (rule): Complaint => ({ rule, statement: text }),
    );
  });
}

function addedColumns(text: string): string[] {
  if (!text.startsWith("alter table")) return [];
  return text
    .split(/,(?![^(]*\))/)
    .filter((part) =>
      /\badd (?!constraint\b|value\b|check\b|foreign\b|primary\b|unique\b)/.test(part),
    );
}

function readStatements(sql: string): Statement[] {
  const withoutTexts = sql
    .replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
    .replaceAll(/--.*$/gm, (comment) => comment.replaceAll("'", "").replaceAll(";", ""))
    .replaceAll(/'(?:[^']|'')*'/g, "''");
  return withoutTexts.split(";").flatMap((part) => {
    const text = part.replaceAll(/--.*$/gm, "").replaceAll(/\s+/g, " ").trim().toLowerCase();
    if (text === "") return [];
    const allowed = [...part.matchAll(/^\s*-- allow ([\w-]+): \S/gm)].map(([, rule = ""]) => rule);
    return [{ text, allowed: new Set(allowed) }];
  });
}
