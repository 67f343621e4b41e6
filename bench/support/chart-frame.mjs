export const MARGIN = 24;
export const HEADER = 76;

/** The chart has its own background, so that it is readable on any page. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .background { fill: #ffffff; }
  .heading { font-size: 19px; font-weight: 600; }
  .title { font-weight: 600; }
  .quiet { fill: #59636e; }
  .own { fill: #0969da; }
  .other { fill: #8c959f; }
  .line { fill: none; stroke: #0969da; stroke-width: 1.5; }
  .axis { stroke: #d1d9e0; stroke-width: 1; }
  .limit { fill: none; stroke: #8c959f; stroke-width: 1.5; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .background { fill: #0d1117; }
    .quiet { fill: #9198a1; }
    .own { fill: #4493f8; }
    .other { fill: #6e7681; }
    .line { stroke: #4493f8; }
    .axis { stroke: #3d444d; }
    .limit { stroke: #9198a1; }
  }
`;

/**
 * A chart with a heading, as SVG.
 *
 * @param {{ title: string, subtitle: string, width: number, height: number, parts: string[] }} options
 */
export function formatFrame({ title, subtitle, width, height, parts }) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="background" width="${width}" height="${height}" rx="6"/>`,
    `<text class="heading" x="${MARGIN}" y="34">${escape(title)}</text>`,
    `<text class="quiet" x="${MARGIN}" y="56">${escape(subtitle)}</text>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

export function escape(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
