/** The names that OpenTelemetry's OTEL_TRACES_SAMPLER has for which traces are recorded. */
export const SAMPLER_NAMES = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

export type SamplerName = (typeof SAMPLER_NAMES)[number];

/** Where traces go, and which. */
export interface TracingSettings {
  /** Where spans are posted to: OTLP over HTTP, as JSON. */
  readonly url: string;
  /** Else OTEL_RESOURCE_ATTRIBUTES may name the service. */
  readonly serviceName: string | undefined;
  readonly sampler: SamplerName;
  /** The part of the traces that is recorded, where the sampler records a part. */
  readonly sampledRatio: number;
}

/** What OpenTelemetry's own variables of the environment say. */
export interface TracingVariables {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  readonly OTEL_SERVICE_NAME?: string | undefined;
  readonly OTEL_TRACES_SAMPLER: SamplerName;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}

/** @returns undefined when no endpoint is named: nothing is traced then. */
export function tracingSettings(variables: TracingVariables): TracingSettings | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = variables;
  // As OpenTelemetry has it, the endpoint of the traces alone is the whole address.
  const url = variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (endpoint && tracesAt(endpoint));
  if (url === undefined) return undefined;
  return {
    url,
    serviceName: variables.OTEL_SERVICE_NAME,
    sampler: variables.OTEL_TRACES_SAMPLER,
    sampledRatio: variables.OTEL_TRACES_SAMPLER_ARG,
  };
}

function tracesAt(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, "")}/v1/traces`;
}
