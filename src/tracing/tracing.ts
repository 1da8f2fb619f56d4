/**
 * The connection to OpenTelemetry: every step of a request is a span, and all its spans are in one trace, on any
 * instance. There is no SDK here: an operator loads one with `--import`; see find-sdk.ts.
 */
import { isValidTraceId, ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import type { RecordStep } from "../domain/telemetry/tracing.ts";

/**
 * A request's id has the form of a trace's id, so that the trace survives the ledger: an approval on one instance and
 * the call on another belong to the same trace automatically.
 */
export function createTracing(version: string): RecordStep {
  const tracer = trace.getTracer("receipt-bot", version);
  return ({ name, requestId, startedAt, endedAt, attributes, isFailure = false }) => {
    if (!isValidTraceId(requestId)) return;
    const request = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: requestId,
      // The request itself, whose span nobody sends.
      spanId: requestId.slice(-16),
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
    });
    const about = { "receipt.request": requestId, ...attributes };
    const span = tracer.startSpan(`receipt ${name}`, { startTime: startedAt, attributes: about }, request);
    if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endedAt);
  };
}
