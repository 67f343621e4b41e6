-- Read here, where no lock is held that keeps writers out.

alter table customers validate constraint customers_reference_check;

alter table customers validate constraint customers_metadata_check;

alter table orders validate constraint orders_reference_check;

alter table orders validate constraint orders_metadata_check;

alter table payment_charges validate constraint payment_charges_reference_check;

alter table payment_charges validate constraint payment_charges_metadata_check;

alter table payment_refunds validate constraint payment_refunds_reference_check;

alter table payment_refunds validate constraint payment_refunds_metadata_check;

alter table payment_authorizations validate constraint payment_authorizations_reference_check;

alter table payment_authorizations validate constraint payment_authorizations_metadata_check;
