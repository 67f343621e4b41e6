import { stringifyDocument } from "@urql/core";
import type { DocumentNode } from "graphql";
import { type ReactNode, createContext, use, useEffect, useId, useMemo, useState } from "react";

/** An operation behind what the screen shows. */
export interface ShownOperation {
  readonly query: string;
  readonly variables: object;
}

type Register = (id: string, operation: ShownOperation | null) => void;

const RegisterContext = createContext<Register>(() => undefined);
const ListContext = createContext<readonly ShownOperation[]>([]);

/** Collects the operations of all mounted components, so that every screen can show them. */
export function OperationsShown({ children }: { readonly children: ReactNode }) {
  const [operations, setOperations] = useState<ReadonlyMap<string, ShownOperation>>(new Map());
  const register = useMemo<Register>(
    () => (id, operation) => {
      setOperations((known) => {
        const next = new Map(known);
        if (operation) next.set(id, operation);
        else next.delete(id);
        return next;
      });
    },
    [],
  );
  const list = useMemo(() => [...operations.values()], [operations]);
  return (
    <RegisterContext value={register}>
      <ListContext value={list}>{children}</ListContext>
    </RegisterContext>
  );
}

/** Shows an operation in the panel for as long as the component is mounted. */
export function useShownOperation(document: DocumentNode, variables: object, isSent = true): void {
  const id = useId();
  const register = use(RegisterContext);
  const text = JSON.stringify(variables);
  useEffect(() => {
    if (!isSent) return undefined;
    register(id, { query: stringifyDocument(document), variables: JSON.parse(text) as object });
    return () => {
      register(id, null);
    };
  }, [register, id, document, text, isSent]);
}

export function useOperationsShown(): readonly ShownOperation[] {
  return use(ListContext);
}
