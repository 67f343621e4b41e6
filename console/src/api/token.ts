import { start } from "./start.js";

/** The playground reads the same key when the console opens it. */
const KEY = "pocketcharge:token";
const SIGNED_OUT = "pocketcharge:signed-out";

/** The token of this browser tab. Session storage ends with the tab, and no other origin can read it. */
export function storedToken(): string | null {
  const isSignedOut = sessionStorage.getItem(SIGNED_OUT) !== null;
  return sessionStorage.getItem(KEY) ?? (isSignedOut ? null : start.token);
}

export function storeToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

/** After this, a reload does not sign in with the demo's token. */
export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
  sessionStorage.setItem(SIGNED_OUT, "true");
}
