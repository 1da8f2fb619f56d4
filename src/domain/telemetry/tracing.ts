/** The steps of a request in its trace. src/tracing/ passes them to OpenTelemetry; this file does not depend on how. */

/** One step of a request that has ended. Times are milliseconds since the epoch, on the ledger's clock. */
export interface TracedStep {
  /** The step: the name of a use case, `attempt` or `post`. */
  name: string;
  requestId: string;
  startedAt: number;
  endedAt: number;
  /** Never a secret, nor a reason that somebody typed. */
  attributes: Readonly<Record<string, string | number>>;
  isFailure?: boolean;
}

export type RecordStep = (step: TracedStep) => void;
