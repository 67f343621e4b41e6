import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { once } from "node:events";

/** An event of a stream, or a comment. */
export interface ReceivedEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly comment?: string;
}

export interface StreamRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Reads a response as `text/event-stream`, event by event. It reads no further than it is asked to. */
export class EventStreamClient {
  private readonly events: AsyncGenerator<ReceivedEvent, undefined>;

  private constructor(private readonly response: IncomingMessage) {
    this.events = readEvents(response);
  }

  static async open(
    url: string,
    { method = "POST", headers = {}, body }: StreamRequest,
  ): Promise<EventStreamClient> {
    const sent = request(url, {
      method,
      agent: false,
      headers: {
        accept: "text/event-stream",
        ...(body ? { "content-type": "application/json" } : {}),
        ...headers,
      },
    });
    sent.end(body && JSON.stringify(body));
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    return new EventStreamClient(response);
  }

  get status(): number | undefined {
    return this.response.statusCode;
  }

  get headers(): IncomingHttpHeaders {
    return this.response.headers;
  }

  /** The next event that is not a comment; undefined at the end. */
  async next(): Promise<ReceivedEvent | undefined> {
    for (;;) {
      const { value } = await this.events.next();
      if (value?.comment === undefined) return value;
    }
  }

  /** The data of the next event, as JSON. */
  async nextResult(): Promise<unknown> {
    const event = await this.next();
    return event?.data ? JSON.parse(event.data) : undefined;
  }

  /** The next event or comment. */
  async nextOfAny(): Promise<ReceivedEvent | undefined> {
    return (await this.events.next()).value;
  }

  /** The rest of the events, without comments. */
  async rest(): Promise<ReceivedEvent[]> {
    const events: ReceivedEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) events.push(event);
    return events;
  }

  /** The whole body of a response that is not a stream. */
  async json(): Promise<unknown> {
    this.response.setEncoding("utf8");
    const chunks = (await this.response.toArray()) as string[];
    return JSON.parse(chunks.join(""));
  }

  disconnect(): void {
    this.response.destroy();
  }
}

async function* readEvents(response: IncomingMessage): AsyncGenerator<ReceivedEvent, undefined> {
  response.setEncoding("utf8");
  let text = "";
  for await (const chunk of response) {
    text += chunk as string;
    for (let at = text.indexOf("\n\n"); at >= 0; at = text.indexOf("\n\n")) {
      yield eventOf(text.slice(0, at));
      text = text.slice(at + 2);
    }
  }
  return undefined;
}

function eventOf(block: string): ReceivedEvent {
  const fields = block.split("\n").map((line): [string, string] => {
    const at = line.indexOf(":");
    return [line.slice(0, at) || "comment", line.slice(at + 1).trimStart()];
  });
  return Object.fromEntries(fields);
}
