import { AnswerParts, type ImportAnswer, type ListedRows } from "./import-answer.js";

/** One JSON object on each line. */
export function ndjsonAnswer(rows: ListedRows): ImportAnswer {
  const parts = new AnswerParts(rows);
  return {
    mediaType: "application/x-ndjson; charset=utf-8",
    write: (event) =>
      parts
        .of(event)
        .map(([name, value]) => `${JSON.stringify({ [name]: value })}\n`)
        .join(""),
  };
}

/** The same objects as server-sent events. */
export function eventStreamAnswer(rows: ListedRows): ImportAnswer {
  const parts = new AnswerParts(rows);
  return {
    mediaType: "text/event-stream; charset=utf-8",
    write: (event) =>
      parts
        .of(event)
        .map(([name, value]) => `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`)
        .join(""),
  };
}
