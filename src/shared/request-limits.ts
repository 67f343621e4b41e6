/** The maximum number of charges, debits or other changes of pockets in one request. */
export const MAX_ITEMS = 1_000;

/** The number of records on a page if the request specifies no size. */
export const DEFAULT_PAGE_SIZE = 20;

/** The maximum number of records on a page. */
export const MAX_PAGE_SIZE = 100;

/**
 * The maximum number of characters in a document. A thousand inline charges have about 150,000. Validation compares
 * fields with the same name, including the strings in their arguments.
 */
export const MAX_DOCUMENT_LENGTH = 250_000;

/**
 * The maximum number of lines in a document. Each validation error splits the document into lines. A thousand inline
 * charges, with one line per token, have 9,000.
 */
export const MAX_DOCUMENT_LINES = 10_000;

/** The maximum number of characters in a document without an API token, which can read only the schema. */
export const MAX_ANONYMOUS_DOCUMENT_LENGTH = 10_000;

/** The maximum number of operations in one document. A request executes one of them. */
export const MAX_OPERATIONS = 20;

/** The maximum number of characters in an alias, which a response repeats for each record. */
export const MAX_ALIAS_LENGTH = 200;

/** The maximum nesting of brackets in any JSON. An operation that needs more exceeds the default depth. */
export const MAX_JSON_NESTING = 200;

/** The limits of one GraphQL operation. */
export interface DocumentLimits {
  /** Names, numbers, strings and punctuators in the document. */
  readonly tokens: number;
  /** Nested brackets, in the document and in the variables. */
  readonly nesting: number;
  /** Items of lists and fields of objects, in the variables or in a REST body. A thousand charges have 4,000. */
  readonly values: number;
  /** Fields and fragments, counted at each occurrence in the document. */
  readonly selections: number;
  /** Nested fields. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** The cost that `OperationMeasure.costWith` estimates. */
  readonly cost: number;
}

/** The limits on request sizes, connections and times. */
export interface HttpLimits {
  readonly bodyBytes: number;
  /** All headers together, including the request line. */
  readonly headerBytes: number;
  /** The maximum number of bytes that a request may read from the database, and that its response may have. */
  readonly responseBytes: number;
  /** The connections of one process. */
  readonly connections: number;
  /** The maximum time in which a client must send a whole request. */
  readonly clientTimeoutMs: number;
  /** The time for which a connection stays open between two requests. */
  readonly keepAliveTimeoutMs: number;
  /** The maximum time for a response. */
  readonly requestTimeoutMs: number;
}

/** The limits on imported files. */
export interface ImportLimits {
  /** The maximum size of a file, decompressed. */
  readonly bytes: number;
  /** How many may run at a time, in each process. */
  readonly running: number;
}

/** The limits on live operations, each for one process. */
export interface SubscriptionLimits {
  readonly subscriptions: number;
  readonly subscriptionsPerToken: number;
  /** The operations of one WebSocket or one event stream that have not ended. */
  readonly operationsPerConnection: number;
  /** The interval of heartbeats, with which proxies and servers notice connections that are gone. */
  readonly heartbeatMs: number;
}

/** A thousand inline charges, not sent as variables, have 11,000 tokens. */
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

/** The limits on exports, each for one process. */
export interface ExportLimits {
  /** How many may run at a time. */
  readonly running: number;
  /** How long a client may read nothing. An export holds a snapshot, which keeps vacuum from removing old rows. */
  readonly stallMs: number;
}

export const EXPORT_LIMITS: ExportLimits = { running: 2, stallMs: 120_000 };

/** A process can have as many subscriptions as connections; a WebSocket has several of them. */
export const SUBSCRIPTION_LIMITS: SubscriptionLimits = {
  subscriptions: 10_000,
  subscriptionsPerToken: 1_000,
  operationsPerConnection: 100,
  heartbeatMs: 12_000,
};

/** A file of this size has about three million rows. */
export const IMPORT_LIMITS: ImportLimits = { bytes: 100_000_000, running: 2 };
