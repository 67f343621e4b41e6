import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../shared/package-root.js";
import { CompressedAssets } from "./compressed-asset.js";

const OWN_FILES = join(PACKAGE_ROOT, "public/playground");

const SOURCES: Readonly<Record<string, () => Promise<string>>> = {
  "graphiql.js": async () => (await graphiql()).js,
  "graphiql.css": async () => (await graphiql()).css,
  "editor.worker.js": async () => (await graphiql()).editorWorkerService,
  "graphql.worker.js": async () => (await graphiql()).graphqlWorker,
  "json.worker.js": async () => (await graphiql()).jsonWorker,
  "playground.js": () => readOwn("playground.js"),
  "event-stream.js": () => readOwn("event-stream.js"),
  "playground.css": () => readOwn("playground.css"),
  "icon.svg": () => readOwn("icon.svg"),
};

/** The files of the playground's page: together 9 MB, and 2.5 MB when compressed. */
export const PLAYGROUND_FILES = Object.keys(SOURCES);

export function openPlaygroundAssets(): CompressedAssets {
  return new CompressedAssets((name) => {
    const read = SOURCES[name];
    return read ? read() : Promise.reject(new Error(`The playground has no file ${name}.`));
  });
}

function readOwn(name: string): Promise<string> {
  return readFile(join(OWN_FILES, name), "utf8");
}

/** Loads GraphiQL on first use: most processes never serve the playground. */
async function graphiql() {
  return import("@graphql-yoga/render-graphiql/graphiql");
}
