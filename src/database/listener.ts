import pg from "pg";
import { connectionTo } from "./database.js";
import { isPooled } from "./pooler.js";
import { identifier, sql } from "./sql.js";

/** The application name of connections that listen. */
export const LISTENER_NAME = "pocketcharge events";

const RECONNECT_MS = 1_000;

export interface ListenerOptions {
  /** The URL of PostgreSQL itself, read for each connection. */
  readonly url: () => string;
  readonly channel: string;
  /** Called for each notification, and whenever a connection begins to listen, because earlier ones are lost. */
  readonly onNotification: () => void;
  /** Called when the connection breaks. The listener connects again. */
  readonly onBroken: (err: unknown) => void;
}

/** Receives PostgreSQL's notifications on a connection of its own. Behind a pooler, it receives none. */
export class Listener {
  private connection: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isOpen = false;
  private isClosed = false;

  constructor(private readonly options: ListenerOptions) {}

  /** Whether it receives notifications now. */
  get isListening(): boolean {
    return this.isOpen;
  }

  open(): void {
    void this.connect();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.connection?.end();
  }

  private async connect(): Promise<void> {
    const { url, channel, onNotification, onBroken } = this.options;
    const connection = new pg.Client({ ...connectionTo(url()), application_name: LISTENER_NAME });
    this.connection = connection;
    let isOver = false;
    const reconnect = (err?: unknown): void => {
      if (isOver || this.isClosed) return;
      isOver = true;
      this.isOpen = false;
      onBroken(err);
      this.timer = setTimeout(() => void this.connect(), RECONNECT_MS).unref();
    };
    connection.on("notification", onNotification);
    connection.on("error", reconnect);
    connection.on("end", reconnect);
    try {
      await connection.connect();
      if (await isPooled(connection)) {
        // A pooler passes notifications to the wrong client.
        isOver = true;
        await connection.end();
        return;
      }
      await connection.query(sql`listen ${identifier(channel)}`.text);
      this.isOpen = true;
      onNotification();
    } catch (err) {
      reconnect(err);
      await connection.end().catch(reconnect);
    }
  }
}
