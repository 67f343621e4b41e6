import { useCallback, useEffect, useRef } from "react";
import {
  type AnyVariables,
  type CombinedError,
  type TypedDocumentNode,
  useClient,
  useQuery,
} from "urql";
import { useShownOperation } from "./operations-shown.js";

export interface OperationState<Data> {
  readonly data: Data | undefined;
  readonly error: CombinedError | undefined;
  /** Whether nothing can be shown yet. */
  readonly isLoading: boolean;
  /** Whether `data` is about to be replaced: show it dimmed. */
  readonly isStale: boolean;
  /** Reads again from the server. Resolves, once the screen has what the server answered, to that; to nothing on an error. */
  readonly reload: () => Promise<Data | undefined>;
}

/**
 * Reads a query, and lists it in the panel "Queries of this page". After the variables change, `data` is that of the
 * earlier ones until the server answers: give a component a `key` if it must never show another record's data.
 */
export function useOperation<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { pause = false }: { readonly pause?: boolean } = {},
): OperationState<Data> {
  const client = useClient();
  // The type of urql's arguments depends on whether there are variables, which is open here.
  const query = document as TypedDocumentNode<Data>;
  const [state] = useQuery<Data>({ query, variables: variables ?? {}, pause });
  useShownOperation(document, variables ?? {}, !pause);
  const isWaiting = state.fetching || state.stale;
  const isReading = useRef(isWaiting);
  useEffect(() => {
    isReading.current = isWaiting;
  });
  const text = JSON.stringify(variables ?? {});
  const reload = useCallback(async () => {
    if (pause) return undefined;
    const read = () =>
      client
        .query(query, JSON.parse(text) as object, { requestPolicy: "network-only" })
        .toPromise();
    // The client joins a read that is under way, which may have begun before the change that this one must show.
    if (isReading.current) await read();
    return (await read()).data;
  }, [client, query, text, pause]);
  return {
    data: state.data,
    error: state.error,
    isLoading: isWaiting && state.data === undefined && state.error === undefined,
    isStale: isWaiting && state.data !== undefined,
    reload,
  };
}
