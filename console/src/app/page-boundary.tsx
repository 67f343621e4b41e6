import { Component, type ReactNode } from "react";
import { ErrorState } from "../components/states.js";

/** What browsers say of a module that the server no longer has. */
const MISSING_FILE = /dynamically imported module|importing a module script failed/i;

interface State {
  readonly message: string | null;
}

/** Shows a fault of a page in its place, so that the navigation still works. */
export class PageBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <ErrorState
        message={
          MISSING_FILE.test(message)
            ? "The console has been updated since it was opened. Load it again."
            : `The page failed: ${message} Load it again; if it fails again, report this message.`
        }
        onRetry={() => {
          window.location.reload();
        }}
      />
    );
  }
}
