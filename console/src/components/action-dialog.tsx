import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, type SyntheticEvent, useRef } from "react";
import type { Problem } from "../api/problems.js";
import { useReturnFocus } from "./use-return-focus.js";

interface ActionDialogProps {
  readonly title: string;
  /** What the action will do, in words, with the values of the form. */
  readonly effect: ReactNode;
  /** The button that does it, such as "Charge the pocket". */
  readonly label: string;
  readonly isDangerous?: boolean;
  readonly size?: "md" | "lg" | "xl";
  readonly canRun: boolean;
  /** Whether the action runs, and why it was refused. */
  readonly action: { readonly isRunning: boolean; readonly problems: readonly Problem[] };
  /** The fields of the form that show their own refusals. The dialog shows all others. */
  readonly fields?: readonly string[];
  /** Whether an attempt got no answer. Do not let its values change: only the same ones are safe to send again. */
  readonly isUnsettled?: boolean;
  readonly onRun: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

const UNSETTLED =
  "The server may have done it. Try again: that does nothing twice. If you close the dialog instead, look on the page whether it was done before you do it once more.";

/**
 * Asks before something changes: says what will happen, and shows the refusal where it belongs. Enter in a field moves
 * to the button, so that a second Enter confirms.
 */
export function ActionDialog(props: ActionDialogProps) {
  const { title, effect, label, isDangerous, canRun, isUnsettled, fields = [] } = props;
  const { isRunning, problems } = props.action;
  const others = problems.filter(({ field }) => field === null || !fields.includes(field));
  const submitButton = useRef<HTMLButtonElement>(null);
  useReturnFocus();
  // Enter in a field would confirm an effect that the person has not read.
  const toSubmitButton = (event: KeyboardEvent): void => {
    const isInField = event.target instanceof HTMLInputElement;
    if (event.key !== "Enter" || !isInField || event.defaultPrevented) return;
    event.preventDefault();
    submitButton.current?.focus();
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (canRun && !isRunning) props.onRun();
  };
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={title}
      size={props.size ?? "md"}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={submit} onKeyDown={toSubmitButton}>
        <Stack>
          {props.children}
          <Text size="sm" aria-live="polite">
            {effect}
          </Text>
          {others.map(({ message }) => (
            <Alert
              key={message}
              color="red"
              role="alert"
              title={isUnsettled ? "No answer" : "Refused"}
              children={isUnsettled ? `${message} ${UNSETTLED}` : message}
            />
          ))}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose} disabled={isRunning}>
              {isUnsettled ? "Close without an answer" : "Cancel"}
            </Button>
            <Button
              ref={submitButton}
              type="submit"
              loading={isRunning}
              disabled={!canRun}
              {...(isDangerous ? { color: "red" } : {})}
            >
              {isUnsettled ? "Try again" : label}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** The refusals of one field, for the `error` of its input. */
export function errorOf(problems: readonly Problem[], field: string): string | undefined {
  const found = problems.filter((problem) => problem.field === field);
  return found.length === 0 ? undefined : found.map(({ message }) => message).join(" ");
}
