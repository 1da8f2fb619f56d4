/**
 * Compares what the ledger says with what WeChat Pay and Slack have seen: what was lost, what was done twice, and what
 * a kill made the bot repeat. The campaigns in test/faults judge the same promises more closely, with every submission
 * on record.
 */
import type { Action } from "../../domain/attempt-result.ts";
import type { Step } from "../../domain/goldplan/objects.ts";

export type Finding = {
  readonly kind: FindingKind;
  /** The sub-merchant, or the channel of a message. */
  readonly about: string;
};

export type FindingKind =
  /** The ledger says done, and WeChat Pay never did it. */
  | "not-done"
  /** The last thing that the ledger says is not WeChat Pay's state. */
  | "other-state"
  /** The ledger says that Slack shows a message, and Slack does not. */
  | "not-shown"
  /** WeChat Pay was called without an attempt on record, so without a decision. */
  | "unrecorded-call"
  /** An attempt was started after another one had succeeded. */
  | "done-again"
  /** Two calls for one sub-merchant ran at once. */
  | "overlap"
  /** Slack shows a message that the ledger does not know: the bot was killed before it knew, and posted it again. */
  | "posted-again";

export type Evidence = {
  /**
   * Each step of every operation that was ever attempted, oldest first, with the operation's state; `again`: attempts
   * that started after a success; `repeated`: attempts without a recorded answer that were followed by another one.
   */
  readonly operations: readonly {
    subMchid: string;
    step: Step;
    action: Action;
    state: string;
    attempts: number;
    again: number;
    repeated: number;
  }[];
  /** What WeChat Pay has seen, oldest first: the fields of its calls. */
  readonly calls: readonly {
    subMchid?: string;
    step?: Step;
    operationType?: Action;
    acted: boolean;
    verified: boolean;
    startedAtMs: number;
    endedAtMs?: number;
  }[];
  /** The switches of the sub-merchants, by `switchOf`. */
  readonly states: ReadonlyMap<string, Action>;
  /** The messages that the ledger says Slack shows, and those of the bot that Slack does show, as `channel ts`. */
  readonly recordedMessages: ReadonlySet<string>;
  readonly shownMessages: ReadonlySet<string>;
  /** The bot is posting a message right now. */
  readonly isPosting: boolean;
};

/**
 * `lost` and `twice` break a promise. A kill hides whether a call or a message has arrived, so the bot repeats it:
 * `repeated` counts such calls, which set the same switch to the same state, and `postedAgain` lists such messages.
 */
export type Judgement = {
  readonly lost: readonly Finding[];
  readonly twice: readonly Finding[];
  readonly repeated: number;
  readonly postedAgain: readonly Finding[];
};

/** Each sub-merchant has a switch for each step. */
export function switchOf({ subMchid = "", step = "receipt" }: { subMchid?: string; step?: Step }): string {
  return `${step} ${subMchid}`;
}

export function judge({ operations, calls, states, recordedMessages, shownMessages, isPosting }: Evidence): Judgement {
  const lost: Finding[] = [];
  const twice: Finding[] = [];
  const callsOfSwitch = Map.groupBy(calls, switchOf);
  for (const [name, own] of Map.groupBy(operations, switchOf)) {
    const about = own[0]?.subMchid ?? "";
    for (const action of ["OPEN", "CLOSE"] as const) {
      const succeeded = own.filter((one) => one.action === action && one.state === "succeeded").length;
      const acted = (callsOfSwitch.get(name) ?? []).filter(
        (call) => call.operationType === action && call.acted,
      ).length;
      for (let missing = acted; missing < succeeded; missing += 1) lost.push({ kind: "not-done", about });
    }
    const last = own.at(-1);
    if (last?.state === "succeeded" && states.get(name) !== last.action) lost.push({ kind: "other-state", about });
    for (const { again } of own) if (again > 0) twice.push({ kind: "done-again", about });
  }
  const callsOf = Map.groupBy(calls, ({ subMchid }) => subMchid ?? "");
  const operationsOf = Map.groupBy(operations, ({ subMchid }) => subMchid);
  for (const [about, seen] of callsOf) {
    const attempts = (operationsOf.get(about) ?? []).reduce((sum, one) => sum + one.attempts, 0);
    const verified = seen.filter((call) => call.verified).length;
    if (verified > attempts) twice.push({ kind: "unrecorded-call", about });
    for (const [place, call] of seen.entries()) {
      const next = seen[place + 1];
      if (next !== undefined && next.startedAtMs < (call.endedAtMs ?? Number.POSITIVE_INFINITY))
        twice.push({ kind: "overlap", about });
    }
  }
  for (const about of recordedMessages) if (!shownMessages.has(about)) lost.push({ kind: "not-shown", about });
  // What is being posted stands in Slack first, and in the ledger an instant later.
  const unknown = isPosting ? [] : [...shownMessages].filter((about) => !recordedMessages.has(about));
  return {
    lost,
    twice,
    repeated: operations.reduce((sum, one) => sum + one.repeated, 0),
    postedAgain: unknown.map((about) => ({ kind: "posted-again", about })),
  };
}
