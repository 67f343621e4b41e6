import type { AuditedLedger } from "./audited-ledger.js";

/** A change to the tables that the program never makes, and all findings that the audit must report for it. */
export interface Corruption {
  readonly check: string;
  readonly what: string;
  readonly statements: readonly string[];
  readonly found: readonly string[];
}

/** An id that no record has. It sorts after all other ids. */
export const NOWHERE = "ffffffff-ffff-7000-8000-000000000000";
/** An id that no record has or is given. */
export const MISSING = "fffeffff-ffff-7000-8000-000000000000";
const LONG_AGO = "2020-01-01 00:00:00+00";

/** A timestamp of a record, in PostgreSQL's format. */
export type TimeOf = (table: string, id: string, column: string) => string;

export function corruptionsOf(ledger: AuditedLedger, timeOf: TimeOf): Corruption[] {
  return [
    ...pocketCorruptions(ledger, timeOf),
    ...entryCorruptions(ledger, timeOf),
    ...pocketEventCorruptions(ledger),
    ...holdCorruptions(ledger, timeOf),
    ...platformCorruptions(ledger),
    ...amountCorruptions(ledger),
    ...ruleCorruptions(ledger),
    ...historyCorruptions(ledger, timeOf),
    ...referenceCorruptions(ledger),
    ...uniqueCorruptions(ledger),
    ...recordCorruptions(ledger, timeOf),
    ...recordEventCorruptions(ledger),
    ...webhookCorruptions(ledger, timeOf),
  ];
}

function corruption(
  check: string,
  what: string,
  statements: readonly string[],
  ...found: readonly string[]
): Corruption {
  return { check, what, statements, found: found.map((one) => `${check}: ${one}`) };
}

/** The corruption, with the findings of other checks for it. */
function alsoFound(one: Corruption, ...found: readonly string[]): Corruption {
  return { ...one, found: [...one.found, ...found] };
}

function pocketCorruptions(b: AuditedLedger, timeOf: TimeOf): Corruption[] {
  const { first, last, alone } = b.charges;
  const own = (column: string): string => timeOf("pockets", b.pocket, column);
  const at = (charge: { id: string }): string => timeOf("pocket_ledger", charge.id, "created_at");
  const inGroup = `where pocket_group_id = '${b.groupId}'`;
  const isPocket = `${inGroup} and id = '${b.pocket}'`;
  const isSpent = `${inGroup} and id = '${b.pocketSpent}'`;
  return [
    corruption(
      "pocket-balance",
      "a balance that is changed",
      [`update pockets set balance = 599 ${isPocket}`],
      `pocket ${b.pocket}: The balance of 98912*****01 is 599, and its entries come to 600.`,
    ),
    corruption(
      "pocket-held-amount",
      "a held amount that is changed",
      [`update pockets set held_amount = 149 ${isSpent}`],
      `pocket ${b.pocketSpent}: The held amount of 98912*****03 is 149, and its open holds reserve 150.`,
    ),
    corruption(
      "pocket-available",
      "a hold of more than the balance",
      [
        "alter table pockets drop constraint pockets_held_amount_check",
        `update pockets set held_amount = 1000 ${isSpent}`,
        `update pocket_holds set amount = 1050 ${inGroup} and id = '${b.spending.open}'`,
      ],
      `pocket ${b.pocketSpent}: The balance of 98912*****03 is 600, and its held amount 1000.`,
    ),
    corruption(
      "pocket-without-charge",
      "a pocket that is made by hand",
      [`insert into pockets values ('${b.groupId}', '${NOWHERE}', '989120000099', 0)`],
      `pocket ${NOWHERE}: The pocket of 98912*****99 has no charge.`,
    ),
    corruption(
      "pocket-times",
      "a pocket's time that is changed",
      [`update pockets set updated_at = '${LONG_AGO}' ${isPocket}`],
      `pocket ${b.pocket}: It was made at ${own("created_at")} and changed at ${LONG_AGO}, and its first entry was made at ${at(first)} and its last change at ${at(last)}.`,
    ),
    corruption(
      "pocket-phone-number",
      "a phone number of another form",
      [
        "alter table pockets drop constraint pockets_phone_number_check",
        `update pockets set phone_number = '12345' ${inGroup} and id = '${b.pocketAlone}'`,
        `update pocket_ledger set phone_number = '12345' ${inGroup} and id = '${alone.id}'`,
      ],
      `pocket ${b.pocketAlone}: Its phone number, of 5 characters, is not 7 to 15 digits of E.164.`,
    ),
    corruption(
      "pocket-phone-number-unique",
      "two pockets of one user",
      [
        "drop index pockets_pocket_group_id_phone_number_key cascade",
        `insert into pockets
           (pocket_group_id, id, phone_number, balance, event_count, event_position, created_at, updated_at)
         select pocket_group_id, '${NOWHERE}', phone_number, balance, event_count, event_position, created_at, updated_at
         from pockets ${isPocket}`,
      ],
      same("pocket", "phone number", b.pocket, NOWHERE),
    ),
    corruption(
      "pocket-id-unique",
      "two pockets of one id",
      [
        "alter table pockets drop constraint pockets_pkey",
        `update pockets set id = '${b.pocketAlone}' ${isPocket}`,
      ],
      same("pocket", "id", b.pocketAlone, b.pocketAlone),
    ),
  ];
}

function entryCorruptions(b: AuditedLedger, timeOf: TimeOf): Corruption[] {
  const { first, middle, last, alone } = b.charges;
  const { spending } = b;
  const inGroup = `where pocket_group_id = '${b.groupId}'`;
  const isMiddle = `${inGroup} and id = '${middle.id}'`;
  const setIn = (id: string, set: string): string =>
    `update pocket_ledger set ${set} ${inGroup} and id = '${id}'`;
  const moved = corruption(
    "ledger-entry-balance",
    "an entry's time that is changed",
    [setIn(middle.id, `created_at = '${LONG_AGO}'`)],
    `ledger entry ${middle.id}: Its balance_after is 300, and the entries of the pocket up to it come to 200.`,
    `ledger entry ${first.id}: Its balance_after is 100, and the entries of the pocket up to it come to 300.`,
  );
  const reversal = (id: string, of: string | null, problem: string): Corruption =>
    corruption(
      "ledger-entry-reversal-of",
      `the entry ${String(of)} that is reversed`,
      [
        "alter table pocket_ledger drop constraint pocket_ledger_reversal_of_id_check",
        setIn(id, `reversal_of_id = ${of === null ? "null" : `'${of}'`}`),
      ],
      `ledger entry ${id}: ${problem}`,
    );
  return [
    corruption(
      "ledger-entry-balance",
      "an entry's balance that is changed",
      [setIn(middle.id, "balance_after = 301")],
      `ledger entry ${middle.id}: Its balance_after is 301, and the entries of the pocket up to it come to 300.`,
    ),
    alsoFound(
      moved,
      `pocket-times: pocket ${b.pocket}: It was made at ${timeOf("pockets", b.pocket, "created_at")} and changed at ${timeOf("pockets", b.pocket, "updated_at")}, and its first entry was made at ${LONG_AGO} and its last change at ${timeOf("pocket_ledger", last.id, "created_at")}.`,
      ...[
        { id: middle.id, sequence: 2, next: 1 },
        { id: first.id, sequence: 1, next: 3 },
        { id: last.id, sequence: 3, next: 2 },
      ].map(outOfSequence),
    ),
    corruption(
      "ledger-entry-amount",
      "a charge of nothing",
      [
        "alter table pocket_ledger drop constraint pocket_ledger_amount_check",
        `insert into pocket_ledger
           (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
         select pocket_group_id, '${NOWHERE}', '${NOWHERE}', merchant_id, phone_number, 0, balance_after, created_at
         from pocket_ledger ${isMiddle}`,
      ],
      `ledger entry ${NOWHERE}: Its kind is CHARGE, its amount 0 and its balance_after 300.`,
    ),
    corruption(
      "ledger-entry-amount",
      "a debit that adds",
      [
        "alter table pocket_ledger drop constraint pocket_ledger_amount_check",
        setIn(middle.id, "kind = 'DEBIT'"),
      ],
      `ledger entry ${middle.id}: Its kind is DEBIT, its amount 200 and its balance_after 300.`,
    ),
    corruption(
      "ledger-entry-token",
      "a token of version 4",
      [
        "alter table pocket_ledger drop constraint pocket_ledger_token_check",
        setIn(middle.id, "token = '01988f7a-ffff-4000-8000-000000000000'"),
      ],
      `ledger entry ${middle.id}: Its token 01988f7a-ffff-4000-8000-000000000000 is not a UUID of version 7.`,
    ),
    corruption(
      "ledger-entry-token",
      "a token of version 7 and no variant of today",
      [setIn(middle.id, "token = '01988f7a-ffff-7000-0000-000000000000'")],
      `ledger entry ${middle.id}: Its token 01988f7a-ffff-7000-0000-000000000000 is not a UUID of version 7.`,
    ),
    corruption(
      "ledger-entry-pocket",
      "a pocket that is removed",
      [`delete from pockets ${inGroup} and id = '${b.pocketAlone}'`],
      `ledger entry ${alone.id}: Its group has no pocket of 98912*****02.`,
    ),
    corruption(
      "ledger-entry-merchant",
      "an entry of a merchant that does not exist",
      [setIn(middle.id, `merchant_id = '${NOWHERE}'`)],
      `ledger entry ${middle.id}: Its merchant ${NOWHERE} is not there.`,
    ),
    reversal(spending.reversal, null, "It is a reversal of no entry."),
    reversal(spending.reversal, MISSING, `The entry ${MISSING} that it reverses is not there.`),
    reversal(
      spending.reversal,
      first.id,
      `It reverses ${first.id}, which is a CHARGE of 100 by ${b.merchant} in the pocket of 98912*****01.`,
    ),
    reversal(
      spending.debit,
      spending.charge,
      `Its kind is DEBIT, and it reverses ${spending.charge}.`,
    ),
    corruption(
      "ledger-entry-reversed-amount",
      "a reversal of more than the entry",
      [setIn(spending.reversal, `reversal_of_id = '${spending.smallDebit}'`)],
      `ledger entry ${spending.smallDebit}: Its amount is -40, and its reversals come to 100.`,
    ),
    corruption(
      "ledger-entry-capture",
      "a capture of a hold that is not there",
      [
        setIn(spending.captureOfOpen, `pocket_hold_id = '${MISSING}'`),
        `update pocket_holds set captured_amount = 0 ${inGroup} and id = '${spending.open}'`,
        `update pockets set held_amount = 200 ${inGroup} and id = '${b.pocketSpent}'`,
      ],
      `ledger entry ${spending.captureOfOpen}: Its hold ${MISSING} is not there.`,
    ),
    corruption(
      "ledger-entry-capture",
      "a capture of another merchant's hold",
      [setIn(spending.capture, `merchant_id = '${b.other}'`)],
      `ledger entry ${spending.capture}: It is a DEBIT made at ${timeOf("pocket_ledger", spending.capture, "created_at")}, of ${spending.captured}, a hold by ${b.merchant} in the pocket of 98912*****03 from ${timeOf("pocket_holds", spending.captured, "created_at")} to ${timeOf("pocket_holds", spending.captured, "closed_at")}.`,
    ),
    corruption(
      "ledger-entry-token-unique",
      "a token that is used twice",
      [
        "drop index pocket_ledger_pocket_group_id_token_key",
        setIn(middle.id, `token = '${first.token}'`),
      ],
      same("ledger entry", "token", first.id, middle.id),
    ),
    corruption(
      "ledger-entry-id-unique",
      "two entries of one id",
      [
        "alter table pocket_ledger drop constraint pocket_ledger_pkey cascade",
        setIn(middle.id, `id = '${first.id}'`),
      ],
      same("ledger entry", "id", first.id, first.id),
    ),
    corruption(
      "ledger-entry-merchant-id-unique-reference-unique",
      "a unique reference that is used twice",
      [
        "drop index pocket_ledger_unique_reference_key",
        setIn(first.id, "reference = 'R', unique_reference = 'R'"),
        setIn(last.id, "reference = 'R', unique_reference = 'R'"),
      ],
      same("ledger entry", "merchant id and unique reference", first.id, last.id),
    ),
  ];
}

function outOfSequence(at: { id: string; sequence: number; next: number }): string {
  return `ledger-entry-sequence: ledger entry ${at.id}: Its sequence is ${String(at.sequence)}, and the next one of its pocket is ${String(at.next)}.`;
}

function pocketEventCorruptions(b: AuditedLedger): Corruption[] {
  const { middle, last } = b.charges;
  const inGroup = `where pocket_group_id = '${b.groupId}'`;
  const setIn = (id: string, set: string): string =>
    `update pocket_ledger set ${set} ${inGroup} and id = '${id}'`;
  const isPocket = `${inGroup} and id = '${b.pocket}'`;
  return [
    {
      check: "ledger-entry-sequence",
      what: "an event that is none",
      statements: [setIn(middle.id, "sequence = null")],
      found: [outOfSequence({ id: last.id, sequence: 3, next: 2 })],
    },
    {
      check: "ledger-entry-sequence",
      what: "two events of one number",
      statements: [setIn(middle.id, "sequence = 1")],
      found: [
        outOfSequence({ id: middle.id, sequence: 1, next: 2 }),
        outOfSequence({ id: last.id, sequence: 3, next: 2 }),
      ],
    },
    corruption(
      "ledger-entry-position",
      "an event that is placed before the one before it",
      [
        setIn(middle.id, "position = 9007199254740991"),
        setIn(last.id, "position = 9007199254740990"),
        `update pockets set event_position = 9007199254740991 ${isPocket}`,
      ],
      `ledger entry ${last.id}: Its position is 9007199254740990, and the event before it has 9007199254740991.`,
    ),
    corruption(
      "ledger-rollup",
      "a rollup without entries",
      [
        `insert into pocket_ledger_rollups
         values ('DAY', '${b.merchant}', '2026-01-01 00:00Z', '${b.groupId}', 'CHARGE', 2, 10, 5, 5, now(), now())`,
      ],
      `ledger rollup ${b.groupId}: The day from 2026-01-01 00:00:00+00 has 0 entries of kind CHARGE with the sum 0, and its rollup 2 with 10.`,
    ),
    corruption(
      "pocket-events",
      "a pocket that counts too few events",
      [
        setIn(last.id, "position = 9007199254740991"),
        `update pockets set event_count = 2, event_position = 7 ${isPocket}`,
      ],
      `pocket ${b.pocket}: The event_count of 98912*****01 is 2 and its event_position 7, and its events end with 3 at 9007199254740991.`,
    ),
    corruption(
      "pocket-events",
      "a pocket that counts events it has not had",
      [`update pockets set event_count = 1 ${inGroup} and id = '${b.pocketSpent}'`],
      `pocket ${b.pocketSpent}: The event_count of 98912*****03 is 1 and its event_position 0, and its events end with 0 at 0.`,
    ),
  ];
}

function reported(charge: string, byEvents: string, byHistory: string): string {
  return `payment-status-events: payment charge ${charge}: By its events it became ${byEvents}, and by its history ${byHistory}.`;
}

function recordEventCorruptions({ merchant, own: b }: AuditedLedger): Corruption[] {
  const { waiting, started } = b;
  const isEvent = (id: string, sequence: number): string =>
    `where tenant_id = '${merchant}' and record_id = '${id}' and sequence = ${String(sequence)}`;
  const changed = (
    check: string,
    what: string,
    changes: readonly string[],
    ...found: readonly string[]
  ): Corruption =>
    corruption(
      check,
      what,
      ["alter table audit_entries disable trigger audit_entries_append_only", ...changes],
      ...found,
    );
  // The API does not return the ids of these entries, so give the reported entry a known id.
  const named = (id: string, sequence: number): string =>
    `update audit_entries set id = '${NOWHERE}' ${isEvent(id, sequence)}`;
  return [
    changed(
      "record-event-sequence",
      "an event that is removed",
      [named(started, 2), `delete from audit_entries ${isEvent(started, 1)}`],
      `audit entry ${NOWHERE}: Its sequence is 2, and the next one of the PaymentCharge ${started} is 1.`,
    ),
    changed(
      "record-event-position",
      "an event that is placed before the one before it",
      [
        named(waiting, 2),
        `update audit_entries set position = 8 ${isEvent(waiting, 1)}`,
        `update audit_entries set position = 7 ${isEvent(waiting, 2)}`,
      ],
      `audit entry ${NOWHERE}: Its position is 7, and the event before it of the PaymentCharge ${waiting} has 8.`,
    ),
    changed(
      "payment-status-events",
      "an event that reports another status",
      [`update audit_entries set event_type = 'PAYMENT_CHARGE_CANCELED' ${isEvent(b.failed, 1)}`],
      `payment charge ${b.failed}: By its events it became CANCELED, and by its history FAILED.`,
    ),
    changed(
      "payment-status-events",
      "the event of a status that is removed",
      [`delete from audit_entries ${isEvent(waiting, 3)}`],
      `payment charge ${waiting}: By its events it became CREATED, STARTED, and by its history CREATED, STARTED, ACTION_REQUIRED.`,
    ),
  ];
}

function holdCorruptions(b: AuditedLedger, timeOf: TimeOf): Corruption[] {
  const { open, captured, released, expired } = b.spending;
  const inGroup = `where pocket_group_id = '${b.groupId}'`;
  const isReleased = `${inGroup} and id = '${released.id}'`;
  const releasedAt = (column: string): string => timeOf("pocket_holds", released.id, column);
  const setIn = (id: string, set: string): string =>
    `update pocket_holds set ${set} ${inGroup} and id = '${id}'`;
  // The API does not return the row that reports the release, so give it a known id.
  const named = `update pocket_ledger set id = '${NOWHERE}' ${inGroup} and pocket_hold_id = '${released.id}'`;
  const releasedBy = (merchant: string): string =>
    `ledger-entry-capture: ledger entry ${NOWHERE}: It is a RELEASE made at ${releasedAt("closed_at")}, of ${released.id}, a hold by ${merchant} in the pocket of 98912*****03 from ${releasedAt("created_at")} to ${releasedAt("closed_at")}.`;
  const another = `pocket hold ${released.id}: Its entry in the ledger has another token, merchant, pocket or time.`;
  const twice = corruption(
    "pocket-hold-token-unique",
    "two holds of one token",
    [
      "drop index pocket_holds_pocket_group_id_token_key",
      setIn(released.id, `token = '${expired.token}'`),
    ],
    same("pocket hold", "token", released.id, expired.id),
  );
  const copied = corruption(
    "pocket-hold-id-unique",
    "a hold that is copied",
    [
      "alter table pocket_holds drop constraint pocket_holds_pkey cascade",
      "drop index pocket_holds_pocket_group_id_token_key",
      `insert into pocket_holds select * from pocket_holds ${isReleased}`,
    ],
    same("pocket hold", "id", released.id, released.id),
  );
  return [
    corruption(
      "pocket-hold-entry",
      "a hold whose token is removed",
      [`delete from pocket_ledger ${isReleased}`],
      `pocket hold ${released.id}: The ledger has no entry for it.`,
    ),
    alsoFound(
      corruption(
        "pocket-hold-entry",
        "a hold that is removed",
        [named, `delete from pocket_holds ${isReleased}`],
        `pocket hold ${released.id}: It is not there, and the ledger has its token ${released.token}.`,
      ),
      `ledger-entry-capture: ledger entry ${NOWHERE}: Its hold ${released.id} is not there.`,
    ),
    alsoFound(
      corruption(
        "pocket-hold-entry",
        "a hold that is given to another merchant",
        [named, setIn(released.id, `merchant_id = '${b.other}'`)],
        another,
      ),
      releasedBy(b.other),
    ),
    corruption(
      "pocket-hold-captured",
      "a captured amount that is changed",
      [
        setIn(open, "captured_amount = 60"),
        `update pockets set held_amount = 140 ${inGroup} and id = '${b.pocketSpent}'`,
      ],
      `pocket hold ${open}: Its captured amount is 60, and its captures come to 50.`,
    ),
    corruption(
      "pocket-hold-amount",
      "a capture of more than was held",
      [
        "alter table pocket_holds drop constraint pocket_holds_captured_amount_check",
        setIn(captured, "amount = 90"),
      ],
      `pocket hold ${captured}: Its amount is 90 and its captured amount 100.`,
    ),
    alsoFound(
      corruption(
        "pocket-hold-status",
        "a captured hold without a capture",
        [
          named,
          "alter table pocket_holds drop constraint pocket_holds_captured_check",
          setIn(released.id, "status = 'CAPTURED'"),
        ],
        `pocket hold ${released.id}: It is CAPTURED, with 0 of 80 captured; it was closed at ${releasedAt("closed_at")} and expires at no time.`,
      ),
      releasedBy(b.merchant),
    ),
    corruption(
      "pocket-hold-times",
      "a hold's time that is changed",
      [setIn(released.id, `updated_at = '${LONG_AGO}'`)],
      `pocket hold ${released.id}: It was made at ${releasedAt("created_at")}, changed at ${LONG_AGO} and closed at ${releasedAt("closed_at")}, and expires at no time.`,
    ),
    alsoFound(twice, `pocket-hold-entry: ${another}`),
    alsoFound(
      copied,
      `pocket-hold-token-unique: ${same("pocket hold", "token", released.id, released.id)}`,
    ),
  ];
}

function same(record: string, what: string, ...ids: [string, string]): string {
  const [one, two] = ids.toSorted();
  return `${record} ${one!}: 2 of them have the same ${what}: ${one!}, ${two!}.`;
}

function platformCorruptions(b: AuditedLedger): Corruption[] {
  const owns = (kind: string, id: string, record: string): string =>
    `${kind} ${id}: It is not there, and ${record} belong to it.`;
  const removed = corruption(
    "owner",
    "a merchant that is removed",
    [`delete from merchants where id = '${b.other}'`],
    ...[
      ...["grants", "employees", "API tokens", "record numbers", "customers", "orders"],
      ...["payment methods", "payment charges", "payment refunds", "payment authorizations"],
      ...["status changes", "idempotency keys", "webhook endpoints", "webhook deliveries"],
    ].map((record) => owns("merchant", b.other, record)),
  );
  const { alone, elsewhere } = b.charges;
  return [
    corruption(
      "owner",
      "a group that is removed",
      [`delete from pocket_groups where id = '${b.secondGroupId}'`],
      ...["pockets", "ledger entries", "pocket holds", "grants"].map((record) =>
        owns("pocket group", b.secondGroupId, record),
      ),
    ),
    alsoFound(
      removed,
      ...[alone, elsewhere, b.heldElsewhere].map(
        ({ id }) =>
          `ledger-entry-merchant: ledger entry ${id}: Its merchant ${b.other} is not there.`,
      ),
    ),
    corruption(
      "pocket-group-limits",
      "limits that leave room for no charge",
      [
        "alter table pocket_groups drop constraint pocket_groups_charge_amounts_check",
        `update pocket_groups set min_charge_amount = 10, max_charge_amount = 5 where id = '${b.groupId}'`,
      ],
      `pocket group ${b.groupId}: A charge is limited to 10 to 5, a debit to none to none, and a pocket to none.`,
    ),
    corruption(
      "pocket-group-limits",
      "limits that leave room for no debit",
      [
        "alter table pocket_groups drop constraint pocket_groups_debit_amounts_check",
        `update pocket_groups set min_debit_amount = 10, max_debit_amount = 5 where id = '${b.groupId}'`,
      ],
      `pocket group ${b.groupId}: A charge is limited to none to none, a debit to 10 to 5, and a pocket to none.`,
    ),
    corruption(
      "api-token-scopes",
      "an operator's scope for a merchant's token",
      [
        "alter table api_tokens drop constraint api_tokens_scopes_check",
        `update api_tokens set id = '${NOWHERE}', scopes = array['POCKETS_READ', 'OPERATOR']::api_scope[]
         where id = (select min(id::text)::uuid from api_tokens where merchant_id = '${b.merchant}')`,
      ],
      `API token ${NOWHERE}: It belongs to the merchant ${b.merchant}, with the scopes POCKETS_READ, OPERATOR.`,
    ),
    corruption(
      "api-token-secret-hash-unique",
      "two tokens of one secret",
      [
        "drop index api_tokens_secret_hash_key",
        `insert into api_tokens (id, merchant_id, name, prefix, secret_hash, scopes)
         select i::uuid, '${b.merchant}', 'made by hand', 'pct_aaaaaa', decode(repeat('ab', 32), 'hex'),
                array['POCKETS_READ']::api_scope[]
         from unnest(array['${NOWHERE}', '${NOWHERE.replace(/0$/, "1")}']) i`,
      ],
      same("API token", "secret hash", NOWHERE, NOWHERE.replace(/0$/, "1")),
    ),
    corruption(
      "pocket-group-slug-unique",
      "two groups of one slug",
      [
        "drop index pocket_groups_slug_key",
        `update pocket_groups set slug = 'audited' where id = '${b.secondGroupId}'`,
      ],
      same("pocket group", "slug", b.groupId, b.secondGroupId),
    ),
    corruption(
      "pocket-group-id-unique",
      "two groups of one id",
      [
        "alter table pocket_groups drop constraint pocket_groups_pkey cascade",
        `insert into pocket_groups (id, slug, name) values ('${b.groupId}', 'a-third', 'By hand')`,
      ],
      same("pocket group", "id", b.groupId, b.groupId),
    ),
    corruption(
      "merchant-id-unique",
      "two merchants of one id",
      [
        "alter table merchants drop constraint merchants_pkey cascade",
        `insert into merchants (id, name) values ('${b.other}', 'By hand')`,
      ],
      same("merchant", "id", b.other, b.other),
    ),
  ];
}

function amountCorruptions({ own: b }: AuditedLedger): Corruption[] {
  const kinds = [
    ["payment charge", "payment_charges", b.created, 100],
    ["payment refund", "payment_refunds", b.refundByHand, 5],
    ["payment authorization", "payment_authorizations", b.held, 80],
  ] as const;
  const derived = [
    ["total_refunded_in_cents", "29", "29", "30"],
    ["amount_refundable_in_cents", "71", "71", "70"],
    ["deposit_refundable_in_cents", "51", "51", "50"],
    ["total_refundable_in_cents", "0", "0", "120"],
  ] as const;
  return [
    ...kinds.flatMap(([record, table, id, amount]) => [
      corruption(
        `${record.replace(" ", "-")}-amounts`,
        `a ${record} of nothing`,
        [
          `alter table ${table} drop constraint ${table}_amounts_check`,
          `update ${table} set amount_in_cents = 0 where id = '${id}'`,
        ],
        `${record} ${id}: Its amount is 0 and its deposit 0.`,
      ),
      corruption(
        `${record.replace(" ", "-")}-total`,
        `a ${record}'s total that is changed`,
        [
          `alter table ${table} alter column total_in_cents drop expression`,
          `update ${table} set total_in_cents = 1 where id = '${id}'`,
        ],
        `${record} ${id}: Its total is 1, its amount ${String(amount)} and its deposit 0.`,
      ),
    ]),
    corruption(
      "payment-charge-refunded",
      "refunded sums that are changed",
      [`update payment_charges set amount_refunded_in_cents = 31 where id = '${b.paid}'`],
      `payment charge ${b.paid}: Its refunded amount is 31 and deposit 0, and its succeeded refunds come to 30 and 0.`,
    ),
    corruption(
      "payment-charge-refunding",
      "refunding sums that are changed",
      [`update payment_charges set deposit_refunding_in_cents = 0 where id = '${b.paid}'`],
      `payment charge ${b.paid}: It keeps back an amount of 20 and a deposit of 0, and its refunds under way come to 20 and 10.`,
    ),
    corruption(
      "payment-charge-refunded-too-much",
      "a refund of more than is left",
      [
        "alter table payment_charges drop constraint payment_charges_refunded_check",
        `update payment_charges set amount_refunded_in_cents = 90 where id = '${b.paid}'`,
        `update payment_refunds set amount_in_cents = 90 where id = '${b.refunded}'`,
      ],
      `payment charge ${b.paid}: Of its amount of 100, 110 is refunded or kept back for refunds; of its deposit of 50, 10.`,
    ),
    ...derived.map(([column, value, shown, expected]) =>
      corruption(
        "payment-charge-derived",
        `${column} that is changed`,
        [
          `alter table payment_charges alter column ${column} drop expression`,
          `update payment_charges set ${column} = ${value} where id = '${b.paid}'`,
        ],
        `payment charge ${b.paid}: Its ${column} is ${shown} and should be ${expected}.`,
      ),
    ),
  ];
}

function ruleCorruptions({ own: b }: AuditedLedger): Corruption[] {
  const refund = (set: string, problem: string): Corruption =>
    corruption(
      "payment-refund-of-charge",
      `a refund's ${set}`,
      [`update payment_refunds set ${set} where id = '${b.refundFailed}'`],
      `payment refund ${b.refundFailed}: ${problem}`,
    );
  const captured = (id: string, set: string, problem: string): Corruption =>
    corruption(
      "payment-authorization-captured",
      `an authorization's ${set}`,
      [
        "alter table payment_authorizations drop constraint payment_authorizations_captured_check",
        `update payment_authorizations set ${set} where id = '${id}'`,
      ],
      `payment authorization ${id}: ${problem}`,
    );
  return [
    refund("currency = 'EUR'", `Its currency is EUR, and that of its charge ${b.paid} is USD.`),
    refund("provider = 'APP'", `Its provider is APP, and that of its charge ${b.paid} is STRIPE.`),
    refund(
      "order_id = null",
      `Its order is none, and that of its charge ${b.paid} is ${b.orders[0]}.`,
    ),
    refund(
      `customer_id = '${b.customers[1]}'`,
      `Its customer is ${b.customers[1]}, and that of its charge ${b.paid} is ${b.customers[0]}.`,
    ),
    corruption(
      "payment-refund-of-unpaid-charge",
      "a refund of what was never paid",
      [
        `update payment_refunds set payment_charge_id = '${b.created}' where id = '${b.refundFailed}'`,
      ],
      `payment refund ${b.refundFailed}: Its charge ${b.created} has never succeeded.`,
    ),
    corruption(
      "payment-refund-without-charge",
      "a provider's refund without a charge",
      [
        "alter table payment_refunds drop constraint payment_refunds_payment_charge_id_check",
        `update payment_refunds set provider = 'APP' where id = '${b.refundByHand}'`,
      ],
      `payment refund ${b.refundByHand}: It has no charge, and its provider is APP.`,
    ),
    captured(
      b.toCapture,
      "amount_captured_in_cents = 50",
      `Its captured amount is 50 and deposit 0, and the charge ${b.capturing} has captured 60 and 0.`,
    ),
    captured(
      b.capturedByHand,
      "amount_captured_in_cents = 10",
      "Its captured amount is 10 and deposit 0, and it was captured by hand, in full: 80 and 0.",
    ),
    captured(
      b.held,
      "amount_captured_in_cents = 5",
      "Its captured amount is 5 and deposit 0, and nothing has captured it.",
    ),
    corruption(
      "payment-authorization-captured-too-much",
      "a capture of more than was held",
      [
        "alter table payment_authorizations drop constraint payment_authorizations_captured_check",
        `update payment_authorizations set amount_captured_in_cents = 90 where id = '${b.toCapture}'`,
        `update payment_charges set amount_in_cents = 90 where id = '${b.capturing}'`,
      ],
      `payment authorization ${b.toCapture}: Of its amount of 80, 90 is captured; of its deposit of 0, 0.`,
    ),
    corruption(
      "payment-charge-capture",
      "a capture by a charge of another mode",
      [
        "alter table payment_charges drop constraint payment_charges_captured_authorization_id_check",
        `update payment_charges set mode = 'MANUAL' where id = '${b.capturing}'`,
      ],
      `payment charge ${b.capturing}: Its status is SUCCEEDED, its mode MANUAL, its authorization ${b.toCapture}, and it has captured ${b.toCapture}.`,
    ),
    corruption(
      "payment-charge-of-authorization",
      "a capture in another currency",
      [`update payment_authorizations set currency = 'EUR' where id = '${b.toCapture}'`],
      `payment charge ${b.capturing}: Its currency is USD, and that of its authorization ${b.toCapture} is EUR.`,
    ),
    corruption(
      "payment-charge-of-authorization",
      "a capture at another provider",
      [`update payment_authorizations set provider = 'APP' where id = '${b.toCapture}'`],
      `payment charge ${b.capturing}: Its provider is STRIPE, and that of its authorization ${b.toCapture} is APP.`,
    ),
    corruption(
      "payment-mode",
      "a charge of no payment method",
      [`update payment_charges set payment_method_id = null where id = '${b.offSession}'`],
      `payment charge ${b.offSession}: Its mode is OFF_SESSION, and it has no payment method.`,
    ),
    corruption(
      "payment-of-order",
      "a charge in another currency than its order",
      [`update payment_charges set currency = 'EUR' where id = '${b.created}'`],
      `payment charge ${b.created}: Its currency is EUR, and that of its order ${b.orders[0]} is USD.`,
    ),
    corruption(
      "payment-of-customer",
      "a method that is given to another customer",
      [`update payment_methods set customer_id = '${b.customers[1]}' where id = '${b.methods[0]}'`],
      `payment charge ${b.offSession}: Its customer is ${b.customers[0]}, and its payment method ${b.methods[0]} belongs to ${b.customers[1]}.`,
    ),
  ];
}

/** The SQL condition for one entry of a payment's history. Entries are counted from 0. */
function entry(paymentId: string, index: number): string {
  return `id = (select id from payment_status_changes where payment_id = '${paymentId}'
                order by at offset ${String(index)} limit 1)`;
}

function historyCorruptions({ merchant, own: b }: AuditedLedger, timeOf: TimeOf): Corruption[] {
  const createdAt = timeOf("payment_charges", b.created, "created_at");
  const update = (id: string, set: string): string =>
    `update payment_charges set ${set} where id = '${id}'`;
  const updateEntry = (set: string, id: string, index: number): string =>
    `update payment_status_changes set ${set} where ${entry(id, index)}`;
  const status = (record: string, table: string, id: string, name: string): Corruption => {
    const column = `${name.toLowerCase()}_at`;
    return corruption(
      `${record.replace(" ", "-")}-status-times`,
      `${column} of a ${record} that is changed`,
      [`update ${table} set ${column} = '${LONG_AGO}' where id = '${id}'`],
      `${record} ${id}: By its record it last became ${name} at ${LONG_AGO}, and by its history at ${timeOf(table, id, column)}.`,
    );
  };
  const second = timeOf("payment_status_changes", b.waiting, "1");
  const third = timeOf("payment_status_changes", b.waiting, "2");
  return [
    corruption(
      "status-history-start",
      "a history that is removed",
      [`delete from payment_status_changes where payment_id = '${b.created}'`],
      `payment charge ${b.created}: It has no status history.`,
    ),
    corruption(
      "status-history-start",
      "a history that begins before its payment",
      [updateEntry(`at = '${LONG_AGO}'`, b.created, 0)],
      `payment charge ${b.created}: It was made at ${createdAt}, and its history begins at ${LONG_AGO}, going on from nothing.`,
    ),
    alsoFound(
      corruption(
        "status-history-path",
        "a history with a gap",
        [`delete from payment_status_changes where ${entry(b.waiting, 1)}`],
        `status change ${NOWHERE}: In the history of ${b.waiting} it goes on from STARTED, and the entry before it came to CREATED.`,
      ),
      reported(b.waiting, "CREATED, STARTED, ACTION_REQUIRED", "CREATED, ACTION_REQUIRED"),
    ),
    alsoFound(
      corruption(
        "status-history-step",
        "a status that may not follow",
        [
          update(b.started, "status = 'PROCESSING'"),
          updateEntry("to_status = 'PROCESSING'", b.started, 1),
        ],
        `status change ${NOWHERE}: In the history of ${b.started}, a payment charge, it goes from CREATED to PROCESSING.`,
      ),
      reported(b.started, "CREATED, STARTED", "CREATED, PROCESSING"),
    ),
    alsoFound(
      corruption(
        "status-history-step",
        "a status that there is not",
        [
          `alter table payment_charges drop constraint payment_charges_status_check`,
          update(b.started, "status = 'PAID'"),
          updateEntry("to_status = 'PAID'", b.started, 1),
        ],
        `status change ${NOWHERE}: In the history of ${b.started}, a payment charge, it goes from CREATED to PAID.`,
      ),
      reported(b.started, "CREATED, STARTED", "CREATED, PAID"),
    ),
    corruption(
      "status-history-end",
      "a status that no history tells of",
      [update(b.waiting, "status = 'STARTED'")],
      `payment charge ${b.waiting}: Its status is STARTED, and its history ends with ACTION_REQUIRED.`,
    ),
    corruption(
      "status-history-times",
      "a history that goes on after the last change",
      [update(b.waiting, `updated_at = '${second}'`)],
      `status change ${NOWHERE}: It is of ${third}, and its payment ${b.waiting} was changed last at ${second}.`,
    ),
    corruption(
      "status-history-times",
      "two statuses with the same timestamp",
      [updateEntry(`at = '${second}'`, b.waiting, 2)],
      `status change ${NOWHERE}: It is of ${second}, and so is another entry of its payment ${b.waiting}.`,
    ),
    status("payment charge", "payment_charges", b.failed, "FAILED"),
    status("payment refund", "payment_refunds", b.refundFailed, "FAILED"),
    status("payment refund", "payment_refunds", b.refunded, "SUCCEEDED"),
    status("payment authorization", "payment_authorizations", b.held, "SUCCEEDED"),
    status("payment authorization", "payment_authorizations", b.toCapture, "CAPTURED"),
    corruption(
      "payment-charge-status-times",
      "a time of a status that never was",
      [update(b.created, `expired_at = '${LONG_AGO}'`)],
      `payment charge ${b.created}: By its record it last became EXPIRED at ${LONG_AGO}, and by its history at no time.`,
    ),
    corruption(
      "payment-charge-succeeded-at",
      "a charge that says it was paid, and never was",
      [update(b.created, `succeeded_at = '${LONG_AGO}'`)],
      `payment charge ${b.created}: It is CREATED, succeeded_at is ${LONG_AGO}, and by its history it never succeeded.`,
    ),
    corruption(
      "payment-charge-succeeded-at",
      "a charge that was paid at no time",
      [
        "alter table payment_charges drop constraint payment_charges_times_check",
        update(b.paid, "succeeded_at = null"),
      ],
      `payment charge ${b.paid}: It is SUCCEEDED, succeeded_at is missing, and by its history it once succeeded.`,
    ),
    corruption(
      "payment-charge-frozen",
      "a charge that is frozen too early",
      [update(b.created, "is_frozen = true")],
      `payment charge ${b.created}: It is frozen, and its status has never left CREATED.`,
    ),
    corruption(
      "payment-charge-frozen",
      "a charge that is thawed",
      [
        "alter table payment_charges drop constraint payment_charges_is_frozen_check",
        update(b.waiting, "is_frozen = false"),
      ],
      `payment charge ${b.waiting}: It is not frozen, and its status has left CREATED.`,
    ),
  ].map((one) => {
    // The API does not return the ids of entries, so give the reported entry a known id.
    const index = one.what.includes("gap") || one.check === "status-history-times" ? 2 : 1;
    const isOfEntry = one.found.some((line) => line.includes(`status change ${NOWHERE}`));
    const payment = one.check === "status-history-step" ? b.started : b.waiting;
    const name = `update payment_status_changes set id = '${NOWHERE}'
                  where merchant_id = '${merchant}' and ${entry(payment, index)}`;
    return isOfEntry ? { ...one, statements: [name, ...one.statements] } : one;
  });
}

function referenceCorruptions({ merchant, own, foreign }: AuditedLedger): Corruption[] {
  const rows = [
    ["order", "orders", own.orders[1], "customer", "customer_id", foreign.customers[0]],
    [
      "payment method",
      "payment_methods",
      own.methods[2],
      "customer",
      "customer_id",
      foreign.customers[0],
    ],
    ["payment charge", "payment_charges", own.referring, "order", "order_id", foreign.orders[0]],
    [
      "payment charge",
      "payment_charges",
      own.referring,
      "customer",
      "customer_id",
      foreign.customers[0],
    ],
    [
      "payment charge",
      "payment_charges",
      own.referring,
      "employee",
      "employee_id",
      foreign.employees[0],
    ],
    [
      "payment charge",
      "payment_charges",
      own.referring,
      "payment method",
      "payment_method_id",
      foreign.methods[0],
    ],
    [
      ...(["payment charge", "payment_charges", own.referring, "payment authorization"] as const),
      ...(["payment_authorization_id", foreign.held] as const),
    ],
    ["payment refund", "payment_refunds", own.refundByHand, "order", "order_id", foreign.orders[0]],
    [
      "payment refund",
      "payment_refunds",
      own.refundByHand,
      "customer",
      "customer_id",
      foreign.customers[0],
    ],
    [
      "payment refund",
      "payment_refunds",
      own.refundByHand,
      "employee",
      "employee_id",
      foreign.employees[0],
    ],
    [
      "payment refund",
      "payment_refunds",
      own.refundFailed,
      "payment charge",
      "payment_charge_id",
      foreign.paid,
    ],
    [
      "payment authorization",
      "payment_authorizations",
      own.held,
      "order",
      "order_id",
      foreign.orders[0],
    ],
    [
      "payment authorization",
      "payment_authorizations",
      own.held,
      "customer",
      "customer_id",
      foreign.customers[0],
    ],
    [
      "payment authorization",
      "payment_authorizations",
      own.held,
      "employee",
      "employee_id",
      foreign.employees[0],
    ],
    [
      ...(["payment authorization", "payment_authorizations", own.held, "payment method"] as const),
      ...(["payment_method_id", foreign.methods[0]] as const),
    ],
    ["status change", "payment_status_changes", NOWHERE, "payment", "payment_id", foreign.paid],
    [
      "status change",
      "payment_status_changes",
      NOWHERE,
      "employee",
      "employee_id",
      foreign.employees[0],
    ],
    ["API token", "api_tokens", NOWHERE, "employee", "employee_id", foreign.employees[0]],
  ] as const;
  /** Statements that prepare a record, for cases without an existing one. */
  const made: Readonly<Record<string, string>> = {
    "status change payment": `insert into payment_status_changes (merchant_id, payment_id, id, to_status, at)
      values ('${merchant}', '${own.created}', '${NOWHERE}', 'CREATED', '${LONG_AGO}')`,
    "status change employee": `update payment_status_changes set id = '${NOWHERE}' where ${entry(own.created, 0)}`,
    "API token employee": `insert into api_tokens (id, merchant_id, name, prefix, secret_hash, scopes)
      values ('${NOWHERE}', '${merchant}', 'made by hand', 'pct_aaaaaa', decode(repeat('ab', 32), 'hex'),
              array['POCKETS_READ']::api_scope[])`,
  };
  return [
    ...rows.flatMap(([record, table, id, noun, column, other]) =>
      [
        { target: other, whereabouts: "belongs to another merchant" },
        { target: MISSING, whereabouts: "is not there" },
      ].map(({ target, whereabouts }) => {
        const first = made[`${record} ${noun}`];
        return corruption(
          `${record} ${noun}`.replaceAll(" ", "-").toLowerCase(),
          `the ${noun} of a ${record} that ${whereabouts}`,
          [
            ...(first === undefined ? [] : [first]),
            `update ${table} set ${column} = '${target}' where merchant_id = '${merchant}' and id = '${id}'`,
          ],
          `${record} ${id}: Its ${noun} ${target} ${whereabouts}.`,
        );
      }),
    ),
    corruption(
      "idempotency-key-record",
      "a key of a record that does not exist",
      [`update idempotency_keys set record_id = '${NOWHERE}' where key = '${own.keys[0]}'`],
      `idempotency key ${own.keys[0]}: createPaymentCharge has made ${NOWHERE} with it, and there is no such record.`,
    ),
    corruption(
      "idempotency-key-record",
      "a key that has made a record of another kind",
      [
        `update idempotency_keys set operation = 'createPaymentRefund' where key = '${own.keys[0]}'`,
      ],
      `idempotency key ${own.keys[0]}: createPaymentRefund has made ${own.paid} with it, and there is no such record.`,
    ),
  ];
}

function uniqueCorruptions({ merchant, own: b }: AuditedLedger): Corruption[] {
  const [, second, third] = b.customers;
  const twoIds = (record: string, table: string, one: string, two: string): Corruption =>
    corruption(
      `${record.replace(" ", "-")}-id-unique`,
      `two ${record}s of one id`,
      [
        `alter table ${table} drop constraint ${table}_pkey cascade`,
        `update ${table} set id = '${one}' where id = '${two}'`,
      ],
      same(record, "id", one, one),
    );
  return [
    corruption(
      "payment-charge-captured-authorization-id-unique",
      "an authorization that is captured twice",
      [
        "drop index payment_charges_merchant_id_captured_authorization_id_key",
        `update payment_charges set payment_authorization_id = '${b.toCapture}',
           captured_authorization_id = '${b.toCapture}' where id = '${b.capturingWhole}'`,
      ],
      same("payment charge", "captured authorization id", b.capturing, b.capturingWhole),
    ),
    corruption(
      "payment-id-unique",
      "a refund with the id of a charge",
      [
        `insert into payment_refunds (merchant_id, id, status, provider, amount_in_cents, deposit_in_cents, currency,
           created_at, updated_at)
         select merchant_id, id, 'CREATED', 'NONE', 1, 0, 'USD', created_at, updated_at
         from payment_charges where id = '${b.created}'`,
      ],
      same("payment", "id", b.created, b.created),
    ),
    corruption(
      "status-change-payment-id-id-unique",
      "two entries of one id",
      [
        "alter table payment_status_changes drop constraint payment_status_changes_pkey",
        `update payment_status_changes set id = '${NOWHERE}' where payment_id = '${b.started}'`,
      ],
      same("status change", "payment id and id", NOWHERE, NOWHERE),
    ),
    corruption(
      "idempotency-key-operation-key-unique",
      "a key that is used twice",
      [
        "alter table idempotency_keys drop constraint idempotency_keys_pkey",
        `update idempotency_keys set key = '${b.keys[0]}' where key = '${b.keys[1]}'`,
      ],
      same("idempotency key", "operation and key", b.keys[0], b.keys[0]),
    ),
    corruption(
      "idempotency-key-record-id-unique",
      "a record that was made by two keys",
      [`update idempotency_keys set record_id = '${b.paid}' where key = '${b.keys[1]}'`],
      same("idempotency key", "record id", ...b.keys),
    ),
    corruption(
      "customer-number-unique",
      "two customers of one number",
      [
        "drop index customers_merchant_id_number_key",
        `update customers set number = 1 where id = '${second}'`,
      ],
      same("customer", "number", b.customers[0], second),
    ),
    corruption(
      "order-number-unique",
      "two orders of one number",
      [
        "drop index orders_merchant_id_number_key",
        `update orders set number = 1 where id = '${b.orders[1]}'`,
      ],
      same("order", "number", b.orders[0], b.orders[1]),
    ),
    twoIds("customer", "customers", second, third),
    twoIds("order", "orders", b.orders[1], b.orders[2]),
    twoIds("payment method", "payment_methods", b.methods[1], b.methods[2]),
    twoIds("employee", "employees", b.employees[0], b.employees[1]),
    corruption(
      "employee-email-unique",
      "two employees of one e-mail address",
      [
        "drop index employees_merchant_id_email_key",
        `update employees set email = 'ada@example.com' where merchant_id = '${merchant}'`,
      ],
      same("employee", "email", ...b.employees),
    ),
  ];
}

function recordCorruptions({ merchant, own: b }: AuditedLedger, timeOf: TimeOf): Corruption[] {
  const records = [
    ["customer", "customers", b.customers[0]],
    ["order", "orders", b.orders[0]],
    ["payment method", "payment_methods", b.methods[0]],
    ["employee", "employees", b.employees[0]],
    ["webhook endpoint", "webhook_endpoints", b.webhooks.endpoints[0]],
    ["webhook delivery", "webhook_deliveries", b.webhooks.ended],
  ] as const;
  const number = (set: string, shown: string): Corruption =>
    corruption(
      "record-numbers",
      `a counter that is at ${shown}`,
      [`update record_numbers set ${set} where merchant_id = '${merchant}' and kind = 'customer'`],
      `record number customer: The last number given is ${shown}, and there are 3 records, the highest of which is number 3.`,
    );
  return [
    number("last_number = 2", "2"),
    number("last_number = 7", "7"),
    corruption(
      "record-numbers",
      "a customer that is removed",
      [`delete from customers where id = '${b.customers[2]}'`],
      "record number customer: The last number given is 3, and there are 2 records, the highest of which is number 2.",
    ),
    ...records.map(([record, table, id]) =>
      corruption(
        "record-times",
        `a ${record} that was changed before it was made`,
        [`update ${table} set updated_at = '${LONG_AGO}' where id = '${id}'`],
        `${record} ${id}: It was made at ${timeOf(table, id, "created_at")} and changed at ${LONG_AGO}.`,
      ),
    ),
  ];
}

function webhookCorruptions({ own: { webhooks: b } }: AuditedLedger, timeOf: TimeOf): Corruption[] {
  const { endpoints, first, second, ended } = b;
  const queue = (what: string, set: string, id: string, problem: string): Corruption =>
    corruption(
      "webhook-delivery-queue",
      what,
      [`update webhook_deliveries set ${set} where id = '${id}'`],
      `webhook delivery ${id}: It is number ${problem}`,
    );
  const due = timeOf("webhook_deliveries", first, "next_attempt_at");
  return [
    corruption(
      "webhook-endpoint-id-unique",
      "two endpoints of one id",
      [
        "alter table webhook_endpoints drop constraint webhook_endpoints_pkey",
        `update webhook_endpoints set id = '${endpoints[0]}' where id = '${endpoints[1]}'`,
      ],
      same("webhook endpoint", "id", endpoints[0], endpoints[0]),
    ),
    corruption(
      "webhook-delivery-id-unique",
      "two deliveries of one id",
      [
        "alter table webhook_deliveries drop constraint webhook_deliveries_pkey",
        `update webhook_deliveries set id = '${first}' where id = '${ended}'`,
      ],
      same("webhook delivery", "id", first, first),
    ),
    corruption(
      "webhook-delivery-endpoint-id-event-id-unique",
      "two deliveries of one event",
      [
        "drop index webhook_deliveries_merchant_id_endpoint_id_event_id_key",
        `update webhook_deliveries set event_id = (select event_id from webhook_deliveries where id = '${first}')
         where id = '${ended}'`,
      ],
      same("webhook delivery", "endpoint id and event id", first, ended),
    ),
    corruption(
      "webhook-delivery-endpoint",
      "an endpoint that is removed",
      [`delete from webhook_endpoints where id = '${endpoints[0]}'`],
      ...[first, second].map(
        (id) =>
          `webhook delivery ${id}: It is pending, and its endpoint ${endpoints[0]} is not there.`,
      ),
    ),
    queue(
      "a delivery that is never due",
      "next_attempt_at = null",
      first,
      "1 of its subject in the queue, and its next attempt is at no time.",
    ),
    queue(
      "a delivery that does not wait",
      `next_attempt_at = '${due}'`,
      second,
      `2 of its subject in the queue, and its next attempt is at ${due}.`,
    ),
  ];
}
