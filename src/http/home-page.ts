/** Allows only this server's own style sheet and icon. */
export const HOME_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

interface Link {
  readonly path: string;
  readonly name: string;
  readonly what: string;
}

const CONSOLE = {
  path: "/console",
  name: "Console",
  what: "See and change pockets, payments and webhooks without writing queries.",
};
const PLAYGROUND = {
  path: "/playground",
  name: "Playground",
  what: "Try GraphQL queries and read the schema.",
};
const SERVICES: readonly Link[] = [
  { path: "/docs", name: "REST reference", what: "Every path, with its parameters and answers." },
  { path: "/openapi.json", name: "OpenAPI document", what: "The REST paths, for programs." },
  { path: "/health/ready", name: "Health", what: "Whether the server can answer requests." },
];
/** The pages for users of the API, by file name, in reading order. */
const GUIDES: readonly (readonly [file: string, name: string, what: string])[] = [
  ["getting-started.md", "Getting started", "A first charge, payment, list and REST request."],
  ["charging-safely.md", "Charging safely", "How a retry never tops up twice."],
  ["payment-charges.md", "Payment charges", "Statuses, refunds, authorizations."],
  ["filtering-and-aggregating.md", "Lists", "Filters, pages, sums and groups."],
  ["json-api.md", "Payment charges over REST", "JSON:API: filters, updates, client packages."],
  ["clients/README.md", "GraphQL clients", "Apollo Client, urql, Relay, Code Generator."],
  ["authentication.md", "Authentication", "Tokens and their scopes."],
  ["errors.md", "Errors", "Every code, and what to do."],
];

export interface HomePageOptions {
  readonly hasPlayground: boolean;
  readonly hasConsole: boolean;
  /** Whether the documentation is next to the server, and served at `/documentation`. */
  readonly hasDocumentation: boolean;
}

/** The page at `/`: what this server is, and what it offers. */
export function homePage({ hasPlayground, hasConsole, hasDocumentation }: HomePageOptions): string {
  const guides = GUIDES.map(([file, name, what]) => ({
    path: `/documentation/${file}`,
    name,
    what,
  }));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Pocketcharge</title>
    <link rel="icon" type="image/svg+xml" href="/favicon.ico" />
    <link rel="stylesheet" href="/home.css" />
  </head>
  <body>
    <header><img src="/favicon.ico" alt="" /><h1>Pocketcharge</h1></header>
    <p>
      A server for prepaid pockets and payment records. A charge tops up the pocket of a phone number. Programs send
      GraphQL requests to /graphql, or REST requests.
    </p>
    ${list("This server", [...(hasConsole ? [CONSOLE] : []), ...(hasPlayground ? [PLAYGROUND] : []), ...SERVICES])}
    ${hasDocumentation ? list("Documentation", guides) : ""}
  </body>
</html>
`;
}

function list(title: string, links: readonly Link[]): string {
  const items = links.map(
    ({ path, name, what }) => `<li><a href="${path}"><strong>${name}</strong> ${what}</a></li>`,
  );
  return `<h2>${title}</h2>\n    <ul>\n      ${items.join("\n      ")}\n    </ul>`;
}
