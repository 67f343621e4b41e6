import type { ReactNode } from "react";
import { messageOf } from "../api/problems.js";
import type { OperationState } from "../api/use-operation.js";
import { ErrorState, LoadingState } from "./states.js";

interface LoadedProps<Data> {
  readonly operation: OperationState<Data>;
  /** What is loading: "Loading the endpoint". */
  readonly label: string;
  readonly children: (data: Data) => ReactNode;
}

/** Shows the data of a query, and what to show while there is none. */
export function Loaded<Data>({ operation, label, children }: LoadedProps<Data>) {
  const { data, error, reload } = operation;
  if (error) return <ErrorState message={messageOf(error)} onRetry={reload} />;
  if (data === undefined) return <LoadingState label={label} />;
  return children(data);
}
