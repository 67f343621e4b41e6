import { expect } from "vitest";

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

/** An answer as it came over HTTP. */
export interface Answer<Data> {
  status: number;
  headers: Headers;
  data: Data;
  errors?: GraphqlError[];
  extensions?: { cost: { charged: number; limit: number; exceeded?: Exceeded } };
}

/** A server as its clients reach it: over HTTP, wherever it runs. */
export abstract class GraphqlClient {
  abstract readonly url: string;

  /** Sends one operation. `token` null sends no header at all. */
  async send<Data = Record<string, never>>(
    token: string | null,
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<Answer<Data>> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === null ? {} : { authorization: `Token ${token}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as Pick<Answer<Data>, "data" | "errors" | "extensions">;
    return { status: response.status, headers: response.headers, ...body };
  }

  /** As `send`, for an operation that must be answered without errors. @returns its data. */
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
