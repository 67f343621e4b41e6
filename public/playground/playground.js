// Shows GraphiQL on the page, with the tabs from the server and the user's later changes to them.

import { resultsOf } from "./event-stream.js";

const start = JSON.parse(document.getElementById("start").textContent);
const EVENT_STREAM = "text/event-stream";
const JSON_RESPONSE = "application/graphql-response+json, application/json";
const WORKERS = { json: "json.worker.js", graphql: "graphql.worker.js" };

window.MonacoEnvironment = {
  getWorkerUrl: (_module, label) => `/playground/${WORKERS[label] ?? "editor.worker.js"}`,
};

// Session storage, which ends with the browser tab, because the headers pane contains a token.
const storage = window.sessionStorage;
forgetAnotherStart();
const linked = takeLinkedQuery();
const headers = headersOfConsole() ?? start.headers;
const tabs = [...linked, ...start.tabs].map((tab) => ({ ...tab, headers }));
const shown = linked.length > 0 ? tabs[0] : (lastShown() ?? tabs[0]);

window.YogaGraphiQL.renderYogaGraphiQL(document.getElementById("playground"), {
  title: "Pocketcharge",
  logo: '<img class="playground-logo" src="/playground/icon.svg" alt="" />',
  fetcher: send,
  storage,
  defaultTabs: tabs,
  headers,
  // GraphiQL opens the tab with this content, and creates it if there is none.
  query: shown.query ?? "",
  variables: shown.variables ?? "",
  initialHeaders: shown.headers ?? "",
  // Replaces GraphiQL's default, which puts every query into the URL.
  onEditQuery: () => undefined,
});

// GraphiQL's draggable tabs miscalculate positions after the window is resized or the font loads late: the
// pressed tab jumps, and the click misses it. The style sheet has the other half of this workaround.
document.addEventListener("pointerdown", keepTabsInPlace, { capture: true });

function keepTabsInPlace(event) {
  if (event.target.closest(".graphiql-tab") !== null) event.stopPropagation();
}

/** Tabs from an earlier start of the server may have a token that is no longer valid. */
function forgetAnotherStart() {
  const now = JSON.stringify(start);
  if (storage.getItem("pocketcharge:start") === now) return;
  for (const name of ["tabState", "query", "variables", "headers"]) {
    storage.removeItem(`graphiql:${name}`);
  }
  storage.setItem("pocketcharge:start", now);
}

/** The token of the console that opened this tab, whose session storage the browser has copied. */
function headersOfConsole() {
  const token = storage.getItem("pocketcharge:token");
  return token === null ? null : JSON.stringify({ Authorization: `Token ${token}` }, null, 2);
}

/** The tab that was active before the page was reloaded. */
function lastShown() {
  const kept = JSON.parse(storage.getItem("graphiql:tabState"));
  return kept?.tabs[kept.activeTabIndex];
}

/** Opens a link such as /graphql?query=… in a new tab, once: a reload does not open it again. */
function takeLinkedQuery() {
  const address = new URL(window.location.href);
  const query = address.searchParams.get("query");
  if (query === null) return [];
  const variables = address.searchParams.get("variables") ?? "";
  window.history.replaceState(null, "", address.pathname);
  return [{ query, variables }];
}

/** @returns the response, or the results of a subscription as an async iterable. */
async function send(request, { headers = {} } = {}) {
  if (request.operationName !== "IntrospectionQuery") showAnswer();
  const { name, kind } = operationOf(request);
  const abort = new window.AbortController();
  const response = await window.fetch("/graphql", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: kind === "subscription" ? EVENT_STREAM : JSON_RESPONSE,
      ...filledIn(headers),
    },
    body: JSON.stringify({
      ...request,
      operationName: name,
      variables: withFreshTokens(request.variables),
    }),
    signal: abort.signal,
  });
  const isStream = response.headers.get("content-type")?.startsWith(EVENT_STREAM);
  return isStream ? resultsOf(response, abort) : response.json();
}

/**
 * The operation that runs. Without a name, the server runs the only one: GraphiQL sends the name of the previous tab for
 * a moment after another tab is chosen.
 */
function operationOf({ query, operationName }) {
  const code = query.replaceAll(/"""[^]*?"""|"(?:\\.|[^"\\\n])*"|#.*/g, "");
  const found = code.matchAll(
    /(?<![$.\w])(query|mutation|subscription)\b(?!\s*:)\s*([_A-Za-z]\w*)?/g,
  );
  const operations = [...found].map(([, kind, name]) => ({ kind, name }));
  const named = operations.find(({ name }) => name !== undefined && name === operationName);
  return named ?? { kind: operations.length === 1 ? operations[0].kind : "query" };
}

/** On a phone, the answer is below the request, outside of the screen. */
function showAnswer() {
  if (window.matchMedia("(max-width: 700px)").matches) {
    document.querySelector(".graphiql-response").scrollIntoView({ behavior: "smooth" });
  }
}

/** The headers without an unfilled token: the schema can be read without one. */
function filledIn(headers) {
  const entries = Object.entries(headers);
  return Object.fromEntries(entries.filter(([, value]) => !/^(token|bearer)?\s*$/i.test(value)));
}

/** Replaces each {{uuidv7}} in the variables with a new token, so that each run of a tab charges again. */
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
