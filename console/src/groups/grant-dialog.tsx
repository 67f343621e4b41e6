import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import type { TypedDocumentNode } from "urql";
import { refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { useOperation } from "../api/use-operation.js";
import { ActionDialog } from "../components/action-dialog.js";
import { RecordSelect } from "../components/record-select.js";
import { GRANT_GROUP } from "./group-documents.js";

interface Found {
  readonly found: {
    readonly nodes: readonly {
      readonly id: string;
      readonly name: string;
      readonly slug?: string;
    }[];
  };
}

interface NameFilter {
  readonly filter: { readonly name?: { match: string[] } };
}

export interface Grant {
  readonly slug: string;
  readonly merchantId: string;
}

export interface GrantDialogProps {
  readonly title: string;
  /** What the person selects: "Merchant". */
  readonly label: string;
  /** Finds merchants or groups by a part of the name, under the alias `found`. */
  readonly query: TypedDocumentNode<Found, NameFilter>;
  /** @param key the slug of the selected group, or the id of the selected merchant. */
  readonly grantOf: (key: string) => Grant;
  readonly readAgain: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Grants a group to a merchant, one of which the person selects. */
export function GrantDialog({ title, label, query, grantOf, ...props }: GrantDialogProps) {
  const [search, setSearch] = useState("");
  const [text] = useDebouncedValue(search, 200);
  const [selected, setSelected] = useState<string | null>(null);
  const filter = text === "" ? {} : { name: { match: [text] } };
  const { data } = useOperation(query, { filter });
  const action = useAction(GRANT_GROUP, refusalsIn, props.readAgain);
  return (
    <ActionDialog
      title={title}
      effect="The merchant can then see and change the pockets of this group, as far as the scopes of its tokens allow."
      label="Grant the group"
      canRun={selected !== null}
      action={action}
      onClose={props.onClose}
      onRun={() => {
        if (selected === null) return;
        void action.run(grantOf(selected)).then((isDone) => {
          if (isDone) props.onClose();
        });
      }}
    >
      <RecordSelect
        label={label}
        placeholder="Type a name"
        required
        data-autofocus
        records={data?.found.nodes.map(({ id, name, slug }) => {
          const key = slug ?? id;
          return { id: key, name, detail: key };
        })}
        search={search}
        onSearchChange={setSearch}
        value={selected}
        onChange={setSelected}
      />
    </ActionDialog>
  );
}
