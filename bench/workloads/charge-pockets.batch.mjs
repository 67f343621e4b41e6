import { uuidv7 } from "uuidv7";

const POCKET_COUNT = 100_000;
const MAX_AMOUNT = 10_000;

/** New charges, each with its own token. The first charge of a pocket creates it. */
export function newBatch(size) {
  return Array.from({ length: size }, () => ({
    token: uuidv7(),
    phoneNumber: `98912${String(below(POCKET_COUNT)).padStart(7, "0")}`,
    amount: 1 + below(MAX_AMOUNT),
  }));
}

function below(limit) {
  return Math.floor(Math.random() * limit);
}
