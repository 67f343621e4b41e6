import { Ajv2020, type AnySchemaObject, type ValidateFunction } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { addFormats } from "../../src/rest/validator.js";
import { expect } from "vitest";
import { httpRequest } from "./http-request.js";
import type { TestServer } from "./server.js";

export const JSON_API = "application/vnd.api+json";

/** An HTTP response with its decoded body. */
export interface RestAnswer<Body = unknown> {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

export interface ChargeResults {
  results: {
    token: string;
    phone_number: string;
    amount: number;
    status: "success" | "error";
    message: string;
    code: string | null;
  }[];
}

export type Attributes = Record<string, string | number | boolean | null>;

export interface Identifier {
  type: string;
  id: string;
}

export interface Resource extends Identifier {
  attributes: Attributes;
  relationships: Record<string, { data: Identifier | null }>;
}

export interface JsonApiError {
  id?: string;
  status: string;
  code: string;
  title: string;
  detail: string;
  source?: { pointer?: string; parameter?: string; header?: string };
}

/** A JSON:API response: data if the request was accepted, else errors. */
export interface JsonApiDocument<Data> {
  data: Data;
  included?: Resource[];
  meta: Record<string, Record<string, number | null>>;
  errors?: JsonApiError[];
}

interface MediaTypes {
  content?: Record<string, { schema?: AnySchemaObject; example?: unknown; examples?: unknown }>;
}

export interface Parameter {
  name: string;
  in: string;
  description?: string;
  required?: boolean;
  schema?: AnySchemaObject;
}

export interface Operation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: MediaTypes & { required?: boolean };
  responses: Record<string, MediaTypes>;
  security?: Record<string, string[]>[];
}

type PathItem = { servers?: { url: string }[] } & Partial<
  Record<"get" | "post" | "put" | "patch" | "delete", Operation>
>;

/** The parts of an OpenAPI document that the tests read. */
export interface OpenapiDocument {
  openapi: string;
  info: { title?: string; version?: string };
  servers?: { url: string }[];
  tags?: { name: string }[];
  paths: Record<string, PathItem>;
  components?: { schemas?: Record<string, unknown>; securitySchemes?: Record<string, unknown> };
  security?: Record<string, string[]>[];
}

/** A response or request body that the document describes, and its location in the document. */
interface Exchange {
  method: string;
  path: string;
  status: number;
  contentType: string | null;
  body: unknown;
}

/** Compares requests and responses with the served document. */
export class Openapi {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly compiled = new Map<AnySchemaObject, ValidateFunction>();

  constructor(readonly document: OpenapiDocument) {
    ajvFormats.default(this.ajv);
    addFormats(this.ajv);
  }

  /** Every path on every server of the document, with its operations by method. */
  get paths(): [path: string, operations: Record<string, Operation>][] {
    const everywhere = this.document.servers ?? [{ url: "/" }];
    return Object.entries(this.document.paths).flatMap(
      ([template, { servers = everywhere, ...operations }]) =>
        servers.map(({ url }): [string, Record<string, Operation>] => {
          const base = withoutSlash(new URL(url, "http://localhost").pathname);
          return [base + template, operations];
        }),
    );
  }

  /** @returns the operations of a request's path, by method. */
  operationsAt(path: string): Record<string, Operation> | null {
    const wanted = withoutSlash(new URL(path, "http://localhost").pathname);
    const found = this.paths.find(([template]) => matches(withoutSlash(template), wanted));
    return found?.[1] ?? null;
  }

  /** @returns the problems of a response; empty if the document describes it. */
  problemsOf({ method, path, status, contentType, body }: Exchange): string[] {
    const operations = this.operationsAt(path);
    if (operations === null) return [`${path} is not documented`];
    // A method that the path does not support has no operation. Its error has the form of the path's other errors.
    const isForeignMethod = !(method.toLowerCase() in operations) && status === 405;
    const operation = isForeignMethod
      ? Object.values(operations)[0]
      : operations[method.toLowerCase()];
    const response = operation?.responses[isForeignMethod ? "401" : String(status)];
    if (response === undefined) return [`${method} ${path} has no documented ${String(status)}`];
    const schema = schemaFor(response, contentType);
    if (schema === undefined) {
      return [`${method} ${path}, ${String(status)}: ${String(contentType)} is not documented`];
    }
    return this.problemsWith(schema, body);
  }

  /** @returns the problems of a request body; empty if the document allows it. */
  problemsOfRequest({ method, path, contentType, body }: Omit<Exchange, "status">): string[] {
    const content = this.operationsAt(path)?.[method.toLowerCase()]?.requestBody ?? {};
    const schema = schemaFor(content, contentType);
    if (schema === undefined) return [`${method} ${path} has no documented ${String(contentType)}`];
    return this.problemsWith(schema, body);
  }

  /** @throws if the schema itself is invalid. */
  problemsWith(schema: AnySchemaObject, value: unknown): string[] {
    let validate = this.compiled.get(schema);
    if (validate === undefined) {
      // References in a schema are resolved from its root.
      validate = this.ajv.compile({ ...schema, components: this.document.components });
      this.compiled.set(schema, validate);
    }
    if (validate(value)) return [];
    // An item's own result reports a malformed token, and repeats it as sent.
    const errors = (validate.errors ?? []).filter(
      ({ keyword, instancePath }) =>
        keyword !== "format" ||
        !/^\/(charges|debits|reversals|results)\/\d+\/(of_)?token$/.test(instancePath),
    );
    return errors.map(
      ({ instancePath, message = "", params }) =>
        `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
}

function schemaFor({ content }: MediaTypes, contentType: string | null) {
  const mediaType = contentType?.split(";")[0] ?? "";
  return content?.[mediaType]?.schema;
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, "");
}

function matches(template: string, path: string): boolean {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+");
  return new RegExp(`^${escaped}$`).test(path);
}

export interface RestRequest {
  /** The value after `Token `; null sends no Authorization header. */
  token: string | null;
  /** An object is sent as JSON, a string unchanged. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A REST client that fails on any response that `/openapi.json` does not describe. */
export class RestClient {
  private constructor(
    readonly origin: string,
    readonly openapi: Openapi,
  ) {}

  static async of({ url }: TestServer): Promise<RestClient> {
    const { origin } = new URL(url);
    const response = await fetch(`${origin}/openapi.json`);
    expect(response.status).toBe(200);
    return new RestClient(origin, new Openapi((await response.json()) as OpenapiDocument));
  }

  async send<Body = unknown>(
    method: string,
    path: string,
    { token, body, headers = {} }: RestRequest,
  ): Promise<RestAnswer<Body>> {
    const sent = {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === null ? {} : { authorization: `Token ${token}` }),
      ...headers,
    };
    const answer = await httpRequest(this.origin + path, {
      method,
      headers: sent,
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const { status, text } = answer;
    const contentType = answer.headers.get("content-type");
    const read = this.read<Body>(method, path, status, contentType, text);
    if (status < 300 && typeof body === "object") {
      const request = { method, path, contentType: sent["content-type"] ?? null, body };
      expect(this.openapi.problemsOfRequest(request), "a request that was accepted").toEqual([]);
    }
    return { ...answer, ...read };
  }

  /** Reads a response, also of another client, and expects the document to describe it. */
  read<Body = unknown>(
    method: string,
    path: string,
    status: number,
    contentType: string | null,
    text: string,
  ): Pick<RestAnswer<Body>, "text" | "body"> {
    const what = `${method} ${path}: ${String(status)} ${text}`;
    // An exported file is described as one text.
    const isFile = /^(text\/csv|application\/x-ndjson); charset=utf-8/.test(contentType ?? "");
    if (!isFile)
      expect(contentType, what).toMatch(/^application\/(json; charset=utf-8|vnd\.api\+json)$/);
    const body = (isFile ? text : JSON.parse(text)) as Body;
    const problems = this.openapi.problemsOf({ method, path, status, contentType, body });
    expect(problems, what).toEqual([]);
    // Errors can have different statuses; the response has the status of one of them.
    const { errors } = isFile ? {} : (body as { errors?: JsonApiError[] });
    if (errors)
      expect(
        errors.map((error) => error.status),
        what,
      ).toContain(String(status));
    return { text, body };
  }

  get<Body>(
    path: string,
    token: string | null,
    headers: Record<string, string> = {},
  ): Promise<RestAnswer<Body>> {
    return this.send<Body>("GET", path, { token, headers });
  }

  charge(
    slug: string,
    token: string | null,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<RestAnswer<ChargeResults>> {
    return this.send("POST", `/pockets/${slug}/charge/`, { token, body, headers });
  }
}

export const CHARGES = "/api/boomerang/payment_charges";

/** The body that creates a payment charge with these attributes. */
export function creating(attributes: Record<string, unknown>) {
  return { data: { type: "payment_charges", attributes } };
}

/** The body that updates the payment charge. */
export function updating(id: string, attributes: Record<string, unknown>) {
  return { data: { id, type: "payment_charges", attributes } };
}

/** The messages of errors, by code and place. */
export function refusalsIn({ body }: RestAnswer<JsonApiDocument<unknown>>): [string, string][] {
  return (body.errors ?? []).map(({ code, source = {} }) => [
    code,
    source.pointer ?? source.parameter ?? source.header ?? "",
  ]);
}
