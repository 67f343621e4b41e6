/** What a page of the playground begins with. */
export interface PlaygroundStart {
  /** The headers pane's JSON. */
  readonly headers: string;
  readonly tabs: readonly { readonly query: string; readonly variables: string }[];
}

/**
 * Nothing but this server's own files. Monaco, the editor, writes its styles into the page, and its
 * fonts and icons are data: addresses.
 */
export const PLAYGROUND_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page. */
export function playgroundPage(start: PlaygroundStart): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Pocketcharge</title>
    <link rel="icon" href="/playground/icon.svg" />
    <link rel="stylesheet" href="/playground/graphiql.css" />
    <link rel="stylesheet" href="/playground/playground.css" />
    <script id="start" type="application/json">${jsonInHtml(start)}</script>
    <script src="/playground/graphiql.js" defer></script>
    <script src="/playground/playground.js" type="module"></script>
  </head>
  <body>
    <noscript>The playground needs JavaScript.</noscript>
    <div id="playground"></div>
  </body>
</html>
`;
}

/** No text of it can end the script element, or begin a comment in it. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
