import { Alert } from "@mantine/core";

interface DoneNoticeProps {
  /** What was done; null for nothing. */
  readonly message: string | null;
  readonly onClose: () => void;
}

/** Says what was done, near the title of a page. Screen readers read it when it appears. */
export function DoneNotice({ message, onClose }: DoneNoticeProps) {
  return (
    <div role="status">
      {message !== null && (
        <Alert
          color="green"
          mb="md"
          withCloseButton
          closeButtonLabel="Close the message"
          onClose={onClose}
        >
          <span dir="auto">{message}</span>
        </Alert>
      )}
    </div>
  );
}
