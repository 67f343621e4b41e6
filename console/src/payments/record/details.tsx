import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Facts, Section } from "../../components/facts.js";
import { Name, Time } from "../../components/values.js";
import { wordsOf } from "../../shared/words.js";

interface DetailsProps {
  readonly record: {
    readonly id: string;
    readonly createdAt: string;
    readonly updatedAt: string;
    readonly provider: string;
    readonly providerId: string | null;
    readonly providerMethod: string | null;
    readonly reference: string | null;
    readonly description: string | null;
    readonly employee: { readonly name: string } | null;
  };
  /** What only this kind of payment has. */
  readonly more?: Readonly<Record<string, ReactNode>>;
  readonly children?: ReactNode;
}

/** The texts of a payment, and what its provider says about it. */
export function DetailsSection({ record, more, children }: DetailsProps) {
  const { provider, providerId, providerMethod, reference, description, employee } = record;
  return (
    <Section title="Details">
      <Facts
        facts={{
          Reference: reference && <Name>{reference}</Name>,
          Description: description && <Name>{description}</Name>,
          ...more,
          Provider: provider === "NONE" ? "None (cash, bank transfer)" : wordsOf(provider),
          "Provider's id": providerId && <bdi className="breakable">{providerId}</bdi>,
          "Provider's method": providerMethod && <Name>{providerMethod}</Name>,
          Id: <bdi className="breakable">{record.id}</bdi>,
          Created: <Time at={record.createdAt} />,
          "Created by": employee && <Name>{employee.name}</Name>,
          Updated: <Time at={record.updatedAt} />,
        }}
      />
      {children}
    </Section>
  );
}

interface MetadataProps {
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
}

export function MetadataSection({ metadata }: MetadataProps) {
  return (
    <Section title="Metadata">
      {metadata.length === 0 ? (
        <Text size="sm" c="dimmed">
          The payment has no metadata.
        </Text>
      ) : (
        <Facts
          facts={Object.fromEntries(
            metadata.map(({ key, value }) => [key, <Name key={key}>{value}</Name>]),
          )}
        />
      )}
    </Section>
  );
}
