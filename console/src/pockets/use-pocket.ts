import { useEffect, useState } from "react";
import { useSubscription } from "urql";
import { useShownOperation } from "../api/operations-shown.js";
import { useOperation } from "../api/use-operation.js";
import type { PageVariables } from "../listing/list-state.js";
import { MARKED, POCKET, POCKET_CHANGED } from "./pocket-queries.js";

interface PocketKey {
  readonly slug: string;
  readonly phoneNumber: string;
}

/** Reads the pocket, and again whenever it changes. If that fails, `data` is what was read before. */
export function usePocket(
  key: PocketKey,
  range: { readonly from: string; readonly to: string },
  page: PageVariables,
) {
  const pocket = useOperation(POCKET, { ...key, ...range, ...page });
  const [changed] = useSubscription({ query: POCKET_CHANGED, variables: key });
  useShownOperation(POCKET_CHANGED, key);
  const { data, reload } = pocket;
  const shown = data?.pocket?.updatedAt;
  const latest = changed.data?.pocketChanged.updatedAt;
  useEffect(() => {
    // Both are written by the server in one format, whose order is that of time.
    if (latest !== undefined && (shown === undefined || latest > shown)) void reload();
  }, [latest, shown, reload]);
  // A lost connection must not take away what is shown, and a dialog with the token of its action.
  const [kept, keep] = useState(data);
  if (data !== undefined && data !== kept) keep(data);
  return { ...pocket, data: data ?? kept, isLive: changed.error === undefined };
}

/** Reads the entry or the hold with a token. Without one, nothing is read. */
export function useMarked(slug: string, token: string) {
  return useOperation(MARKED, { slug, token }, { pause: token === "" });
}
