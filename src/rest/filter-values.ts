/** One value of a filter. A literal value is the text itself, also if it is the word null. */
export interface FilterValue {
  readonly text: string;
  readonly isLiteral: boolean;
}

/**
 * Splits the value of a parameter at its commas. Spaces around a comma are ignored. As in the source API, a value in
 * double braces keeps its commas and spaces: `{{a, b}}`. Takes linear time.
 */
export function splitAtCommas(list: string): FilterValue[] {
  const parts = list.split(",");
  const values: FilterValue[] = [];
  let closing = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = trimmed(parts, index);
    if (part.trimStart().startsWith("{{")) {
      closing = Math.max(closing, index);
      while (closing < parts.length && !closes(parts, index, closing)) closing++;
      if (closing < parts.length) {
        const text = parts
          .slice(index, closing + 1)
          .join(",")
          .trim()
          .slice(2, -2);
        values.push({ text, isLiteral: true });
        index = closing;
        continue;
      }
    }
    values.push({ text: part, isLiteral: false });
  }
  return values;
}

/** Removes the spaces on the sides of a part that have a comma. */
function trimmed(parts: readonly string[], index: number): string {
  const part = parts[index] ?? "";
  const fromComma = index > 0 ? part.trimStart() : part;
  return index < parts.length - 1 ? fromComma.trimEnd() : fromComma;
}

function closes(parts: readonly string[], opening: number, index: number): boolean {
  const part = (parts[index] ?? "").trim();
  return part.endsWith("}}") && (index > opening || part.length >= 4);
}

/** The names in a parameter: a list separated by commas, or several such lists. */
export function namesIn(parameter: string | readonly string[] | undefined): string[] {
  return [parameter ?? []]
    .flat()
    .flatMap((list) => list.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
