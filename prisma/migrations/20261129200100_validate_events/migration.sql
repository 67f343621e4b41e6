-- A migration of its own, because its lock lets other transactions write while PostgreSQL reads the tables.

alter table pocket_ledger
  validate constraint pocket_ledger_amount_check,
  validate constraint pocket_ledger_pocket_hold_id_check,
  validate constraint pocket_ledger_sequence_check;

alter table audit_entries validate constraint audit_entries_sequence_check;
