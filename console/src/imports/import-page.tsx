import { Button, FileInput, Group, Paper, Radio, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { graphql } from "../api/graphql.js";
import { messageOf } from "../api/problems.js";
import { useOperation } from "../api/use-operation.js";
import { useViewer } from "../api/viewer.js";
import { Page } from "../components/page.js";
import { EmptyState, ErrorState, LoadingState } from "../components/states.js";
import { Money } from "../components/values.js";
import { ImportRunView } from "./import-run-view.js";
import { type ImportRequest, useImport } from "./use-import.js";

const GROUPS = graphql(`
  query ImportGroups {
    pocketGroups(first: 100, sort: [{ field: NAME, direction: ASC }]) {
      nodes {
        slug
        name
        currency
        currencyMinorUnits
        isActive
      }
    }
  }
`);

const KINDS = [
  { kind: "CHARGE", scope: "POCKETS_CHARGE", label: "Charge pockets (top up)" },
  { kind: "DEBIT", scope: "POCKETS_DEBIT", label: "Debit pockets" },
] as const;

/** Charges or debits many pockets from a CSV file, after a check that changes nothing. */
export default function ImportPage() {
  const { data, error, isLoading, reload } = useOperation(GROUPS, {});
  return (
    <Page title="Import">
      {isLoading && <LoadingState label="Loading the pocket groups" />}
      {error && <ErrorState message={messageOf(error)} onRetry={reload} />}
      {data && <ImportForm groups={data.pocketGroups.nodes.filter(({ isActive }) => isActive)} />}
    </Page>
  );
}

interface GroupOption {
  readonly slug: string;
  readonly name: string;
  readonly currency: string;
  readonly currencyMinorUnits: number | null;
}

function ImportForm({ groups }: { readonly groups: readonly GroupOption[] }) {
  const { may } = useViewer();
  const kinds = KINDS.filter(({ scope }) => may(scope));
  const [kind, setKind] = useState<ImportRequest["kind"]>(kinds[0]?.kind ?? "CHARGE");
  const [slug, setSlug] = useState(groups[0]?.slug ?? "");
  const [file, setFile] = useState<File | null>(null);
  const [again, setAgain] = useState("");
  const { run, start, reset } = useImport();
  const group = groups.find((one) => one.slug === slug);
  if (group === undefined) {
    return (
      <EmptyState
        title="No pocket group"
        text="An operator must grant a pocket group to the merchant of this token."
      />
    );
  }
  const begin = (isDryRun: boolean): void => {
    if (file) void start({ kind, pocketGroupSlug: slug, file, isDryRun, again });
  };
  const isRunning = run?.isRunning === true;
  return (
    <Stack>
      <Paper withBorder p="md">
        <Stack maw={560}>
          <Radio.Group
            label="What the file does"
            value={kind}
            onChange={(value) => {
              setKind(value === "DEBIT" ? "DEBIT" : "CHARGE");
              reset();
            }}
          >
            <Group mt="xs">
              {kinds.map((one) => (
                <Radio key={one.kind} value={one.kind} label={one.label} disabled={isRunning} />
              ))}
            </Group>
          </Radio.Group>
          <Select
            label="Pocket group"
            data={groups.map((one) => ({
              value: one.slug,
              label: `${one.name} (${one.currency})`,
            }))}
            value={slug}
            allowDeselect={false}
            disabled={isRunning}
            onChange={(value) => {
              setSlug(value ?? slug);
              reset();
            }}
          />
          <FileInput
            label="CSV file"
            description="With a header row. Columns: phone_number, amount or amount_decimal, and optionally reference, note, metadata.<key> and token."
            placeholder="Select a file"
            accept=".csv,.txt,.tsv,text/csv"
            clearable
            clearButtonProps={{ "aria-label": "Remove the file" }}
            disabled={isRunning}
            value={file}
            onChange={(chosen) => {
              setFile(chosen);
              setAgain("");
              reset();
            }}
          />
          <Text size="sm">
            In the column amount, 1250 is{" "}
            <Money amount={1250} currency={group.currency} minorUnits={group.currencyMinorUnits} />,
            because it is in the smallest unit of the currency. For amounts as people write them,
            such as 12.50, name the column amount_decimal.
          </Text>
          <Group>
            <Button
              disabled={file === null}
              loading={isRunning && run.request.isDryRun}
              onClick={() => {
                begin(true);
              }}
            >
              Check the file
            </Button>
            <Text size="sm" c="dimmed">
              The check changes nothing.
            </Text>
          </Group>
        </Stack>
      </Paper>
      {run && (
        <ImportRunView
          run={run}
          group={group}
          again={again}
          onAgain={setAgain}
          onStart={() => {
            begin(false);
          }}
        />
      )}
    </Stack>
  );
}
