-- Read here, where no lock is held that keeps writers out.

alter table api_tokens validate constraint api_tokens_expires_at_range_check;

alter table payment_authorizations validate constraint payment_authorizations_capture_before_range_check;

alter table payment_charges validate constraint payment_charges_succeeded_at_range_check;
