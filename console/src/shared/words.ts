/** An enum value as words: `ACTION_REQUIRED` is `Action required`. */
export function wordsOf(value: string): string {
  const words = value.toLowerCase().replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
