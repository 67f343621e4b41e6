import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace as traces,
} from "@opentelemetry/api";

export interface TraceOptions {
  readonly attributes?: Readonly<Attributes>;
  readonly links?: readonly Trace[];
  /** Whether the span is a call to another system, such as the database. */
  readonly isCall?: boolean;
}

/**
 * A span, which can have child spans. It must contain no personal data: no tokens, no error messages, and from clients
 * only names.
 */
export class Trace {
  private hasEnded = false;

  constructor(
    private readonly tracer: Tracer,
    private readonly span: Span,
  ) {}

  /** Whether it will be delivered. This was sampled when its trace began. */
  get isRecorded(): boolean {
    return (this.span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
  }

  /** Its ids, as log lines contain them. */
  get ids(): { readonly trace_id: string; readonly span_id: string } {
    const { traceId, spanId } = this.span.spanContext();
    return { trace_id: traceId, span_id: spanId };
  }

  begin(name: string, { attributes = {}, links = [], isCall = false }: TraceOptions = {}): Trace {
    const options = {
      kind: isCall ? SpanKind.CLIENT : SpanKind.INTERNAL,
      attributes,
      links: links.map(({ span }) => ({ context: span.spanContext() })),
    };
    const parent = traces.setSpan(ROOT_CONTEXT, this.span);
    return new Trace(this.tracer, this.tracer.startSpan(name, options, parent));
  }

  linkTo(other: Trace): void {
    this.span.addLink({ context: other.span.spanContext() });
  }

  set(attributes: Readonly<Attributes>): void {
    this.span.setAttributes(attributes);
  }

  /** Marks it as failed with the error's code, not its message, which may repeat client input. */
  fail(error: unknown): void {
    const { code, name } = Object(error) as { code?: unknown; name?: unknown };
    this.failAs([code, name].find((one) => typeof one === "string") ?? "unknown");
  }

  failAs(type: string): void {
    this.span.setAttributes({ "error.type": type });
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.span.end();
  }
}
