import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { acceptsGzip } from "./header-values.js";

/** A file of one of the server's pages, compressed once. */
export interface CompressedAsset {
  readonly contentType: string;
  readonly gzipped: Buffer;
  readonly etag: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** Files by name, each read and compressed when it is first requested. */
export class CompressedAssets {
  private readonly loaded = new Map<string, Promise<CompressedAsset>>();

  constructor(private readonly read: (name: string) => Promise<string>) {}

  get(name: string): Promise<CompressedAsset> {
    let asset = this.loaded.get(name);
    if (asset === undefined) {
      this.loaded.set(name, (asset = this.load(name)));
      // Forget a failed read, so that the next request retries it.
      asset.catch(() => this.loaded.delete(name));
    }
    return asset;
  }

  private async load(name: string): Promise<CompressedAsset> {
    const content = await this.read(name);
    return {
      contentType: CONTENT_TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "text/plain",
      gzipped: await promisify(gzip)(content),
      // A weak tag, because it is the same for the compressed and the plain file.
      etag: `W/"${createHash("sha256").update(content).digest("base64url").slice(0, 27)}"`,
    };
  }
}

/** Sends a file, or 304 if the browser has it. The route must not compress the response again. */
export async function sendAsset(
  request: FastifyRequest,
  reply: FastifyReply,
  { contentType, gzipped, etag }: CompressedAsset,
): Promise<FastifyReply> {
  reply.header("etag", etag).header("vary", "accept-encoding");
  if (request.headers["if-none-match"]?.includes(etag)) return reply.code(304).send();
  reply.header("content-type", contentType);
  return acceptsGzip(request.headers["accept-encoding"])
    ? reply.header("content-encoding", "gzip").send(gzipped)
    : reply.send(await promisify(gunzip)(gzipped));
}

/** JSON in which no value can close the script element or open an HTML comment. */
export function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
