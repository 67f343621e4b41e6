/** The workers could not begin to serve; the message is for people. */
export class WorkerStartError extends Error {
  override readonly name = "WorkerStartError";
}
