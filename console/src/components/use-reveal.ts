import { type RefObject, useEffect, useRef } from "react";

/**
 * Scrolls to an element and gives it the focus, once it is ready. It needs `tabIndex={-1}`, and the class `revealed`,
 * which keeps it clear of the header.
 */
export function useReveal<Revealed extends HTMLElement>(
  isReady: boolean,
): RefObject<Revealed | null> {
  const element = useRef<Revealed>(null);
  useEffect(() => {
    if (!isReady) return undefined;
    // After a dialog that closes has given the focus back.
    const timer = setTimeout(() => {
      const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
      element.current?.focus({ preventScroll: true });
      element.current?.scrollIntoView({
        block: "nearest",
        behavior: isStill ? "auto" : "smooth",
      });
    });
    return () => clearTimeout(timer);
  }, [isReady]);
  return element;
}
