/** The numbers of records that the benchmark's writes increase. */
export async function countRecords(client, { merchantId }) {
  const { rows } = await client.query(
    `select
       (select count(*) from payment_charges where merchant_id = $1) as charges,
       (select count(*) from payment_status_changes where merchant_id = $1) as changes,
       (select count(*) from idempotency_keys where merchant_id = $1) as keys,
       (select count(distinct c.id) from idempotency_keys k
        join payment_charges c on c.merchant_id = k.merchant_id and c.id = k.record_id
        join payment_status_changes s on s.merchant_id = c.merchant_id and s.payment_id = c.id
        where k.merchant_id = $1 and k.operation = 'createPaymentCharge'
          and s.from_status is null and s.to_status = c.status and s.at = c.created_at) as created,
       (select count(distinct c.id) from payment_charges c
        join payment_status_changes s on s.merchant_id = c.merchant_id and s.payment_id = c.id
        where c.merchant_id = $1 and c.status = 'STARTED'
          and s.from_status = 'CREATED' and s.to_status = 'STARTED' and s.at = c.updated_at) as started`,
    [merchantId],
  );
  return Object.fromEntries(Object.entries(rows[0]).map(([name, count]) => [name, Number(count)]));
}

/**
 * Verifies that every counted creation created one charge with a key and a history, that every counted update
 * changed one charge from CREATED to STARTED with a history entry, and that nothing else was created.
 *
 * @param {Awaited<ReturnType<countRecords>>} before
 * @param {Awaited<ReturnType<countRecords>>} after
 * @param {import("../support/side-by-side.mjs").Comparison[]} comparisons
 */
export function verifyCounts(before, after, comparisons) {
  const [creates, updates] = ["create", "update"].map((kind) =>
    countDone(comparisons.find(({ subject }) => subject.kind === kind)),
  );
  const expected = {
    charges: creates,
    keys: creates,
    created: creates,
    started: updates,
    changes: creates + updates,
  };
  for (const [name, count] of Object.entries(expected)) {
    const added = after[name] - before[name];
    if (added === count) continue;
    throw new Error(
      `${creates} creates and ${updates} updates were done, but there are ${added} more ${name}.`,
    );
  }
}

/** The counted requests, plus the one whose statements were recorded. */
function countDone({ warmUp, rounds }) {
  return [warmUp, ...rounds]
    .flatMap(({ http, nodePg }) => [http.requestCount, nodePg.requestCount])
    .reduce((sum, count) => sum + count, 1);
}
