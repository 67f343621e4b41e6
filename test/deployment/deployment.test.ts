import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { readConfig } from "../../src/config/config.js";
import { VARIABLE_NAMES } from "../../src/config/describe-variables.js";
import { LEDGER_SETTINGS } from "../../src/embedded-postgres/create-cluster.js";
import { HEALTH_PATHS } from "../../src/http/health.js";

const PROBES = Object.values(HEALTH_PATHS);
const KUBERNETES = "ops/kubernetes";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const dockerfile = readFileSync("Dockerfile", "utf8");
const instructions = dockerfile
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll(/\s*\\\n\s*/g, " ")
  .split("\n");

/** The arguments of every instruction of that kind. */
function valuesOf(keyword: string): string[] {
  return instructions
    .filter((line) => line.startsWith(`${keyword} `))
    .map((line) => line.slice(keyword.length + 1));
}

describe("the image", () => {
  it("is built from images with fixed versions", () => {
    const images = valuesOf("FROM").map((value) => value.split(" ")[0] ?? "");
    expect(images.length).toBeGreaterThan(1);
    for (const image of images) expect(image).toMatch(/^[\w./-]+:\d+[\w.-]*$/);
    expect(new Set(images).size).toBe(1);
  });

  it("copies only files that are in the repository and not excluded by .dockerignore", () => {
    const kept = readFileSync(".dockerignore", "utf8")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    const sources = valuesOf("COPY")
      .filter((value) => !value.startsWith("--from="))
      .flatMap((value) => value.split(" ").slice(0, -1));
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) {
      expect(existsSync(source), source).toBe(true);
      expect(kept).toContain(source.split("/")[0]);
    }
    expect(kept.filter((path) => !sources.some((source) => source.startsWith(path)))).toEqual([]);
  });

  it("has the files of the package", () => {
    const { files } = JSON.parse(readFileSync("package.json", "utf8")) as { files: string[] };
    const runtime = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
    const folders = files.filter((path) => !path.startsWith("!") && !path.includes("."));
    for (const folder of folders) expect(runtime).toContain(` ${folder}\n`);
  });

  it("does not run as root, and receives signals directly", () => {
    expect(valuesOf("USER")).toEqual(["1000:1000"]);
    expect(valuesOf("STOPSIGNAL")).toEqual(["SIGTERM"]);
    expect(JSON.parse(valuesOf("ENTRYPOINT")[0] ?? "")).toEqual([
      "node",
      "/app/bin/pocketcharge.mjs",
    ]);
  });

  it("has a health check on the server's health path and port", () => {
    const [healthcheck = ""] = valuesOf("HEALTHCHECK");
    expect(PROBES.filter((path) => healthcheck.includes(`}${path}\``))).toHaveLength(1);
    const port = /PORT=(\d+)/.exec(valuesOf("ENV").join(" "))?.[1];
    expect(valuesOf("EXPOSE")).toEqual([port]);
  });

  it("is configured by existing variables with valid values", () => {
    const env = Object.fromEntries(
      valuesOf("ENV").flatMap((value) => value.split(" ").map((pair) => pair.split("="))),
    ) as Record<string, string>;
    expect(Object.keys(env).filter((name) => !VARIABLE_NAMES.includes(name))).toEqual([]);
    expect(readConfig(env)).toMatchObject({ host: "0.0.0.0", playground: false });
  });

  it("is labelled with the package's version", () => {
    expect(dockerfile).toContain(`org.opencontainers.image.version="${version}"`);
  });
});

interface ComposeService {
  image: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  stop_grace_period?: string;
  volumes?: string[];
  ports?: string[];
  healthcheck?: object;
  depends_on?: Record<string, { condition: string }>;
}

const compose = parse(readFileSync("compose.yaml", "utf8"), { merge: true }) as {
  services: Record<string, ComposeService>;
};
const services = Object.entries(compose.services);
const { migrate, server } = compose.services as Record<"migrate" | "server", ComposeService>;

describe("compose.yaml", () => {
  it.each(services)(
    "lets %s write only to its volumes, without additional privileges",
    (name, one) => {
      expect(one.read_only).toBe(true);
      expect(one.security_opt).toEqual(["no-new-privileges:true"]);
      // PostgreSQL's image starts as root, and drops its privileges itself.
      if (name !== "postgres") expect(one.cap_drop).toEqual(["ALL"]);
      expect(one.image).toMatch(/^[\w./-]+:v?\d+[\w.-]*$/);
      // Services that are built from the Dockerfile use its health check.
      if (one.build === undefined) expect(one.healthcheck).toBeDefined();
      for (const port of one.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    },
  );

  it("mounts only files in the repository", () => {
    const mounted = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(":")[0] ?? "").filter((path) => path.startsWith("./")),
    );
    expect(mounted.length).toBeGreaterThan(2);
    expect(mounted.filter((path) => !existsSync(path))).toEqual([]);
  });

  it.each([
    ["migrate", migrate],
    ["server", server],
  ])("configures %s by existing variables with valid values", (_, one) => {
    const env = Object.fromEntries(
      Object.entries(one.environment ?? {}).map(([name, value]) => [name, filledIn(value)]),
    );
    expect(Object.keys(env).filter((name) => !VARIABLE_NAMES.includes(name))).toEqual([]);
    expect(readConfig(env).databaseUrl).toMatch(/^postgresql:/);
    expect(one.image).toBe(`pocketcharge:${version}`);
  });

  it("starts PostgreSQL with the settings of the embedded one", () => {
    const settings = Object.entries(LEDGER_SETTINGS).map(([name, value]) => `--${name}=${value}`);
    expect(compose.services["postgres"]?.command).toEqual(["postgres", ...settings]);
  });

  it("migrates without PgBouncer, before the servers start", () => {
    expect(migrate.command).toEqual(["migrate"]);
    expect(migrate.environment?.["DATABASE_URL"]).toContain("@postgres:5432/");
    expect(server.environment?.["DATABASE_URL"]).toContain("@pgbouncer:6432/");
    expect(server.depends_on?.["migrate"]?.condition).toBe("service_completed_successfully");
  });

  it("gives servers enough time to stop", () => {
    const seconds = Number.parseInt(server.stop_grace_period ?? "0");
    expect(seconds * 1_000).toBeGreaterThan(readConfig({}).shutdownTimeoutMs + 2_000);
  });

  it("requires its secrets, and the example lists each without a value", () => {
    const asked = readFileSync("compose.yaml", "utf8").matchAll(/\$\{(\w+)/g);
    const example = readFileSync("ops/compose.env.example", "utf8").matchAll(/^(\w+)=$/gm);
    const namesIn = (found: Iterable<RegExpMatchArray>): string[] =>
      [...new Set([...found].map(([, name = ""]) => name))].toSorted();
    expect(namesIn(asked)).toEqual(namesIn(example));
    expect(readFileSync(".gitignore", "utf8").split("\n")).toContain(".env");
  });
});

/** A string of compose.yaml with a value for each variable. */
function filledIn(text: string): string {
  return text.replaceAll(/\$\{\w+:-\}/g, "").replaceAll(/\$\{\w+\}/g, "filled");
}

describe("ops/pgbouncer/pgbouncer.ini", () => {
  const settings = readFileSync("ops/pgbouncer/pgbouncer.ini", "utf8");
  const settingOf = (name: string): string =>
    new RegExp(`^${name} = (.*)$`, "m").exec(settings)?.[1] ?? "";

  it("limits waiting like the server, which times out slightly earlier", () => {
    const { databaseTimeoutMs } = readConfig({});
    const limits = [...settings.matchAll(/set (\w+timeout) to (\d+)/g)].map(([, , ms]) =>
      Number(ms),
    );
    expect(limits).toEqual([databaseTimeoutMs, databaseTimeoutMs, databaseTimeoutMs]);
    expect(Number(settingOf("query_wait_timeout")) * 1_000).toBeGreaterThan(databaseTimeoutMs);
  });

  it("allows as many named statements as a connection may have", () => {
    expect(settingOf("pool_mode")).toBe("transaction");
    const texts = /MAX_NAMED_TEXTS = (\d+)/.exec(
      readFileSync("src/database/database.ts", "utf8"),
    )?.[1];
    expect(Number(settingOf("max_prepared_statements"))).toBeGreaterThan(Number(texts));
  });
});

describe("Prometheus and Grafana", () => {
  it("refer to each other and to the servers by their names in compose.yaml", () => {
    const prometheus = readFileSync("ops/prometheus/compose.yml", "utf8");
    expect(prometheus).toContain("names: [server]");
    const { datasources } = parse(
      readFileSync("ops/grafana/provisioning/datasources/prometheus.yml", "utf8"),
    ) as { datasources: { url: string }[] };
    expect(datasources.map(({ url }) => url)).toEqual(["http://prometheus:9090"]);
    expect(Object.keys(compose.services)).toContain("prometheus");
  });
});

interface Probe {
  httpGet: { path: string; port: string };
}
interface Container {
  image: string;
  args?: string[];
  ports?: { name: string; containerPort: number }[];
  env?: { name: string; valueFrom: { secretKeyRef: { name: string; key: string } } }[];
  securityContext: object;
  startupProbe: Probe;
  livenessProbe: Probe;
  readinessProbe: Probe;
}
interface Manifest {
  kind: string;
  metadata: { name?: string; labels?: Record<string, string> };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec: {
    selector: Record<string, string> & { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string> };
      spec: {
        securityContext: object;
        terminationGracePeriodSeconds: number;
        containers: [Container];
      };
    };
  };
}

const manifests = readdirSync(KUBERNETES).flatMap((file) =>
  parseAllDocuments(readFileSync(join(KUBERNETES, file), "utf8")).map(
    (document) => document.toJS() as Manifest,
  ),
);

function manifestOf(kind: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe("ops/kubernetes", () => {
  const deployment = manifestOf("Deployment").spec.template;
  const [container] = deployment.spec.containers;
  const settings = manifestOf("ConfigMap").data ?? {};
  const secrets = manifestOf("Secret").stringData ?? {};

  it("applies every manifest except the secret's example and the migration", () => {
    const { resources } = parse(readFileSync(join(KUBERNETES, "kustomization.yaml"), "utf8")) as {
      resources: string[];
    };
    const apart = ["kustomization.yaml", "secret.example.yaml", "migration-job.yaml"];
    expect([...resources, ...apart].toSorted()).toEqual(readdirSync(KUBERNETES).toSorted());
  });

  it.each(["Deployment", "Job"])(
    "gives a %s's container only the privileges that it needs",
    (kind) => {
      const { spec } = manifestOf(kind).spec.template;
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      expect(spec.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(spec.containers[0].image).toBe(`pocketcharge:${version}`);
    },
  );

  it("is configured by existing variables and secrets with valid values", () => {
    const wanted = ["Deployment", "Job"].flatMap(
      (kind) => manifestOf(kind).spec.template.spec.containers[0].env ?? [],
    );
    const names = [...Object.keys(settings), ...wanted.map(({ name }) => name)];
    expect(names.filter((name) => !VARIABLE_NAMES.includes(name))).toEqual([]);
    const keys = wanted.map(({ valueFrom }) => valueFrom.secretKeyRef.key);
    expect([...new Set(keys)].toSorted()).toEqual(Object.keys(secrets).toSorted());
    const { DIRECT_DATABASE_URL: _ofTheJob, ...ofServers } = secrets;
    expect(readConfig({ ...settings, ...ofServers })).toMatchObject({ metrics: true });
  });

  it("probes the server's health paths on its port", () => {
    const port = /PORT=(\d+)/.exec(dockerfile)?.[1];
    expect(container.ports).toEqual([{ name: "http", containerPort: Number(port) }]);
    const { startupProbe, livenessProbe, readinessProbe } = container;
    const asked = [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet);
    expect(asked.map((one) => one.port)).toEqual(["http", "http", "http"]);
    const [live, ready] = PROBES;
    expect(asked.map(({ path }) => path)).toEqual([live, live, ready]);
  });

  it("gives a server enough time to stop", () => {
    const { shutdownDelayMs, shutdownTimeoutMs } = readConfig(settings);
    const waits = shutdownDelayMs + shutdownTimeoutMs;
    expect(deployment.spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(waits + 2_000);
  });

  it("selects its servers by their labels", () => {
    const { labels } = deployment.metadata;
    for (const kind of ["Deployment", "PodDisruptionBudget"]) {
      expect(manifestOf(kind).spec.selector.matchLabels).toEqual(labels);
    }
    expect(manifestOf("Service").spec.selector).toEqual(labels);
    // Otherwise requests would be sent to a migration's pod.
    expect(manifestOf("Job").spec.template.metadata.labels).not.toEqual(labels);
  });

  it("runs the migration without PgBouncer", () => {
    const { args, env } = manifestOf("Job").spec.template.spec.containers[0];
    expect(args).toEqual(["migrate"]);
    expect(env?.map(({ valueFrom }) => valueFrom.secretKeyRef.key)).toEqual([
      "DIRECT_DATABASE_URL",
    ]);
  });
});
