import { parser } from "@prometheus-io/lezer-promql";

/** The metrics that a query reads, each with the labels it names inside and outside of selectors. */
export interface Reads {
  readonly metrics: readonly { readonly name: string; readonly labels: readonly LabelMatch[] }[];
  /** Labels by which the query groups. */
  readonly grouping: readonly string[];
}

interface LabelMatch {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** Parses PromQL. Grafana's variables are replaced with values of their kind. @throws if the query is invalid. */
export function readsOf(expression: string): Reads {
  const query = expression.replaceAll("$__rate_interval", "5m");
  const metrics: { name: string; labels: LabelMatch[] }[] = [];
  const grouping: string[] = [];
  const textOf = (node: { from: number; to: number }): string => query.slice(node.from, node.to);
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) {
        throw new Error(`not PromQL at ${String(node.from)}: ${query}`);
      }
      if (node.name === "VectorSelector") {
        const name = node.node.getChild("Identifier");
        metrics.push({ name: name ? textOf(name) : "", labels: [] });
      } else if (node.name === "UnquotedLabelMatcher") {
        const [label, operator, value] = ["LabelName", "MatchOp", "StringLiteral"].map((kind) => {
          const child = node.node.getChild(kind);
          return child ? textOf(child) : "";
        });
        metrics.at(-1)?.labels.push({
          label: label ?? "",
          operator: operator ?? "",
          value: (value ?? "").slice(1, -1),
        });
      } else if (node.name === "GroupingLabels") {
        grouping.push(...node.node.getChildren("LabelName").map(textOf));
      }
    },
  });
  return { metrics, grouping };
}
