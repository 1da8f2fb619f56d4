/**
 * Judges the steps of requests: 点金计划 only after the receipt, each step once it has its turn and never again, nothing
 * after a stop that came before a step, and no certain failure of what WeChat Pay carried out. WeChat Pay's two
 * switches end as the last decisions about each want.
 */
import { parseResult } from "../../../../src/domain/attempt-result.ts";
import { type Step, type SwitchObject, steps, stepsOf } from "../../../../src/domain/goldplan/objects.ts";
import { reopenAfterMs } from "../../../../src/domain/goldplan/reopening.ts";
import { guide } from "../../../../src/domain/guidance.ts";
import { attemptsMax } from "../../../../src/domain/retry-policy.ts";
import { placeOf } from "../../world/wechatpay-in-memory.ts";
import type { Judgement } from "../judgement.ts";
import { describeCall } from "../leases.ts";
import type { LedgerOperation, LedgerRequest } from "../ledger-watch.ts";
import type { AuditRow, Records } from "../records.ts";
import { detailOf, pathOfSteps, stepIn } from "./event-paths.ts";

/** The instances' clocks differ by at most this, in milliseconds. */
const skewMaxMs = 1_000;

export function judgeSteps(records: Records, found: Judgement): void {
  judgeSecondCalls(records, found);
  for (const request of records.requests) {
    const own = records.events.filter(({ requestId }) => requestId === request.id);
    for (const operation of request.operations) {
      const name = `${operation.subMchid} (${request.reason})`;
      judgeOrder(name, request, own.filter(isAbout(operation)), found);
      judgeStops(name, operation, own, found);
      judgePatience(name, operation, own, found);
      judgeCertainty(name, operation, records, found);
    }
    judgeReopenings(request, own, records, found);
  }
  judgeStates(records, found);
}

function isAbout({ operationId }: LedgerOperation) {
  return (event: AuditRow) => event.operationId === operationId;
}

/** No call for 点金计划 before WeChat Pay's answer about the receipt was verified and recorded. */
function judgeSecondCalls({ calls }: Records, found: Judgement): void {
  for (const call of calls) {
    if (call.step !== "goldplan" || call.object !== "both") continue;
    const isVerified = calls.some(
      ({ seq, step, result, heard }) =>
        seq === call.seq && step === "receipt" && result === "accepted" && heard && heard.at <= call.startedAt,
    );
    if (!isVerified || !call.isAfterReceipt)
      found.doubled.push(`${describeCall(call)} before its receipt was verified`);
  }
}

/** Small letters are attempts at 点金计划, and C is the end of the receipt's: none comes before it, or again after it. */
const legalOrders: Readonly<Record<SwitchObject, RegExp>> = {
  receipt: /^[^Cseh]*$/,
  goldplan: /^[^CSEH]*$/,
  both: /^[^seh+]*(?:C[^CSEH]*)?$/,
};

function judgeOrder(name: string, { object }: LedgerRequest, own: readonly AuditRow[], found: Judgement): void {
  const path = pathOfSteps(own);
  if (!legalOrders[object].test(path)) found.doubled.push(`${name}: the steps of ${object} were attempted as ${path}`);
}

/** What had not begun its step when somebody stopped the request is not called in that round any more. */
function judgeStops(name: string, operation: LedgerOperation, events: readonly AuditRow[], found: Judgement): void {
  for (const [index, event] of events.entries()) {
    if (event.what !== "stopped") continue;
    const round = events.slice(events.slice(0, index).findLastIndex(({ what }) => what === "retried") + 1);
    const before = round.slice(0, round.indexOf(event)).filter(isAbout(operation));
    const path = pathOfSteps(before).toUpperCase();
    // What had begun at an earlier stop finishes, in both steps.
    const isSecond = round.slice(0, round.indexOf(event)).some(({ what }) => what === "stopped");
    const inStep = isSecond ? path : path.slice(path.lastIndexOf("C") + 1);
    const hasBegun = countOf(inStep, "S") > countOf(inStep, "H") || /[+-]/.test(path);
    const after = round.slice(round.indexOf(event));
    const next = after.findIndex(({ what }) => what === "retried");
    const isCalled = (next < 0 ? after : after.slice(0, next)).some(
      (each) => each.what === "attempt-started" && isAbout(operation)(each),
    );
    if (!hasBegun && isCalled) found.doubled.push(`${name}: a step began after a stop`);
  }
}

function countOf(path: string, letter: string): number {
  return path.split(letter).length - 1;
}

/** A failure that may resolve itself counts only after every attempt that its own step has. */
function judgePatience(name: string, operation: LedgerOperation, events: readonly AuditRow[], found: Judgement): void {
  const { operationState, resultJson, attemptsOfStep, step } = operation;
  const result = operationState === "failed" ? parseResult(resultJson) : undefined;
  if (!result || result.kind === "accepted" || guide(result).retry !== "automatic") return;
  // The end of a hold ends what has started, whatever its attempts; a stop, what an earlier round may have done.
  if (events.some(({ what }) => what === "cancelled-held" || what === "held-expired")) return;
  if (attemptsOfStep === 0 && events.some(({ what }) => what === "stopped")) return;
  if (attemptsOfStep < attemptsMax) found.lost.push(`${name}: given up after ${attemptsOfStep} attempts at ${step}`);
}

/** What WeChat Pay carried out is never reported as certainly not done. */
function judgeCertainty(
  name: string,
  { operationState, resultJson, seq, step }: LedgerOperation,
  { calls }: Records,
  found: Judgement,
): void {
  if (!calls.some((call) => call.seq === seq && call.step === step && call.actedAt !== undefined)) return;
  const result = operationState === "failed" ? parseResult(resultJson) : undefined;
  const isCertain = result && result.kind !== "accepted" && guide(result).isCertain;
  if (operationState === "cancelled" || isCertain)
    found.lost.push(`${name}: carried out at ${step}, and reported as ${operationState}`);
}

/** No Retry begins with opening 点金计划 within 24 hours of a closing that the ledger knew of. */
function judgeReopenings(
  { action, operations }: LedgerRequest,
  own: readonly AuditRow[],
  { requests, events }: Records,
  found: Judgement,
): void {
  if (action !== "OPEN") return;
  for (const retried of own.filter(({ what }) => what === "retried"))
    for (const { operationId, subMchid } of operations) {
      const first = own.find(
        (event) =>
          event.operationId === operationId &&
          event.what === "attempt-started" &&
          detailOf(event).round === detailOf(retried).round,
      );
      if (!first || stepIn(first) !== "goldplan") continue;
      const closings = requests
        .filter((request) => request.action === "CLOSE" && request.object !== "receipt")
        .flatMap((request) => request.operations.filter((operation) => operation.subMchid === subMchid));
      const isTooSoon = events
        .slice(0, events.indexOf(retried))
        .some(
          ({ what, operationId: of, at }) =>
            what === "operation-succeeded" &&
            closings.some((closing) => closing.operationId === of) &&
            retried.at - at < reopenAfterMs - skewMaxMs,
        );
      if (isTooSoon) found.doubled.push(`${subMchid}: a Retry opens 点金计划 too soon after it was closed`);
    }
}

/** Each switch is as its last success left it, or a later failure that WeChat Pay carried out nevertheless. */
function judgeStates({ requests, calls, states }: Records, found: Judgement): void {
  const operations = requests.flatMap(({ operations, action, object, reason }) =>
    operations.map((operation) => ({ ...operation, action, object, reason })),
  );
  const inOrder = operations.sort((a, b) => a.seq - b.seq);
  for (const step of steps) {
    const hasActed = (seq: number) => calls.some((call) => call.seq === seq && call.step === step && call.actedAt);
    const concerned = inOrder.filter(({ object }) => stepsOf(object).includes(step));
    for (const [subMchid, own] of Map.groupBy(concerned, (operation) => operation.subMchid)) {
      const last = own.findLastIndex((operation) => isSwitched(operation, step));
      const expected = own[last]?.action;
      const state = states.get(placeOf(step, subMchid));
      const later = own.slice(last + 1).filter(({ seq }) => hasActed(seq));
      if (state !== expected && !later.some(({ action }) => action === state))
        found.overtaken.push(
          `${subMchid}: ${step} ${state ?? "untouched"} in the end, but the last decision was ${expected}`,
        );
    }
    for (const operation of concerned)
      if (isSwitched(operation, step) && !hasActed(operation.seq))
        found.lost.push(`${operation.subMchid} (${operation.reason}): ${step} succeeded, unknown to WeChat Pay`);
  }
}

/** Whether an operation has made a step: a stop or a failure in the next one leaves the receipt as it is. */
function isSwitched({ operationState, isReceiptDone }: LedgerOperation, step: Step): boolean {
  return operationState === "succeeded" || (step === "receipt" && isReceiptDone === 1);
}
