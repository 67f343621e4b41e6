import { Anchor, Group as Row, Paper, Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { EmptyState } from "../../components/states.js";
import type { ListState } from "../../listing/list-state.js";
import { PageButtons } from "../../listing/page-buttons.js";
import type { Entry, Group, Statement } from "../pocket-queries.js";
import { entriesAddress } from "../search/find-pocket.js";
import type { DayRange } from "./day-range.js";
import { RangeForm } from "./range-form.js";
import { StatementSummary } from "./statement-summary.js";
import { StatementTimeline } from "./timeline.js";

interface StatementSectionProps {
  readonly phoneNumber: string;
  readonly statement: Statement;
  readonly group: Group;
  readonly range: DayRange;
  readonly state: ListState;
  readonly item: (entry: Entry) => ReactNode;
}

/** The movements of some days: their sums, and each with the balance after it. */
export function StatementSection({ phoneNumber, statement, ...props }: StatementSectionProps) {
  const { group, range, state, item } = props;
  const { entries } = statement;
  return (
    <Stack component="section" aria-labelledby="statement">
      <Row justify="space-between">
        <Title order={2} size="h4" id="statement">
          Statement
        </Title>
        <Anchor component={Link} href={entriesAddress(group.slug, phoneNumber)} size="sm">
          All entries of this pocket
        </Anchor>
      </Row>
      <RangeForm {...{ range, state }} />
      <StatementSummary {...{ statement, group }} />
      {entries.totalCount === 0 ? (
        <EmptyState
          title="No entries in these days"
          text="Select other days to see earlier charges, debits and reversals."
        />
      ) : (
        <Paper withBorder p="md">
          <StatementTimeline {...{ statement, group, item }} />
        </Paper>
      )}
      <PageButtons pageInfo={entries.pageInfo} totalCount={entries.totalCount} state={state} />
    </Stack>
  );
}
