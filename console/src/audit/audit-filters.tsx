import { Button, Collapse, Group, Select, SimpleGrid, Stack } from "@mantine/core";
import { useState } from "react";
import type { ListState } from "../listing/list-state.js";
import { TextFilter, TimeFilter } from "../listing/text-filter.js";
import { nameInWords, wordsOf } from "../shared/words.js";
import { ACTORS, RECORD_TYPES } from "./audit-filter.js";

const TEXTS = [
  { name: "merchant", label: "Merchant’s name or id" },
  { name: "token", label: "Token begins with" },
  { name: "record", label: "Record id" },
  { name: "request", label: "Request id" },
] as const;
const TIMES = [
  { name: "from", label: "From", isEnd: false },
  { name: "to", label: "To", isEnd: true },
] as const;
const RARE = [...TEXTS, ...TIMES].map(({ name }) => name);
const NAMES = ["type", "actor", "operation", ...RARE];

/** How much of a token's secret the server stores as it is. */
const PREFIX_LENGTH = 10;

interface AuditFiltersProps {
  readonly state: Pick<ListState, "filter" | "setFilters">;
}

/** The filters of the audit trail. Those that are used less are shown on request, or when the address has one. */
export function AuditFilters({ state }: AuditFiltersProps) {
  const { filter, setFilters } = state;
  const [isOpen, setOpen] = useState(RARE.some((name) => filter(name) !== ""));
  const isFiltered = NAMES.some((name) => filter(name) !== "");
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
        <WordsFilter
          label="Record type"
          choices={RECORD_TYPES}
          wordsOf={nameInWords}
          value={filter("type")}
          onApply={(type) => {
            setFilters({ type });
          }}
        />
        <WordsFilter
          label="Changed by"
          choices={ACTORS}
          wordsOf={wordsOf}
          value={filter("actor")}
          onApply={(actor) => {
            setFilters({ actor });
          }}
        />
        <TextFilter
          label="Operation contains"
          value={filter("operation")}
          onApply={(operation) => {
            setFilters({ operation });
          }}
        />
        <Group gap="xs" align="end">
          <Button
            variant="default"
            aria-expanded={isOpen}
            onClick={() => {
              setOpen(!isOpen);
            }}
          >
            {isOpen ? "Fewer filters" : "More filters"}
          </Button>
          {isFiltered && (
            <Button
              variant="subtle"
              onClick={() => {
                setFilters(Object.fromEntries(NAMES.map((name) => [name, ""])));
              }}
            >
              Clear filters
            </Button>
          )}
        </Group>
      </SimpleGrid>
      <Collapse expanded={isOpen}>
        <RareFilters state={state} />
      </Collapse>
    </Stack>
  );
}

function RareFilters({ state: { filter, setFilters } }: AuditFiltersProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
      {TEXTS.map(({ name, label }) => (
        <TextFilter
          key={name}
          label={label}
          value={filter(name)}
          onApply={(text) => {
            // The address must not contain a whole token, even if one was pasted.
            setFilters({ [name]: name === "token" ? text.slice(0, PREFIX_LENGTH) : text });
          }}
        />
      ))}
      {TIMES.map(({ name, label, isEnd }) => (
        <TimeFilter
          key={name}
          label={label}
          isEnd={isEnd}
          value={filter(name)}
          onApply={(time) => {
            setFilters({ [name]: time });
          }}
        />
      ))}
    </SimpleGrid>
  );
}

interface WordsFilterProps {
  readonly label: string;
  readonly choices: readonly string[];
  readonly wordsOf: (choice: string) => string;
  readonly value: string;
  readonly onApply: (value: string) => void;
}

/** One value, shown in words, or any. */
function WordsFilter({ label, choices, wordsOf: words, value, onApply }: WordsFilterProps) {
  const known = value === "" || choices.includes(value) ? choices : [...choices, value];
  return (
    <Select
      label={label}
      data={[
        { value: "", label: "Any" },
        ...known.map((choice) => ({ value: choice, label: words(choice) })),
      ]}
      value={value}
      allowDeselect={false}
      onChange={(choice) => {
        onApply(choice ?? "");
      }}
    />
  );
}
