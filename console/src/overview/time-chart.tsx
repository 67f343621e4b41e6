import "uplot/dist/uPlot.min.css";
import "./time-chart.css";
import { Box, useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import UPlot from "uplot";

const HEIGHT = 240;
/** The part of a bucket's width that its bars fill. */
const FILLED = 0.8;
const COLORS = {
  light: { text: "#495057", grid: "#e9ecef" },
  dark: { text: "#c9c9c9", grid: "#3b3b3b" },
} as const;

export interface ChartSeries {
  readonly name: string;
  readonly color: { readonly light: string; readonly dark: string };
  readonly values: readonly number[];
}

interface TimeChartProps {
  /** What the chart shows, for screen readers. */
  readonly label: string;
  /** The names of the buckets, below the chart. */
  readonly names: readonly string[];
  readonly series: readonly ChartSeries[];
  readonly isLine: boolean;
  /** Called with the bucket under the pointer. It must be the same function at every render. */
  readonly onPoint: (bucket: number | null) => void;
}

/** Draws series over buckets of equal width: bars side by side, or lines. */
export function TimeChart(props: TimeChartProps) {
  const { label, names, series, isLine, onPoint } = props;
  const frame = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const options = { names, series, isLine, onPoint, scheme, width: element.clientWidth };
    const data: UPlot.AlignedData = [
      names.map((_, index) => index),
      ...series.map(({ values }) => [...values]),
    ];
    const plot = new UPlot(optionsOf(options), data, element);
    const observer = new ResizeObserver(() => {
      plot.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [names, series, isLine, onPoint, scheme]);
  return <Box ref={frame} role="img" aria-label={label} h={HEIGHT} className="time-chart" />;
}

interface PlotOptions extends Omit<TimeChartProps, "label"> {
  readonly scheme: "light" | "dark";
  readonly width: number;
}

function optionsOf({ names, series, isLine, onPoint, scheme, width }: PlotOptions): UPlot.Options {
  const { text, grid } = COLORS[scheme];
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  const compact = new Intl.NumberFormat(undefined, { notation: "compact" });
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: isLine } },
    scales: { x: { time: false, range: () => [-0.5, names.length - 0.5] }, y: { range: withZero } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 70,
        size: 28,
        incrs: [1, 2, 3, 4, 5, 7, 10, 14, 30, 60, 120],
        values: (_plot, splits) => splits.map((index) => names[index] ?? ""),
      },
      {
        ...axis,
        size: 60,
        values: (_plot, splits) => splits.map((value) => compact.format(value)),
      },
    ],
    series: [
      {},
      ...series.map(({ name, color }, index) => ({
        ...{ label: name, stroke: color[scheme] },
        ...(isLine
          ? { width: 2, fill: `${color[scheme]}22`, points: { show: names.length < 2 } }
          : barsOf(index, series.length, color[scheme])),
      })),
    ],
    hooks: {
      setCursor: [
        ({ cursor: { idx } }) => {
          onPoint(idx ?? null);
        },
      ],
    },
  };
}

/** The bars of one of several series, which share the width of each bucket. */
function barsOf(index: number, count: number, fill: string): Partial<UPlot.Series> {
  const width = FILLED / count;
  const paths = UPlot.paths.bars?.({
    disp: {
      x0: {
        unit: SCALE_VALUE,
        values: ({ data }) => [...data[0]].map((x) => x - FILLED / 2 + index * width),
      },
      size: { unit: SCALE_VALUE, values: () => [width] },
    },
  });
  return { fill, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
}

/** The enum exists only in the declarations. */
const SCALE_VALUE = 1 as unknown as UPlot.Series.BarsPathBuilderFacetUnit.ScaleValue;

/** The axis of amounts contains 0, and is not empty. */
function withZero(_plot: UPlot, low: number | null, high: number | null): [number, number] {
  const [min, max] = [Math.min(0, low ?? 0), Math.max(0, high ?? 0)];
  if (min === max) return [0, 1];
  const space = (max - min) * 0.05;
  return [min < 0 ? min - space : 0, max > 0 ? max + space : 0];
}
