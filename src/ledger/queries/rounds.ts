/** What people did to a request's rounds after its approval, as people see it: retries, stops, and cancelled holds. */
import type { Database } from "../../storage/schema.ts";
import { parseObject } from "../audit/json-object.ts";

/** Someone stopped a request, or cancelled it while it was on hold. */
export interface Stop {
  by: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** How many operations it cancelled; 0 if everything on hold had started. */
  cancelled: number;
}

export interface Rounds {
  /** Who pressed Retry last, and when. */
  retried: { by: string; at: number } | undefined;
  /** The last stop in the current round. Earlier rounds ended with their Retry, and so did their stops. */
  stopped: Stop | undefined;
  /** The last hold in the current round that expired without a decision. */
  holdExpired: Omit<Stop, "by"> | undefined;
  /** How many operations were cancelled in any round: a Retry does not repeat them. */
  notStarted: NotStarted;
}

export interface NotStarted {
  stopped: number;
  /** Who stopped them, each person once. */
  stoppedBy: readonly string[];
  /** Because a hold expired. */
  expired: number;
}

export const noRounds: Rounds = {
  retried: undefined,
  stopped: undefined,
  holdExpired: undefined,
  notStarted: { stopped: 0, stoppedBy: [], expired: 0 },
};

/**
 * Read from the events and not from the request's columns, which hold only its last stop, of whichever round. The order
 * of events is that of the transactions, whatever the instances' clocks show.
 */
export async function roundsOf(db: Database, requestId: string): Promise<Rounds> {
  const events = await db
    .selectFrom("events")
    .select(["what", "actor", "at", "detail_json"])
    .where("request_id", "=", requestId)
    .where("operation_id", "is", null)
    .where("what", "in", ["retried", "stopped", "cancelled-held", "held-expired"])
    .orderBy("seq")
    .execute();
  let { retried, stopped, holdExpired } = noRounds;
  const notStarted = { stopped: 0, expired: 0 };
  const stoppedBy = new Set<string>();
  for (const { what, actor: by, at, detail_json } of events) {
    if (what === "retried") {
      retried = { by, at };
      stopped = undefined;
      holdExpired = undefined;
      continue;
    }
    const detail = parseObject(detail_json);
    const cancelled = typeof detail["cancelled"] === "number" ? detail["cancelled"] : 0;
    if (what === "held-expired") {
      holdExpired = { at, cancelled };
      notStarted.expired += cancelled;
      continue;
    }
    stopped = { by, at, cancelled };
    notStarted.stopped += cancelled;
    if (cancelled > 0) stoppedBy.add(by);
  }
  return { retried, stopped, holdExpired, notStarted: { ...notStarted, stoppedBy: [...stoppedBy] } };
}
