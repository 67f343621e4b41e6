import { Button } from "@mantine/core";
import { IconLock, IconMinus, IconPlus, IconSnowflake } from "@tabler/icons-react";
import { refusalOf, refusesCredits, refusesDebits } from "../freeze.js";
import type { Pocket } from "../pocket-queries.js";
import type { Allowed } from "../use-allowed.js";
import type { OpenDialog } from "./pocket-dialog.js";

interface PocketButtonsProps {
  readonly pocket: Pocket;
  readonly allowed: Allowed;
  readonly onOpen: (dialog: OpenDialog) => void;
}

/** What can be done with the pocket. What a freeze refuses is disabled: the page says why. */
export function PocketButtons({ pocket, allowed, onOpen }: PocketButtonsProps) {
  const { freezeScope } = pocket;
  const isFrozen = freezeScope !== "NONE";
  const isDebitRefused = refusesDebits(freezeScope);
  const why = isFrozen ? { title: refusalOf(freezeScope) } : {};
  return (
    <>
      {allowed.charge && (
        <Button
          leftSection={<IconPlus size={16} />}
          disabled={refusesCredits(freezeScope)}
          {...(refusesCredits(freezeScope) ? why : {})}
          onClick={() => onOpen({ kind: "charge" })}
        >
          Charge (top up)
        </Button>
      )}
      {allowed.debit && (
        <Button
          variant="default"
          leftSection={<IconMinus size={16} />}
          disabled={isDebitRefused}
          {...(isDebitRefused ? why : {})}
          onClick={() => onOpen({ kind: "debit" })}
        >
          Debit
        </Button>
      )}
      {allowed.debit && (
        <Button
          variant="default"
          leftSection={<IconLock size={16} />}
          disabled={isDebitRefused}
          {...(isDebitRefused ? why : {})}
          onClick={() => onOpen({ kind: "hold" })}
        >
          Hold
        </Button>
      )}
      {allowed.freeze && (
        <Button
          variant="default"
          leftSection={<IconSnowflake size={16} />}
          onClick={() => onOpen({ kind: "freeze" })}
        >
          {isFrozen ? "Unfreeze or change" : "Freeze"}
        </Button>
      )}
    </>
  );
}
