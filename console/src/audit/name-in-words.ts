import { wordsOf } from "../shared/words.js";

/** A mutation or a type as words: `createApiToken` is `Create API token`. */
export function nameInWords(name: string): string {
  const words = wordsOf(name.replace(/(?<=[a-z])(?=[A-Z])/g, "_"));
  return words.replace(/\bapi\b/i, "API");
}
