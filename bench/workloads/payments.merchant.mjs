import { MERCHANT_SCOPES } from "../../dist/callers/api-scope.js";
import { hashOf, newApiTokenSecret, shownPrefixOf } from "../../dist/access/api-token-secret.js";

/** Creates a merchant that only the benchmark uses, with an employee and a token. */
export async function makeMerchant(client) {
  const secret = newApiTokenSecret();
  const { rows } = await client.query(
    `with merchant as (
       insert into merchants (id, name) values (uuidv7(), 'Benchmark') returning id
     ), employee as (
       insert into employees (merchant_id, id, name, email)
       select id, uuidv7(), 'Benchmark', 'bench@example.com' from merchant returning merchant_id, id
     )
     insert into api_tokens (id, merchant_id, employee_id, name, prefix, secret_hash, scopes)
     select uuidv7(), merchant_id, id, 'Benchmark', $1, $2, $3::api_scope[] from employee
     returning merchant_id as "merchantId", employee_id as "employeeId"`,
    [shownPrefixOf(secret), hashOf(secret), MERCHANT_SCOPES],
  );
  return { ...rows[0], apiToken: secret };
}
