/** What the server writes into the page. */
interface Start {
  /** The demo's token, if the page may contain it. */
  readonly token: string | null;
  readonly hasPlayground: boolean;
}

/** Without a server that fills it in, as under Vite's own server, the page begins without a token. */
const NONE: Start = { token: null, hasPlayground: true };

export const start: Start = read();

function read(): Start {
  const text = document.getElementById("start")?.textContent.trim() ?? "";
  return text.startsWith("{") ? (JSON.parse(text) as Start) : NONE;
}

/** The nonce with which the page's policy allows style elements; empty under Vite's own server. */
export const styleNonce: string =
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
