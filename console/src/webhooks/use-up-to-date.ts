import { useEffect, useState } from "react";
import type { OperationState } from "../api/use-operation.js";

const EVERY_MS = 2_000;

/**
 * Reads the list again every two seconds while something in it is about to change, and once after `changedAt` changes.
 * What is shown is not dimmed meanwhile.
 */
export function useUpToDate<Data>(
  operation: OperationState<Data>,
  isChanging: boolean,
  changedAt: string | null,
): OperationState<Data> {
  const { reload } = operation;
  const [refreshed, setRefreshed] = useState<Data>();
  const { data } = operation;
  const refresh = (): void => {
    if (document.hidden) return;
    setRefreshed(data);
    void reload();
  };
  useEffect(() => {
    if (!isChanging) return undefined;
    const timer = setInterval(refresh, EVERY_MS);
    return () => clearInterval(timer);
  });
  useEffect(() => {
    if (changedAt === null) return undefined;
    const timer = setTimeout(() => void reload(), EVERY_MS);
    return () => clearTimeout(timer);
  }, [changedAt, reload]);
  const isRefreshing = data !== undefined && refreshed === data;
  return isRefreshing ? { ...operation, isStale: false } : operation;
}
