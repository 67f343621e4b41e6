import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { Logger } from "pino";
import { runInScope } from "./scope.js";

/** Logs once when traces cannot be delivered, and once when they can again. */
export class DeliveryLog implements SpanExporter {
  private isFailing = false;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly log: Pick<Logger, "info" | "warn">,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      // Log outside any trace: the spans belong to other requests than the one that triggered the delivery.
      runInScope(undefined, () => {
        this.note(result, spans.length);
      });
      done({ code: ExportResultCode.SUCCESS });
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  private note({ code, error }: ExportResult, spanCount: number): void {
    const hasFailed = code === ExportResultCode.FAILED;
    if (hasFailed && !this.isFailing) {
      this.log.warn(
        { err: error, spanCount },
        "traces cannot be delivered and are dropped: check OTEL_EXPORTER_OTLP_ENDPOINT and its receiver",
      );
    }
    if (!hasFailed && this.isFailing) this.log.info("traces are delivered again");
    this.isFailing = hasFailed;
  }
}
