import type { CombinedError } from "urql";
import { nameInWords } from "../shared/words.js";

/** Why an action was refused. */
export interface Problem {
  /** The input's field, such as `amount`; null if it is about the whole action. */
  readonly field: string | null;
  readonly message: string;
  /** The stable code of the refusal, if the operation selects it. */
  readonly code?: string;
}

interface UserErrorLike {
  readonly code?: string;
  readonly field: readonly string[] | null;
  readonly message: string;
}

export function isRefusedToken(error: CombinedError): boolean {
  return error.graphQLErrors.some(({ extensions }) => extensions.code === "UNAUTHENTICATED");
}

const UNANSWERED: readonly unknown[] = ["SERVICE_UNAVAILABLE", "INTERNAL_SERVER_ERROR"];

/** Whether the server may have done what was asked all the same. */
export function isUnanswered({ networkError, graphQLErrors }: CombinedError): boolean {
  return (
    networkError !== undefined ||
    graphQLErrors.some(({ extensions }) => UNANSWERED.includes(extensions.code))
  );
}

/** Errors of a request in one sentence for a person. */
export function messageOf(error: CombinedError): string {
  if (error.networkError) {
    return "The server cannot be reached. Check the connection, and try again.";
  }
  return error.graphQLErrors.map(({ message }) => message).join(" ");
}

/** The last name of a user error's path is the field that a form shows. */
export function problemsOf(errors: readonly UserErrorLike[]): Problem[] {
  return errors.map(({ field, message, code }) => ({
    field: field?.at(-1) ?? null,
    message,
    ...(code === undefined ? {} : { code }),
  }));
}

/** The server names a field as its API does, such as `dataSelection must …`. A form has it in words: `Data selection must …`. */
export function inWords(problem: Problem): Problem {
  return { ...problem, message: problem.message.replace(/^[a-z][A-Za-z]*/, nameInWords) };
}

/** Why the server refused the mutations of a document; empty if it did them. */
export function refusalsIn(
  answers: Readonly<Record<string, { readonly userErrors: readonly UserErrorLike[] }>>,
): Problem[] {
  return Object.values(answers).flatMap(({ userErrors }) => problemsOf(userErrors));
}
