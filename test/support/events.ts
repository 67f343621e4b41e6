import type { TestServer } from "./server.js";

export interface ListedEvent {
  id: string;
  type: string;
  sequence: number;
  previousSequence: number | null;
  createdAt: string;
  cursor: string;
  subject: { type: string; id: string };
  data: { __typename: string; id: string; token?: string; status?: string } | null;
}

export const EVENT_FIELDS = `id type sequence previousSequence createdAt cursor subject { type id }
  data { __typename id ... on PocketEntry { token } ... on PocketHold { token status } }`;

const EVENTS = `query ($after: String, $first: Int, $filter: EventFilter) {
  events(after: $after, first: $first, filter: $filter) {
    nodes { ${EVENT_FIELDS} } pageInfo { endCursor hasNextPage }
  }
}`;

export interface EventsPage {
  nodes: ListedEvent[];
  pageInfo: { endCursor: string | null; hasNextPage: boolean };
}

export async function eventsPage(
  server: TestServer,
  token: string,
  variables: Record<string, unknown> = {},
): Promise<EventsPage> {
  return (await server.ask<{ events: EventsPage }>(token, EVENTS, variables)).events;
}

/** Follows the list of events as a client does, and keeps the last cursor. */
export class EventFollower {
  readonly events: ListedEvent[] = [];
  private after: string | null = null;

  constructor(
    private readonly server: TestServer,
    private readonly token: string,
    private readonly pageSize = 100,
  ) {}

  /** Reads the events since the last call. @returns them. */
  async readOn(): Promise<ListedEvent[]> {
    const known = this.events.length;
    let hasMore = true;
    while (hasMore) hasMore = await this.readPage();
    return this.events.slice(known);
  }

  /** @returns whether there is another page. */
  async readPage(): Promise<boolean> {
    const variables = { after: this.after, first: this.pageSize };
    const { nodes, pageInfo } = await eventsPage(this.server, this.token, variables);
    this.events.push(...nodes);
    this.after = pageInfo.endCursor ?? this.after;
    return pageInfo.hasNextPage;
  }
}
