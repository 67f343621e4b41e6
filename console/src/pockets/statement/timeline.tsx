import { Text, Timeline } from "@mantine/core";
import type { ReactNode } from "react";
import { IconArrowBackUp, IconMinus, IconPlus } from "@tabler/icons-react";
import { PocketMoney } from "../pocket-money.js";
import type { Entry, Group, Statement } from "../pocket-queries.js";

interface StatementTimelineProps {
  readonly statement: Statement;
  readonly group: Group;
  readonly item: (entry: Entry) => ReactNode;
}

/** The entries of a statement, the newest first, between its two balances. */
export function StatementTimeline({ statement, group, item }: StatementTimelineProps) {
  const { entries, openingBalance, closingBalance } = statement;
  const { hasNextPage, hasPreviousPage } = entries.pageInfo;
  return (
    <Timeline bulletSize={26} lineWidth={2} role="list" aria-label="Entries of the pocket">
      {!hasPreviousPage && (
        <Timeline.Item role="listitem">
          <Text size="sm">
            Closing balance: <PocketMoney amount={closingBalance} group={group} />
          </Text>
        </Timeline.Item>
      )}
      {entries.nodes.map((entry) => (
        <Timeline.Item key={entry.id} role="listitem" bullet={<KindIcon entry={entry} />}>
          {item(entry)}
        </Timeline.Item>
      ))}
      {!hasNextPage && (
        <Timeline.Item role="listitem">
          <Text size="sm">
            Opening balance: <PocketMoney amount={openingBalance} group={group} />
          </Text>
        </Timeline.Item>
      )}
    </Timeline>
  );
}

function KindIcon({ entry }: { readonly entry: Entry }) {
  if (entry.kind === "REVERSAL") return <IconArrowBackUp size={14} aria-hidden />;
  return entry.amount > 0 ? (
    <IconPlus size={14} aria-hidden />
  ) : (
    <IconMinus size={14} aria-hidden />
  );
}
