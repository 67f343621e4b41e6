import type { FastifyRequest } from "fastify";
import type { GraphQLError } from "graphql";
import { parseMediaType } from "./header-values.js";
import { badRequest } from "./http-error.js";

/** The media types of a body that a page's form can send. */
const FORM_TYPES: ReadonlySet<string> = new Set([
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "text/plain",
]);

/** A page's script can set each of these headers only after a preflight. */
const PREFLIGHT_HEADERS = [
  "authorization",
  "x-apollo-operation-name",
  "apollo-require-preflight",
] as const;

/** The schemes of credentials that a browser stores and adds to requests of any page, without a preflight. */
const BROWSER_SCHEMES: ReadonlySet<string> = new Set(["basic", "digest", "negotiate", "ntlm"]);

/**
 * The refusal of a request that a page of another origin could send without a preflight. A browser sends a preflight
 * before it sends JSON, or one of the headers above.
 */
export function refusalOfForged({ headers }: FastifyRequest): GraphQLError | undefined {
  const { "content-type": type, authorization } = headers;
  const essence = type === undefined ? undefined : parseMediaType(type)?.essence;
  if (essence !== undefined && !FORM_TYPES.has(essence)) return undefined;
  const hasPreflight = PREFLIGHT_HEADERS.some((name) => {
    const isSent = (headers[name] ?? "") !== "";
    return name === "authorization" ? isSent && !isAddedByBrowsers(authorization) : isSent;
  });
  if (hasPreflight) return undefined;
  return badRequest(
    "A page of another origin could have sent this request without the browser's check (Cross-Site Request Forgery). Send application/json by POST, or add the header Apollo-Require-Preflight: true.",
  );
}

/** Whether an `Authorization` header may come from the browser and not from the page's script. */
function isAddedByBrowsers(authorization = ""): boolean {
  const [scheme = ""] = authorization.trim().split(/[\s,]/, 1);
  return BROWSER_SCHEMES.has(scheme.toLowerCase());
}
