import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import { assert } from "../shared/assert.js";

/** Names a schema. The OpenAPI document contains it once, in `components`, and refers to it by this name. */
export function named<T extends object>(title: string, schema: T): T & { readonly title: string } {
  return { title, ...schema };
}

const API_TOKEN = {
  type: "apiKey",
  in: "header",
  name: "Authorization",
  description: "`Token <secret>`, for example `Token pct_…`.",
} as const;
const BEARER_TOKEN = {
  type: "http",
  scheme: "bearer",
  description: "The same API token, sent as `Bearer <secret>`.",
} as const;

/**
 * How the OpenAPI document is generated from the schemas that validate requests.
 *
 * @param prefixes the prefixes of the pocket paths. The document describes the paths once, with a server for
 * each prefix.
 */
export function openapiOptions(prefixes: readonly string[]): FastifyDynamicSwaggerOptions {
  const [, ...others] = prefixes;
  return {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Pocketcharge", version: "1", description: DESCRIPTION },
      servers: [{ url: "/", description: "This server" }],
      tags: [
        {
          name: "Pockets",
          description: "Charge (top up) and debit pockets, reverse entries and trace them.",
        },
        { name: "Payment charges", description: "Records of payments, as JSON:API resources." },
        { name: "Exports", description: "Whole lists as files." },
        { name: "Imports", description: "Charges and debits from files." },
      ],
      components: { securitySchemes: { ApiToken: API_TOKEN, BearerToken: BEARER_TOKEN } },
      security: [{ ApiToken: [] }, { BearerToken: [] }],
    },
    transform: ({ schema, url }) => {
      const isRepeated = others.some((prefix) => url.startsWith(`${prefix}/`));
      return { schema: { ...schema, hide: schema.hide ?? isRepeated }, url };
    },
    transformObject: (document) => {
      assert("openapiObject" in document, "the document is one of OpenAPI 3");
      const described = document.openapiObject as Described;
      for (const [path, item] of Object.entries(described.paths)) {
        Object.values(item).forEach(splitParameters);
        if (!path.startsWith("/pockets/")) continue;
        Object.assign(item, { servers: prefixes.map((prefix) => ({ url: prefix || "/" })) });
      }
      hoistSchemas(described);
      return document.openapiObject;
    },
  };
}

const DESCRIPTION =
  "Pockets and payment charges over REST, compatible with the two public source APIs. The GraphQL API, at /graphql, offers all of this and more.";

interface Described {
  paths: Record<string, Record<string, DescribedOperation>>;
  components: { schemas: Record<string, unknown> };
}

interface DescribedOperation {
  description?: string;
  parameters?: Parameter[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly schema?: ParameterSchema;
  readonly style?: string;
}

interface ParameterSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, ParameterSchema>>;
  readonly items?: unknown;
}

/**
 * Describes `filter[status]` and its like as parameters of their own: OpenAPI has no style for objects in an
 * object. The description of the group moves to the operation.
 */
function splitParameters(operation: DescribedOperation): void {
  const { parameters = [], description = "" } = operation;
  const groups = parameters.filter(({ schema }) => schema?.type === "object");
  if (groups.length === 0) return;
  const parts = parameters.flatMap((one) => (groups.includes(one) ? partsOf(one) : [one]));
  // The many filters come last, where they hide no other parameter.
  const filters = parts.filter((one) => one.style === "deepObject");
  operation.parameters = [...parts.filter((one) => !filters.includes(one)), ...filters];
  const lines = groups.map((group) => `- \`${group.name}\`: ${group.description ?? ""}`);
  operation.description = [description, lines.join("\n")].join("\n\n");
}

function partsOf({ name, schema = {} }: Parameter): Parameter[] {
  return Object.entries(schema.properties ?? {}).map(([property, { description, ...part }]) => {
    const isObject = [part.type].flat().includes("object");
    return {
      name: `${name}[${property}]`,
      in: "query",
      ...(description === undefined ? {} : { description }),
      // The short form, filter[status]=x, is not described: a parameter has one style.
      schema: isObject ? deepObject(part) : part,
      ...(isObject ? { style: "deepObject", explode: true } : {}),
    };
  });
}

/** An object of operators. Clients cannot serialize lists in it; several values are separated by commas. */
function deepObject({ properties = {}, ...part }: ParameterSchema): ParameterSchema {
  const operators = Object.entries(properties).map(([operator, { items: _, type, ...schema }]) => [
    operator,
    { ...schema, type: [type ?? []].flat().filter((one) => one !== "array") },
  ]);
  return {
    ...part,
    type: "object",
    properties: Object.fromEntries(operators) as Record<string, ParameterSchema>,
  };
}

/** Moves named schemas to `components`, at any depth. */
function hoistSchemas({ paths, components: { schemas } }: Described): void {
  const hoisted = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(hoisted);
    const entries = Object.entries(value).map(([key, part]: [string, unknown]) => [
      key,
      EXAMPLES.has(key) ? part : hoisted(part),
    ]);
    const copy = Object.fromEntries(entries) as { readonly title?: unknown };
    const { title } = copy;
    if (typeof title !== "string") return copy;
    const earlier = schemas[title] ?? copy;
    const isSame = JSON.stringify(earlier) === JSON.stringify(copy);
    assert(isSame, `two schemas have the name ${title}`);
    schemas[title] = copy;
    return { $ref: `#/components/schemas/${title}` };
  };
  Object.assign(paths, hoisted(paths));
}

const EXAMPLES: ReadonlySet<string> = new Set(["example", "examples"]);
