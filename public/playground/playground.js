// Puts GraphiQL into the page: with the tabs that the server gave, and what was made of them since.

const start = JSON.parse(document.getElementById("start").textContent);
const WORKERS = { json: "json.worker.js", graphql: "graphql.worker.js" };

window.MonacoEnvironment = {
  getWorkerUrl: (_module, label) => `/playground/${WORKERS[label] ?? "editor.worker.js"}`,
};

// The browser tab's own storage, which ends with it: the headers pane holds a token.
const storage = window.sessionStorage;
forgetAnotherStart();
const linked = takeLinkedQuery();
const tabs = [...linked, ...start.tabs].map((tab) => ({ ...tab, headers: start.headers }));
const shown = linked.length > 0 ? tabs[0] : (lastShown() ?? tabs[0]);

window.YogaGraphiQL.renderYogaGraphiQL(document.getElementById("playground"), {
  title: "Pocketcharge",
  logo: '<img class="playground-logo" src="/playground/icon.svg" alt="" />',
  fetcher: send,
  storage,
  defaultTabs: tabs,
  headers: start.headers,
  // GraphiQL looks for the tab that has these, and makes one when there is none.
  query: shown.query ?? "",
  variables: shown.variables ?? "",
  initialHeaders: shown.headers ?? "",
  // In place of GraphiQL's own, which puts every query into the address.
  onEditQuery: () => undefined,
});

// GraphiQL lets tabs be dragged, and reckons wrong after the window was resized or its font came late:
// the pressed tab jumps away, and the click misses it. The style sheet has the other half of this.
document.addEventListener("pointerdown", keepTabsInPlace, { capture: true });

function keepTabsInPlace(event) {
  if (event.target.closest(".graphiql-tab") !== null) event.stopPropagation();
}

/** Tabs of another start of the server may hold a token that works no more. */
function forgetAnotherStart() {
  const now = JSON.stringify(start);
  if (storage.getItem("pocketcharge:start") === now) return;
  for (const name of ["tabState", "query", "variables", "headers"]) {
    storage.removeItem(`graphiql:${name}`);
  }
  storage.setItem("pocketcharge:start", now);
}

/** The tab that was shown before the page was loaded again. */
function lastShown() {
  const kept = JSON.parse(storage.getItem("graphiql:tabState"));
  return kept?.tabs[kept.activeTabIndex];
}

/** A link such as /graphql?query=… becomes a tab, once: it is not made again by a reload. */
function takeLinkedQuery() {
  const address = new URL(window.location.href);
  const query = address.searchParams.get("query");
  if (query === null) return [];
  const variables = address.searchParams.get("variables") ?? "";
  window.history.replaceState(null, "", address.pathname);
  return [{ query, variables }];
}

async function send(request, { headers = {} } = {}) {
  const response = await window.fetch("/graphql", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json",
      ...filledIn(headers),
    },
    body: JSON.stringify({ ...request, variables: withFreshTokens(request.variables) }),
  });
  return response.json();
}

/** Without a header that waits for its token still: the schema can be read without one. */
function filledIn(headers) {
  const entries = Object.entries(headers);
  return Object.fromEntries(entries.filter(([, value]) => !/^(token|bearer)?\s*$/i.test(value)));
}

/** Each run of a tab charges anew, since each {{uuidv7}} in its variables is another token. */
function withFreshTokens(variables) {
  return JSON.parse(JSON.stringify(variables ?? {}).replaceAll("{{uuidv7}}", newUuid));
}

/** A UUID of version 7: 48 bits of the time in milliseconds, then random ones. */
function newUuid() {
  const bytes = window.crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(now / 0x10000));
  view.setUint16(4, now % 0x10000);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
