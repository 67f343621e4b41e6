/** An enum value as words: `ACTION_REQUIRED` is `Action required`. */
export function wordsOf(value: string): string {
  const words = value.toLowerCase().replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** The name of a mutation or a type as words: `createApiToken` is `Create API token`. */
export function nameInWords(name: string): string {
  const words = wordsOf(name.replace(/(?<=[a-z])(?=[A-Z])/g, "_"));
  return words.replace(/\b(api|url)\b/i, (word) => word.toUpperCase());
}

/** A number of things: `1 entry`, `1,200 entries`. */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return count === 1 ? `1 ${noun}` : `${count.toLocaleString()} ${nouns}`;
}

const COUNTRIES = new Intl.DisplayNames(undefined, { type: "region" });

/** A country by its code of two letters, in the viewer's language. Null is any country. */
export function countryOf(code: string | null): string {
  return code === null ? "Any country" : `${COUNTRIES.of(code) ?? code} (${code})`;
}
