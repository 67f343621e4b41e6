import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconLink } from "@tabler/icons-react";

/** Copies the address of the page, which contains the filters, the sorting, the columns and the page of its list. */
export function CopyLink() {
  const { copy, copied, error } = useClipboard();
  // Browsers refuse to copy for pages of plain http.
  const failed = error ? "Copy the address of the page instead" : null;
  return (
    <Button
      variant="subtle"
      size="xs"
      leftSection={copied ? <IconCheck size={14} /> : <IconLink size={14} />}
      onClick={() => {
        copy(window.location.href);
      }}
    >
      <span aria-live="polite">
        {failed ?? (copied ? "Link copied" : "Copy link to this view")}
      </span>
    </Button>
  );
}
