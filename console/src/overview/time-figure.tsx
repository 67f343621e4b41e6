import { Box, Group, Paper, ScrollArea, Stack, Table, Text, Title } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";
import { Money } from "../components/values.js";
import { decimalOf, formatMoney } from "../shared/money.js";
import { type Range, bucketName } from "./range.js";
import { type ChartSeries, TimeChart } from "./time-chart.js";

/** Amounts by bucket, in minor units. */
export interface AmountSeries extends Omit<ChartSeries, "values"> {
  readonly values: readonly bigint[];
}

export interface CurrencyLike {
  readonly currency: string;
  readonly currencyMinorUnits: number | null;
}

interface TimeFigureProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly range: Range;
  readonly currency: CurrencyLike;
  readonly series: readonly AmountSeries[];
  /** Lines for what exists at an instant, bars for what happened in a bucket. */
  readonly isLine?: boolean;
  readonly isTable: boolean;
}

/** Amounts over time, as a chart or as a table with the same figures. */
export function TimeFigure(props: TimeFigureProps) {
  const { title, note, series, isTable } = props;
  return (
    <Paper withBorder p="md" component="figure" m={0}>
      <Stack gap="xs">
        <figcaption>
          <Title order={3} size="h5">
            {title}, {props.currency.currency}
          </Title>
          {note !== undefined && (
            <Text size="sm" c="dimmed">
              {note}
            </Text>
          )}
        </figcaption>
        {isTable ? <AmountTable {...props} /> : <AmountChart {...props} />}
        {!isTable && series.length > 1 && <Legend series={series} />}
      </Stack>
    </Paper>
  );
}

function AmountChart({ title, range, currency, series, isLine = false }: TimeFigureProps) {
  const { currencyMinorUnits: minorUnits } = currency;
  const [point, setPoint] = useState<number | null>(null);
  const names = useMemo(
    () => range.buckets.map((bucket) => bucketName(bucket, range.unit, true)),
    [range],
  );
  const numbers = useMemo(
    () =>
      series.map((one) => ({
        ...one,
        values: one.values.map((value) => Number(decimalOf(value, minorUnits))),
      })),
    [series, minorUnits],
  );
  const bucket = point === null ? undefined : range.buckets[point];
  const label = `Chart of ${title.toLowerCase()}. “Show as table” lists its figures.`;
  return (
    <>
      <TimeChart {...{ label, names, isLine }} series={numbers} onPoint={setPoint} />
      <Text size="sm" mih="1.5em" aria-hidden>
        {bucket === undefined || point === null
          ? "Point at the chart to read its figures."
          : `${bucketName(bucket, range.unit)}: ${series
              .map(({ name, values }) => {
                const amount = formatMoney(values[point] ?? 0n, currency.currency, minorUnits);
                return `${name.toLowerCase()} ${amount}`;
              })
              .join(", ")}`}
      </Text>
    </>
  );
}

function Legend({ series }: Pick<TimeFigureProps, "series">) {
  return (
    <Group gap="md">
      {series.map(({ name, color }) => (
        <Group key={name} gap={6}>
          <Box w={12} h={12} bg={`light-dark(${color.light}, ${color.dark})`} aria-hidden />
          <Text size="sm">{name}</Text>
        </Group>
      ))}
    </Group>
  );
}

function AmountTable({ title, range, currency, series }: TimeFigureProps) {
  return (
    <ScrollArea.Autosize
      mah={420}
      type="auto"
      viewportProps={{ tabIndex: 0, role: "region", "aria-label": title }}
    >
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{range.unit === "DAY" ? "Day" : "Month"}</Table.Th>
            {series.map(({ name }) => (
              <Table.Th key={name} className="number">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {range.buckets.map((bucket, index) => (
            <Table.Tr key={bucket}>
              <Table.Th scope="row" fw={400}>
                {bucketName(bucket, range.unit)}
              </Table.Th>
              {series.map(({ name, values }) => (
                <Table.Td key={name} className="number">
                  <Money
                    amount={values[index] ?? 0n}
                    currency={currency.currency}
                    minorUnits={currency.currencyMinorUnits}
                  />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
