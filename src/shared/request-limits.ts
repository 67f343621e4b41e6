/** Charges of one request. */
export const MAX_CHARGES = 1_000;

/** Records of a page whose request names no size. */
export const DEFAULT_PAGE_SIZE = 20;

/** Records of any page. */
export const MAX_PAGE_SIZE = 100;

/**
 * Characters of a document. A thousand charges written into one are about 150,000. Validation compares fields of
 * the same name, including the strings in their arguments.
 */
export const MAX_DOCUMENT_LENGTH = 250_000;

/**
 * Lines of a document. Each validation error splits the document into its lines. A thousand charges written into
 * one, with a line for each word, are 9,000.
 */
export const MAX_DOCUMENT_LINES = 10_000;

/** Characters of a document without a token, which can read only the schema. */
export const MAX_OPEN_DOCUMENT_LENGTH = 10_000;

/** Operations of one document, of which a request executes one. */
export const MAX_OPERATIONS = 20;

/** Characters of an alias, which an answer repeats for each record. */
export const MAX_ALIAS_LENGTH = 200;

/** Nested brackets of any JSON. An operation that needs more exceeds the default depth. */
export const MAX_JSON_NESTING = 200;

/** How much one GraphQL operation may ask for. */
export interface DocumentLimits {
  /** Words, numbers, texts and signs of a document. */
  readonly tokens: number;
  /** Brackets within brackets, of a document as of its variables. */
  readonly nesting: number;
  /** Items of lists and fields of objects, in the variables or in a body of REST. A thousand charges have 4,000. */
  readonly values: number;
  /** Fields and fragments, as often as they stand in a document. */
  readonly selections: number;
  /** Fields within fields. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** As `OperationMeasure.costWith` estimates it. */
  readonly cost: number;
}

/** How much a client may send and hold, and how long things may take. */
export interface HttpLimits {
  readonly bodyBytes: number;
  /** All headers together, with the request's first line. */
  readonly headerBytes: number;
  /** The bytes that a request may read from the database, and the maximum size of its answer. */
  readonly responseBytes: number;
  /** Of one process. */
  readonly connections: number;
  /** How long a client may take to send a whole request. */
  readonly clientTimeoutMs: number;
  /** How long a connection stays open between two requests. */
  readonly keepAliveTimeoutMs: number;
  /** How long the server may take to answer. */
  readonly requestTimeoutMs: number;
}

/** A thousand charges that are written into the document, rather than sent as variables, are 11,000 tokens. */
export const DOCUMENT_LIMITS: DocumentLimits = {
  tokens: 15_000,
  nesting: 100,
  values: 10_000,
  selections: 400,
  depth: 15,
  aliases: 50,
  directives: 50,
  cost: 100_000,
};

/** A thousand charges are about 150 kB. */
export const HTTP_LIMITS: HttpLimits = {
  bodyBytes: 1_000_000,
  headerBytes: 16_384,
  responseBytes: 20_000_000,
  connections: 5_000,
  clientTimeoutMs: 30_000,
  keepAliveTimeoutMs: 72_000,
  requestTimeoutMs: 30_000,
};
