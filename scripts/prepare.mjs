// Prepares a clone for running: packages, Prisma client, build. Uses only Node.js itself, because packages
// may not be installed yet, and skips steps that are already done.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isWindows = process.platform === "win32";
const stamps = join(root, "node_modules", ".pocketcharge");
const lock = join(root, ".prepare.lock");

const steps = [
  {
    name: "packages",
    inputs: ["package.json", "package-lock.json", ".npmrc"],
    // --include=dev, because the build needs these packages even if NODE_ENV is production.
    run: () => runNpm("ci", "--include=dev", "--loglevel=error"),
    isThere: () => existsSync(join(root, "node_modules", "graphql")),
  },
  {
    name: "database client",
    inputs: ["package-lock.json", "prisma/schema.prisma", "prisma.config.ts"],
    run: () => runTool("prisma", "build/index.js", "generate", "--no-hints"),
    isThere: () => existsSync(join(root, "src/database/generated/client.ts")),
  },
  {
    name: "build",
    inputs: [
      "package-lock.json",
      "prisma/schema.prisma",
      "src",
      "tsconfig.json",
      "tsconfig.build.json",
      "rolldown.config.js",
    ],
    run: () => {
      rmSync(join(root, "dist"), { recursive: true, force: true });
      // TypeScript 7 compiles in a third of the time. ESLint needs the programming interface of TypeScript 6.
      runTool("typescript-native", "bin/tsc", "-p", "tsconfig.build.json");
      run(process.execPath, ["dist/commands/emit-schema.js"]);
      runTool("rolldown", "bin/cli.mjs", "-c", "--log-level", "warn");
    },
    isThere: () =>
      existsSync(join(root, "dist/programs/main.js")) && existsSync(join(root, "schema.graphql")),
  },
  {
    name: "console",
    inputs: ["package-lock.json", "schema.graphql", "console"],
    run: () => {
      // The types of the console's GraphQL documents, which editors and `npm run types` need.
      mkdirSync(join(root, "console/src/generated"), { recursive: true });
      runTool("gql.tada", "bin/cli.js", "generate-output", "--tsconfig", "console/tsconfig.json");
      runTool("vite", "bin/vite.js", "build", "console", "--logLevel", "warn");
    },
    isThere: () =>
      existsSync(join(root, "console/dist/index.html")) &&
      existsSync(join(root, "console/src/generated/graphql-env.d.ts")),
  },
];

/** Prepares the clone. If a step fails, exits the process with the output of the failed tool. */
export function prepare() {
  requireNode();
  if (steps.every(isDone)) return;
  takeLock();
  try {
    for (const step of steps) {
      // Check again: another process may have done this step while this one waited.
      if (isDone(step)) continue;
      console.error(`Preparing: ${step.name} …`);
      step.run();
      mkdirSync(stamps, { recursive: true });
      writeFileSync(stampOf(step), digest(step));
    }
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Node.js 20.19 or newer is required; this is ${process.versions.node}.`);
  process.exit(1);
}

function isDone(step) {
  return (
    step.isThere() &&
    existsSync(stampOf(step)) &&
    readFileSync(stampOf(step), "utf8") === digest(step)
  );
}

function stampOf(step) {
  return join(stamps, step.name.replace(" ", "-"));
}

function digest({ inputs }) {
  const hash = createHash("sha256");
  for (const path of inputs.flatMap((input) => filesBelow(join(root, input)))) {
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  // Generated files are outputs of the steps, not inputs.
  const names = readdirSync(path).filter((name) => name !== "generated" && name !== "dist");
  return names.sort().flatMap((name) => filesBelow(join(path, name)));
}

/** Takes a lock, so that `npm start` and `npm test` in a fresh clone do not install at the same time. */
function takeLock() {
  for (let isFirst = true; ; isFirst = false) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, "pid"), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isHolderAlive()) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (isFirst) console.error("Waiting for another process that is preparing this folder …");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  }
}

function isHolderAlive() {
  try {
    process.kill(Number(readFileSync(join(lock, "pid"), "utf8")), 0);
    return true;
  } catch (error) {
    // ENOENT: the lock's holder has just created it or is about to remove it.
    if (error.code === "ENOENT")
      return existsSync(lock) && Date.now() - statSync(lock).mtimeMs < 2_000;
    return error.code === "EPERM";
  }
}

function runNpm(...args) {
  const npm = process.env.npm_execpath;
  if (npm?.endsWith(".js")) run(process.execPath, [npm, ...args]);
  else run(isWindows ? "npm.cmd" : "npm", args, { shell: isWindows });
}

function runTool(name, program, ...args) {
  run(process.execPath, [join(root, "node_modules", name, program), ...args]);
}

function run(command, args, options = {}) {
  // Print the output only if the step fails.
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    ...options,
  });
  if (status === 0) return;
  console.error(
    `\n${[command, ...args].join(" ")} failed:\n${stdout ?? ""}${stderr ?? ""}${error ?? ""}`,
  );
  rmSync(lock, { recursive: true, force: true });
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare();
