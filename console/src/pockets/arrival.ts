import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { pocketAddress } from "./search/find-pocket.js";

/** The state of a navigation to a pocket's page: what was done before it, in words. */
interface Arrival {
  readonly done: string;
}

/** Returns a function that opens a pocket's page, which then says what was done. */
export function useOpenPocket(slug: string) {
  const [, navigate] = useLocation();
  return async (phoneNumber: string, done: string): Promise<void> => {
    const state: Arrival = { done };
    navigate(pocketAddress(slug, phoneNumber), { state });
    return Promise.resolve();
  };
}

/** What was done last, on this page or before the navigation to it. */
export function useDone() {
  const arrival = useHistoryState<Arrival | null>();
  const done = useState(arrival?.done ?? null);
  useEffect(() => {
    // The browser keeps the state over a reload, which must not show the message again.
    if (arrival !== null) history.replaceState(null, "");
  }, [arrival]);
  return done;
}
