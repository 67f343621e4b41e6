-- One way to ignore case, whatever locale the database was created with: src/database/fold-case.ts has the
-- same expression. In "C", \s is ASCII's blanks; the server refuses Unicode's as well.

alter table employees
  drop constraint employees_email_check,
  add constraint employees_email_check check (
    length(email) <= 254 and email ~ '^[^\s@]+@[^\s@]+$' collate "C"
    and email = replace(lower(email collate "und-x-icu") collate "C", 'ς', 'σ')) not valid;

alter table customers
  drop constraint customers_email_check,
  add constraint customers_email_check check (
    length(email) <= 254 and email ~ '^[^\s@]+@[^\s@]+$' collate "C") not valid;
