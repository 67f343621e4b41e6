export const YEAR_START = "2023-01-01T00:00:00Z";
export const LAST_MONTH = "2023-12-01T00:00:00Z";
export const YEAR_END = "2024-01-01T00:00:00Z";

const CHARGES_OF_A_CUSTOMER = 10;

/**
 * Fills an empty merchant with a year of evenly distributed charges in every status, and their related records.
 * The charges to be updated follow after the year, at the same rate.
 *
 * @param {import("pg").Client} client
 * @param {{ merchantId: string, employeeId: string }} owner
 * @param {{ chargeCount: number, updateCount: number }} size
 * @returns {Promise<string[]>} the ids of the charges to be updated, all of them CREATED.
 */
export async function fillPayments(client, owner, { chargeCount, updateCount }) {
  const count = chargeCount + updateCount;
  await fillCustomers(client, owner, Math.ceil(count / CHARGES_OF_A_CUSTOMER));
  await fillOrders(client, owner, count);
  await planCharges(client, owner, { count, chargeCount });
  await fillAuthorizations(client, owner);
  await fillCharges(client, owner);
  await fillRefunds(client, owner);
  await fillHistory(client, owner);
  const { rows } = await client.query("select id from planned where n >= $1", [chargeCount]);
  return rows.map(({ id }) => id);
}

/** Creates customers, each with a payment method. */
async function fillCustomers(client, { merchantId }, count) {
  await client.query(
    `insert into customers (merchant_id, id, number, name, email)
     select $1, uuidv7(), n, 'Customer ' || n, 'customer-' || n || '@example.com'
     from generate_series(1, $2::int) n`,
    [merchantId, count],
  );
  await client.query(
    `insert into payment_methods
       (merchant_id, id, provider, identifier, method_type, label, customer_id)
     select merchant_id, uuidv7(), 'STRIPE', 'pm_' || number, 'card', 'Visa', id
     from customers where merchant_id = $1`,
    [merchantId],
  );
}

/** Creates four orders for five charges: the last of every five pays the order of the one before. */
async function fillOrders(client, { merchantId }, chargeCount) {
  await client.query(
    `insert into orders (merchant_id, id, number, status, currency, total_in_cents, customer_id)
     select $1, uuidv7(), n, 'STARTED', 'USD', 20000, c.id
     from generate_series(1, $2::int) n
     join customers c on c.merchant_id = $1 and c.number = 1 + n % $3::int`,
    [merchantId, Math.ceil((chargeCount * 4) / 5), Math.ceil(chargeCount / CHARGES_OF_A_CUSTOMER)],
  );
  await client.query(
    `insert into record_numbers (merchant_id, kind, last_number)
     select $1, 'customer', max(number) from customers where merchant_id = $1
     union all select $1, 'order', max(number) from orders where merchant_id = $1`,
    [merchantId],
  );
}

/** Plans the values of each charge, so that its tables are consistent. */
async function planCharges(client, { merchantId }, { count, chargeCount }) {
  await client.query(
    `create temporary table planned as
     with numbered as (
       select n, n % 100 as k, $1::timestamptz + n * (($2::timestamptz - $1::timestamptz) / $3::int) as at
       from generate_series(0, $4::int - 1) n
     ), staged as (
       select *, case when n >= $3::int then 'CREATED' when k < 72 then 'SUCCEEDED'
                      when k < 79 then 'FAILED' when k < 83 then 'CANCELED' when k < 87 then 'EXPIRED'
                      when k < 93 then 'CREATED' when k < 96 then 'STARTED'
                      when k < 98 then 'ACTION_REQUIRED' else 'PROCESSING' end as status
       from numbered
     ), described as (
       select n, uuidv7(at - now()) as id, at, at + interval '2 minutes' as "settledAt", status,
              1000 + n % 9000 as amount, n % 5 * 500 as deposit,
              case when status <> 'SUCCEEDED' or k % 12 > 1 then 'REQUEST'
                   when k % 12 = 0 then 'CAPTURE' else 'OFF_SESSION' end as mode,
              case when status = 'SUCCEEDED' and k % 12 = 0 then uuidv7(at - now()) end as "authorizationId",
              case when status = 'SUCCEEDED' and k % 20 = 0 then 'SUCCEEDED'
                   when status = 'SUCCEEDED' and k = 50 then 'PENDING' end as "refundStatus"
       from staged
     )
     select d.*, o.id as "orderId", o.customer_id as "customerId", m.id as "methodId"
     from described d
     join orders o on o.merchant_id = $5 and o.number = 1 + d.n * 4 / 5
     join payment_methods m on m.merchant_id = $5 and m.customer_id = o.customer_id
     order by d.n`,
    [YEAR_START, YEAR_END, chargeCount, count, merchantId],
  );
}

/** Creates authorizations, each captured completely. */
async function fillAuthorizations(client, { merchantId, employeeId }) {
  await client.query(
    `insert into payment_authorizations
       (merchant_id, id, status, mode, provider, amount_in_cents, deposit_in_cents, currency,
        amount_captured_in_cents, deposit_captured_in_cents, succeeded_at, captured_at,
        employee_id, order_id, customer_id, payment_method_id, created_at, updated_at)
     select $1, "authorizationId", 'CAPTURED', 'REQUEST', 'STRIPE', amount, deposit, 'USD',
            amount, deposit, at, "settledAt", $2, "orderId", "customerId", "methodId", at, "settledAt"
     from planned where "authorizationId" is not null order by n`,
    [merchantId, employeeId],
  );
}

/** Creates the charges. Refunded ones are refunded by half of the amount. */
async function fillCharges(client, { merchantId, employeeId }) {
  await client.query(
    `insert into payment_charges
       (merchant_id, id, status, is_frozen, mode, provider, amount_in_cents, deposit_in_cents, currency,
        description, provider_id, provider_method, amount_refunded_in_cents, amount_refunding_in_cents,
        succeeded_at, failed_at, canceled_at, expired_at, employee_id, order_id, customer_id,
        payment_method_id, payment_authorization_id, captured_authorization_id, created_at, updated_at)
     select $1, id, status, status <> 'CREATED', mode, 'STRIPE', amount, deposit, 'USD',
            'Payment ' || n, 'pi_' || n, 'credit_card',
            case "refundStatus" when 'SUCCEEDED' then amount / 2 else 0 end,
            case "refundStatus" when 'PENDING' then amount / 2 else 0 end,
            case status when 'SUCCEEDED' then "settledAt" end,
            case status when 'FAILED' then "settledAt" end,
            case status when 'CANCELED' then "settledAt" end,
            case status when 'EXPIRED' then "settledAt" end,
            $2, "orderId", "customerId", case when mode <> 'REQUEST' then "methodId" end,
            "authorizationId", "authorizationId", at, case status when 'CREATED' then at else "settledAt" end
     from planned order by n`,
    [merchantId, employeeId],
  );
}

async function fillRefunds(client, { merchantId, employeeId }) {
  await client.query(
    `insert into payment_refunds
       (merchant_id, id, status, provider, amount_in_cents, deposit_in_cents, currency, reason,
        succeeded_at, employee_id, order_id, customer_id, payment_charge_id, created_at, updated_at)
     select $1, uuidv7("settledAt" - now()), "refundStatus", 'STRIPE', amount / 2, 0, 'USD', 'returned',
            case "refundStatus" when 'SUCCEEDED' then "settledAt" end,
            $2, "orderId", "customerId", id, "settledAt", "settledAt"
     from planned where "refundStatus" is not null order by n`,
    [merchantId, employeeId],
  );
}

/** Charges were CREATED, then STARTED, then got their status. Other records were created with their status. */
async function fillHistory(client, { merchantId, employeeId }) {
  await client.query(
    `insert into payment_status_changes
       (merchant_id, payment_id, id, from_status, to_status, at, employee_id)
     select $1, id, uuidv7(at - now()), "from", "to", at, $2 from (
       select id, null as "from", 'CREATED' as "to", at, n from planned
       union all
       select id, 'CREATED', 'STARTED',
              case status when 'STARTED' then "settledAt" else at + interval '1 minute' end, n
       from planned where status <> 'CREATED'
       union all
       select id, 'STARTED', status, "settledAt", n from planned
       where status not in ('CREATED', 'STARTED')
       union all
       select "authorizationId", null, 'SUCCEEDED', at, n from planned
       where "authorizationId" is not null
       union all
       select "authorizationId", 'SUCCEEDED', 'CAPTURED', "settledAt", n from planned
       where "authorizationId" is not null
       union all
       select r.id, null, r.status, r.created_at, n
       from payment_refunds r join planned p on r.merchant_id = $1 and r.payment_charge_id = p.id
     ) changes order by n, at`,
    [merchantId, employeeId],
  );
}

/** A sample of orders with their customers. */
export async function findOrders(client, { merchantId }) {
  const { rows } = await client.query(
    `select id as "orderId", customer_id as "customerId" from orders
     where merchant_id = $1 order by hashint4(number) limit 5000`,
    [merchantId],
  );
  return rows;
}
