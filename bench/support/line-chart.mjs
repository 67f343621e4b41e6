import { HEADER, MARGIN, escape, formatFrame } from "./chart-frame.mjs";
import { formatNumber } from "./table.mjs";

const WIDTH = 900;
const CHART_HEIGHT = 140;
const CHART_GAP = 56;
const LABEL_WIDTH = 64;
const TICK_S = 30;

/**
 * A line for each series with one value per second, each with its own scale from 0.
 *
 * @param {{ title: string, subtitle: string, lines: { label: string, values: number[] }[] }} options
 */
export function formatLineChart({ title, subtitle, lines }) {
  const parts = lines.map((line, index) => {
    const top = HEADER + 16 + index * (CHART_HEIGHT + CHART_GAP);
    return `<g transform="translate(${MARGIN} ${top})">${formatLine(line)}</g>`;
  });
  const height = HEADER + lines.length * (CHART_HEIGHT + CHART_GAP) + MARGIN;
  return formatFrame({ title, subtitle, width: WIDTH, height, parts });
}

function formatLine({ label, values }) {
  const most = Math.max(...values, 1);
  const room = WIDTH - 2 * MARGIN - LABEL_WIDTH;
  const x = (second) => (LABEL_WIDTH + (second / Math.max(1, values.length - 1)) * room).toFixed(1);
  const y = (value) => (CHART_HEIGHT - (value / most) * CHART_HEIGHT).toFixed(1);
  const points = values.map((value, second) => `${x(second)},${y(value)}`).join(" ");
  const axis = (value) =>
    `<line class="axis" x1="${LABEL_WIDTH}" x2="${LABEL_WIDTH + room}" y1="${y(value)}" y2="${y(value)}"/>` +
    `<text class="quiet" x="${LABEL_WIDTH - 8}" y="${Number(y(value)) + 4}" text-anchor="end">${formatNumber(value)}</text>`;
  const ticks = values
    .map((_, second) => second)
    .filter((second) => second % TICK_S === 0)
    .map(
      (second) =>
        `<text class="quiet" x="${x(second)}" y="${CHART_HEIGHT + 18}" text-anchor="middle">${second} s</text>`,
    );
  return [
    `<text class="title" x="${LABEL_WIDTH}" y="-8">${escape(label)}</text>`,
    axis(0),
    axis(most),
    ...ticks,
    `<polyline class="line" points="${points}"/>`,
  ].join("\n");
}
