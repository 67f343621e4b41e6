import { Blocked, RequestFailed, Unreachable } from "./request.js";
import { StreamLost } from "./subscribe.js";

const state = document.querySelector("#state");
const trouble = document.querySelector("#trouble");
const charges = document.querySelector("#charges");
const groups = document.querySelector("#groups");
const newest = document.querySelector("#newest");

export function showNothing() {
  charges.hidden = true;
  trouble.hidden = true;
  state.textContent = "Connecting …";
}

export function showTotals({ totalCount, groupBy }) {
  groups.replaceChildren(
    ...groupBy.map(({ key, aggregate: { count, sum } }) =>
      row([
        text(key.status),
        number(count.toLocaleString()),
        number(money(sum.totalInCents, key.currency)),
      ]),
    ),
  );
  const time = new Date().toLocaleTimeString();
  state.textContent = `${totalCount.toLocaleString()} payment charges at ${time}`;
  charges.hidden = false;
  trouble.hidden = true;
}

/**
 * Shows charges in the given order.
 *
 * @param changedId the charge that has just changed, which is highlighted.
 */
export function showCharges(all, changedId) {
  const rows = all.map((charge) => {
    const line = row([
      text(new Date(charge.createdAt).toLocaleString()),
      text(charge.status),
      number(money(String(charge.totalInCents), charge.currency)),
      text(charge.provider),
      text(charge.description ?? ""),
    ]);
    line.dataset.id = charge.id;
    line.classList.toggle("is-new", charge.id === changedId);
    return line;
  });
  newest.replaceChildren(...rows);
}

export function showTrouble(error, url) {
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
  if (error instanceof StreamLost)
    return [paragraph("The connection was lost. Changes will appear once it is back.")];
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
