import type { FastifyRequest } from "fastify";
import { parseMediaType } from "./header-values.js";
import { badRequest } from "./http-error.js";

/** A page's script can set each of these headers only after a preflight. */
const PREFLIGHT_HEADERS = [
  "authorization",
  "x-apollo-operation-name",
  "apollo-require-preflight",
] as const;

/** The schemes of credentials that a browser stores and adds to requests of any page, without a preflight. */
const BROWSER_SCHEMES: ReadonlySet<string> = new Set(["basic", "digest", "negotiate", "ntlm"]);

/**
 * Refuses what a page of another origin could send without a preflight. A browser asks before it sends JSON, or one of
 * the headers above.
 *
 * @throws GraphQLError BAD_REQUEST
 */
export function refuseForged({ headers }: FastifyRequest): void {
  if (parseMediaType(headers["content-type"] ?? "")?.essence === "application/json") return;
  const hasPreflight = PREFLIGHT_HEADERS.some(
    (name) =>
      (headers[name] ?? "") !== "" &&
      !(name === "authorization" && isAddedByBrowsers(headers.authorization)),
  );
  if (hasPreflight) return;
  throw badRequest(
    "A page of another origin could have sent this request without the browser's check (Cross-Site Request Forgery). Send application/json by POST, or add the header Apollo-Require-Preflight: true.",
  );
}

/** Whether an `Authorization` header may come from the browser and not from the page's script. */
function isAddedByBrowsers(authorization = ""): boolean {
  const [scheme = ""] = authorization.trim().split(/[\s,]/, 1);
  return BROWSER_SCHEMES.has(scheme.toLowerCase());
}
