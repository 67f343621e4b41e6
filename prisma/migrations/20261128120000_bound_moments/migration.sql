-- Moments that a caller gives are from 1900 to 9999 in UTC, which is what the API reads and answers.

alter table api_tokens add constraint api_tokens_expires_at_range_check check (
  expires_at between '1900-01-01 00:00:00+00' and '9999-12-31 23:59:59.999999+00'
) not valid;

alter table payment_authorizations add constraint payment_authorizations_capture_before_range_check check (
  capture_before between '1900-01-01 00:00:00+00' and '9999-12-31 23:59:59.999999+00'
) not valid;

alter table payment_charges add constraint payment_charges_succeeded_at_range_check check (
  succeeded_at between '1900-01-01 00:00:00+00' and '9999-12-31 23:59:59.999999+00'
) not valid;
