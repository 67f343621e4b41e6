import { type Caller, authorize } from "../../callers/caller.js";
import { type Sql, sql } from "../../database/sql.js";
import { badInput } from "../../listing/bad-input.js";
import { anyOf } from "../../listing/any-of.js";
import type { SpecialFilter } from "../../listing/filter.js";
import { withoutNegation } from "../../listing/operator-condition.js";
import { foldCase } from "../../shared/fold-case.js";

/** The part of `ProviderSecrets` that the filter uses. */
interface SecretFinder {
  digestsOf(secret: string): Buffer[];
}

const BYTEA = sql`bytea`;

/**
 * Filters charges by their secret, by comparing digests.
 *
 * @returns a filter that throws AppError FORBIDDEN without the scope PROVIDER_SECRETS_READ, and
 *   BAD_USER_INPUT for operators that digests cannot answer.
 */
export function providerSecretFilter(caller: Caller, secrets: SecretFinder): SpecialFilter {
  return (operator, operand, path) => {
    authorize(caller, ["PROVIDER_SECRETS_READ"]);
    const column = sql`payment_charges.provider_secret_digest`;
    if (operator === "isNull") {
      return operand === true ? sql`${column} is null` : sql`${column} is not null`;
    }
    const { isNegated, plain } = withoutNegation(operator);
    const values = operand as readonly string[];
    const condition = conditionOf(plain, column, values, secrets);
    if (condition === null) {
      throw badInput(path, "is refused: a secret is found whole or not at all. Use eq or eql.");
    }
    return isNegated ? sql`not ${condition}` : condition;
  };
}

function conditionOf(
  operator: string,
  column: Sql,
  values: readonly string[],
  secrets: SecretFinder,
): Sql | null {
  switch (operator) {
    case "eql":
      return anyOf(
        column,
        values.flatMap((value) => secrets.digestsOf(value)),
        BYTEA,
      );
    case "eq": {
      const folded = sql`payment_charges.provider_secret_folded_digest`;
      const digests = values.flatMap((value) => secrets.digestsOf(foldCase(value)));
      return anyOf(folded, digests, BYTEA);
    }
    default:
      return null;
  }
}
