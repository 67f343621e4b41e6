import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";

/** Every secret of a token begins like this, so that a pasted mistake is found without a request. */
const SECRET = /^pct_\S+$/;

interface SignInProps {
  /** Why the console is asking again; null at the first time. */
  readonly notice: string | null;
  readonly onToken: (secret: string) => void;
}

/** Asks for an API token. The token stays in this browser tab, and is sent only to this server. */
export function SignIn({ notice, onToken }: SignInProps) {
  const [secret, setSecret] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (): void => {
    const given = secret.trim().replace(/^(token|bearer)\s+/i, "");
    if (SECRET.test(given)) onToken(given);
    else setProblem("An API token begins with pct_. Paste the whole token.");
  };
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" radius="md" w="100%" maw={440}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Stack>
            <Title order={1} size="h2">
              Pocketcharge console
            </Title>
            {notice !== null && <Alert color="orange" title="Not signed in" children={notice} />}
            <PasswordInput
              label="API token"
              description="The console offers what the token may do. The token stays in this browser tab until you close it or sign out."
              placeholder="pct_…"
              autoComplete="off"
              autoFocus
              value={secret}
              error={problem}
              onChange={(event) => {
                setSecret(event.currentTarget.value);
                setProblem(null);
              }}
            />
            <Button type="submit">Sign in</Button>
            <Text size="sm" c="dimmed">
              An operator creates tokens: on the page of a merchant in this console, or with the
              mutation createApiToken.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
