import { snakeCase } from "./attributes.js";
import type { ErrorForm } from "./rest-error.js";

/** A body with the names of this API, and the names that the client sent, by ours. */
export interface NamedBody {
  readonly body: unknown;
  readonly sentNames: ReadonlyMap<string, string>;
}

/**
 * Converts names that the defaults of client packages write differently: types in camel case or with dashes, such as
 * `paymentCharges`, and attributes and relationships with dashes, such as `amount-in-cents`. A name that is already
 * taken stays as it is.
 */
export function withOurNames(body: unknown): NamedBody {
  const sentNames = new Map<string, string>();
  const withUnderscores = (members: Members): Members => {
    const entries = Object.entries(members).map(([name, value]) => {
      const ours = WITH_DASHES.test(name) ? underscored(name) : name;
      if (ours === name || Object.hasOwn(members, ours)) return [name, value] as const;
      sentNames.set(ours, name);
      return [ours, value] as const;
    });
    return Object.fromEntries(entries);
  };
  const data = (resource: Members): Members =>
    withChanged(withOurType(resource), {
      attributes: withUnderscores,
      relationships: (relationships) => {
        const names = withUnderscores(relationships);
        return withChanged(
          names,
          Object.fromEntries(Object.keys(names).map((name) => [name, withOurLinkage])),
        );
      },
    });
  return { body: isObject(body) ? withChanged(body, { data }) : body, sentNames };
}

/** The error form with pointers to the names that the client sent. */
export function withSentNames(
  form: ErrorForm,
  sentNames: ReadonlyMap<string, string> | null,
): ErrorForm {
  if (sentNames === null || sentNames.size === 0) return form;
  const sent = (pointer: string): string =>
    pointer
      .split("/")
      .map((name) => sentNames.get(name) ?? name)
      .join("/");
  return {
    ...form,
    bodyOf: (problems) =>
      form.bodyOf(
        problems.map((problem) =>
          problem.source && "pointer" in problem.source
            ? { ...problem, source: { pointer: sent(problem.source.pointer) } }
            : problem,
        ),
      ),
  };
}

type Members = Readonly<Record<string, unknown>>;

const WITH_DASHES = /^[a-z]+(-[a-z]+)+$/;

function withOurLinkage(relationship: Members): Members {
  return withChanged(relationship, { data: withOurType });
}

function withOurType(resource: Members): Members {
  const { type } = resource;
  if (typeof type !== "string" || !/^[a-z]/.test(type)) return resource;
  return { ...resource, type: underscored(snakeCase(type)) };
}

function underscored(name: string): string {
  return name.replaceAll("-", "_");
}

/** Changes those members that are objects. */
function withChanged(
  members: Members,
  changes: Readonly<Record<string, (value: Members) => Members>>,
): Members {
  const changed = Object.entries(changes).flatMap(([name, change]) => {
    const value = Object.hasOwn(members, name) ? members[name] : undefined;
    return isObject(value) ? [[name, change(value)] as const] : [];
  });
  return changed.length === 0 ? members : { ...members, ...Object.fromEntries(changed) };
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
