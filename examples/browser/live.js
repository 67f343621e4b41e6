import { Blocked, RequestFailed, Unreachable, request } from "./request.js";

const POLL_MS = 3_000;

// Sums of several currencies would mean nothing, so the currency is a key as well.
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
/** What is watched; answers to anything before it are dropped. */
let current;
/** The ids that are shown; null before the first answer, when nothing counts as new. */
let shown = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { url, token } = Object.fromEntries(new FormData(form));
  // Kept until the tab is closed, and for this tab alone: a token is a password.
  sessionStorage.setItem("connection", JSON.stringify({ url, token }));
  watch({ url, token });
});

const kept = sessionStorage.getItem("connection");
if (kept !== null) {
  const connection = JSON.parse(kept);
  for (const [name, value] of Object.entries(connection)) form.elements[name].value = value;
  watch(connection);
}

/** Asks again and again, each time some seconds after the answer, until another connection is given. */
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
  state.textContent = "Trying again every few seconds.";
  trouble.replaceChildren(...paragraphsFor(error, url));
  trouble.hidden = false;
}

function paragraphsFor(error, url) {
  if (error instanceof Blocked) {
    return [
      paragraph(
        `The server at ${url} is there, but does not let pages of ${location.origin} read its ` +
          "answers, so the browser keeps them back (CORS). That is its default: no page may.",
      ),
      paragraph("To allow this one, start the server with", `CORS_ORIGINS=${location.origin}`),
    ];
  }
  if (error instanceof Unreachable) return [paragraph(`Nothing answers at ${url}. Does it run?`)];
  if (error instanceof RequestFailed) {
    const place = error.requestId ? ` The log has more under the request ${error.requestId}.` : "";
    return [paragraph(`The server refused: ${error.message}${place}`)];
  }
  return [paragraph(`This page has a defect: ${error.message}`)];
}

function row(cells) {
  const element = document.createElement("tr");
  element.append(...cells);
  return element;
}

// textContent and never innerHTML: what a description holds stays text.
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

/** Minor units as people write them. Digits throughout: a sum may be more than a number holds. */
function money(minorUnits, currency) {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  const { maximumFractionDigits: decimals } = format.resolvedOptions();
  const digits = minorUnits.padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  return format.format(
    decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`,
  );
}
