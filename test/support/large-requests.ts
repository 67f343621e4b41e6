import { createHash } from "node:crypto";
import { CHARGES } from "./rest.js";

/** Builds a request of about the given number of bytes. */
export interface LargeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Builds requests that could cost the server more than reading their bytes. */
export type Attack = (bytes: number) => LargeRequest;

/** Names of existing records. */
export interface Targets {
  readonly slug: string;
  readonly paymentChargeId: string;
}

const JSON_TYPE = { "content-type": "application/json" };
const JSON_API = { "content-type": "application/vnd.api+json" };

/** Generates items until they have the given size. */
function items(bytes: number, make: (index: number) => string, separator = ","): string {
  // Items that do not depend on their index are all the same.
  if (make.length === 0) return repeated(make(0) + separator, bytes).slice(0, -separator.length);
  const made: string[] = [];
  for (let length = 0, index = 0; length < bytes; index++) {
    const item = make(index);
    made.push(item);
    length += item.length + separator.length;
  }
  return made.join(separator);
}

function repeated(text: string, bytes: number): string {
  return text.repeat(Math.ceil(bytes / text.length));
}

/** A value as JSON text, because parsing and serializing it would take longer than the server takes. */
class Json {
  constructor(readonly text: string) {}
}

const graphql = (request: object): LargeRequest => {
  const texts: string[] = [];
  const outer = JSON.stringify(request, (_, value: unknown) => {
    if (value instanceof Json) texts.push(value.text);
    return value instanceof Json ? "a text" : value;
  });
  const body = texts.reduce((left, text) => left.replace('"a text"', () => text), outer);
  return { method: "POST", path: "/graphql", headers: JSON_TYPE, body };
};

const CUSTOMERS = "{ customers(first: 1) { nodes { id } } }";
const META = "{ __typename }";

const WRONG_FIELDS = `{${"x{y} ".repeat(90)}}`;

/**
 * Puts line breaks before a document, because graphql-js locates an error by reading all lines before it.
 * The document stays within the length limit.
 */
function linesBefore(document: string, lineBreak: string, lines: number): string {
  const fitting = (249_000 - document.length) / lineBreak.length;
  return lineBreak.repeat(Math.min(lines, fitting)) + document;
}

/** Documents in which one part is as long as the size allows, for each part. */
const DOCUMENTS: Readonly<Record<string, (bytes: number) => string>> = {
  "repeated fields": (bytes) => `{ ${repeated("__typename ", bytes)} }`,
  "fields of a record": (bytes) => `{ customers { nodes { ${repeated("id name ", bytes)} } } }`,
  "unknown fields": (bytes) => `{ ${items(bytes, (at) => `field${String(at)}`, " ")} }`,
  "one unknown field": (bytes) => `{ ${repeated("customer", bytes)} }`,
  aliases: (bytes) => `{ ${items(bytes, (at) => `a${String(at)}: __typename`, " ")} }`,
  "a few long aliases": (bytes) =>
    `{ ${items(bytes, (at) => `a${String(at)}${repeated("a", bytes / 40)}: __typename`, " ")} }`,
  "one long alias in a list": (bytes) =>
    `{ __schema { types { fields { ${repeated("alias", bytes)}: name } } } }`,
  fragments: (bytes) =>
    `{ ...F0 } ${items(bytes, (at) => `fragment F${String(at)} on Query { ...F${String(at + 1)} }`, " ")}`,
  "fragments that are not used": (bytes) =>
    `${META} ${items(bytes, (at) => `fragment F${String(at)} on Query { __typename }`, " ")}`,
  "a fragment that is spread often": (bytes) =>
    `{ ${repeated("...F ", bytes)} } fragment F on Query { __typename }`,
  "inline fragments": (bytes) => `{ ${repeated("... { __typename } ", bytes)} }`,
  "nested inline fragments": (bytes) => repeated("{ ... ", bytes),
  operations: (bytes) => items(bytes, (at) => `query Q${String(at)} { __typename }`, " "),
  comments: (bytes) => `${META} ${repeated("# comment\n", bytes)}`,
  "one comment": (bytes) => `${META} # ${repeated("{", bytes)}`,
  "white space": (bytes) => `${META}${repeated(" \n", bytes)}`,
  commas: (bytes) => `${META}${repeated(",", bytes)}`,
  "a text": (bytes) => `{ __type(name: "${repeated("Customer", bytes)}") { name } }`,
  "a text of escapes": (bytes) => `{ __type(name: "${repeated("\\u0041", bytes)}") { name } }`,
  "a text that does not end": (bytes) => `{ __type(name: "${repeated('\\"', bytes)}`,
  "a block text": (bytes) => `{ __type(name: """${repeated("  Customer\n", bytes)}""") { name } }`,
  "a block text of blank lines": (bytes) =>
    `{ __type(name: """${repeated("\n", bytes)}""") { name } }`,
  "a block text of quotes": (bytes) =>
    `{ __type(name: """${repeated('\\"""', bytes)}""") { name } }`,
  "a block text that does not end": (bytes) => `{ __type(name: """${repeated('""\\', bytes)}`,
  brackets: (bytes) => repeated("{", bytes),
  "lists within lists": (bytes) => `{ customers(sort: ${repeated("[", bytes)} }`,
  "closing brackets": (bytes) => repeated("}", bytes),
  "variables that are declared": (bytes) =>
    `query (${items(bytes, (at) => `$v${String(at)}: Int`, " ")}) { __typename }`,
  "one long variable": (bytes) => `query ($${repeated("v", bytes)}: Int) { __typename }`,
  "a long type of a variable": (bytes) =>
    `query ($v: ${repeated("CustomerFilter", bytes)}) { __typename }`,
  "variables that are not declared": (bytes) =>
    `{ customers(filter: { and: [${items(bytes, (at) => `$v${String(at)}`)}] }) { totalCount } }`,
  directives: (bytes) => `{ __typename ${repeated("@include(if: true) ", bytes)} }`,
  "unknown directives": (bytes) => `{ __typename ${items(bytes, (at) => `@d${String(at)}`, " ")} }`,
  "one unknown directive": (bytes) => `{ __typename @${repeated("include", bytes)} }`,
  arguments: (bytes) =>
    `{ customers(${items(bytes, (at) => `a${String(at)}: 1`, " ")}) { totalCount } }`,
  "the same argument": (bytes) => `{ customers(${repeated("first: 1 ", bytes)}) { totalCount } }`,
  "one long argument": (bytes) => `{ customers(${repeated("first", bytes)}: 1) { totalCount } }`,
  "unknown fields of an input": (bytes) =>
    `{ customers(filter: { ${items(bytes, (at) => `f${String(at)}: 1`, " ")} }) { totalCount } }`,
  "empty filters": (bytes) =>
    `{ customers(filter: { or: [${repeated("{}", bytes)}] }) { totalCount } }`,
  "values of a list": (bytes) =>
    `{ customers(filter: { id: { eq: [${repeated("1 ", bytes)}] } }) { totalCount } }`,
  "an unknown enum value": (bytes) =>
    `{ customers(sort: [{ field: ${repeated("NUMBER", bytes)} }]) { totalCount } }`,
  "unknown enum values": (bytes) =>
    `{ customers(sort: [${repeated("{field:NUMBR}", bytes)}]) { totalCount } }`,
  "a long number": (bytes) => `{ customers(first: ${repeated("9", bytes)}) { totalCount } }`,
  "a long decimal": (bytes) => `{ customers(first: 0.${repeated("9", bytes)}) { totalCount } }`,
  "an unknown type": (bytes) => `fragment F on ${repeated("Customer", bytes)} { id } { ...F }`,
  "an unknown fragment": (bytes) => `{ ...${repeated("Fragment", bytes)} }`,
  "an unexpected character": (bytes) => `{ ${repeated("?", bytes)} }`,
  "an unexpected name": (bytes) => repeated("query", bytes),
  "types that are defined": (bytes) =>
    `${META} ${items(bytes, (at) => `type T${String(at)} { a: Int }`, " ")}`,
  "many lines": (bytes) => `${repeated("\n", bytes)} ?`,
  "many lines and many errors": (bytes) => linesBefore(WRONG_FIELDS, "\n", bytes),
  "many carriage returns and many errors": (bytes) => linesBefore(WRONG_FIELDS, "\r", bytes),
  "many pairs of line breaks and many errors": (bytes) =>
    linesBefore(WRONG_FIELDS, "\r\n", bytes / 2),
  "as many lines as are allowed, and many errors": () => linesBefore(WRONG_FIELDS, "\n", 9_900),
  "as many lines as are allowed, and fragments that spread each other": () =>
    linesBefore(
      `{ ...F0 } ${Array.from({ length: 190 }, (_, at) => `fragment F${String(at)} on Query { __typename ...F${String((at + 1) % 190)} }`).join(" ")}`,
      "\n",
      9_900,
    ),
  "as many lines as are allowed, and fields that conflict": () =>
    linesBefore(
      `{ ${items(4_900, (at) => `__type(name: "${String(at)}") { name }`, " ")} }`,
      "\n",
      9_900,
    ),
  "as many lines as are allowed, and unknown arguments": () =>
    linesBefore(
      `{ a: __type(${items(1_000, (at) => `x${String(at)}: 1`)}) { name } }`,
      "\n",
      9_900,
    ),
  "fields whose arguments differ": (bytes) =>
    `{ ${items(bytes, (at) => `customers(first: ${String(at)}) { totalCount }`, " ")} }`,
  "fields with the same long text": (bytes) =>
    `{ ${`__type(name: "${repeated("a", bytes / 195 - 30)}") { name } `.repeat(195)} }`,
  "fields with the same long list": (bytes) =>
    `{ ${`customers(filter: { name: { eq: [${`"${repeated("a", bytes / 6_000 - 8)}" `.repeat(30)}] } }) { totalCount } `.repeat(195)} }`,
  "operations that share a fragment": (bytes) =>
    `${items(bytes / 20, (at) => `query Q${String(at)}($v: UUID!) { ...F }`, " ")} fragment F on Query { customers(filter: { id: { eq: [${repeated("$v ", bytes * 0.9)}] } }) { totalCount } }`,
  "a few operations that share a fragment": (bytes) =>
    `${items(600, (at) => `query Q${String(at)}($v: UUID!) { ...F }`, " ")} fragment F on Query { customers(filter: { id: { eq: [${"$v ".repeat(7_000)}] } }) { totalCount } } # ${repeated("a", bytes - 25_000)}`,
  "many operations that share a fragment": (bytes) =>
    `${items(12_000, (at) => `query Q${String(at)}($v: UUID!) { ...F }`, " ")} fragment F on Query { customers(filter: { id: { eq: [${"$v ".repeat(5_000)}] } }) { totalCount } } # ${repeated("a", bytes - 30_000)}`,
  "fragments that spread each other": (bytes) =>
    `{ ...F0 } ${Array.from({ length: 190 }, (_, at) => `fragment F${String(at)} on Query { __typename ...F${String((at + 1) % 190)} }`).join(" ")} # ${repeated("a", bytes - 15_000)}`,
  "fragments that spread all": (bytes) =>
    `{ ...F0 } ${Array.from({ length: 19 }, (_, at) => `fragment F${String(at)} on Query { __typename ${Array.from({ length: 19 - at }, (__, to) => `...F${String(at + to + 1)}`).join(" ")} }`).join(" ")} fragment F19 on Query { __typename } # ${repeated("a", bytes - 15_000)}`,
  "the same fields in many fragments": (bytes) =>
    `{ ${"customers { nodes { id name } } ".repeat(95)} } # ${repeated("a", bytes - 5_000)}`,
  "the schema, often": (bytes) =>
    `{ ${"__schema { types { name fields { name type { name } } } } ".repeat(40)} } # ${repeated("a", bytes - 5_000)}`,
};

/** Variables of one operation, each with a value of about the given size. */
const VARIABLES: Readonly<Record<string, (bytes: number) => [type: string, value: unknown]>> = {
  "unknown fields of an input": (bytes) => ["CustomerFilter", objectOf(bytes)],
  "unknown fields of a list's items": (bytes) => [
    "[CustomerSort!]",
    new Json(`[${items(bytes, (at) => `{"field":"NUMBER","x${String(at)}":1}`)}]`),
  ],
  "one unknown field": (bytes) => ["CustomerFilter", { [repeated("name", bytes)]: 1 }],
  "long unknown fields": (bytes) => [
    "CustomerFilter",
    new Json(`{${items(bytes, (at) => `"${String(at)}${repeated("a", bytes / 60)}":1`)}}`),
  ],
  "empty filters": (bytes) => ["CustomerFilter", { or: new Json(`[${items(bytes, () => "{}")}]`) }],
  "null filters": (bytes) => [
    "CustomerFilter",
    { or: new Json(`[${items(bytes, () => "null")}]`) },
  ],
  "sort keys": (bytes) => [
    "[CustomerSort!]",
    new Json(`[${items(bytes, () => '{"field":"NUMBER"}')}]`),
  ],
  "wrong sort keys": (bytes) => [
    "[CustomerSort!]",
    new Json(`[${items(bytes, () => '{"field":"NUMBR"}')}]`),
  ],
  "an enum": (bytes) => ["[CustomerSort!]", [{ field: repeated("Did you mean ", bytes) }]],
  "an Int": (bytes) => ["Int", repeated("9", bytes)],
  "a Boolean": (bytes) => ["Boolean", repeated("true", bytes)],
  "an ID": (bytes) => ["ID", repeated("a1", bytes)],
  "a String": (bytes) => ["String", repeated("Did you mean ", bytes)],
  "a UUID": (bytes) => ["UUID", repeated("01988f7a", bytes)],
  "a DateTime": (bytes) => ["DateTime", `2024-12-02T09:22:05.${repeated("0", bytes)}`],
  "a Currency": (bytes) => ["Currency", repeated("usd", bytes)],
  "an Amount": (bytes) => ["Amount", repeated("9", bytes)],
  "a list for a scalar": (bytes) => ["Int", new Json(`[${items(bytes, () => "1")}]`)],
  "an object for a scalar": (bytes) => ["UUID", objectOf(bytes)],
  "a text for a list of inputs": (bytes) => ["[CustomerSort!]", repeated("NUMBER", bytes)],
  "a list of wrong scalars": (bytes) => ["[Int!]", new Json(`[${items(bytes, () => '"x"')}]`)],
};

function members(bytes: number): string {
  return items(bytes, (at) => `"key${String(at)}":1`);
}

function objectOf(bytes: number): Json {
  return new Json(`{${members(bytes)}}`);
}

/** Values for the arguments of a list. */
const LIST_VALUES: Readonly<
  Record<string, (bytes: number) => [declared: string, args: string, value: unknown]>
> = {
  "a cursor": (bytes) => ["$v: String", "after: $v", repeated("bm90IGEgY3Vyc29y", bytes)],
  "a cursor of a long list": (bytes) => [
    "$v: String",
    "after: $v",
    Buffer.from(`["customers",${items(bytes * 0.7, () => "1")}]`).toString("base64url"),
  ],
  "a cursor within brackets": (bytes) => [
    "$v: String",
    "before: $v",
    Buffer.from(repeated("[", bytes * 0.7)).toString("base64url"),
  ],
  "a cursor of lists within lists": (bytes) => [
    "$v: String",
    "before: $v",
    Buffer.from(
      `["customers, number ASC",${"[".repeat(bytes * 0.37)}${"]".repeat(bytes * 0.37)}]`,
    ).toString("base64url"),
  ],
  "ids in a filter": (bytes) => [
    "$v: [UUID!]",
    "filter: { id: { eq: $v } }",
    Array<string>(Math.ceil(bytes / 39)).fill("01988f7a-d22b-7c3d-977f-27af99c2a5a5"),
  ],
  "strings in a filter": (bytes) => [
    "$v: [String!]",
    "filter: { name: { eq: $v } }",
    new Json(`[${items(bytes, (at) => `"n${String(at)}"`)}]`),
  ],
  "one long string in a filter": (bytes) => [
    "$v: [String!]",
    "filter: { name: { eq: $v } }",
    [repeated("%_", bytes)],
  ],
  "sort keys": (bytes) => [
    "$v: [CustomerSort!]",
    "sort: $v",
    new Json(`[${items(bytes, () => '{"field":"NUMBER"}')}]`),
  ],
  "empty filters": (bytes) => [
    "$v: CustomerFilter",
    "filter: $v",
    { or: new Json(`[${items(bytes, () => "{}")}]`) },
  ],
};

const CUSTOMER_INPUT = "$v: CreateCustomerInput!";
const CREATED = "createCustomer(input: $v) { userErrors { message } }";
const PAYMENT = "createPaymentCharge(input: $v) { userErrors { message } }";

/** Fields that read one variable once for each alias. */
const SHARED: Readonly<
  Record<string, (bytes: number) => [declared: string, field: string, value: unknown]>
> = {
  "a phone number": (bytes) => [
    CUSTOMER_INPUT,
    CREATED,
    { name: "a", phoneNumber: repeated("+9 (", bytes) },
  ],
  "an e-mail address": (bytes) => [
    CUSTOMER_INPUT,
    CREATED,
    { name: "a", email: repeated("Σa", bytes / 2) },
  ],
  "a blank name": (bytes) => [CUSTOMER_INPUT, CREATED, { name: repeated("\u200b", bytes / 3) }],
  "an id": (bytes) => [
    "$v: CreatePaymentChargeInput!",
    PAYMENT,
    { amountInCents: 1, orderId: repeated("a", bytes) },
  ],
  "a cursor": (bytes) => [
    "$v: String",
    "customers(after: $v) { nodes { id } }",
    Buffer.from(`["customers",${items(bytes * 0.7, () => "1")}]`).toString("base64url"),
  ],
  "sort keys": (bytes) => [
    "$v: [CustomerSort!]",
    "customers(sort: $v) { nodes { id } }",
    new Json(
      `[${items(Math.min(bytes, 90_000), (at) => `{"field":"${at < 2_500 ? "NUMBER" : "NAME"}"}`)}]`,
    ),
  ],
};

/** Deeply nested JSON. */
const DEEP: Readonly<Record<string, (bytes: number) => string>> = {
  "lists within lists": (bytes) => "[".repeat(bytes / 2) + "]".repeat(bytes / 2),
  "lists that are not closed": (bytes) => "[".repeat(bytes),
  "objects within objects": (bytes) => `${'{"":'.repeat(bytes / 5)}1${"}".repeat(bytes / 5)}`,
};

const CHARGE =
  "mutation ($input: ChargePocketsInput!) { chargePockets(input: $input) { results { __typename } } }";
const CREATE =
  "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { userErrors { message } } }";

/** Every part of a GraphQL request. */
function graphqlAttacks({ slug }: Targets): [string, Attack][] {
  const charging = (charges: unknown): LargeRequest =>
    graphql({ query: CHARGE, variables: { input: { pocketGroupSlug: slug, charges } } });
  return [
    ...Object.entries(DOCUMENTS).map(([name, make]): [string, Attack] => [
      `a document: ${name}`,
      (bytes) => graphql({ query: make(bytes) }),
    ]),
    ...Object.entries(VARIABLES).map(([name, make]): [string, Attack] => [
      `variables: ${name}`,
      (bytes) => {
        const [type, value] = make(bytes);
        // Declared and used, so that the document is valid.
        const query = `query ($v: ${type}) { customers(${USES[type] ?? "first: 1"}) { nodes { id } } }`;
        return graphql({ query, variables: { v: value } });
      },
    ]),
    ...Object.entries(LIST_VALUES).map(([name, make]): [string, Attack] => [
      `an argument: ${name}`,
      (bytes) => {
        const [declared, args, value] = make(bytes);
        const query = `query (${declared}) { customers(${args}) { nodes { id } } }`;
        return graphql({ query, variables: { v: value } });
      },
    ]),
    ...Object.entries(SHARED).map(([name, make]): [string, Attack] => [
      `aliases that share ${name}`,
      (bytes) => {
        // Subtract the bytes of the document itself.
        const [declared, field, value] = make(bytes - 5_000);
        const aliases = Array.from({ length: 48 }, (_, at) => `a${String(at)}: ${field}`).join(" ");
        const operation = field.startsWith("create") ? "mutation" : "query";
        return graphql({
          query: `${operation} (${declared}) { ${aliases} }`,
          variables: { v: value },
        });
      },
    ]),
    [
      "aliases of a charge's own text",
      (bytes) => {
        const aliases = Array.from({ length: 48 }, (_, at) => `a${String(at)}: token`).join(" ");
        return graphql({
          query: `mutation ($input: ChargePocketsInput!) { chargePockets(input: $input) { results { ${aliases} } } }`,
          variables: {
            input: {
              pocketGroupSlug: slug,
              charges: [
                {
                  token: repeated("\u0001", (bytes - 5_000) / 6),
                  phoneNumber: "09123456789",
                  amount: 1,
                },
              ],
            },
          },
        });
      },
    ],
    [
      "variables that no operation has",
      (bytes) => graphql({ query: CUSTOMERS, variables: objectOf(bytes) }),
    ],
    [
      "variables of the schema's own fields",
      (bytes) =>
        graphql({
          query:
            'query ($v: Boolean!) { __type(name: "Query") { fields(includeDeprecated: $v) { name } } }',
          variables: { v: repeated("true", bytes) },
        }),
    ],
    [
      "filters within filters",
      (bytes) => {
        const depth = Math.floor(bytes / 10);
        const filter = `${'{"and":['.repeat(depth)}${"]}".repeat(depth)}`;
        const query = "query ($v: CustomerFilter) { customers(filter: $v) { totalCount } }";
        return {
          ...graphql({}),
          body: `{"query":${JSON.stringify(query)},"variables":{"v":${filter}}}`,
        };
      },
    ],
    [
      "variables within each other",
      (bytes) => ({
        ...graphql({}),
        body: `{"query":${JSON.stringify(CUSTOMERS)},"variables":{"v":${repeated("[", bytes / 2)}${repeated("]", bytes / 2)}}}`,
      }),
    ],
    [
      "variables that are a text",
      (bytes) => graphql({ query: CUSTOMERS, variables: repeated("{", bytes) }),
    ],
    [
      "an operation's name",
      (bytes) => graphql({ query: META, operationName: repeated("Did you mean ", bytes) }),
    ],
    [
      "an operation's name of question marks",
      (bytes) => graphql({ query: META, operationName: repeated("?", bytes) }),
    ],
    [
      "an operation's name that is a list",
      (bytes) => graphql({ query: META, operationName: [repeated("a", bytes)] }),
    ],
    ["extensions", (bytes) => graphql({ query: META, extensions: objectOf(bytes) })],
    [
      "the hash of a persisted query",
      (bytes) =>
        graphql({
          extensions: { persistedQuery: { version: 1, sha256Hash: repeated("ab", bytes) } },
        }),
    ],
    [
      "the hash of a persisted query that is an object",
      (bytes) =>
        graphql({ extensions: { persistedQuery: { version: 1, sha256Hash: objectOf(bytes) } } }),
    ],
    [
      "a persisted query",
      (bytes) => {
        const query = `${META} # ${repeated("a", bytes)}`;
        const sha256Hash = createHash("sha256").update(query).digest("hex");
        return graphql({ query, extensions: { persistedQuery: { version: 1, sha256Hash } } });
      },
    ],
    [
      "unknown keys of a request",
      (bytes) => ({ ...graphql({}), body: `{"query":"${META}",${members(bytes)}}` }),
    ],
    [
      "a list of operations",
      (bytes) => ({ ...graphql({}), body: `[${items(bytes, () => '{"query":"{a}"}')}]` }),
    ],
    ...Object.entries(DEEP).flatMap(([name, make]): [string, Attack][] => [
      [
        `${name} within variables`,
        (bytes) => ({
          ...graphql({}),
          body: `{"query":${JSON.stringify(CUSTOMERS)},"variables":{"v":${make(bytes)}}}`,
        }),
      ],
      [`a body of ${name}`, (bytes) => ({ ...graphql({}), body: make(bytes) })],
    ]),
    ["a body that is not JSON", (bytes) => ({ ...graphql({}), body: repeated("[", bytes) })],
    ["a body of white space", (bytes) => ({ ...graphql({}), body: repeated(" ", bytes) })],
    [
      "a body with __proto__",
      (bytes) => ({
        ...graphql({}),
        body: `{${items(bytes, () => '"\\u005f_proto__":{}')}}`,
      }),
    ],
    ["empty charges", (bytes) => charging(new Json(`[${items(bytes, () => "{}")}]`))],
    ["charges with unknown fields", (bytes) => charging([objectOf(bytes)])],
    [
      "charges with a long phone number",
      (bytes) =>
        charging(
          Array.from({ length: 100 }, () => ({
            token: "01988f7a-d22b-7c3d-977f-27af99c2a5a5",
            phoneNumber: repeated("9", bytes / 100),
            amount: 1,
          })),
        ),
    ],
    [
      "a long phone number",
      (bytes) =>
        graphql({
          query: CREATE,
          variables: { input: { name: "a", phoneNumber: repeated("۹-", bytes / 3) } },
        }),
    ],
    [
      "a long name",
      (bytes) => graphql({ query: CREATE, variables: { input: { name: repeated("a ", bytes) } } }),
    ],
    [
      "a long e-mail address",
      (bytes) =>
        graphql({
          query: CREATE,
          variables: { input: { name: "a", email: repeated("a@", bytes) } },
        }),
    ],
    ...(["query", "variables", "extensions", "operationName", "a"] as const).map(
      (name): [string, Attack] => [
        `a query string: ${name}`,
        (bytes) => ({
          method: "GET",
          path: `/graphql?query=%7B__typename%7D&${name}=${repeated("Did%20you%20mean%20", withinLine(bytes))}`,
          headers: JSON_TYPE,
        }),
      ],
    ),
    [
      "a query string: parameters",
      (bytes) => ({
        method: "GET",
        path: `/graphql?query=%7B__typename%7D&${repeated("a&", withinLine(bytes))}`,
        headers: JSON_TYPE,
      }),
    ],
  ];
}

/** How a document uses a variable of a type. */
const USES: Readonly<Record<string, string>> = {
  CustomerFilter: "filter: $v",
  "[CustomerSort!]": "sort: $v",
  Int: "first: $v",
  "[Int!]": "filter: { number: { eq: $v } }",
  String: "after: $v",
  ID: "filter: { name: { eq: $v } }",
  UUID: "filter: { id: { eq: [$v] } }",
  DateTime: "filter: { createdAt: { gt: $v } }",
  Boolean: "filter: { not: { name: { isNull: $v } } }",
};

/** The length of a line in proportion to the requested size, within the limit of all headers. */
function withinLine(bytes: number): number {
  return Math.floor((bytes / 1_000_000) * 15_000);
}

/** Every part of a REST request. */
function restAttacks({ slug, paymentChargeId }: Targets): [string, Attack][] {
  const charge = `/pockets/${slug}/charge/`;
  const post = (path: string, body: string, headers = JSON_TYPE): LargeRequest => ({
    method: "POST",
    path,
    headers,
    body,
  });
  const create = (attributes: string): LargeRequest =>
    post(CHARGES, `{"data":{"type":"payment_charges","attributes":${attributes}}}`, JSON_API);
  const query = (name: string, make: (bytes: number) => string): [string, Attack] => [
    `REST, a query string: ${name}`,
    (bytes) => ({ method: "GET", path: `${CHARGES}?${make(withinLine(bytes))}` }),
  ];
  const bodies: Readonly<Record<string, (bytes: number) => LargeRequest>> = {
    "empty charges": (bytes) => post(charge, `{"charges":[${items(bytes, () => "{}")}]}`),
    "empty charges under the prefix": (bytes) =>
      post(`/badje/v1${charge}`, `{"charges":[${items(bytes, () => "{}")}]}`),
    "charges that are numbers": (bytes) => post(charge, `{"charges":[${items(bytes, () => "1")}]}`),
    "a thousand charges with unknown fields": (bytes) => {
      const unknown = (at: number): string => `"x${String(at)}":1`;
      const one = items(bytes / 1_000, unknown);
      return post(charge, `{"charges":[${items(bytes, () => `{${one}}`)}]}`);
    },
    "one charge with unknown fields": (bytes) =>
      post(charge, `{"charges":[{${items(bytes, (at) => `"x${String(at)}":1`)}}]}`),
    "charges within each other": (bytes) =>
      post(charge, `{"charges":${repeated("[", bytes / 2)}${repeated("]", bytes / 2)}}`),
    "unknown fields": (bytes) => post(charge, `{${items(bytes, (at) => `"x${String(at)}":1`)}}`),
    "one long unknown field": (bytes) =>
      post(charge, `{"charges":[],"${repeated("Did you mean /", bytes)}":1}`),
    "long texts": (bytes) =>
      post(
        charge,
        `{"charges":[${items(bytes, () => `{"token":"${repeated("a", bytes / 100)}","phone_number":"${repeated("9", bytes / 100)}","amount":1}`)}]}`,
      ),
    "a long number": (bytes) =>
      post(
        charge,
        `{"charges":[{"token":"a","phone_number":"9","amount":${repeated("9", bytes)}}]}`,
      ),
    "no JSON": (bytes) => post(charge, repeated("[", bytes)),
    "white space": (bytes) => post(charge, repeated(" ", bytes)),
    "another media type": (bytes) =>
      post(charge, repeated("a", bytes), { "content-type": "text/plain" }),
    multipart: (bytes) =>
      post(charge, repeated("--b\r\n", bytes), {
        "content-type": "multipart/form-data; boundary=b",
      }),
    "multipart of GraphQL": (bytes) =>
      post("/graphql", repeated("--b\r\n", bytes), {
        "content-type": "multipart/form-data; boundary=b",
      }),
    "a form of GraphQL": (bytes) =>
      post("/graphql", repeated("query=a&", bytes), {
        "content-type": "application/x-www-form-urlencoded",
      }),
    "unknown attributes": (bytes) => create(`{${items(bytes, (at) => `"x${String(at)}":1`)}}`),
    "one long unknown attribute": (bytes) => create(`{"${repeated("aA/", bytes)}":1}`),
    "unknown members": (bytes) =>
      post(CHARGES, `{${items(bytes, (at) => `"x${String(at)}":1`)}}`, JSON_API),
    "unknown members of data": (bytes) =>
      post(CHARGES, `{"data":{${items(bytes, (at) => `"x${String(at)}":1`)}}}`, JSON_API),
    "data that are a list": (bytes) =>
      post(CHARGES, `{"data":[${items(bytes, () => "{}")}]}`, JSON_API),
    relationships: (bytes) =>
      post(
        CHARGES,
        `{"data":{"type":"payment_charges","relationships":{${items(bytes, (at) => `"r${String(at)}":{}`)}}}}`,
        JSON_API,
      ),
    "a long description": (bytes) => create(`{"description":"${repeated("aA ", bytes)}"}`),
    "a long secret": (bytes) => create(`{"provider_secret":"${repeated("aA ", bytes)}"}`),
    "a long enum value": (bytes) => create(`{"status":"${repeated("Did you mean ", bytes)}"}`),
    "a long currency": (bytes) => create(`{"currency":"${repeated("usd", bytes)}"}`),
    "a long id": (bytes) => create(`{"order_id":"${repeated("01988f7a-", bytes)}"}`),
    "a long time": (bytes) =>
      create(`{"succeeded_at":"2024-12-02T09:22:05.${repeated("0", bytes)}"}`),
    "a long type": (bytes) =>
      post(CHARGES, `{"data":{"type":"${repeated("payment_charges", bytes)}"}}`, JSON_API),
    "a change": (bytes) => ({
      ...post("", `{"data":{"id":"${repeated("a", bytes)}","type":"payment_charges"}}`, JSON_API),
      method: "PUT",
      path: `${CHARGES}/${paymentChargeId}`,
    }),
    "unknown attributes of a change": (bytes) => ({
      ...create(`{${items(bytes, (at) => `"x${String(at)}":1`)}}`),
      method: "PUT",
      path: `${CHARGES}/${paymentChargeId}`,
    }),
    ...Object.fromEntries(
      Object.entries(DEEP).flatMap(([name, make]) =>
        Object.entries({
          "an unknown path": "/nothing",
          "the pockets": charge,
          "the payment charges": CHARGES,
        }).map(([where, path]) => [
          `${name}, at ${where}`,
          (bytes: number) => post(path, make(bytes)),
        ]),
      ),
    ),
    "a body of a route without one": (bytes) => ({ ...post("/health/live", repeated("[", bytes)) }),
    "a body of another method": (bytes) => ({
      ...post(charge, repeated("[", bytes)),
      method: "PATCH",
    }),
  };
  return [
    ...Object.entries(bodies).map(([name, make]): [string, Attack] => [`REST: ${name}`, make]),
    query("parameters", (bytes) => repeated("a&", bytes)),
    query("parameters of the same name", (bytes) => repeated("sort=number&", bytes)),
    query("brackets", (bytes) => `filter${repeated("[a]", bytes)}=1`),
    query("open brackets", (bytes) => `filter${repeated("[", bytes)}=1`),
    query("escapes", (bytes) => `filter${repeated("%5B", bytes)}=1`),
    query("a list", (bytes) => `filter[amount_in_cents][eq]=${repeated("1,", bytes)}`),
    query("patterns", (bytes) => `filter[description][match]=${repeated("a,", bytes)}`),
    query("an enum", (bytes) => `filter[status][eq]=${repeated("Did+you+mean+", bytes)}`),
    query(
      "a time",
      (bytes) => `filter[created_at][gt]=2024-12-02T09:22:05.${repeated("0", bytes)}`,
    ),
    query("sort keys", (bytes) => `sort=${repeated("-created_at,", bytes)}`),
    query("an unknown sort key", (bytes) => `sort=${repeated("created_at", bytes)}`),
    query("includes", (bytes) => `include=${repeated("order,", bytes)}`),
    query("fields", (bytes) => `fields[payment_charges]=${repeated("id,", bytes)}`),
    query("many fields", (bytes) => `fields[payment_charges]=${repeated("status,", bytes)}`),
    query("pages", (bytes) => `page[number]=${repeated("9", bytes)}`),
    query("__proto__", (bytes) => `${repeated("a&", bytes)}__proto__[a]=1`),
  ];
}

/** Long headers and paths, for every kind of route. */
function headAttacks({ slug }: Targets): [string, Attack][] {
  const routes: Readonly<Record<string, LargeRequest>> = {
    GraphQL: graphql({ query: META }),
    "GraphQL by GET": {
      method: "GET",
      path: "/graphql?query=%7B__typename%7D",
      headers: JSON_TYPE,
    },
    "the pockets": {
      method: "POST",
      path: `/pockets/${slug}/charge/`,
      headers: JSON_TYPE,
      body: '{"charges":[]}',
    },
    "the payment charges": { method: "GET", path: CHARGES },
    health: { method: "GET", path: "/health/live" },
  };
  const values: Readonly<Record<string, (bytes: number) => readonly [string, string]>> = {
    "a scheme": (bytes) => ["authorization", repeated("Token ", bytes)],
    "blanks in a token": (bytes) => ["authorization", `Token${" ".repeat(bytes)}a b`],
    "a long token": (bytes) => ["authorization", `Token pct_${repeated("a", bytes)}`],
    "media types": (bytes) => ["accept", repeated("text/html;q=0.1,", bytes)],
    "a media type's parameters": (bytes) => ["accept", `text/html${repeated(";a=b", bytes)}`],
    "a long media type": (bytes) => ["content-type", `application/json${repeated(";a=b", bytes)}`],
    "blanks in a media type": (bytes) => ["content-type", `application/json;${" ".repeat(bytes)}a`],
    encodings: (bytes) => ["accept-encoding", repeated("gzip;q=0,", bytes)],
    "a long idempotency key": (bytes) => ["idempotency-key", repeated("a", bytes)],
    traceparent: (bytes) => ["traceparent", repeated("00-", bytes)],
    tracestate: (bytes) => ["tracestate", repeated("a=b,", bytes)],
    baggage: (bytes) => ["baggage", repeated("a=b,", bytes)],
    cookies: (bytes) => ["cookie", repeated("a=b;", bytes)],
    "forwarded addresses": (bytes) => ["x-forwarded-for", repeated("1.1.1.1,", bytes)],
    "a user agent": (bytes) => ["user-agent", repeated("é ", bytes)],
    etags: (bytes) => ["if-none-match", repeated('"a",', bytes)],
    "an origin": (bytes) => ["origin", repeated("http://a", bytes)],
  };
  const heads = Object.entries(routes).flatMap(([route, request]) =>
    Object.entries(values).map(([name, make]): [string, Attack] => [
      `a header of ${route}: ${name}`,
      (bytes) => {
        const [header, value] = make(withinLine(bytes) * 0.95);
        return { ...request, headers: { ...request.headers, [header]: value.trim() } };
      },
    ]),
  );
  const paths: Readonly<Record<string, string>> = {
    "/": "/",
    "/pockets/": `/charge/a/`,
    "/api/boomerang/payment_charges/": "",
    "/graphql/": "",
    "/playground/": "",
  };
  const units = ["a", "/", "%41", "%zz", "../", ";"];
  const lines = Object.entries(paths).flatMap(([before, after]) =>
    units.map((unit): [string, Attack] => [
      `a path: ${before} with ${unit}`,
      (bytes) => ({
        method: "GET",
        path: before + repeated(unit, withinLine(bytes)) + after,
      }),
    ]),
  );
  return [...heads, ...lines];
}

/** Introspection queries with answers at the size limit and above. They need no token. */
export function introspectionAttacks(): [string, LargeRequest][] {
  const aliases = (count: number, field: string): string =>
    Array.from({ length: count }, (_, at) => `a${String(at)}: ${field}`).join(" ");
  const within = (path: readonly string[], selections: string): string =>
    path.reduceRight((so, field) => `${field} { ${so} }`, selections);
  const TYPED = "{ name description type { name description } }";
  return [8, 12, 20, 40, 48].flatMap((count) =>
    Object.entries({
      fields: within(["__schema", "types"], aliases(count, `fields ${TYPED}`)),
      "input fields": within(["__schema", "types"], aliases(count, `inputFields ${TYPED}`)),
      "enum values": within(
        ["__schema", "types"],
        aliases(count, "enumValues { name description }"),
      ),
      arguments: within(["__schema", "types", "fields"], aliases(count, `args ${TYPED}`)),
      types: within(["__schema"], aliases(count, "types { name description kind }")),
      descriptions: within(["__schema", "types", "fields"], aliases(count, "description")),
      "descriptions of types": within(
        ["__schema", "types", "fields", "type", "ofType"],
        aliases(count, "description"),
      ),
      "types below no type": within(
        ["__schema", "types"],
        aliases(count, "ofType { ofType { ofType { name } } }"),
      ),
      "one type": aliases(count, `__type(name: "Mutation") { fields ${TYPED} }`),
    }).map(([name, selections]): [string, LargeRequest] => [
      `${String(count)} aliases of ${name}`,
      graphql({ query: `{ ${selections} }` }),
    ]),
  );
}

/** Every attack by its name. Each builds a request of at most the given number of bytes. */
export function attacksOn(targets: Targets): [string, Attack][] {
  const all = [...graphqlAttacks(targets), ...restAttacks(targets), ...headAttacks(targets)];
  return all.map(([name, make]) => [name, (bytes) => fitted(make, bytes)]);
}

function fitted(make: Attack, bytes: number): LargeRequest {
  const request = make(bytes);
  const length = Buffer.byteLength(request.body ?? "");
  // Escapes can make JSON strings longer.
  return length <= bytes
    ? request
    : fitted((wanted) => make((wanted * bytes) / length), bytes - 100);
}
