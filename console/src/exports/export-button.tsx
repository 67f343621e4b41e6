import { Alert, Button, Checkbox, Group, Modal, Progress, Radio, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { isAbort, saveFile } from "../api/rest.js";
import { useReturnFocus } from "../components/use-return-focus.js";
import { counted } from "../shared/words.js";
import { ExportContent } from "./export-content.js";
import { type ExportProgress, downloadExport } from "./download-export.js";

/** A list as the page shows it. */
export interface ExportedList {
  /** The list's GraphQL name, such as `paymentCharges`. */
  readonly list: string;
  readonly filter: object;
  readonly sort: readonly object[] | null;
}

type ExportProps = ExportedList & Omit<Parameters<typeof ExportContent>[0], "isCsv">;

/** Saves the whole list, with the filter and the sorting of the page. */
export function ExportButton(props: ExportProps) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="subtle" size="xs" leftSection={<IconDownload size={14} />} onClick={open}>
        Export
      </Button>
      {isOpen && <ExportDialog {...props} onClose={close} />}
    </>
  );
}

function ExportDialog(props: ExportProps & { readonly onClose: () => void }) {
  const { list, filter, sort, onClose, ...content } = props;
  useReturnFocus();
  const [format, setFormat] = useState<"csv" | "ndjson">("csv");
  const [hasMark, setMark] = useState(true);
  const { progress, problem, isRunning, isDone, run, cancel } = useExport();
  return (
    <Modal
      opened
      onClose={() => {
        cancel();
        onClose();
      }}
      title="Export this list"
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <ExportContent {...content} list={list} isCsv={format === "csv"} />
        <Radio.Group
          label="Format"
          value={format}
          onChange={(value) => {
            setFormat(value === "csv" ? "csv" : "ndjson");
          }}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="csv" label="CSV, for spreadsheets" disabled={isRunning} />
            <Radio value="ndjson" label="NDJSON, for programs" disabled={isRunning} />
          </Stack>
        </Radio.Group>
        {format === "csv" && (
          <Checkbox
            label="For Excel"
            description="Excel then shows letters of every language. Other programs rarely need it."
            checked={hasMark}
            disabled={isRunning}
            onChange={(event) => {
              setMark(event.currentTarget.checked);
            }}
          />
        )}
        {isRunning && <ExportBar {...progress} />}
        {problem !== null && (
          <Alert color="red" role="alert" title="Not exported" children={problem} />
        )}
        {isDone && (
          <Text size="sm" role="status">
            Saved {counted(progress.rows, "row")}.
          </Text>
        )}
        <Group justify="flex-end">
          {isRunning && (
            <Button variant="default" onClick={cancel}>
              Cancel
            </Button>
          )}
          <Button
            loading={isRunning}
            onClick={() => {
              void run({ list, filter, sort, format, hasMark });
            }}
          >
            Save the file
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function ExportBar({ rows, total }: ExportProgress) {
  const share = total === null || total === 0 ? 100 : (rows / total) * 100;
  const reached =
    total === null ? counted(rows, "row") : `${rows.toLocaleString()} of ${counted(total, "row")}`;
  return (
    <Stack gap={4}>
      <Progress value={share} animated={total === null} aria-label="Exported rows" />
      <Text size="sm">{reached}</Text>
    </Stack>
  );
}

const NOTHING: ExportProgress = { rows: 0, total: null };

function useExport() {
  const [progress, setProgress] = useState(NOTHING);
  const [problem, setProblem] = useState<string | null>(null);
  const [state, setState] = useState<"idle" | "running" | "done">("idle");
  const controller = useRef<AbortController>(null);
  const run = async (options: Parameters<typeof downloadExport>[0]): Promise<void> => {
    controller.current = new AbortController();
    setProgress(NOTHING);
    setProblem(null);
    setState("running");
    try {
      let last = NOTHING;
      const file = await downloadExport(
        options,
        (reached) => {
          last = reached;
          setProgress(reached);
        },
        controller.current.signal,
      );
      if (last.total !== null) setProgress({ ...last, rows: last.total });
      const day = new Date().toISOString().slice(0, 10);
      saveFile(file, `${options.list}-${day}.${options.format}`);
      setState("done");
    } catch (error) {
      setState("idle");
      if (!isAbort(error)) setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return {
    progress,
    problem,
    isRunning: state === "running",
    isDone: state === "done",
    run,
    cancel: () => {
      controller.current?.abort();
    },
  };
}
