import type { MerchantCaller } from "../callers/caller.js";
import type { PocketGroupService } from "../pockets/pocket-group.service.js";
import { RateLimitedError } from "../shared/errors.js";
import type { ImportLimits } from "../shared/request-limits.js";
import { Slots } from "../shared/slots.js";
import { ImportStoppedError } from "./import-error.js";
import type { ImportEvent, ImportRequest } from "./import-event.js";
import { type SpooledFile, receiveFile } from "./receive-file.service.js";
import type { GivenImport, RunImport } from "./run-import.service.js";

/** An import whose file was received. It must be closed, whether its events are read or not. */
export interface OpenImport {
  /** Can be read once. Never throws. */
  readonly events: () => AsyncGenerator<ImportEvent>;
  /**
   * Begins no further batch, and removes the file when those under way have ended.
   *
   * @param why a sentence.
   */
  readonly close: (why: string) => void;
}

/** How long clients are asked to wait for another import to end. */
const RETRY_AFTER_SECONDS = 5;

/** Imports files of charges and debits, a limited number at a time. */
export class Imports {
  private readonly open = new Set<AbortController>();
  private readonly slots: Slots;
  private isClosing = false;

  constructor(
    private readonly run: RunImport,
    private readonly groups: Pick<PocketGroupService, "usable" | "get">,
    private readonly limits: ImportLimits,
  ) {
    this.slots = new Slots({
      most: limits.running,
      noun: "import",
      advice: "Nothing was done. Send the same file again",
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  /**
   * Receives a file to its end. Nothing is charged yet.
   *
   * @param bytes the file, decompressed.
   * @throws AppError as `PocketLedger.post`, RATE_LIMITED if too many imports run, of all merchants or of this one,
   *   ImportStoppedError; ImportFileError if a part of the file cannot be read.
   */
  async receive(
    caller: MerchantCaller,
    request: ImportRequest,
    bytes: AsyncIterable<Buffer>,
  ): Promise<OpenImport> {
    if (this.isClosing) throw new ImportStoppedError(STOPPING);
    const free = this.slots.take(caller.merchantId);
    if (free instanceof RateLimitedError) throw free;
    const stop = new AbortController();
    const { signal } = stop;
    this.open.add(stop);
    const leave = (): void => {
      this.open.delete(stop);
      free();
    };
    try {
      const { id: pocketGroupId } = await this.groups.usable(request.pocketGroupSlug, caller);
      const { currency } = await this.groups.get(request.pocketGroupSlug, caller);
      const file = await receiveFile(untilStopped(bytes, signal), this.limits.bytes);
      const given = { caller, request, pocketGroupId, currency, file, signal };
      return this.opened(given, file, stop, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Ends every import after the batches that are under way, and accepts no others. */
  stop(): void {
    this.isClosing = true;
    for (const one of this.open) one.abort(new ImportStoppedError(STOPPING));
  }

  private opened(
    given: GivenImport,
    file: SpooledFile,
    stop: AbortController,
    leave: () => void,
  ): OpenImport {
    let isRead = false;
    const release = async (): Promise<void> => {
      leave();
      await file.close();
    };
    return {
      events: () => {
        isRead = true;
        return releasing(this.run.events(given), release);
      },
      close: (why) => {
        stop.abort(new ImportStoppedError(why));
        if (!isRead) void release();
        isRead = true;
      },
    };
  }
}

const STOPPING = "The server is stopping.";

async function* releasing(
  events: AsyncGenerator<ImportEvent>,
  release: () => Promise<void>,
): AsyncGenerator<ImportEvent> {
  try {
    yield* events;
  } finally {
    await release();
  }
}

/** @throws the reason of the signal when it is aborted. */
async function* untilStopped(
  bytes: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  for await (const piece of bytes) {
    signal.throwIfAborted();
    yield piece;
  }
}
