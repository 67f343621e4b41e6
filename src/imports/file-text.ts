import { isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";
import { fileError } from "./import-file-error.js";

const LINE_FEED = 10;
const UTF_8_MARK = [0xef, 0xbb, 0xbf];
const MAX_CHARACTER_BYTES = 4;
const SAVE_AS = "Save the file as CSV in UTF-8, and send it again.";

/**
 * Reads the bytes of a file, in any pieces, as UTF-8. A byte order mark is removed, and UTF-16 is converted if it has
 * one, as spreadsheets save it. Anything else is refused with its line.
 */
export class FileText {
  private decoder: TextDecoder | null | undefined;
  private left: Buffer = Buffer.alloc(0);
  /** The lines before the current piece, and the bytes of the last of them. */
  private line = 1;
  private column = 0;

  /** @returns the text so far, which ends between two characters. @throws ImportFileError. */
  push(bytes: Buffer): Buffer {
    const piece = this.left.length === 0 ? bytes : Buffer.concat([this.left, bytes]);
    this.left = Buffer.alloc(0);
    if (this.decoder === undefined && piece.length < UTF_8_MARK.length) {
      this.left = piece;
      return Buffer.alloc(0);
    }
    return this.read(piece, true);
  }

  /** @returns the rest of the text. @throws ImportFileError. */
  end(): Buffer {
    return this.read(this.left, false);
  }

  private read(piece: Buffer, hasMore: boolean): Buffer {
    const isFirst = this.decoder === undefined;
    if (isFirst) this.decoder = decoderOf(piece);
    if (this.decoder) return this.checked(this.convert(this.decoder, piece, hasMore));
    const text = isFirst && startsWith(piece, UTF_8_MARK) ? piece.subarray(3) : piece;
    const whole = hasMore ? text.length - cutOff(text) : text.length;
    this.left = text.subarray(whole);
    return this.checked(text.subarray(0, whole));
  }

  private convert(decoder: TextDecoder, piece: Buffer, hasMore: boolean): Buffer {
    try {
      return Buffer.from(decoder.decode(piece, { stream: hasMore }));
    } catch {
      const message = `The file is not valid UTF-16 after line ${String(this.line)}. ${SAVE_AS}`;
      throw fileError("WRONG_ENCODING", message, this.line);
    }
  }

  private checked(text: Buffer): Buffer {
    if (!isUtf8(text)) this.refuse(text, firstInvalid(text), "UTF-8");
    const zero = text.indexOf(0);
    if (zero !== -1) this.refuse(text, zero, "text");
    this.advance(text);
    return text;
  }

  private advance(text: Buffer): void {
    let from = 0;
    for (let at = text.indexOf(LINE_FEED); at !== -1; at = text.indexOf(LINE_FEED, from)) {
      this.line++;
      this.column = 0;
      from = at + 1;
    }
    this.column += text.length - from;
  }

  private refuse(text: Buffer, at: number, what: string): never {
    this.advance(text.subarray(0, at));
    const byte = `byte ${String(this.column + 1)} of the line is 0x${(text[at] ?? 0).toString(16).padStart(2, "0")}`;
    const message = `Line ${String(this.line)} is not ${what}: ${byte}. ${SAVE_AS}`;
    throw fileError("WRONG_ENCODING", message, this.line);
  }
}

/** The decoder of a file that begins with the byte order mark of UTF-16; null for UTF-8. */
function decoderOf(start: Buffer): TextDecoder | null {
  if (startsWith(start, [0xff, 0xfe])) return new TextDecoder("utf-16le", { fatal: true });
  if (startsWith(start, [0xfe, 0xff])) return new TextDecoder("utf-16be", { fatal: true });
  return null;
}

function startsWith(bytes: Buffer, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

/** The number of bytes at the end that begin a character without ending it. */
function cutOff(text: Buffer): number {
  for (let length = 1; length < MAX_CHARACTER_BYTES && length <= text.length; length++) {
    const byte = text[text.length - length] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > length ? length : 0;
  }
  return 0;
}

/** The first byte at which a text is not UTF-8. */
function firstInvalid(text: Buffer): number {
  let start = 0;
  for (;;) {
    const feed = text.indexOf(LINE_FEED, start);
    const end = feed === -1 ? text.length : feed + 1;
    if (!isUtf8(text.subarray(start, end))) break;
    start = end;
  }
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let character = start;
  for (let at = start; at < text.length; at++) {
    try {
      const isWhole = decoder.decode(text.subarray(at, at + 1), { stream: true }) !== "";
      if (isWhole) character = at + 1;
    } catch {
      break;
    }
  }
  return character;
}
