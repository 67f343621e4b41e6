import { Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Says at the top of a dialog what its action is about. */
export function Subject({ children }: { readonly children: ReactNode }) {
  return (
    <Text size="sm" className="breakable">
      {children}
    </Text>
  );
}
