import { Anchor, Text, Timeline } from "@mantine/core";
import { Link } from "wouter";
import { Name, Time } from "../../components/values.js";
import { Section } from "../../components/facts.js";
import { wordsOf } from "../../shared/words.js";

/** One line of a payment's life. */
export interface LifeEvent {
  /** An instant in UTC, to the microsecond. */
  readonly at: string;
  readonly text: string;
  readonly by: string | null;
  /** The payment that it happened to, if it is another one. */
  readonly link?: string;
}

export interface StatusChange {
  readonly at: string;
  readonly from: string | null;
  readonly to: string;
  readonly employee: { readonly name: string } | null;
}

/** Status changes of a payment in words. `subject` names it, such as "Charge" or "Refund of USD 5.00". */
export function changesOf(
  subject: string,
  changes: readonly StatusChange[],
  link?: string,
): LifeEvent[] {
  return changes.map(({ at, from, to, employee }) => ({
    at,
    text:
      from === null
        ? `${subject} recorded. Status: ${wordsOf(to).toLowerCase()}`
        : `${subject}: ${wordsOf(from).toLowerCase()} → ${wordsOf(to).toLowerCase()}`,
    by: employee?.name ?? null,
    ...(link === undefined ? {} : { link }),
  }));
}

interface LifeProps {
  readonly events: readonly LifeEvent[];
  /** Whether there are more events than the page reads. */
  readonly hasMore: boolean;
}

/** The events of a payment and of what belongs to it, oldest first. */
export function Life({ events, hasMore }: LifeProps) {
  // Instants of one format sort as texts do. Sorting is stable, so events of one instant keep their order.
  const sorted = events.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  return (
    <Section title="Timeline">
      <Timeline active={sorted.length} bulletSize={14} lineWidth={2} role="list">
        {sorted.map(({ at, text, by, link }) => (
          <Timeline.Item
            key={`${at} ${text}`}
            role="listitem"
            title={<EventTitle text={text} link={link} />}
          >
            <Text size="xs" c="dimmed">
              <Time at={at} />
              {by !== null && (
                <>
                  , by <Name>{by}</Name>
                </>
              )}
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
      {hasMore && <Text size="sm">There are later events, which are not shown here.</Text>}
    </Section>
  );
}

function EventTitle({ text, link }: { readonly text: string; readonly link: string | undefined }) {
  if (link === undefined) return text;
  return (
    <Anchor component={Link} href={link} inherit>
      {text}
    </Anchor>
  );
}
