import { useRef, useState } from "react";
import type { AnyVariables, TypedDocumentNode } from "urql";
import type { Problem } from "./problems.js";
import { type ReadAnswer, useAction } from "./use-action.js";

interface ChangeOptions<Data, Variables, Fresh> {
  readonly document: TypedDocumentNode<Data, Variables>;
  readonly readAnswer: ReadAnswer<Data>;
  /** Reads what the screen shows again. */
  readonly reload: () => Promise<Fresh | undefined>;
  /**
   * Whether the screen's data show that the change was made. The response to an earlier attempt may have been lost, and
   * the server refuses to make the change again.
   */
  readonly isMade: (fresh: Fresh, variables: Variables) => boolean;
  readonly onDone: () => void;
}

export interface Change<Variables> {
  /** Until the screen shows the change, so that no old data appears after the dialog. */
  readonly isRunning: boolean;
  /** Whether an attempt ended without an answer, so that it may have been done: repeat it with the same values. */
  readonly isUnsettled: boolean;
  readonly problems: readonly Problem[];
  readonly run: (variables: Variables) => Promise<void>;
}

/** Sends a mutation once, and is done when the screen's data were read again. */
export function useChange<Data, Variables extends AnyVariables, Fresh>(
  options: ChangeOptions<Data, Variables, Fresh>,
): Change<Variables> {
  const { document, readAnswer, reload, isMade, onDone } = options;
  const [isRunning, setRunning] = useState(false);
  const isAnswered = useRef(false);
  const action = useAction<Data, Variables>(document, (data) => {
    isAnswered.current = true;
    return readAnswer(data);
  });
  const run = async (variables: Variables): Promise<void> => {
    if (isRunning) return;
    setRunning(true);
    isAnswered.current = false;
    const isDone = await action.run(variables);
    // Without a connection, reading would only replace the page by an error, and the dialog with it.
    const fresh = isAnswered.current ? await reload() : undefined;
    setRunning(false);
    if (isDone || (fresh !== undefined && isMade(fresh, variables))) onDone();
  };
  const { isUnsettled, problems } = action;
  return { isRunning, isUnsettled, problems: isRunning ? [] : problems, run };
}
