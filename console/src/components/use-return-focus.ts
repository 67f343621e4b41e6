import { useEffect, useState } from "react";

/** Gives the focus back to the element that had it, such as the button of a dialog, once the component is gone. */
export function useReturnFocus(): void {
  // While the first rendering runs, the dialog has not taken the focus yet.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After the dialog's own effects, which release the focus.
      setTimeout(() => {
        if (before instanceof HTMLElement) before.focus();
      });
    },
    [before],
  );
}
