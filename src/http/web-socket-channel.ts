import { CloseCode, type WebSocket as ProtocolSocket } from "graphql-ws";
import type { RawData, WebSocket } from "ws";
import type { OpenConnection } from "./open-connections.js";
import { wrapOperation } from "./subscribe-message.js";
import { faultOfJson } from "./text-input.js";

/** RFC 6455: an endpoint is going away; a message has a type that it does not accept. */
const GOING_AWAY = 1001;
const UNSUPPORTED_DATA = 1003;

/** RFC 6455's registry: the client may connect again later. Clients retry after this code. */
const TRY_AGAIN_LATER = 1013;

/** The server reads no further messages while its client has not taken this much. */
const MAX_UNSENT_BYTES = 1_000_000;

/** The protocol allows 123 bytes. */
const MAX_REASON_BYTES = 123;

/** A WebSocket with bounded memory, whatever its client sends or does not read. */
export class Channel implements OpenConnection {
  private isAlive = true;
  /** Resolves when the operating system has taken all messages. */
  private taken: Promise<void> = Promise.resolve();

  constructor(private readonly socket: WebSocket) {
    // The socket closes itself after an error, such as a message that is too large.
    socket.on("error", () => undefined);
    socket.on("pong", () => {
      this.isAlive = true;
    });
  }

  /** The connection as the protocol's implementation uses it. */
  get forProtocol(): ProtocolSocket {
    return {
      protocol: this.socket.protocol,
      // Without waiting: graphql-ws keeps no operation whose last message has been sent, so its id can be reused.
      send: (message) => {
        this.taken = this.send(message);
      },
      close: (code, reason) => {
        this.closeWith(code ?? CloseCode.BadRequest, reason ?? "");
      },
      onMessage: (listener) => {
        this.socket.on("message", (data, isBinary) => {
          void this.receive(data, isBinary, listener);
        });
      },
    };
  }

  /** Waits until the operating system has taken every message. */
  whenTaken(): Promise<void> {
    return this.taken;
  }

  /** Closes a connection whose client has not responded to the last heartbeat. */
  beat(): void {
    if (!this.isAlive) {
      this.socket.terminate();
      return;
    }
    this.isAlive = false;
    this.socket.ping();
  }

  close(): void {
    this.closeWith(GOING_AWAY, "The server stops. Connect again.");
  }

  closeWith(code: number, reason: string): void {
    this.socket.close(code, shortened(reason));
  }

  whenClosed(listener: (code: number, reason: string) => void): void {
    this.socket.once("close", (code, reason) => {
      listener(code, reason.toString());
    });
  }

  /** Sends a message, and waits until the operating system has taken it. */
  private send(message: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.readyState !== this.socket.OPEN) {
        resolve();
        return;
      }
      this.socket.send(message, () => {
        if (this.socket.isPaused && this.socket.bufferedAmount < MAX_UNSENT_BYTES)
          this.socket.resume();
        resolve();
      });
      if (this.socket.bufferedAmount >= MAX_UNSENT_BYTES) this.socket.pause();
    });
  }

  private async receive(
    data: RawData,
    isBinary: boolean,
    listener: (message: string) => Promise<void>,
  ): Promise<void> {
    if (isBinary) {
      this.closeWith(UNSUPPORTED_DATA, "Send text, not binary data.");
      return;
    }
    // Without fragments and compression, ws passes a Buffer.
    const text = (data as Buffer).toString();
    const fault = faultOfJson(text, "The message");
    if (fault) {
      this.closeWith(CloseCode.BadRequest, fault.message);
      return;
    }
    try {
      await listener(wrapOperation(text));
    } catch {
      // Every operation reports its own errors: this is a message that only a server may send.
      this.closeWith(CloseCode.BadRequest, "A client must not send a message of this type.");
    }
  }
}

/** Clients connect again after the other codes. */
const CLOSE_CODES: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: CloseCode.Unauthorized,
  FORBIDDEN: CloseCode.Forbidden,
};

/** The code to close a connection with because of an error with this code. */
export function closeCodeOf(errorCode: string): number {
  return CLOSE_CODES[errorCode] ?? TRY_AGAIN_LATER;
}

function shortened(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= MAX_REASON_BYTES) return reason;
  const whole = bytes.subarray(0, MAX_REASON_BYTES - Buffer.byteLength("…")).toString();
  return `${whole.replace(/\ufffd+$/, "")}…`;
}
