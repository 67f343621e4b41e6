import { randomUUID } from "node:crypto";

/** Stands for a text while `jsonOf` writes the value around it. No client can know it. */
const MARK = randomUUID();

/** The texts that `jsonOf` has met; undefined while it does not run. */
let met: string[] | undefined;

/** A part of a response that is JSON already. */
export class RawJson {
  constructor(readonly text: string) {}

  /** For `JSON.stringify`, which cannot write a text as it is. */
  toJSON(): unknown {
    if (met === undefined) return JSON.parse(this.text);
    met.push(this.text);
    return MARK;
  }
}

/** Like `JSON.stringify`, but writes each `RawJson` as it is. */
export function jsonOf(value: object): string {
  const texts: string[] = [];
  met = texts;
  try {
    const json = JSON.stringify(value);
    if (texts.length === 0) return json;
    const [first = "", ...others] = json.split(`"${MARK}"`);
    return others.reduce((written, part, index) => written + (texts[index] ?? "") + part, first);
  } finally {
    met = undefined;
  }
}
