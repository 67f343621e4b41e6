import { expect } from "vitest";
import { httpRequest } from "./http-request.js";

export interface GraphqlError {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; requestId?: string; exceeded?: Exceeded };
}

export interface Exceeded {
  limit: string;
  has: number;
  allowed: number;
}

/** An HTTP response with its decoded body. */
export interface Answer<Data> {
  status: number;
  headers: Headers;
  data: Data;
  errors?: GraphqlError[];
  extensions?: { cost: { charged: number; limit: number; exceeded?: Exceeded } };
}

/** A client that reaches a server over HTTP, wherever the server runs. */
export abstract class GraphqlClient {
  abstract readonly url: string;

  /** Sends one operation. A null `token` sends no Authorization header. */
  async send<Data = Record<string, never>>(
    token: string | null,
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<Answer<Data>> {
    const {
      status,
      headers: received,
      text,
    } = await httpRequest(this.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === null ? {} : { authorization: `Token ${token}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const body = JSON.parse(text) as Pick<Answer<Data>, "data" | "errors" | "extensions">;
    return { status, headers: received, ...body };
  }

  /** Like `send`, for an operation that must have no errors. @returns its data. */
  async ask<Data>(
    token: string,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<Data> {
    const answer = await this.send<Data>(token, query, variables);
    expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
    expect(answer.status).toBe(200);
    return answer.data;
  }
}
