import { readFileSync } from "node:fs";
import { pino } from "pino";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { createApp } from "../../src/app/app.js";
import { Metrics } from "../../src/observability/metrics/metrics.js";
import { WorkersMetrics } from "../../src/observability/metrics/workers-metrics.js";
import { seriesIn } from "../support/metrics.js";
import { charge, sendCharges } from "../support/pockets.js";
import { readsOf } from "../support/promql.js";
import { TestServer } from "../support/server.js";
import { GraphqlClient } from "../support/graphql-client.js";

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: unknown }[];
  };
}

interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

/** Labels that Prometheus adds to each series. */
const OF_PROMETHEUS = ["job", "instance"];

const dashboard = JSON.parse(readFileSync("ops/grafana/dashboard.json", "utf8")) as Dashboard;
const alerts = parse(readFileSync("ops/prometheus/alerts.yml", "utf8")) as Alerts;
const panels = dashboard.panels.filter(({ type }) => type !== "row");
const panelQueries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);
const queries = [
  ...panelQueries,
  ...alerts.groups.flatMap(({ rules }) =>
    rules.map(({ alert, expr }) => ({ title: alert, expr, legendFormat: "" })),
  ),
];

/** The labels and their values for each metric that the server returned. */
const served = new Map<string, Map<string, Set<string>>>();

class Client extends GraphqlClient {
  constructor(readonly url: string) {
    super();
  }
}

beforeAll(async () => {
  const home = await TestServer.start();
  const merchant = await home.createMerchant();
  const slug = await home.createGroup({}, merchant);
  const metrics = new Metrics(home.database.pool);
  const app = await createApp({
    database: home.database,
    log: pino({ level: "silent" }),
    introspection: false,
    metrics: { counted: metrics, text: () => metrics.text() },
    limits: { requests: { count: 1, per: "minute" }, slowsFailedAuthentication: true },
  });
  const origin = await app.http.listen({ host: "127.0.0.1", port: 0 });
  const client = new Client(`${origin}/graphql`);
  await sendCharges(client, merchant.token, slug, [charge()]);
  // A new minute can start between two requests.
  await vi.waitFor(async () => {
    const { status } = await client.send(merchant.token, "{ viewer { scopes } }");
    expect(status).toBe(429);
  });
  metrics.subscriptions.began("sse");
  metrics.subscriptions.result("sse");
  metrics.subscriptions.ended("sse", "ok");
  const text = await (await fetch(new URL("/metrics", origin))).text();
  const workers = new WorkersMetrics(() => 1);
  workers.reported(1, await metrics.report());
  for (const name of seriesIn(`${text}\n${await workers.text()}`).keys()) {
    const [, metric = "", labels = ""] = /^(\w+)(?:\{(.*)\})?$/.exec(name) ?? [];
    const known = served.get(metric) ?? new Map<string, Set<string>>();
    served.set(metric, known);
    for (const [, label = "", value = ""] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      known.set(label, (known.get(label) ?? new Set<string>()).add(value));
    }
  }
  await app.close();
  await home.stop();
});

describe.each(queries)("$title: $expr", ({ expr, legendFormat }) => {
  const { metrics, grouping } = readsOf(expr);

  it("reads only metrics and labels that the server reports", () => {
    expect(metrics).not.toEqual([]);
    for (const { name, labels } of metrics) {
      expect([...served.keys()]).toContain(name);
      const known = [...(served.get(name)?.keys() ?? []), ...OF_PROMETHEUS];
      for (const { label } of labels) expect(known, name).toContain(label);
      for (const label of grouping) expect(known, name).toContain(label);
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
      const left = expr.includes(" by ") ? grouping : known;
      for (const label of shown) expect(left, legendFormat).toContain(label);
    }
  });
});

describe("the dashboard", () => {
  it("shows every metric of the server's own", () => {
    const read = new Set(
      panelQueries
        .flatMap(({ expr }) => readsOf(expr).metrics)
        .map(({ name }) => name.replace(/_(bucket|sum|count)$/, "")),
    );
    const own = [...served.keys()].filter((name) => name.startsWith("pocketcharge_"));
    const declared = new Set(own.map((name) => name.replace(/_(bucket|sum|count)$/, "")));
    expect([...declared].filter((name) => !read.has(name))).toEqual([]);
  });

  it("has panels that do not overlap, each with its own id", () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from(
        { length: w * h },
        (_, at) => `${String(x + (at % w))}/${String(y + Math.floor(at / w))}`,
      ),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  it("uses only variables that it defines", () => {
    const own = new Set(dashboard.templating.list.map(({ name }) => name));
    const used = JSON.stringify(dashboard).matchAll(/\$\{?([a-z]\w*)/g);
    for (const [, name = ""] of used) expect(own).toContain(name);
  });
});

describe("the selectors of the alerts", () => {
  it("compare labels only with values that the server reports", () => {
    const exact = queries
      .flatMap(({ expr }) => readsOf(expr).metrics)
      .flatMap(({ labels }) => labels)
      .filter(({ operator }) => operator === "=");
    const source =
      readFileSync("src/observability/metrics/metrics.ts", "utf8") +
      readFileSync("schema.graphql", "utf8");
    expect(exact.length).toBeGreaterThan(3);
    for (const { value } of exact) expect(source).toMatch(new RegExp(`\\b${value}\\b`));
  });
});
