import { OneFilter } from "../listing/choice-filter.js";
import { FoldedFilters } from "../listing/folded-filters.js";
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
const SHOWN_NAMES = ["type", "actor", "operation"];
const NAMES = [...SHOWN_NAMES, ...[...TEXTS, ...TIMES].map(({ name }) => name)];

/** How much of a token's secret the server stores as it is. */
const PREFIX_LENGTH = 10;

interface AuditFiltersProps {
  readonly state: Pick<ListState, "filter" | "setFilters">;
}

/** The filters of the audit trail. */
export function AuditFilters({ state }: AuditFiltersProps) {
  const { filter, setFilters } = state;
  return (
    <FoldedFilters
      state={state}
      names={NAMES}
      shownNames={SHOWN_NAMES}
      rare={<RareFilters state={state} />}
    >
      <OneFilter
        label="Record type"
        choices={RECORD_TYPES}
        labelOf={nameInWords}
        value={filter("type")}
        onApply={(type) => setFilters({ type })}
      />
      <OneFilter
        label="Changed by"
        choices={ACTORS}
        labelOf={wordsOf}
        value={filter("actor")}
        onApply={(actor) => setFilters({ actor })}
      />
      <TextFilter
        label="Operation contains"
        value={filter("operation")}
        onApply={(operation) => setFilters({ operation })}
      />
    </FoldedFilters>
  );
}

function RareFilters({ state: { filter, setFilters } }: AuditFiltersProps) {
  return (
    <>
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
    </>
  );
}
