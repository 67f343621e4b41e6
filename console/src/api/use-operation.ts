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
  /**
   * Reads again from the server. Resolves to what was read, when the component has it too; to nothing if it could not
   * be read. Await it before an action's dialog closes, so that no old data appears.
   */
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
  const latest = useRef({ query, variables: variables ?? {} });
  useEffect(() => {
    latest.current = { query, variables: variables ?? {} };
  });
  const reload = useCallback(async () => {
    const { query, variables } = latest.current;
    // The same operation as that of the hook, so the hook receives the result as well.
    const options = { requestPolicy: "network-only" } as const;
    const { data } = await client.query<Data>(query, variables, options).toPromise();
    return data;
  }, [client]);
  const isWaiting = state.fetching || state.stale;
  return {
    data: state.data,
    error: state.error,
    isLoading: isWaiting && state.data === undefined && state.error === undefined,
    isStale: isWaiting && state.data !== undefined,
    reload,
  };
}
