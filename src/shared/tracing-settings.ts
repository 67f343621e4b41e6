/** The values of OpenTelemetry's OTEL_TRACES_SAMPLER. */
export const SAMPLER_NAMES = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

export type SamplerName = (typeof SAMPLER_NAMES)[number];

/** The destination of traces, and which of them are recorded. */
export interface TracingSettings {
  /** The URL to which spans are posted: OTLP over HTTP, as JSON. */
  readonly url: string;
  /** If undefined, OTEL_RESOURCE_ATTRIBUTES may contain the service name. */
  readonly serviceName: string | undefined;
  readonly sampler: SamplerName;
  /** The fraction of traces to record, for samplers that use one. */
  readonly sampledRatio: number;
}

/** The environment variables of OpenTelemetry. */
export interface TracingVariables {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  readonly OTEL_SERVICE_NAME?: string | undefined;
  readonly OTEL_TRACES_SAMPLER: SamplerName;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}

/** @returns undefined if no endpoint is set, which disables tracing. */
export function tracingSettings(variables: TracingVariables): TracingSettings | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = variables;
  // By OpenTelemetry's rules, the endpoint for traces is a complete URL; the general one is only a base URL.
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
