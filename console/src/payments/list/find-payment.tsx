import { Button, Group, TextInput } from "@mantine/core";
import { useLocation, useSearchParams } from "wouter";
import { useDraft } from "../../listing/text-filter.js";
import { isUuid } from "../../shared/uuid.js";
import { wordsOf } from "../../shared/words.js";
import { CHARGES, type PaymentKind } from "../kinds.js";

/** Opens a payment by a pasted id, or searches the list by a reference or the provider's id. */
export function FindPayment({ kind }: { readonly kind: PaymentKind }) {
  const [, navigate] = useLocation();
  const [params, setParams] = useSearchParams();
  const [text, setText] = useDraft(params.get("q") ?? "");
  const find = (): void => {
    const wanted = text.trim();
    // The page of charges finds out what kind of payment an id belongs to.
    if (isUuid(wanted)) navigate(CHARGES.of(wanted));
    else {
      setParams((old) => {
        const next = new URLSearchParams(old);
        for (const name of ["q", "after", "before"]) next.delete(name);
        if (wanted !== "") next.set("q", wanted);
        return next;
      });
    }
  };
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        find();
      }}
    >
      <Group gap="xs" align="end" wrap="nowrap">
        <TextInput
          label="Find a payment"
          placeholder={wordsOf(kind.searched)}
          dir="auto"
          w={260}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
          }}
        />
        <Button type="submit" variant="default">
          Find
        </Button>
      </Group>
    </form>
  );
}
