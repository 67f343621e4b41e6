-- What PostGraphile needs in addition to the tables: a role for callers, its permissions, and a function that charges.
-- Row security does not apply to the owner of the tables, so it does not affect the other sides.

begin;
-- First, because PostgreSQL may be analyzing these tables: it updates the same rows of the catalog.
lock table merchants, pocket_groups, pocket_group_grants, pockets, pocket_ledger in access exclusive mode;

create schema peer_postgraphile;
create role peer_postgraphile_caller;
grant usage on schema public, peer_postgraphile to peer_postgraphile_caller;
grant select on merchants, pocket_groups, pocket_group_grants, pockets, pocket_ledger
  to peer_postgraphile_caller;

create function peer_postgraphile.caller_id() returns uuid language sql stable
  return nullif(current_setting('peer.merchant_id', true), '')::uuid;
create function peer_postgraphile.may(scope text) returns boolean language sql stable
  return scope = any (string_to_array(current_setting('peer.scopes', true), ','));
comment on function peer_postgraphile.caller_id is '@behavior -*';
comment on function peer_postgraphile.may is '@behavior -*';

alter table merchants enable row level security;
alter table pocket_group_grants enable row level security;
alter table pocket_groups enable row level security;
alter table pockets enable row level security;
alter table pocket_ledger enable row level security;
create policy own on merchants for select to peer_postgraphile_caller
  using (id = (select peer_postgraphile.caller_id()));
create policy own on pocket_group_grants for select to peer_postgraphile_caller
  using (merchant_id = (select peer_postgraphile.caller_id()));
create policy granted on pocket_groups for select to peer_postgraphile_caller
  using (id in (select pocket_group_id from pocket_group_grants));
create policy granted on pockets for select to peer_postgraphile_caller
  using (pocket_group_id in (select pocket_group_id from pocket_group_grants));
create policy own on pocket_ledger for select to peer_postgraphile_caller
  using (merchant_id = (select peer_postgraphile.caller_id())
    and (select peer_postgraphile.may('POCKETS_READ'))
    and pocket_group_id in (select pocket_group_id from pocket_group_grants));

-- The view has the name that the table gets below.
comment on view pocket_charges is E'@name pocket_charge_view\n@behavior -*';

-- PostGraphile detects unique constraints, but not these unique indexes.
comment on table pockets is '@unique pocket_group_id,phone_number';
comment on table pocket_ledger is E'@name pocket_charge\n@unique pocket_group_id,token';

create type peer_postgraphile.pocket_charge_input as (
  token uuid, phone_number text, amount bigint
);
create type peer_postgraphile.pocket_charge_result as (
  token uuid, phone_number text, amount bigint, status text, message text, balance_after bigint
);

-- Each statement of a volatile function sees what was committed before the statement began, so the function looks up
-- tokens after it holds the locks. A race for a new pocket or a token causes a unique violation, which rolls back the
-- whole request. The request can be retried safely.
create function peer_postgraphile.charge_pockets(
  pocket_group_slug text, charges peer_postgraphile.pocket_charge_input[]
) returns setof peer_postgraphile.pocket_charge_result
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  caller uuid := peer_postgraphile.caller_id();
  grp pocket_groups;
begin
  if not peer_postgraphile.may('POCKETS_CHARGE') then
    raise exception 'The token lacks the scope POCKETS_CHARGE.';
  end if;
  select g.* into grp from pocket_groups g
  join pocket_group_grants p on p.pocket_group_id = g.id and p.merchant_id = caller
  where g.slug = pocket_group_slug and g.is_active;
  if not found then
    raise exception 'The pocket group % cannot be charged by you.', pocket_group_slug;
  end if;

  perform from pockets p
  where p.pocket_group_id = grp.id
    and p.phone_number = any (array(select c.phone_number from unnest(charges) c))
  order by p.phone_number for no key update;

  return query
  with items as (
    select c.*, row_number() over (partition by c.token order by c.n) as nth
    from unnest(charges) with ordinality as c(token, phone_number, amount, n)
  ), judged as (
    select i.*, p.balance,
      case
        when i.nth > 1 or exists (
          select from pocket_ledger u where u.pocket_group_id = grp.id and u.token = i.token
        ) then 'The token is used.'
        when i.phone_number !~ '^989[0-9]{9}$' then 'The phone number is not a mobile phone number.'
        when i.amount < coalesce(grp.min_charge_amount, 1) then 'Too little.'
        when i.amount > grp.max_charge_amount then 'Too much.'
      end as refusal
    from items i
    left join pockets p on p.pocket_group_id = grp.id and p.phone_number = i.phone_number
  ), settled as (
    select j.*, coalesce(j.balance, 0) + sum(j.amount) filter (where j.refusal is null)
      over (partition by j.phone_number order by j.n) as balance_after
    from judged j
  ), accepted as (
    select * from settled where refusal is null
  ), ends as (
    select s.phone_number, max(s.balance_after) as balance, min(s.balance) is null as is_new
    from accepted s group by s.phone_number
  ), opened as (
    insert into pockets (pocket_group_id, id, phone_number, balance)
    select grp.id, uuidv7(), e.phone_number, e.balance from ends e where e.is_new
    order by e.phone_number
  ), made as (
    insert into pocket_ledger
      (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
    select grp.id, uuidv7(), a.token, caller, a.phone_number, a.amount,
      -- A balance above the maximum violates the table's check constraint, which refuses the whole request.
      case when a.balance_after <= coalesce(grp.max_pocket_balance, 9007199254740991)
           then a.balance_after else 0 end,
      statement_timestamp()
    from accepted a order by a.token
  ), moved as (
    update pockets p set balance = e.balance, updated_at = statement_timestamp()
    from ends e where p.pocket_group_id = grp.id and p.phone_number = e.phone_number and not e.is_new
  )
  select s.token, s.phone_number, s.amount,
    case when s.refusal is null then 'SUCCESS' else 'ERROR' end,
    coalesce(s.refusal, 'Made.'),
    case when s.refusal is null then s.balance_after::bigint end
  from settled s order by s.n;
end
$$;
comment on function peer_postgraphile.charge_pockets is E'@name charge_pockets\n@resultFieldName results';

commit;
