import { Button, Grid, Stack } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { useViewer } from "../api/viewer.js";
import { Page } from "../components/page.js";
import { LiveFeed } from "./live-feed.js";
import { PaymentsSection } from "./payments-section.js";
import { PocketsSection } from "./pockets-section.js";
import { RangeControls } from "./range-controls.js";
import { useRange } from "./use-range.js";

/** What happened in a range of time, as far as the token may read it, and what happens now. */
export default function OverviewPage() {
  const { may } = useViewer();
  const state = useRange();
  const { range, isTable } = state;
  const [readings, setReadings] = useState(0);
  const refresh = (
    <Button
      variant="default"
      leftSection={<IconRefresh size={16} />}
      onClick={() => {
        setReadings(readings + 1);
      }}
    >
      Refresh
    </Button>
  );
  return (
    <Page title="Overview" actions={refresh}>
      <RangeControls state={state} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          {range && (
            // Sections read again when they are mounted, and show what they have until the answer is there.
            <Stack key={readings} gap="xl">
              {may("POCKETS_READ", "OPERATOR") && <PocketsSection {...{ range, isTable }} />}
              {may("PAYMENTS_READ") && <PaymentsSection {...{ range, isTable }} />}
            </Stack>
          )}
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <LiveFeed />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
