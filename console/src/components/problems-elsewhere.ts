import type { Problem } from "../api/problems.js";

/** The refusals that no field of the form shows, so that the dialog must. */
export function problemsElsewhere(
  problems: readonly Problem[],
  fields: readonly string[],
): readonly Problem[] {
  return problems.filter(({ field }) => field === null || !fields.includes(field));
}
