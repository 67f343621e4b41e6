const PATTERN_OPERATORS = new Set(
  ["prefix", "suffix", "match"].flatMap((name) => [
    name,
    `not${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  ]),
);

/** Whether an operator compares with patterns, which costs far more than equality. */
export function isPatternOperator(name: string): boolean {
  return PATTERN_OPERATORS.has(name);
}
