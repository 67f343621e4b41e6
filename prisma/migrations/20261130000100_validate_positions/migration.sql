-- A migration of its own, because its lock lets other transactions write while PostgreSQL reads the table.

alter table pocket_ledger validate constraint pocket_ledger_sequence_check;
