const PLAIN = /^[0-9a-f-]*$/;

/**
 * A parameter as node-postgres sends it, with arrays of numbers, UUIDs and digits already in PostgreSQL's format.
 * node-postgres escapes each element, which takes several times as long. It does so for all other arrays.
 */
export function withArrayText(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0) return value;
  const values = value as readonly unknown[];
  const isPlain =
    values.every((one) => typeof one === "number") ||
    (values.every((one) => typeof one === "string" && one !== "") && PLAIN.test(values.join("")));
  return isPlain ? `{${values.join()}}` : value;
}
