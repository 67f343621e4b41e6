-- A migration of its own, because its locks let other transactions write while PostgreSQL reads the table.

update pocket_ledger set position = 0 where position is null;

alter table pocket_ledger validate constraint pocket_ledger_sequence_check;
