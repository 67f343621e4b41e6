import { type IncomingHttpHeaders, type RequestListener, createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { RECEIVER_CERTIFICATE } from "./receiver-certificate.js";

/** A request that a receiver got. */
export interface ReceivedWebhook {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** How the receiver reacted. */
  readonly reaction: Reaction;
}

/** What a receiver does with a request. */
export type Reaction =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly afterMs?: number;
      /** Waits for this before it answers. */
      readonly after?: Promise<void>;
    }
  /** Never answers. */
  | "HANG"
  /** Answers, but never ends its answer. */
  | "HANG_IN_BODY"
  /** Closes the connection without an answer. */
  | "BREAK"
  /** Answers with something that is not HTTP. */
  | "GARBAGE";

export const ACCEPT: Reaction = { status: 204 };

export interface ReceiverOptions {
  readonly react?: (request: Omit<ReceivedWebhook, "reaction">, count: number) => Reaction;
  readonly isTls?: boolean;
  readonly host?: string;
  readonly port?: number;
}

/** A merchant's server that receives webhooks, and behaves as well or as badly as the test wants. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** The number of requests that it is working on, and the most at a time. */
  underWay = 0;
  mostUnderWay = 0;
  react: NonNullable<ReceiverOptions["react"]>;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly options: ReceiverOptions,
  ) {
    this.react = options.react ?? (() => ACCEPT);
  }

  static async start(options: ReceiverOptions = {}): Promise<WebhookReceiver> {
    const listener: RequestListener = (request, response) => {
      void receiver.receive(request, response);
    };
    const server = options.isTls
      ? createTlsServer(RECEIVER_CERTIFICATE, listener)
      : createServer(listener);
    const receiver = new WebhookReceiver(server, options);
    const { host = "127.0.0.1", port = 0 } = options;
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return this.urlAs(this.options.host ?? "127.0.0.1");
  }

  urlAs(name: string): string {
    const scheme = this.options.isTls ? "https" : "http";
    return `${scheme}://${name}:${String(this.port)}/hooks?from=pocketcharge`;
  }

  /** The accepted requests. */
  get accepted(): ReceivedWebhook[] {
    return this.received.filter(
      ({ reaction }) => typeof reaction === "object" && reaction.status < 300,
    );
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(...[request, response]: Parameters<RequestListener>): Promise<void> {
    this.underWay++;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    response.on("close", () => this.underWay--);
    const body = await text(request);
    const { headers } = request;
    const content = { id: headers["webhook-id"] as string, headers, body };
    const reaction = this.react(content, this.received.length + 1);
    this.received.push({ ...content, reaction });
    if (reaction === "HANG") return;
    if (reaction === "BREAK") return void request.socket.destroy();
    if (reaction === "GARBAGE") return void request.socket.end("220 mail.example.com ESMTP\r\n");
    if (reaction === "HANG_IN_BODY") {
      response.writeHead(200).write("the beginning");
      return;
    }
    if (reaction.afterMs !== undefined) await sleep(reaction.afterMs);
    await reaction.after;
    response.writeHead(reaction.status, reaction.headers).end(reaction.body);
  }
}

/** The content of a request, verified by the published package. @throws if the signature is wrong. */
export function verified(secret: string, { headers, body }: ReceivedWebhook): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}
