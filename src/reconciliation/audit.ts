import type { Queryable } from "../database/database.js";
import { isDistributed } from "../database/distributed.js";
import { streamRows } from "../database/snapshot.js";
import { parseUuid } from "../shared/uuid.js";
import { type Check, FINDING, type Finding } from "./check.js";
import { type Unit, UNIT_KINDS, countRecords, everyUnit, findGroup, findMerchant } from "./unit.js";

/** What is to be audited: with neither, everything, and what belongs to no group and no merchant too. */
export interface AuditScope {
  readonly groups: readonly string[];
  readonly merchants: readonly string[];
}

/** Is told what the audit does and finds, as it goes on. */
export interface AuditListener {
  /** @param total how many units there are in all, by what was there at the beginning. */
  unitBegins(unit: Unit, index: number, total: number): void;
  checkBegins(unit: Unit, check: Check, index: number): void;
  found(unit: Unit, check: Check, finding: Finding): void;
  unitEnds(unit: Unit, result: UnitResult): void;
}

export interface UnitResult {
  /** How many records there were of each kind. */
  readonly records: Readonly<Record<string, number>>;
  readonly checks: number;
  readonly findings: number;
}

/** What is asked for is not there: nothing was audited. */
export class AuditScopeError extends Error {
  override readonly name = "AuditScopeError";
}

/** How reads come to see one moment: see `inSnapshot`. */
export type Snapshot = <T>(work: (on: Queryable) => Promise<T>) => Promise<T>;

/**
 * Holds the books against their rules, the platform's first, then each pocket group's and each merchant's,
 * every one of them in a snapshot of its own. Findings are told as they are met: none is kept.
 *
 * @returns how many findings there were.
 * @throws AuditScopeError, before anything is audited.
 */
export async function audit(
  on: Queryable,
  inSnapshot: Snapshot,
  scope: AuditScope,
  listener: AuditListener,
): Promise<number> {
  const { units, total } = await unitsOf(on, scope);
  const distributed = await isDistributed(on);
  let findings = 0;
  let index = 0;
  for await (const unit of units) {
    listener.unitBegins(unit, index++, total);
    const result = await inSnapshot((snapshot) => auditUnit(snapshot, unit, distributed, listener));
    listener.unitEnds(unit, result);
    findings += result.findings;
  }
  return findings;
}

async function auditUnit(
  on: Queryable,
  unit: Unit,
  distributed: boolean,
  listener: AuditListener,
): Promise<UnitResult> {
  const { checks } = UNIT_KINDS[unit.kind];
  const records = await countRecords(on, unit);
  let findings = 0;
  for (const [index, check] of checks.entries()) {
    listener.checkBegins(unit, check, index);
    for await (const finding of streamRows(on, FINDING, check.find(unit.id, distributed))) {
      listener.found(unit, check, finding);
      findings++;
    }
  }
  return { records, checks: checks.length, findings };
}

const PLATFORM: Unit = { kind: "platform", id: "" };

async function unitsOf(
  on: Queryable,
  { groups, merchants }: AuditScope,
): Promise<{ units: AsyncIterable<Unit> | Iterable<Unit>; total: number }> {
  if (groups.length + merchants.length === 0) {
    const { merchant = 0, "pocket group": group = 0 } = await countRecords(on, PLATFORM);
    return { units: everything(on), total: 1 + group + merchant };
  }
  const units: Unit[] = [];
  for (const slug of groups) {
    const group = await findGroup(on, slug);
    if (group === null)
      throw new AuditScopeError(`There is no pocket group ${JSON.stringify(slug)}.`);
    units.push(group);
  }
  for (const id of merchants) {
    const uuid = parseUuid(id);
    const merchant = uuid === null ? null : await findMerchant(on, uuid);
    if (merchant === null) {
      throw new AuditScopeError(`There is no merchant with the id ${JSON.stringify(id)}.`);
    }
    units.push(merchant);
  }
  return { units, total: units.length };
}

async function* everything(on: Queryable): AsyncGenerator<Unit> {
  yield PLATFORM;
  yield* everyUnit(on, "pocket group");
  yield* everyUnit(on, "merchant");
}
