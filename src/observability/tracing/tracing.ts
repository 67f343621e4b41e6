import { setTimeout as sleep } from "node:timers/promises";
import { ROOT_CONTEXT, SpanKind, defaultTextMapGetter } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Logger } from "pino";
import { DeliveryLog } from "./delivery-log.js";
import type { TracingSettings } from "../../shared/tracing-settings.js";
import { samplerOf } from "./sampler.js";
import { Trace } from "./trace.js";

const SERVICE_NAME = "pocketcharge";

/** The timeout for delivering the last spans during a shutdown. */
const DELIVERY_TIMEOUT_MS = 2_000;

/**
 * Delivers traces in the background. Failed deliveries are logged and dropped.
 *
 * Import it only if tracing is enabled, because its dependencies take time and memory to load.
 */
export class Tracing {
  private readonly provider: TracerProvider;
  private readonly propagator = new W3CTraceContextPropagator();

  constructor(
    { url, serviceName, sampler, sampledRatio }: TracingSettings,
    private readonly log: Logger,
  ) {
    // Headers, timeouts, compression and certificates are read from OTEL_EXPORTER_OTLP_… by the exporter.
    const exporter = new DeliveryLog(new OTLPTraceExporter({ url }), log);
    const own = { "service.name": SERVICE_NAME, "process.pid": process.pid };
    const named = serviceName === undefined ? {} : { "service.name": serviceName };
    this.provider = new TracerProvider({
      resource: resourceFromAttributes(own)
        .merge(detectResources({ detectors: [envDetector] }))
        .merge(resourceFromAttributes(named)),
      sampler: samplerOf(sampler, sampledRatio),
      spanProcessors: [new BatchSpanProcessor({ exporter })],
    });
  }

  /** Begins the span of a request. It joins the client's trace if the request has a header `traceparent`. */
  beginRequest(
    headers: Readonly<Record<string, string | string[] | undefined>>,
    name: string,
    attributes: Readonly<Record<string, string>>,
  ): Trace {
    const tracer = this.provider.getTracer(SERVICE_NAME);
    const parent = this.propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    const options = { kind: SpanKind.SERVER, attributes };
    return new Trace(tracer, tracer.startSpan(name, options, parent));
  }

  /** Delivers the ended spans, for at most two seconds. */
  async close(): Promise<void> {
    const delivered = this.provider.shutdown().then(
      () => true,
      () => true, // the reason is already logged
    );
    const tooLate = sleep(DELIVERY_TIMEOUT_MS, false, { ref: false });
    if (await Promise.race([delivered, tooLate])) return;
    this.log.warn("the last traces could not be delivered in time and are dropped");
  }
}
