-- The list of charges becomes the ledger of a group: one row for each token that was used, for any kind of movement.

-- allow renames: the view pocket_charges, which is created below, reads and writes charges for the previous version
alter table pocket_charges rename to pocket_ledger;

alter table pocket_ledger
  add column kind text not null default 'CHARGE',
  add column reversal_of_id uuid,
  add column pocket_hold_id uuid,
  add column reference text,
  add column note text,
  add column metadata jsonb not null default '{}',
  -- The reference, if the group wants the references of a merchant to be unique.
  add column unique_reference text,
  drop constraint pocket_charges_amount_check,
  drop constraint pocket_charges_balance_after_check,
  -- The effect on the balance. A hold reserves an amount and leaves the balance.
  add constraint pocket_ledger_amount_check check (
    amount between -9007199254740991 and 9007199254740991
    and case kind when 'CHARGE' then amount > 0 when 'DEBIT' then amount < 0 when 'EXPIRY' then amount < 0
                  when 'REVERSAL' then amount <> 0 when 'HOLD' then amount = 0 else false end
  ) not valid,
  add constraint pocket_ledger_balance_after_check check (
    balance_after between greatest(amount, 0) and 9007199254740991 + least(amount, 0)
  ) not valid,
  add constraint pocket_ledger_reversal_of_id_check
    check ((kind = 'REVERSAL') = (reversal_of_id is not null)) not valid,
  add constraint pocket_ledger_pocket_hold_id_check
    check (pocket_hold_id is null or kind = 'DEBIT') not valid,
  add constraint pocket_ledger_reference_check check (length(reference) <= 200) not valid,
  add constraint pocket_ledger_note_check check (length(note) <= 500) not valid,
  add constraint pocket_ledger_metadata_check check (
    jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 65536
    and jsonb_array_length(jsonb_path_query_array(metadata, '$.*')) <= 20
    and not jsonb_path_exists(metadata, '$.* ? (@.type() <> "string")')) not valid,
  add constraint pocket_ledger_unique_reference_check check (unique_reference is null or reference is not null and unique_reference = reference) not valid;

do $$
declare old record;
begin
  for old in
    select indexrelid::regclass::text as name from pg_index
    where indrelid = 'pocket_ledger'::regclass and indexrelid::regclass::text like 'pocket\_charges\_%'
  loop
    execute format('alter index %I rename to %I', old.name, replace(old.name, 'pocket_charges_', 'pocket_ledger_'));
  end loop;
  for old in
    select conname as name from pg_constraint
    where conrelid = 'pocket_ledger'::regclass and conname like 'pocket\_charges\_%'
  loop
    execute format('alter table pocket_ledger rename constraint %I to %I', old.name,
                   replace(old.name, 'pocket_charges_', 'pocket_ledger_'));
  end loop;
end $$;

create view pocket_charges as
  select pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at, reference, note, metadata
  from pocket_ledger where kind = 'CHARGE';

create view pocket_entries as
  select pocket_group_id, id, token, merchant_id, kind, phone_number, amount, balance_after, reversal_of_id,
         pocket_hold_id, reference, note, metadata, created_at
  from pocket_ledger where kind <> 'HOLD';
