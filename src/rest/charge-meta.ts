import type { Aggregation } from "../listing/aggregate.js";
import type { PaymentChargeReader } from "../payments/charges/payment-charge.reader.js";
import { AppError } from "../shared/errors.js";
import { camelCase, inRestWords, snakeCase } from "./attributes.js";
import type { ChargeQuery } from "./charge-query.js";
import { ExactInteger, closedObject } from "./json-api.js";
import { named } from "./openapi.js";
import { SUMMABLE } from "./payment-charge-attributes.js";
import { refuse } from "./rest-error.js";

const SUM = named(
  "Sum",
  closedObject({
    sum: {
      type: ["integer", "null"],
      description: "The exact sum. Null when there are no records.",
    },
  }),
);
/** The schema of counts and sums. */
export const META = named(
  "PaymentChargeMeta",
  closedObject(
    {
      total: named("Count", closedObject({ count: { type: "integer" } })),
      ...Object.fromEntries(SUMMABLE.map((name) => [name, SUM])),
    },
    [],
  ),
);

type ChargeConnection = ReturnType<PaymentChargeReader["all"]>;

/** The requested counts and sums, under the names in the request. */
export async function metaOf(
  charges: ChargeConnection,
  asked: NonNullable<ChargeQuery["meta"]>,
): Promise<Record<string, unknown>> {
  const names = Object.keys(asked);
  if (names.length === 0) return {};
  const summed = names.filter((name) => name !== "total");
  const aggregations = summed.map((name): Aggregation => `sum.${camelCase(name)}`);
  const { count, sum } = await charges.compute(["count", ...aggregations]);
  const values = names.map((name) => {
    if (name === "total") return [name, { count }];
    const digits = sum[camelCase(name)];
    return [name, { sum: digits == null ? null : new ExactInteger(digits) }];
  });
  return Object.fromEntries(values) as Record<string, unknown>;
}

/** Rewrites an error of a list, which begins with the GraphQL argument, in terms of query parameters. */
export function toRestError(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== "BAD_USER_INPUT") return error;
  const [path = "", field = "", index, operator = ""] =
    /^filter\.(?:(?:and|or)\[\d+\]\.)*(\w+)(\[\d+\])?\.(\w+)/.exec(error.message) ?? [];
  if (path !== "") {
    const place = index === undefined ? `[${snakeCase(operator)}]` : "";
    const parameter = `filter[${snakeCase(field)}]${place}`;
    const detail = error.message.replace(path, parameter);
    return refuse(400, error.code, detail, { parameter });
  }
  if (!error.message.startsWith("aggregate ")) return error;
  const [problem = ""] = error.message.slice("aggregate".length).split(" Filter by");
  const detail = `meta${inRestWords(problem)} Filter by one currency, such as filter[currency]=eur.`;
  return refuse(400, error.code, detail, { parameter: "meta" });
}
