import { HEADER, MARGIN, escape, formatFrame } from "./chart-frame.mjs";
import { formatNumber } from "./table.mjs";

/**
 * @typedef {object} BarChart
 * @property {string} title
 * @property {string} unit
 * @property {{ label: string, value: number, kind: "own" | "other" | "limit" }[]} bars
 */

const COLUMNS = 2;
const CHART_WIDTH = 510;
const CHART_GAP = 32;
const TITLE_HEIGHT = 30;
const BAR_STEP = 24;
const BAR_HEIGHT = 16;
const LABEL_WIDTH = 200;
const VALUE_WIDTH = 64;

/**
 * Bar charts side by side as one SVG. Each has its own scale, up to its longest bar.
 *
 * @param {{ title: string, subtitle: string, charts: BarChart[] }} options
 */
export function formatBarCharts({ title, subtitle, charts }) {
  const width = 2 * MARGIN + COLUMNS * CHART_WIDTH + (COLUMNS - 1) * CHART_GAP;
  const parts = [];
  let top = HEADER;
  for (let first = 0; first < charts.length; first += COLUMNS) {
    const row = charts.slice(first, first + COLUMNS);
    row.forEach((chart, column) => {
      const left = MARGIN + column * (CHART_WIDTH + CHART_GAP);
      parts.push(`<g transform="translate(${left} ${top})">${formatChart(chart)}</g>`);
    });
    const barCount = Math.max(...row.map(({ bars }) => bars.length));
    top += TITLE_HEIGHT + barCount * BAR_STEP + CHART_GAP;
  }
  return formatFrame({ title, subtitle, width, height: top, parts });
}

function formatChart({ title, unit, bars }) {
  const longest = Math.max(...bars.map(({ value }) => value));
  const room = CHART_WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const lines = bars.map(({ label, value, kind }, at) => {
    const y = TITLE_HEIGHT + at * BAR_STEP;
    const length = Math.max(1, (value / longest) * room).toFixed(1);
    const middle = y + BAR_HEIGHT - 3;
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${middle}" text-anchor="end">${escape(label)}</text>`,
      `<rect class="${kind}" x="${LABEL_WIDTH}" y="${y}" width="${length}" height="${BAR_HEIGHT}" rx="2"/>`,
      `<text x="${LABEL_WIDTH + Number(length) + 8}" y="${middle}">${formatNumber(value)}</text>`,
    ].join("");
  });
  const heading = `<tspan class="title">${escape(title)}</tspan> <tspan class="quiet">${escape(unit)}</tspan>`;
  return [`<text y="14">${heading}</text>`, ...lines].join("\n");
}
