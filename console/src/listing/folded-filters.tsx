import { Button, Collapse, Group, SimpleGrid, Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ListState } from "./list-state.js";

interface FoldedFiltersProps {
  readonly state: Pick<ListState, "filter" | "setFilters">;
  /** The names of all filters in the address, and of those that are always shown. */
  readonly names: readonly string[];
  readonly shownNames: readonly string[];
  /** The filters that are always shown. */
  readonly children: ReactNode;
  readonly rare: ReactNode;
}

/** Filters of a list. Those that are used less are shown on request, or when the address has one of them. */
export function FoldedFilters({ state, names, shownNames, children, rare }: FoldedFiltersProps) {
  const used = names.filter((name) => state.filter(name) !== "");
  const hasRare = used.some((name) => !shownNames.includes(name));
  const [isOpen, setOpen] = useState(hasRare);
  const [hadRare, setHadRare] = useState(hasRare);
  if (hadRare !== hasRare) {
    setHadRare(hasRare);
    if (hasRare) setOpen(true);
  }
  const clear = (): void => state.setFilters(Object.fromEntries(used.map((name) => [name, ""])));
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
        {children}
        <Group gap="xs" align="end">
          <Button variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? "Fewer filters" : "More filters"}
          </Button>
          {used.length > 0 && (
            <Button variant="subtle" onClick={clear}>
              Clear filters
            </Button>
          )}
        </Group>
      </SimpleGrid>
      <Collapse expanded={isOpen}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
          {rare}
        </SimpleGrid>
      </Collapse>
    </Stack>
  );
}
