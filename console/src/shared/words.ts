/** An enum value as words: `ACTION_REQUIRED` is `Action required`. */
export function wordsOf(value: string): string {
  const words = value.toLowerCase().replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** The name of a mutation or a type as words: `createApiToken` is `Create API token`. */
export function nameInWords(name: string): string {
  const words = wordsOf(name.replace(/(?<=[a-z])(?=[A-Z])/g, "_"));
  return words.replace(/\bapi\b/i, "API");
}
