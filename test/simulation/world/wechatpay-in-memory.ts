/** WeChat Pay as a function: it keeps every call, and acts, refuses, is late or loses messages at random. */
import type { Action, CallResult, StepCalls } from "../../../src/domain/attempt-result.ts";
import type { Step, SwitchObject } from "../../../src/domain/goldplan/objects.ts";
import { reopenAfterMs } from "../../../src/domain/goldplan/reopening.ts";
import { type StepCall, stepCalls } from "../../jobs/step-calls.ts";
import type { LedgerWatch } from "../judges/ledger-watch.ts";
import type { Faults } from "./faults.ts";
import { type Life, never, type Schedule } from "./schedule.ts";

export interface PlayedCall {
  subMchid: string;
  step: Step;
  operationType: Action;
  by: string;
  /** What the running request switches; undefined if none was. */
  object: SwitchObject | undefined;
  /** Whether the committed ledger had the receipt of this operation as switched. */
  isAfterReceipt: boolean;
  /** The request that was running according to the ledger; undefined if none was. */
  requestId: string | undefined;
  /** Of two operations on one sub-merchant, the later has the higher one; undefined if `request` is. */
  seq: number | undefined;
  startedAt: number;
  /** End of the lease under which the committed ledger had assigned the operation to this attempt. */
  leaseUntil: number;
  /** When WeChat Pay carried out the call, if it did. */
  actedAt: number | undefined;
  /** After this it can no longer act. */
  endedAt: number;
  /** WeChat Pay's answer, in the end. */
  result: CallResult["kind"];
  /** Which instance got the answer, and when; undefined if it died before. */
  heard: { by: Life; at: number } | undefined;
}

export interface WeChatPayInMemory {
  calls: readonly PlayedCall[];
  /** By `placeOf` a step and a sub-merchant. */
  states: ReadonlyMap<string, Action>;
  calling(life: Life): StepCalls;
}

/** The name of one of a sub-merchant's two switches. */
export function placeOf(step: Step, subMchid: string): string {
  return `${step} ${subMchid}`;
}

/** The maximum duration of a call. */
export const callLimitMs = 8_000;

export interface WeChatPayNeeds {
  schedule: Schedule;
  faults: Faults;
  /** The running operation of a sub-merchant and its request, according to the committed ledger. */
  underWay: LedgerWatch["underWay"];
}

export function createWeChatPay({ schedule, faults, underWay }: WeChatPayNeeds): WeChatPayInMemory {
  const calls: PlayedCall[] = [];
  const states = new Map<string, Action>();
  /** When 点金计划 was closed, where it is closed. */
  const closedAt = new Map<string, number>();

  function set({ step, subMchid, operationType }: StepCall): void {
    states.set(placeOf(step, subMchid), operationType);
    if (step === "receipt") return;
    if (operationType === "OPEN") closedAt.delete(subMchid);
    // A repeated call closes nothing, so the 24 hours do not start again.
    else if (!closedAt.has(subMchid)) closedAt.set(subMchid, schedule.now());
  }

  function isTooSoon({ step, subMchid, operationType }: StepCall): boolean {
    const at = step === "goldplan" && operationType === "OPEN" ? closedAt.get(subMchid) : undefined;
    return at !== undefined && schedule.now() < at + reopenAfterMs;
  }

  /** The fate of a call: when WeChat Pay acts, if it does, and what comes back when. */
  function fateOf(played: StepCall): { actsInMs?: number; answersInMs: number; result: CallResult } {
    const soonMs = 5 + faults.below(300);
    const accepted: CallResult = { kind: "accepted", status: 200, requestId: "wx-1" };
    const mayAct = (share: number) => (faults.happens(share) ? { actsInMs: soonMs } : {});
    if (faults.strike("call-fails"))
      return { answersInMs: soonMs, result: { kind: "unreachable", why: "refused", mayHaveActed: false } };
    if (isTooSoon(played))
      return { answersInMs: soonMs, result: { kind: "refused", fault: "reopened-too-soon", status: 400 } };
    if (faults.strike("call-answer-lost"))
      return {
        ...mayAct(0.7),
        answersInMs: soonMs + 1,
        result: { kind: "unreachable", why: "reset", mayHaveActed: true },
      };
    if (faults.strike("call-unverified"))
      return { ...mayAct(0.7), answersInMs: soonMs + 1, result: { kind: "unverified", why: "missing", status: 200 } };
    if (faults.strike("call-refused"))
      return { answersInMs: soonMs, result: { kind: "refused", fault: "sub-merchant-penalised", status: 400 } };
    if (faults.strike("call-server-error"))
      return {
        ...mayAct(0.5),
        answersInMs: soonMs + 1,
        result: { kind: "refused", fault: "server-error", status: 500 },
      };
    if (faults.strike("call-limited")) {
      const retryAfterMs = 1_000 * (1 + faults.below(4));
      return { answersInMs: soonMs, result: { kind: "refused", fault: "rate-limited", status: 429, retryAfterMs } };
    }
    if (faults.strike("call-late")) {
      const actsInMs = faults.below(callLimitMs);
      if (faults.happens(0.5)) return { actsInMs, answersInMs: actsInMs, result: accepted };
      const result: CallResult = { kind: "unreachable", why: "timeout", mayHaveActed: true };
      return { ...(faults.happens(0.8) ? { actsInMs } : {}), answersInMs: callLimitMs, result };
    }
    return { actsInMs: soonMs, answersInMs: soonMs + 1 + faults.below(20), result: accepted };
  }

  return {
    calls,
    states,
    calling: (life) =>
      stepCalls((played) => {
        if (!life.isAlive) return never();
        const { step, subMchid, operationType } = played;
        const { actsInMs, answersInMs, result } = fateOf(played);
        const startedAt = schedule.now();
        const decided = underWay(played);
        const call: PlayedCall = {
          subMchid,
          step,
          operationType,
          object: decided?.request.object,
          isAfterReceipt: decided?.operation.isReceiptDone === 1,
          by: life.name,
          requestId: decided?.request.id,
          seq: decided?.operation.seq,
          startedAt,
          leaseUntil: decided?.operation.leaseUntil ?? 0,
          actedAt: undefined,
          endedAt: startedAt + answersInMs,
          result: result.kind,
          heard: undefined,
        };
        calls.push(call);
        if (actsInMs !== undefined) {
          const act = () => {
            call.actedAt = schedule.now();
            set(played);
          };
          const what = `WeChat Pay sets ${placeOf(step, subMchid)} to ${operationType}`;
          schedule.add({ dueAt: startedAt + actsInMs, rim: "world", what, act });
        }
        return new Promise((resolve) => {
          const what = `gets ${result.kind} for ${placeOf(step, subMchid)}`;
          const act = () => {
            call.heard = { by: life, at: schedule.now() };
            resolve(result);
          };
          schedule.add({ dueAt: startedAt + answersInMs, life, rim: "called", what, act });
        });
      }),
  };
}
