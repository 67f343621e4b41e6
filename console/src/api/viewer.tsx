import { type ReactNode, createContext, use } from "react";
import { type ResultOf, graphql } from "./graphql.js";

export const VIEWER = graphql(`
  query Viewer {
    viewer {
      scopes
      merchant {
        id
        name
        defaultCurrency
        defaultCurrencyMinorUnits
      }
      employee {
        id
        name
      }
    }
  }
`);

type Found = ResultOf<typeof VIEWER>["viewer"];
export type Scope = Found["scopes"][number];

export interface Viewer extends Found {
  readonly isOperator: boolean;
  /** Whether the token has one of the scopes. Offer nothing that the token may not do. */
  readonly may: (...anyOf: readonly Scope[]) => boolean;
}

const ViewerContext = createContext<Viewer | null>(null);

export function ViewerProvider({
  found,
  children,
}: {
  readonly found: Found;
  readonly children: ReactNode;
}) {
  const viewer: Viewer = {
    ...found,
    isOperator: found.scopes.includes("OPERATOR"),
    may: (...anyOf) => anyOf.some((scope) => found.scopes.includes(scope)),
  };
  return <ViewerContext value={viewer}>{children}</ViewerContext>;
}

/** The owner of the token, on every screen behind the sign-in. */
export function useViewer(): Viewer {
  const viewer = use(ViewerContext);
  if (viewer === null) throw new Error("useViewer needs a signed-in token.");
  return viewer;
}
