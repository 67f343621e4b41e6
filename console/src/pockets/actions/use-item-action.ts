import { useState } from "react";
import type { AnyVariables, TypedDocumentNode } from "urql";
import { uuidv7 } from "uuidv7";
import { type Action, useAction } from "../../api/use-action.js";
import type { Group, Pocket } from "../pocket-queries.js";
import { type ItemResult, refusalsOf } from "./refusals.js";

/** What every dialog of a pocket's page gets. */
export interface PocketActionProps {
  readonly pocket: Pocket;
  readonly group: Group;
  /** Reads the screen again. The dialog stays open until then. */
  readonly reload: () => Promise<void>;
  /** @param done what was done, in words; omitted if the person canceled. */
  readonly onClose: (done?: string) => void;
}

export interface ItemAction<Variables> extends Action<Variables> {
  /** The item's token. It lasts as long as the dialog, so that every attempt is the same item. */
  readonly token: string;
}

/** An action with one item, which the server does once, however often it is sent. */
export function useItemAction<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  resultOf: (data: Data) => ItemResult | undefined,
  group: Group,
  onDone: (data: Data) => Promise<void>,
): ItemAction<Variables> {
  const [token] = useState(uuidv7);
  const action = useAction(document, (data) => refusalsOf(resultOf(data), group), onDone);
  return { ...action, token };
}
