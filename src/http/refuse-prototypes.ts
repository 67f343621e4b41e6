/** Reads JSON messages. Like the parser of request bodies: such a key could change JavaScript objects. */
export function refusePrototypes(this: unknown, key: string, value: unknown): unknown {
  if (key === "__proto__") throw new SyntaxError("a message must not have a key __proto__");
  return value;
}
