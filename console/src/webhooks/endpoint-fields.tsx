import { MultiSelect, NumberInput, TextInput, Textarea } from "@mantine/core";
import type { Problem } from "../api/problems.js";
import { useViewer } from "../api/viewer.js";
import { errorOf } from "../components/action-dialog.js";
import { counted } from "../shared/words.js";
import { type EventType, eventTypeOptions, isEventType, missingScopes } from "./event-types.js";

/** The values of an endpoint as a form has them. */
export interface EndpointValues {
  readonly url: string;
  readonly description: string;
  readonly types: readonly EventType[];
  readonly batchSize: number;
  readonly dataSelection: string;
}

interface EndpointFieldsProps {
  readonly values: EndpointValues;
  readonly onChange: (values: EndpointValues) => void;
  readonly problems: readonly Problem[];
}

/** The refusals that these fields show. */
export const ENDPOINT_FIELDS = ["url", "description", "types", "batchSize", "dataSelection"];

export function EndpointFields({ values, onChange, problems }: EndpointFieldsProps) {
  const { may } = useViewer();
  const change = (changes: Partial<EndpointValues>): void => {
    onChange({ ...values, ...changes });
  };
  const mayGetAll = missingScopes([], may).length === 0;
  return (
    <>
      <TextInput
        label="URL"
        description="Where the server sends events, by POST over https."
        placeholder="https://shop.example.com/webhooks"
        type="url"
        required
        data-autofocus
        value={values.url}
        error={errorOf(problems, "url")}
        onChange={(event) => change({ url: event.currentTarget.value })}
      />
      <TextInput
        label="Description"
        description="What the endpoint is for, for people to read."
        dir="auto"
        value={values.description}
        error={errorOf(problems, "description")}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      <MultiSelect
        label="Events"
        description={
          mayGetAll
            ? "Without a selection, the endpoint gets every event, and those that later versions add."
            : "Select at least one: your token may not read all events."
        }
        data={eventTypeOptions(may)}
        searchable
        clearable
        clearButtonProps={{ "aria-label": "Clear the events" }}
        hidePickedOptions
        placeholder={values.types.length === 0 ? "Any" : ""}
        value={[...values.types]}
        error={errorOf(problems, "types")}
        onChange={(types) => change({ types: types.filter(isEventType) })}
      />
      <NumberInput
        label="Events per request"
        description="From 1 to 100. With more than 1, a request contains a list of events."
        min={1}
        max={100}
        allowDecimal={false}
        value={values.batchSize}
        error={errorOf(problems, "batchSize")}
        onChange={(batchSize) => change({ batchSize: Number(batchSize) })}
      />
      <Textarea
        label="Data to send"
        description="Optional, for developers: a GraphQL selection on Event. Without it, each event has the default data of its type."
        placeholder="{ id sequence data { ... on Order { number } } }"
        autosize
        minRows={2}
        maxRows={8}
        ff="monospace"
        spellCheck={false}
        value={values.dataSelection}
        error={errorOf(problems, "dataSelection")}
        onChange={(event) => change({ dataSelection: event.currentTarget.value })}
      />
    </>
  );
}

/** Whether the form is complete enough to be sent. */
export function isComplete({ url, types, batchSize }: EndpointValues, isAllowed: boolean): boolean {
  return url.trim() !== "" && batchSize >= 1 && (types.length > 0 || isAllowed);
}

/** What the server will do, in words. */
export function effectOn({ url, types, batchSize }: EndpointValues): string {
  const what = types.length === 0 ? "every event" : `events of ${counted(types.length, "type")}`;
  const how = batchSize > 1 ? `, up to ${String(batchSize)} in one request` : "";
  return `The server sends ${what} to ${url.trim() || "the URL"}${how}.`;
}

/** The values as the API takes them: what is empty is null. */
export function inputOf({ url, description, types, batchSize, dataSelection }: EndpointValues) {
  return {
    url: url.trim(),
    description: description.trim() || null,
    types: [...types],
    batchSize,
    dataSelection: dataSelection.trim() || null,
  };
}
