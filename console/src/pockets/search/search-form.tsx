import { Button, Group as Row, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { Group } from "../pocket-queries.js";

interface SearchFormProps {
  readonly groups: readonly Group[];
  readonly group: Group;
  /** What was searched for. */
  readonly text: string;
  readonly onGroup: (slug: string) => void;
  readonly onSearch: (text: string) => void;
}

/** Finds a pocket of a group by a phone number, or by the token of one of its entries or holds. */
export function SearchForm({ groups, group, text, onGroup, onSearch }: SearchFormProps) {
  const [typed, setTyped] = useState(text);
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed.trim());
      }}
    >
      <Row align="flex-end" gap="sm">
        <Select
          label="Pocket group"
          data={groups.map(({ slug, name }) => ({ value: slug, label: name }))}
          value={group.slug}
          allowDeselect={false}
          searchable={groups.length > 8}
          onChange={(slug) => {
            if (slug !== null) onGroup(slug);
          }}
        />
        <TextInput
          label="Phone number or token"
          placeholder="0912 345 6789"
          autoComplete="off"
          dir="auto"
          flex="1 1 260px"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" leftSection={<IconSearch size={16} />}>
          Find
        </Button>
      </Row>
    </form>
  );
}
