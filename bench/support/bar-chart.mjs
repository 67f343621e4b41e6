import { formatNumber } from "./table.mjs";

/**
 * @typedef {object} BarChart
 * @property {string} title
 * @property {string} unit
 * @property {{ label: string, value: number, kind: "own" | "other" | "limit" }[]} bars
 */

const COLUMNS = 2;
const MARGIN = 24;
const HEADER = 76;
const CHART_WIDTH = 510;
const CHART_GAP = 32;
const TITLE_HEIGHT = 30;
const BAR_STEP = 24;
const BAR_HEIGHT = 16;
const LABEL_WIDTH = 200;
const VALUE_WIDTH = 64;

/** Its background is its own, so that it reads the same wherever it is shown. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .background { fill: #ffffff; }
  .heading { font-size: 19px; font-weight: 600; }
  .title { font-weight: 600; }
  .quiet { fill: #59636e; }
  .own { fill: #0969da; }
  .other { fill: #8c959f; }
  .limit { fill: none; stroke: #8c959f; stroke-width: 1.5; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .background { fill: #0d1117; }
    .quiet { fill: #9198a1; }
    .own { fill: #4493f8; }
    .other { fill: #6e7681; }
    .limit { stroke: #9198a1; }
  }
`;

/**
 * Bar charts side by side as one SVG. Each has its own scale, which its longest bar fills.
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
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="background" width="${width}" height="${top}" rx="6"/>`,
    `<text class="heading" x="${MARGIN}" y="34">${escape(title)}</text>`,
    `<text class="quiet" x="${MARGIN}" y="56">${escape(subtitle)}</text>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
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

function escape(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
