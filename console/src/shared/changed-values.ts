/** The values of a form that differ from those before, so that an update overwrites nothing else. */
export function changedValues<Values extends object>(
  before: Values,
  after: Values,
): Partial<Values> {
  const old = before as Record<string, unknown>;
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name]),
  );
  return Object.fromEntries(changed) as Partial<Values>;
}
