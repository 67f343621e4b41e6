import { Button, SimpleGrid } from "@mantine/core";
import { OneFilter } from "../listing/choice-filter.js";
import type { ListState } from "../listing/list-state.js";
import { TextFilter, TimeFilter } from "../listing/text-filter.js";
import { ACTORS, RECORD_TYPES } from "./audit-filter.js";

const TEXTS = [
  { name: "operation", label: "Operation contains", placeholder: "revokeApiToken" },
  { name: "merchant", label: "Merchant’s name or id", placeholder: "Any" },
  { name: "token", label: "Token begins with", placeholder: "pct_…" },
  { name: "record", label: "Record id", placeholder: "Any" },
  { name: "request", label: "Request id", placeholder: "Any" },
] as const;

/** How much of a token's secret the server stores as it is. */
const PREFIX_LENGTH = 10;

const NAMES = ["type", "actor", "from", "to", ...TEXTS.map(({ name }) => name)];

/** The filters of the audit trail, which are in the address. */
export function AuditFilters({ state }: { readonly state: ListState<"CREATED_AT"> }) {
  const { filter, setFilters } = state;
  const isFiltered = NAMES.some((name) => filter(name) !== "");
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 5 }} spacing="sm">
      <OneFilter
        label="Record type"
        choices={RECORD_TYPES}
        value={filter("type")}
        onApply={(type) => {
          setFilters({ type });
        }}
      />
      <OneFilter
        label="Changed by"
        choices={ACTORS}
        value={filter("actor")}
        onApply={(actor) => {
          setFilters({ actor });
        }}
      />
      {TEXTS.map(({ name, ...props }) => (
        <TextFilter
          key={name}
          {...props}
          value={filter(name)}
          onApply={(text) => {
            // The address must not contain a whole token, even if one was pasted.
            setFilters({ [name]: name === "token" ? text.slice(0, PREFIX_LENGTH) : text });
          }}
        />
      ))}
      {(["from", "to"] as const).map((name) => (
        <TimeFilter
          key={name}
          label={name === "from" ? "From" : "Before"}
          value={filter(name)}
          onApply={(time) => {
            setFilters({ [name]: time });
          }}
        />
      ))}
      {isFiltered && (
        <Button
          variant="default"
          mt="auto"
          onClick={() => {
            setFilters(Object.fromEntries(NAMES.map((name) => [name, ""])));
          }}
        >
          Clear filters
        </Button>
      )}
    </SimpleGrid>
  );
}
