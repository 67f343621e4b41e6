import { Paper, SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";

interface DetailsProps {
  /** A name and its value. A null value is shown as a dash. */
  readonly items: readonly (readonly [name: string, value: ReactNode])[];
}

/** The values of one record. */
export function Details({ items }: DetailsProps) {
  return (
    <Paper withBorder p="md">
      <SimpleGrid component="dl" m={0} cols={{ base: 1, xs: 2, md: 3 }} verticalSpacing="sm">
        {items.map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="sm" c="dimmed">
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} className="breakable">
              {value ?? "–"}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Paper>
  );
}
