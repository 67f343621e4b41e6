/** The server, the API token, and what the cache knows about the schema. */
export interface ClientOptions {
  readonly url: string;
  readonly token: string;
  /** What `write-cache-types.mjs` has written. */
  readonly types: {
    readonly possibleTypes: Record<string, string[]>;
    readonly lists: Record<string, string[]>;
    readonly withoutId: string[];
    readonly schema: { readonly __schema: { readonly queryType: { readonly name: string } } };
  };
  /** Receives the code of every GraphQL error, such as `UNAUTHENTICATED`. */
  readonly onError?: (code: unknown) => void;
}

/** An object with a value for each name. */
export function forEach<Value>(
  names: readonly string[],
  value: (name: string) => Value,
): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}
