import { useCallback, useMemo, useState } from "react";
import { Provider, useQuery } from "urql";
import { useLocation } from "wouter";
import { createClient } from "../api/client.js";
import { messageOf } from "../api/problems.js";
import { forgetToken, storeToken, storedToken } from "../api/token.js";
import { OperationsShown } from "../api/operations-shown.js";
import { VIEWER, ViewerProvider } from "../api/viewer.js";
import { ErrorState, LoadingState } from "../components/states.js";
import { Shell } from "./shell.js";
import { SignIn } from "./sign-in.js";

const REFUSED = "The server does not accept the token: it is unknown, expired or revoked.";

/** Signs in with a token, and shows the console while the server accepts it. */
export function Session() {
  const [token, setToken] = useState(storedToken);
  const [notice, setNotice] = useState<string | null>(null);
  const signIn = (secret: string): void => {
    storeToken(secret);
    setNotice(null);
    setToken(secret);
  };
  const signOut = useCallback((why: string | null) => {
    forgetToken();
    setNotice(why);
    setToken(null);
  }, []);
  if (token === null) return <SignIn notice={notice} onToken={signIn} />;
  return <SignedIn key={token} token={token} onSignOut={signOut} />;
}

interface SignedInProps {
  readonly token: string;
  readonly onSignOut: (why: string | null) => void;
}

function SignedIn({ token, onSignOut }: SignedInProps) {
  const [, navigate] = useLocation();
  const client = useMemo(
    () =>
      createClient(token, () => {
        onSignOut(REFUSED);
      }),
    [token, onSignOut],
  );
  return (
    <Provider value={client}>
      <Identified
        onSignOut={() => {
          // The next token may not open this page.
          navigate("/");
          onSignOut(null);
        }}
      />
    </Provider>
  );
}

/** Finds out what the token may do before anything is shown. */
function Identified({ onSignOut }: { readonly onSignOut: () => void }) {
  const [{ data, error }, reload] = useQuery({ query: VIEWER, requestPolicy: "cache-first" });
  if (error) {
    return (
      <ErrorState
        message={messageOf(error)}
        onRetry={() => {
          reload({ requestPolicy: "network-only" });
        }}
      />
    );
  }
  if (!data) return <LoadingState label="Signing in" />;
  return (
    <ViewerProvider found={data.viewer}>
      <OperationsShown>
        <Shell onSignOut={onSignOut} />
      </OperationsShown>
    </ViewerProvider>
  );
}
