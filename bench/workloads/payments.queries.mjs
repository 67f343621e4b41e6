import { LAST_MONTH, YEAR_END, YEAR_START } from "./payments.fill.mjs";

const FIELDS =
  "id status mode provider amountInCents depositInCents totalInCents currency createdAt";
const SUM = "aggregate { count sum { totalInCents } }";

/**
 * The write cases, which run once for each set of variables. All variables are ids.
 *
 * @param {ReturnType<import("./payments.variables.mjs").variablesOf>} next
 */
export function writeCases(next) {
  return [
    {
      name: "create a charge of an order",
      kind: "create",
      query: `mutation ($idempotencyKey: UUID!, $orderId: ID!, $customerId: ID!) {
        createPaymentCharge(input: {
          idempotencyKey: $idempotencyKey, orderId: $orderId, customerId: $customerId,
          amountInCents: 12500, depositInCents: 2500, description: "A payment of the benchmark"
        }) { paymentCharge { ${FIELDS} } userErrors { code field message } }
      }`,
    },
    {
      name: "update a charge to STARTED",
      kind: "update",
      query: `mutation ($id: ID!) {
        updatePaymentCharge(id: $id, input: { status: STARTED }) {
          paymentCharge { ${FIELDS} } userErrors { code field message }
        }
      }`,
    },
  ].map((write) => ({ ...write, variables: next[write.kind]() }));
}

/** The read cases. */
export async function readCases(client, { merchantId }) {
  return [
    {
      name: "one charge with seven relations",
      query: `query ($id: ID!) {
        paymentCharge(id: $id) {
          ${FIELDS}
          customer { id number name email }
          employee { id name email }
          order { id number status totalInCents }
          payment { id status totalInCents }
          paymentAuthorization { id status totalInCents capturedAt }
          paymentMethod { id provider label }
          paymentRefunds { nodes { id status totalInCents reason } }
        }
      }`,
      variables: { id: await chargeWithRelations(client, merchantId) },
    },
    {
      name: "50 SUCCEEDED charges of a month, with count and sum",
      query: `query ($from: DateTime!, $to: DateTime!) {
        paymentCharges(
          first: 50, filter: { status: { eq: [SUCCEEDED] }, createdAt: { gte: $from, lt: $to } }
        ) { nodes { ${FIELDS} } ${SUM} }
      }`,
      variables: { from: LAST_MONTH, to: YEAR_END },
    },
    {
      name: "count and sum of each day of a year",
      query: `query ($from: DateTime!, $to: DateTime!) {
        paymentCharges(filter: { createdAt: { gte: $from, lt: $to } }) {
          groupBy(keys: [CREATED_AT], bucket: { unit: DAY }) { key { createdAt } ${SUM} }
        }
      }`,
      variables: { from: YEAR_START, to: YEAR_END },
    },
  ];
}

async function chargeWithRelations(client, merchantId) {
  const { rows } = await client.query(
    `select c.id from payment_charges c
     join payment_refunds r on r.merchant_id = c.merchant_id and r.payment_charge_id = c.id
     where c.merchant_id = $1 and c.payment_authorization_id is not null
       and c.payment_method_id is not null
     limit 1`,
    [merchantId],
  );
  return rows[0].id;
}
