import { Alert, Anchor, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link, useSearch } from "wouter";
import type { ResultOf } from "../api/graphql.js";
import type { OperationState } from "../api/use-operation.js";
import { Name } from "../components/values.js";
import { Page } from "../components/page.js";
import { useReveal } from "../components/use-reveal.js";
import type { ListState } from "../listing/list-state.js";
import { type OpenDialog, PocketDialog } from "./actions/pocket-dialog.js";
import { PocketButtons } from "./actions/pocket-buttons.js";
import { Balances } from "./balances.js";
import { HoldItem } from "./hold-item.js";
import { Marked } from "./marked.js";
import { OpenHolds } from "./open-holds.js";
import type { Entry, Group, Hold, MARKED, Pocket } from "./pocket-queries.js";
import { pocketAddress } from "./search/find-pocket.js";
import type { DayRange } from "./statement/day-range.js";
import { EntryItem } from "./statement/entry-item.js";
import { StatementSection } from "./statement/statement-section.js";
import { useAllowed } from "./use-allowed.js";

interface PocketViewProps {
  readonly pocket: Pocket;
  readonly group: Group;
  readonly state: ListState;
  readonly range: DayRange;
  readonly marked: OperationState<ResultOf<typeof MARKED>>;
  readonly reload: () => Promise<void>;
  readonly isStale: boolean;
  readonly isLive: boolean;
  /** What was done last, in words. */
  readonly done: string | null;
  readonly setDone: (done: string | null) => void;
}

export function PocketView({ pocket, group, state, range, marked, ...props }: PocketViewProps) {
  const { done, setDone } = props;
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const allowed = useAllowed(pocket, group);
  const search = useSearch();
  const token = state.filter("token");
  const open = (next: OpenDialog): void => {
    setDone(null);
    setDialog(next);
  };
  const addressOf = (other: string): string => {
    const params = new URLSearchParams(search);
    params.set("token", other);
    return `${pocketAddress(group.slug, pocket.phoneNumber)}?${params.toString()}`;
  };
  const entryItem = (entry: Entry) => (
    <EntryItem
      {...{ entry, group, addressOf }}
      isMarked={entry.token === token}
      onReverse={allowed.reverse(entry) ? () => open({ kind: "reverse", entry }) : null}
    />
  );
  const holdItem = (hold: Hold) => (
    <HoldItem
      {...{ hold, group }}
      isMarked={hold.token === token}
      onCapture={allowed.capture(hold) ? () => open({ kind: "capture", hold }) : null}
      onRelease={allowed.release(hold) ? () => open({ kind: "release", hold }) : null}
    />
  );
  return (
    <Page
      title={pocket.phoneNumber}
      actions={<PocketButtons allowed={allowed} pocket={pocket} onOpen={open} />}
    >
      <div>
        <Text size="sm">
          Pocket of{" "}
          <Anchor
            component={Link}
            href={`/pockets?group=${encodeURIComponent(group.slug)}`}
            inherit
          >
            <Name>{group.name}</Name>
          </Anchor>
        </Text>
        <Notices {...{ group, done }} isLive={props.isLive} onClose={() => setDone(null)} />
      </div>
      <Stack className={props.isStale && !dialog ? "stale" : ""} aria-busy={props.isStale}>
        <Balances {...{ pocket, group }} />
        {token !== "" && (
          <Marked
            key={token}
            operation={marked}
            {...{ entryItem, holdItem }}
            onClose={() => state.setFilters({ token: "" })}
          />
        )}
        <OpenHolds {...{ pocket, group }} item={holdItem} />
        <StatementSection
          phoneNumber={pocket.phoneNumber}
          statement={pocket.statement}
          {...{ group, range, state }}
          item={entryItem}
        />
      </Stack>
      {dialog && (
        <PocketDialog
          {...{ dialog, pocket, group }}
          reload={props.reload}
          onClose={(what) => {
            setDialog(null);
            setDone(what ?? null);
          }}
        />
      )}
    </Page>
  );
}

interface NoticesProps {
  readonly group: Group;
  readonly done: string | null;
  readonly isLive: boolean;
  readonly onClose: () => void;
}

/** What happened last, and what a person must know to understand the page. */
function Notices({ group, done, isLive, onClose }: NoticesProps) {
  const message = useReveal<HTMLDivElement>(done !== null);
  return (
    <>
      <div role="status">
        {done !== null && (
          <Alert
            color="green"
            mt="xs"
            className="revealed"
            ref={message}
            tabIndex={-1}
            withCloseButton
            closeButtonLabel="Close the message"
            onClose={onClose}
          >
            {done}
          </Alert>
        )}
      </div>
      {!group.isActive && (
        <Alert mt="xs" color="orange" title="The pocket group is inactive">
          Its pockets can be read. They cannot be charged or spent.
        </Alert>
      )}
      {!isLive && (
        <Text size="sm" c="dimmed">
          The page does not follow changes now: the connection was lost. Reload it to see the newest
          state.
        </Text>
      )}
    </>
  );
}
