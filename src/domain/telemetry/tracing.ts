/** What a trace shows of a request. src/tracing/ hands it to OpenTelemetry; nothing here knows how. */

/** One step of a request that has ended. Times are milliseconds since the epoch, on the ledger's clock. */
export interface TracedStep {
  /** What was done: the name of a use case, `attempt` or `post`. */
  name: string;
  requestId: string;
  startedAt: number;
  endedAt: number;
  /** Never a secret, nor a reason that somebody typed. */
  attributes: Readonly<Record<string, string | number>>;
  isFailure?: boolean;
}

export type RecordStep = (step: TracedStep) => void;
