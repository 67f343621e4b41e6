import { useState } from "react";
import { type AnyVariables, type TypedDocumentNode, useClient } from "urql";
import { type Problem, inWords, isUnanswered, messageOf } from "./problems.js";

/** Returns why the server refused the action; empty if it was done. */
export type ReadAnswer<Data> = (data: Data) => readonly Problem[];

export interface Action<Variables> {
  readonly isRunning: boolean;
  /** Whether an attempt ended without an answer, so that it may have been done: repeat it with the same values. */
  readonly isUnsettled: boolean;
  readonly problems: readonly Problem[];
  /** Resolves to whether the action was done. While it runs, further calls do nothing. */
  readonly run: (variables: Variables) => Promise<boolean>;
  readonly reset: () => void;
}

/**
 * Sends a mutation once, even if its button is clicked twice.
 *
 * @param onDone runs as a part of the action once it was done, such as reading the screen's query again.
 */
export function useAction<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  readAnswer: ReadAnswer<Data>,
  onDone?: (data: Data) => Promise<unknown>,
): Action<Variables> {
  const client = useClient();
  const [isRunning, setRunning] = useState(false);
  const [isUnsettled, setUnsettled] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const run = async (variables: Variables): Promise<boolean> => {
    if (isRunning) return false;
    setRunning(true);
    const { data, error } = await client.mutation(document, variables).toPromise();
    const found = error ? [{ field: null, message: messageOf(error) }] : readAnswer(data as Data);
    if (found.length === 0) await onDone?.(data as Data);
    setProblems(found.map(inWords));
    setUnsettled(error !== undefined && isUnanswered(error));
    setRunning(false);
    return found.length === 0;
  };
  const reset = (): void => {
    setProblems([]);
  };
  return { isRunning, isUnsettled, problems, run, reset };
}
