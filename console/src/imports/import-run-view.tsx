import {
  Alert,
  Button,
  Checkbox,
  Group,
  Paper,
  Progress,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { saveFile } from "../api/rest.js";
import { Money, Time } from "../components/values.js";
import { counted } from "../shared/words.js";
import type { ImportEnd, ImportTally } from "./import-parts.js";
import { RefusedRows } from "./refused-rows.js";
import { refusedCsv } from "./refused-csv.js";
import type { ImportRun } from "./use-import.js";

interface ImportRunViewProps {
  readonly run: ImportRun;
  readonly group: { readonly currency: string; readonly currencyMinorUnits: number | null };
  readonly again: string;
  readonly onAgain: (name: string) => void;
  readonly onStart: () => void;
}

/** A check or an import: how far it is, what became of the rows, and what can be done next. */
export function ImportRunView({ run, group, again, onAgain, onStart }: ImportRunViewProps) {
  const { request, begin, refused, end, problem, isRunning } = run;
  const isCheck = request.isDryRun;
  return (
    <Paper withBorder p="md" component="section" aria-label={isCheck ? "Check" : "Import"}>
      <Stack>
        <Title order={2} size="h4">
          {titleOf(run)}
        </Title>
        {isRunning && <RunBar run={run} />}
        {problem !== null && (
          <Alert color="red" role="alert" title={isCheck ? "Not checked" : "Not finished"}>
            {problem}
          </Alert>
        )}
        {begin?.firstImportedAt && (
          <Alert color="orange" title="This file was imported before">
            The server received it first at <Time at={begin.firstImportedAt} />. Rows that were done
            then are not done again, and are counted as done before.
          </Alert>
        )}
        {end && <Outcome run={run} group={group} />}
        {refused.length > 0 && begin && (
          <>
            <RefusedRows rows={refused} />
            {!isRunning && !isCheck && (
              <Group>
                <Button
                  variant="default"
                  leftSection={<IconDownload size={16} />}
                  onClick={() => {
                    const content = new Blob(["\ufeff", refusedCsv(begin, refused)]);
                    saveFile(content, `refused-${request.file.name.replace(/\.\w+$/, "")}.csv`);
                  }}
                >
                  Save the refused rows
                </Button>
                <Text size="sm" c="dimmed">
                  Correct them in the saved file, and import that file.
                </Text>
              </Group>
            )}
          </>
        )}
        {end && isCheck && (
          <Confirmation run={run} end={end} again={again} onAgain={onAgain} onStart={onStart} />
        )}
        {!isRunning && !isCheck && problem !== null && (
          <Group>
            <Button onClick={onStart}>Continue the import</Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

function titleOf({ request, isRunning, problem }: ImportRun): string {
  if (isRunning) return request.isDryRun ? "Checking the file" : "Importing the file";
  if (problem !== null) return request.isDryRun ? "The check failed" : "The import did not finish";
  return request.isDryRun ? "What the import would do" : "The import is finished";
}

function RunBar({ run: { progress } }: { readonly run: ImportRun }) {
  if (progress === null || progress.of === 0) {
    return (
      <Stack gap={4}>
        <Progress value={100} animated aria-label="Sending the file" />
        <Text size="sm">Sending the file …</Text>
      </Stack>
    );
  }
  return (
    <Stack gap={4}>
      <Progress value={(progress.rows / progress.of) * 100} aria-label="Imported rows" />
      <Text size="sm">
        {`${progress.rows.toLocaleString()} of ${progress.of.toLocaleString()} rows, ${progress.refused.toLocaleString()} refused`}
      </Text>
    </Stack>
  );
}

function Outcome({ run, group }: Pick<ImportRunViewProps, "run" | "group">) {
  const { request, end } = run;
  if (end === null) return null;
  const verb = request.kind === "CHARGE" ? "charged" : "debited";
  const done = request.isDryRun ? `Would be ${verb}` : verb === "charged" ? "Charged" : "Debited";
  const lines: readonly (readonly [name: string, tally: ImportTally])[] = [
    [done, end.succeeded],
    ["Done before, and not again", end.repeated],
    ["Refused", end.refused],
  ];
  return (
    <Stack gap={4} role="status">
      {lines.map(([name, { rows, amount }]) => (
        <Text key={name} size="sm">
          {name}: <strong>{counted(rows, "row")}</strong>
          {name !== "Refused" && rows > 0 && (
            <>
              {", "}
              <Money
                amount={amount}
                currency={group.currency}
                minorUnits={group.currencyMinorUnits}
              />
            </>
          )}
        </Text>
      ))}
      {end.caution !== null && (
        <Text size="sm" c="dimmed">
          {end.caution}
        </Text>
      )}
    </Stack>
  );
}

interface ConfirmationProps extends Omit<ImportRunViewProps, "group"> {
  readonly end: ImportEnd;
}

/** Starts the import. It is safe to start it twice: the same file does each row once. */
function Confirmation({ run, end, again, onAgain, onStart }: ConfirmationProps) {
  const { request, begin } = run;
  const [isConfirmed, setConfirmed] = useState(false);
  const canRepeat = begin?.firstImportedAt !== undefined && begin.firstImportedAt !== null;
  const hasWork = end.succeeded.rows > 0 || (canRepeat && again.trim() !== "");
  const verb = request.kind === "CHARGE" ? "Charge" : "Debit";
  return (
    <Stack maw={560}>
      {canRepeat && (
        <TextInput
          label="Do the whole file again"
          description="Only if that is intended: enter a name for the repetition, such as 2026-12. Leave it empty to do only what was not done before."
          maxLength={100}
          value={again}
          onChange={(event) => {
            onAgain(event.currentTarget.value);
          }}
        />
      )}
      {end.alike > 0 && (
        <Alert color="red" title={`${counted(end.alike, "row")} may be done twice`}>
          <Stack gap="xs">
            <Text size="sm">
              In the last 7 days, entries with the same phone number, amount and reference were
              made. If this file is an edited copy of a file that you imported, import only the
              refused rows of that import.
            </Text>
            <Checkbox
              label={`${verb} them again`}
              checked={isConfirmed}
              onChange={(event) => {
                setConfirmed(event.currentTarget.checked);
              }}
            />
          </Stack>
        </Alert>
      )}
      <Text size="sm">
        {hasWork
          ? "You can import the unchanged file again at any time: each of its rows is done once. A changed file is a new file, and all of its rows are done. To correct refused rows, save only those rows after the import, and import the corrected rows."
          : "Nothing is left to do: every row was done before or is refused."}
      </Text>
      <Group>
        <Button
          disabled={!hasWork || (end.alike > 0 && !isConfirmed)}
          onClick={onStart}
        >{`${verb} the pockets of this file`}</Button>
      </Group>
    </Stack>
  );
}
