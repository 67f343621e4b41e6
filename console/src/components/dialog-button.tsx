import { Button, type ButtonProps } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";

interface DialogButtonProps extends Omit<ButtonProps, "children"> {
  readonly label: string;
  /** What screen readers say, if the label is the same on several rows. */
  readonly fullLabel?: string;
  /** The dialog, which is mounted while it is open: each time, it begins with fresh values. */
  readonly children: (close: () => void) => ReactNode;
}

/** A button that opens a dialog, and has the focus again after it. */
export function DialogButton({ label, fullLabel, children, ...button }: DialogButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const target = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
  };
  useEffect(() => {
    const opener = target.current;
    return isOpen ? () => opener?.focus() : undefined;
  }, [isOpen]);
  return (
    <>
      <Button
        variant="default"
        {...button}
        {...(fullLabel === undefined ? {} : { "aria-label": fullLabel })}
        ref={target}
        onClick={() => {
          setOpen(true);
        }}
      >
        {label}
      </Button>
      {isOpen && children(close)}
    </>
  );
}
