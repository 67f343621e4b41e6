import { MIMEType } from "node:util";
import { LRUCache } from "lru-cache";

/**
 * The only parser of client headers: names are case-insensitive, parameters may be quoted, and invalid
 * values are null or omitted.
 */

export interface MediaType {
  /** Type and subtype in lower case, such as `application/json`. */
  readonly essence: string;
  /** The parameters by lower-case name, with unquoted values. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Requests repeat a few media types. Longer texts are parsed each time, so that the cache stays small. */
const PARSED = new LRUCache<string, MediaType>({ max: 200 });
const MAX_CACHED_LENGTH = 200;

export function parseMediaType(text: string): MediaType | null {
  const known = PARSED.get(text);
  if (known !== undefined) return known;
  try {
    const { essence, params } = new MIMEType(text);
    const type = { essence, parameters: new Map(params.entries()) };
    if (text.length <= MAX_CACHED_LENGTH) PARSED.set(text, type);
    return type;
  } catch {
    return null; // the only error of MIMEType: not a media type
  }
}

/** The media types of an `Accept` header, except those that it refuses with `q=0`. */
export function acceptedTypes(header: string | undefined): readonly MediaType[] {
  return rangesOf(header).filter(({ parameters }) => weightOf(parameters.get("q")) > 0);
}

/** The media types of an `Accept` header, also those that it refuses. */
function rangesOf(header: string | undefined): readonly MediaType[] {
  return membersOf(header).flatMap((member) => parseMediaType(member) ?? []);
}

/**
 * The one of these media types that a client prefers: by its weights, then by what it names explicitly, then by the order
 * of the header. Without a header, it is the first; undefined if the client accepts none.
 */
export function preferredOf(
  header: string | undefined,
  types: readonly string[],
): string | undefined {
  if (header === undefined || header === "") return types[0];
  const ranges = rangesOf(header);
  const weighted = types.map((type) => {
    const [family = ""] = type.split("/");
    const places = [type, `${family}/*`, "*/*"].map((one) =>
      ranges.findIndex(({ essence }) => essence === one),
    );
    const breadth = places.findIndex((place) => place !== -1);
    const place = places[breadth] ?? 0;
    const weight = breadth === -1 ? 0 : weightOf(ranges[place]?.parameters.get("q"));
    return { type, weight, breadth, place };
  });
  const [first] = weighted
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight || a.breadth - b.breadth || a.place - b.place);
  return first?.type;
}

/** Whether an `Accept` header is that of a browser that opens a page. Programs accept JSON or any type instead. */
export function acceptsPage(header: string | undefined): boolean {
  const types = acceptedTypes(header).map(({ essence }) => essence);
  return types.includes("text/html") && !types.some((type) => type.endsWith("json"));
}

/**
 * Whether a client prefers a stream of events to one JSON response. Some clients accept both for every operation, and
 * expect JSON.
 */
export function prefersEventStream(header: string | undefined): boolean {
  const types = acceptedTypes(header)
    .map(({ essence, parameters }) => ({ essence, weight: weightOf(parameters.get("q")) }))
    .filter(({ essence }) => essence === EVENT_STREAM || /json$|^\*\/\*$/.test(essence))
    .toSorted((a, b) => b.weight - a.weight);
  return types[0]?.essence === EVENT_STREAM;
}

const EVENT_STREAM = "text/event-stream";

/** Whether an `Accept-Encoding` header accepts gzip. */
export function acceptsGzip(header: string | undefined): boolean {
  const weights = new Map(
    membersOf(header).map((member) => {
      const [name = "", ...parameters] = member.split(";").map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
      return [name, weightOf(weight?.replace(/^q\s*=\s*/, ""))];
    }),
  );
  return (weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0) > 0;
}

/** The members of a list such as `gzip, identity`, in lower case. */
export function tokensOf(header: string | undefined): readonly string[] {
  return membersOf(header).map((member) => member.toLowerCase());
}

/** The value of a structured field (RFC 9651) that is a string, or the raw value when it has no quotes. */
export function stringOf(header: string): string {
  const quoted = /^\s*"((?:[^"\\]|\\["\\])*)"\s*(?:;.*)?$/.exec(header)?.[1];
  return quoted === undefined ? header.trim() : quoted.replaceAll(/\\(.)/g, "$1");
}

/** Splits a list at the commas that are outside quotes. */
function membersOf(header = ""): readonly string[] {
  const members = header.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
  return members.map((member) => member.trim()).filter((member) => member !== "");
}

function weightOf(text: string | undefined): number {
  const weight = text === undefined ? 1 : Number(text);
  return Number.isNaN(weight) ? 1 : weight;
}
