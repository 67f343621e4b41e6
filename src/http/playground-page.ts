import { jsonInHtml } from "./compressed-asset.js";

/** The initial content of the playground. */
export interface PlaygroundStart {
  /** The headers pane's JSON. */
  readonly headers: string;
  readonly tabs: readonly { readonly query: string; readonly variables: string }[];
}

/**
 * Allows only this server's own files. The editor, Monaco, adds inline styles to the page, and its fonts and
 * icons are data: URLs.
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

/** The playground's HTML page. */
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
