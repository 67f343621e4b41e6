import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse, print } from "graphql";

/** The file or folder of persisted documents cannot be used. The message is for the operator. */
export class PersistedDocumentsError extends Error {
  override readonly name = "PersistedDocumentsError";
}

/**
 * Documents that an operator trusts. Clients refer to them by the id of a manifest, or by the SHA-256 of their text.
 */
export class PersistedDocuments {
  private readonly textOf = new Map<string, string>();

  /**
   * Reads a manifest, a `.graphql` file, or a folder of both.
   *
   * @throws PersistedDocumentsError for files that cannot be read, unknown formats, invalid documents, and an id of two
   *   documents.
   */
  static read(path: string): PersistedDocuments {
    const documents = new PersistedDocuments();
    const files = filesAt(path);
    for (const file of files) {
      const text = readText(file);
      if (file.endsWith(".json")) documents.addManifest(file, text);
      else documents.add(file, text);
    }
    if (documents.textOf.size > 0) return documents;
    throw new PersistedDocumentsError(
      `PERSISTED_DOCUMENTS: ${path} contains no documents. Expected .graphql files or a JSON manifest.`,
    );
  }

  /** @param id as a manifest has it, or a SHA-256 in hexadecimal, with or without `sha256:` before it. */
  find(id: string): string | undefined {
    return this.textOf.get(id) ?? this.textOf.get(id.replace(/^sha256:/i, "").toLowerCase());
  }

  /** Whether one of the documents has exactly this text. */
  includes(text: string): boolean {
    return this.textOf.get(sha256(text)) === text;
  }

  private addManifest(file: string, text: string): void {
    const entries = entriesOf(parseJson(file, text));
    if (entries === null) {
      const expected =
        "Expected an object of documents by id, or the operations of an Apollo manifest";
      throw new PersistedDocumentsError(
        `PERSISTED_DOCUMENTS: ${file} is no manifest. ${expected}.`,
      );
    }
    for (const [id, document] of entries) this.add(file, document, id);
  }

  private add(file: string, text: string, id?: string): void {
    // Clients send a document as written, without white space around it, or as graphql-js prints it.
    for (const form of [text, text.trim(), printed(file, text)]) this.set(file, sha256(form), form);
    if (id !== undefined && id !== sha256(text)) this.set(file, id, text);
  }

  private set(file: string, id: string, text: string): void {
    const known = this.textOf.get(id);
    if (known !== undefined && known !== text) {
      const message = `PERSISTED_DOCUMENTS: ${file} has another document for the id ${id} than before.`;
      throw new PersistedDocumentsError(message);
    }
    this.textOf.set(id, text);
  }
}

function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, encoding: "utf8" });
    return names
      .filter((name) => /\.(graphql|gql|json)$/.test(name))
      .toSorted()
      .map((name) => join(path, name));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\ufeff/, "");
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(path: string, cause: unknown): PersistedDocumentsError {
  const reason = (cause as Error).message;
  const message = `PERSISTED_DOCUMENTS: ${path} cannot be read: ${reason}`;
  return new PersistedDocumentsError(message, { cause });
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `PERSISTED_DOCUMENTS: ${file} is not JSON: ${(cause as Error).message}`;
    throw new PersistedDocumentsError(message, { cause });
  }
}

/** @throws PersistedDocumentsError for a document that is not GraphQL. */
function printed(file: string, text: string): string {
  try {
    return print(parse(text));
  } catch (cause) {
    const message = `PERSISTED_DOCUMENTS: ${file} has a document that is not GraphQL: ${(cause as Error).message}`;
    throw new PersistedDocumentsError(message, { cause });
  }
}

type Entries = readonly (readonly [id: string, text: string])[];

/**
 * The documents of a manifest: an object of texts by id, as relay-compiler, GraphQL Code Generator and gql.tada write
 * it, or Apollo's `operations`.
 *
 * @returns null for anything else.
 */
function entriesOf(manifest: unknown): Entries | null {
  if (!isRecord(manifest)) return null;
  const { operations } = manifest;
  const entries: readonly (readonly unknown[])[] = Array.isArray(operations)
    ? (operations as unknown[]).map((one) => (isRecord(one) ? [one["id"], one["body"]] : []))
    : Object.entries(manifest);
  return entries.every(isEntry) ? entries : null;
}

function isEntry(entry: readonly unknown[]): entry is readonly [string, string] {
  return typeof entry[0] === "string" && typeof entry[1] === "string";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The SHA-256 of a document's text, in hexadecimal. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
