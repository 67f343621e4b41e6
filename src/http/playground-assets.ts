import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { PACKAGE_ROOT } from "../shared/package-root.js";

/** A file of the playground, compressed once. All files together have 9 MB, and 2.5 MB when compressed. */
export interface PlaygroundAsset {
  readonly contentType: string;
  readonly gzipped: Buffer;
  readonly etag: string;
}

const OWN_FILES = join(PACKAGE_ROOT, "public/playground");

const SOURCES = {
  "graphiql.js": async () => (await graphiql()).js,
  "graphiql.css": async () => (await graphiql()).css,
  "editor.worker.js": async () => (await graphiql()).editorWorkerService,
  "graphql.worker.js": async () => (await graphiql()).graphqlWorker,
  "json.worker.js": async () => (await graphiql()).jsonWorker,
  "playground.js": () => readFile(join(OWN_FILES, "playground.js"), "utf8"),
  "event-stream.js": () => readFile(join(OWN_FILES, "event-stream.js"), "utf8"),
  "playground.css": () => readFile(join(OWN_FILES, "playground.css"), "utf8"),
  "icon.svg": () => readFile(join(OWN_FILES, "icon.svg"), "utf8"),
} satisfies Record<string, () => Promise<string>>;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** The files of the playground's page, each read and compressed when it is first requested. */
export class PlaygroundAssets {
  static readonly names = Object.keys(SOURCES) as (keyof typeof SOURCES)[];
  private readonly loaded = new Map<string, Promise<PlaygroundAsset>>();

  get(name: keyof typeof SOURCES): Promise<PlaygroundAsset> {
    let asset = this.loaded.get(name);
    if (asset === undefined) {
      this.loaded.set(name, (asset = load(name)));
      // Forget a failed read, so that the next request retries it.
      asset.catch(() => this.loaded.delete(name));
    }
    return asset;
  }
}

async function load(name: keyof typeof SOURCES): Promise<PlaygroundAsset> {
  const content = await SOURCES[name]();
  return {
    contentType: CONTENT_TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "text/plain",
    gzipped: await promisify(gzip)(content),
    // A weak tag, because it is the same for the compressed and the plain file.
    etag: `W/"${createHash("sha256").update(content).digest("base64url").slice(0, 27)}"`,
  };
}

/** Loads GraphiQL on first use: most processes never serve the playground. */
async function graphiql() {
  return import("@graphql-yoga/render-graphiql/graphiql");
}
