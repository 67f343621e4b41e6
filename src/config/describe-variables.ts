import { variables } from "./variables.js";

type Variable = (typeof variables.shape)[keyof typeof variables.shape];

const shape: Readonly<Record<string, Variable>> = variables.shape;

export const VARIABLE_NAMES: readonly string[] = Object.keys(shape);

/** The description of a variable, as plain text. */
export function describeVariable(name: string): string {
  return (shape[name]?.description ?? "").replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
}

/** Replaces the table of all variables between the two markers of a Markdown document. */
export function withVariablesTable(document: string): string {
  const [before, , after] = document.split(/(?<=<!-- variables -->\n)|(?=<!-- \/variables -->)/);
  if (before === undefined || after === undefined) throw new Error("the markers are missing");
  return `${before}\n${variablesTable()}\n\n${after}`;
}

function variablesTable(): string {
  const rows = Object.entries(shape).map(([name, variable]) => [
    `\`${name}\``,
    defaultOf(variable),
    String(variable.unwrap().meta()?.["expected"]),
    variable.description ?? "",
  ]);
  return alignedTable([["variable", "default", "value", "meaning"], ...rows]);
}

function defaultOf(variable: Variable): string {
  const described = variable.meta()?.["default"];
  if (typeof described === "string") return described;
  const value = variable.type === "default" ? variable.def.defaultValue : [];
  return Array.isArray(value) ? "none" : `\`${String(value)}\``;
}

/** A table with aligned columns, as Prettier formats it. */
function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const [head = [], ...body] = rows;
  const line = widths.map((width) => "-".repeat(width));
  return [head, line, ...body]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`)
    .join("\n");
}
