-- Times of plain records have the precision of Prisma Client, so that it and SQL agree on them. Payments, pockets and
-- pocket charges keep microseconds.

-- allow changes-a-type: no version is released that could run on this database at the time
alter table merchants
  alter column created_at type timestamptz(3),
  alter column updated_at type timestamptz(3);

-- allow changes-a-type: as above
alter table employees
  alter column created_at type timestamptz(3),
  alter column updated_at type timestamptz(3);

-- allow changes-a-type: as above
alter table api_tokens
  alter column created_at type timestamptz(3),
  alter column last_used_at type timestamptz(3),
  alter column expires_at type timestamptz(3) using date_trunc('milliseconds', expires_at),
  alter column revoked_at type timestamptz(3);

-- allow changes-a-type: as above
alter table pocket_groups
  alter column created_at type timestamptz(3),
  alter column updated_at type timestamptz(3);

-- allow changes-a-type: as above
alter table pocket_group_grants
  alter column created_at type timestamptz(3);

-- allow changes-a-type: as above
alter table customers
  alter column created_at type timestamptz(3),
  alter column updated_at type timestamptz(3);

-- allow changes-a-type: as above
alter table orders
  alter column created_at type timestamptz(3),
  alter column updated_at type timestamptz(3);

-- allow changes-a-type: as above
alter table payment_methods
  alter column created_at type timestamptz(3),
  alter column updated_at type timestamptz(3);
