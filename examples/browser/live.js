import { Blocked, RequestFailed, Unreachable, request } from "./request.js";

const POLL_MS = 3_000;

// Group by currency too, because amounts in several currencies must not be added.
const LIVE = `query Live {
  paymentCharges(first: 20) {
    totalCount
    nodes { id createdAt status totalInCents currency provider description }
    groupBy(keys: [STATUS, CURRENCY]) {
      key { status currency }
      aggregate { count sum { totalInCents } }
    }
  }
}`;

const form = document.querySelector("#connection");
const state = document.querySelector("#state");
const trouble = document.querySelector("#trouble");
const charges = document.querySelector("#charges");
const groups = document.querySelector("#groups");
const newest = document.querySelector("#newest");

let timer;
/** The current connection; responses for an earlier one are discarded. */
let current;
/** The ids that are shown; null before the first response, so that none of its charges is marked as new. */
let shown = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { url, token } = Object.fromEntries(new FormData(form));
  // Session storage ends with this tab, because a token is a password.
  sessionStorage.setItem("connection", JSON.stringify({ url, token }));
  watch({ url, token });
});

const kept = sessionStorage.getItem("connection");
if (kept !== null) {
  const connection = JSON.parse(kept);
  for (const [name, value] of Object.entries(connection)) form.elements[name].value = value;
  watch(connection);
}

/** Polls the server, with a delay after each response, until another connection is entered. */
function watch(connection) {
  clearTimeout(timer);
  shown = null;
  charges.hidden = true;
  current = connection;
  const poll = async () => {
    const show = await request(connection, LIVE).then(
      ({ paymentCharges }) =>
        () =>
          showCharges(paymentCharges),
      (error) => () => showTrouble(error, connection),
    );
    if (current !== connection) return;
    show();
    timer = setTimeout(poll, POLL_MS);
  };
  void poll();
}

function showCharges({ totalCount, nodes, groupBy }) {
  groups.replaceChildren(
    ...groupBy.map(({ key, aggregate: { count, sum } }) =>
      row([
        text(key.status),
        number(count.toLocaleString()),
        number(money(sum.totalInCents, key.currency)),
      ]),
    ),
  );
  const rows = nodes.map((node) => {
    const line = row([
      text(new Date(node.createdAt).toLocaleString()),
      text(node.status),
      number(money(String(node.totalInCents), node.currency)),
      text(node.provider),
      text(node.description ?? ""),
    ]);
    line.dataset.id = node.id;
    line.classList.toggle("is-new", shown !== null && !shown.has(node.id));
    return line;
  });
  newest.replaceChildren(...rows);
  shown = new Set(nodes.map(({ id }) => id));
  const time = new Date().toLocaleTimeString();
  state.textContent = `${totalCount.toLocaleString()} payment charges at ${time}`;
  charges.hidden = false;
  trouble.hidden = true;
}

function showTrouble(error, { url }) {
  state.textContent = "Retrying every few seconds.";
  trouble.replaceChildren(...paragraphsFor(error, url));
  trouble.hidden = false;
}

function paragraphsFor(error, url) {
  if (error instanceof Blocked) {
    return [
      paragraph(
        `The server at ${url} does not allow pages of ${location.origin} to read its responses, ` +
          "so the browser blocks them (CORS). In production, the server allows no origin by default.",
      ),
      paragraph("To allow this page, start the server with", `CORS_ORIGINS=${location.origin}`),
    ];
  }
  if (error instanceof Unreachable)
    return [paragraph(`No server responds at ${url}. Is it running?`)];
  if (error instanceof RequestFailed) {
    const place = error.requestId ? ` See request ${error.requestId} in the server's log.` : "";
    return [paragraph(`The server refused the request: ${error.message}${place}`)];
  }
  return [paragraph(`This page has a bug: ${error.message}`)];
}

function row(cells) {
  const element = document.createElement("tr");
  element.append(...cells);
  return element;
}

// Use textContent and never innerHTML: a description may contain markup.
function text(content) {
  const cell = document.createElement("td");
  cell.textContent = content;
  return cell;
}

function number(content) {
  const cell = text(content);
  cell.className = "number";
  return cell;
}

function paragraph(content, code) {
  const element = document.createElement("p");
  element.textContent = content;
  if (code !== undefined) {
    const quoted = document.createElement("code");
    quoted.textContent = code;
    element.append(" ", quoted);
  }
  return element;
}

/** Formats an amount in minor units. It stays a string of digits, because a sum may exceed a number's precision. */
function money(minorUnits, currency) {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  const { maximumFractionDigits: decimals } = format.resolvedOptions();
  const digits = minorUnits.padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  return format.format(
    decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`,
  );
}
