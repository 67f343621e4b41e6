import { Component, type ReactNode } from "react";
import { ErrorState } from "../components/states.js";

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
        message={`The page failed: ${message} Reload it; if it fails again, report this message.`}
        onRetry={() => {
          window.location.reload();
        }}
      />
    );
  }
}
