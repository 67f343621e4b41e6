import { useCallback } from "react";
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
  /** Reads again from the server. */
  readonly reload: () => void;
  /** Like `reload`, and resolves once the screen has the answer: an action that changed something awaits it. */
  readonly readAgain: () => Promise<void>;
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
  // The type of urql's arguments depends on whether there are variables, which is open here.
  const [state, execute] = useQuery<Data>({
    query: document as TypedDocumentNode<Data>,
    variables: variables ?? {},
    pause,
  });
  useShownOperation(document, variables ?? {}, !pause);
  const reload = useCallback(() => {
    execute({ requestPolicy: "network-only" });
  }, [execute]);
  const client = useClient();
  const readAgain = async (): Promise<void> => {
    await client.query(document, variables, { requestPolicy: "network-only" }).toPromise();
  };
  const isWaiting = state.fetching || state.stale;
  return {
    data: state.data,
    error: state.error,
    isLoading: isWaiting && state.data === undefined && state.error === undefined,
    isStale: isWaiting && state.data !== undefined,
    reload,
    readAgain,
  };
}
