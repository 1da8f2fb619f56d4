import { type PersonId, type Plan, people } from "../plans/planned.ts";
import type { Press, Submission } from "../world/user-actions.ts";
import { overlap } from "./leases.ts";
import { isBetween, isOpen, type LedgerOperation, type LedgerRequest, stillIn } from "./ledger-watch.ts";

export interface Held {
  by: string;
  plan: Plan;
  /** As committed. */
  requests: readonly LedgerRequest[];
}

/** An answer may be based on a read between two changes that share a commit; its counts are then between theirs. */
export interface HeldSince extends Held {
  /** As of the previous commit. */
  before: readonly LedgerRequest[];
}

/** What is untrue in an answer to a command; undefined if nothing is. */
export function untrueToRequester(
  text: string | undefined,
  submission: Submission,
  { by, requests }: Held,
): string | undefined {
  const request = requests.find(({ reason }) => reason === submission.name);
  const who = `${by}, who submitted ${submission.name}`;
  // "This time" in an answer to a redelivered payload is about this delivery; the earlier one has its own answer.
  const isOnly = submission.deliveries.length <= 1;
  if (text === undefined) {
    if (!request) return `nothing was recorded for ${who}`;
    return !isOnly || isRecordedWithout("", request, submission) ? undefined : `not everything was recorded for ${who}`;
  }
  if (/^Recorded without/.test(text))
    return request && isRecordedWithout(text, request, submission) ? undefined : `it is not true for ${who}`;
  if (isOnly && request && /Nothing was recorded/.test(text)) return `request ${request.id} was recorded for ${who}`;
  if (/already has an open request by/.test(text)) {
    return requests.some(({ operations }) => operations.some(({ subMchid }) => submission.subMchids.includes(subMchid)))
      ? undefined
      : `there is no request for ${who}`;
  }
  if (/^Each of these \d+ sub-merchants already has an open request/.test(text)) {
    const open = new Set(
      requests.flatMap(({ operations }) => operations.filter(isOpen).map(({ subMchid }) => subMchid)),
    );
    return submission.subMchids.every((subMchid) => open.has(subMchid))
      ? undefined
      : `not all have an open request, for ${who}`;
  }
  if (/You need the role/.test(text)) return holds(by, "requester") ? `${who}, is a requester` : undefined;
  if (/Nothing was recorded|it is not certain whether this was recorded/.test(text)) return undefined;
  return `an unknown answer to ${who}`;
}

/** The sub-merchants that a text names. */
function numbersIn(text: string): string[] {
  return text.match(/\d{10}/g) ?? [];
}

/** The answer names the first few numbers and counts the others. */
function isRecordedWithout(text: string, { operations }: LedgerRequest, { subMchids }: Submission): boolean {
  const known = [...numbersIn(text), ...operations.map(({ subMchid }) => subMchid)];
  const others = Number(/and (\d+) more/.exec(text)?.[1] ?? 0);
  const isOnce = new Set(known).size === known.length && known.length + others === subMchids.length;
  return isOnce && known.every((subMchid) => subMchids.includes(subMchid));
}

/** What is untrue in an answer to a press; undefined if nothing is. */
export function untrueToPresser(text: string | undefined, press: Press, held: HeldSince): string | undefined {
  const request = held.requests.find(({ reason }) => reason === press.submission);
  const who = `${held.by}, who pressed ${press.button} of ${press.submission}`;
  if (!request) return `there is no request for ${who}`;
  if (text === undefined) return isDone(request, press) ? undefined : `nothing was done for ${who}`;
  const earlier = held.before.find(({ id }) => id === request.id) ?? request;
  const counts: readonly [RegExp, (of: LedgerRequest) => number][] = [
    [/: (\d+) finished/, (of) => stillIn(of) - of.open],
    [/(?:is|are) now (?:open|closed) for (\d+) of/, ({ succeeded }) => succeeded],
  ];
  const isWrong = ([pattern, count]: (typeof counts)[number]) => {
    const claimed = pattern.exec(text)?.[1];
    return claimed !== undefined && !isBetween(Number(claimed), count(earlier), count(request));
  };
  if (counts.some(isWrong)) return `fewer have ended for ${who}`;
  if (/(?:is|are) now (?:open|closed)\./.test(text) && request.operationState !== "succeeded")
    return `it has not succeeded for ${who}`;
  if (/(?:was|were) not (?:opened|closed)/.test(text) && request.operationState !== "failed")
    return `it has not failed for ${who}`;
  for (const [pattern, isTrue] of claims) {
    const found = pattern.exec(text);
    if (found) return isTrue(request, press, held, found[1] ?? "") ? undefined : `it is not true for ${who}`;
  }
  return `an unknown answer to ${who}`;
}

/** Whether the ledger records the pressed action as done by this person. */
export function isDone(request: LedgerRequest, { button, by, round, leaves }: Press): boolean {
  if (button === "retry") return request.round > round;
  if (button === "leave-out")
    return leaves.every((number) =>
      request.operations.some(({ subMchid, excludedBy }) => subMchid === number && excludedBy === by),
    );
  if (button === "stop" || button === "cancel-held") return request.stoppedBy === by;
  if (button === "carry-out") return isConfirmedAgain(request);
  if (request.decidedBy !== by) return false;
  if (button === "approve") return isApproved(request);
  return request.state === (button === "reject" ? "rejected" : "withdrawn");
}

/** Whether somebody had it carried out after an outage. */
function isConfirmedAgain({ heldAt, confirmedAt, decidedAt }: LedgerRequest): boolean {
  return heldAt === null && Number(confirmedAt) > Number(decidedAt);
}

/** Whether they stopped the present round, and nothing is left that has not started. */
function wasStopped({ roundStoppedBy, operations }: LedgerRequest, by: string): boolean {
  const hasNotStarted = operations.some(
    ({ operationState, attempts }) => operationState === "queued" && attempts === 0,
  );
  return roundStoppedBy === by && !hasNotStarted;
}

type IsTrue = (request: LedgerRequest, press: Press, held: Held, named: string) => boolean;

const isApproved = ({ state }: LedgerRequest) => state === "approved" || state === "done";

/** Each kind of answer, by its wording, and when it is true. */
const claims: readonly (readonly [RegExp, IsTrue])[] = [
  [
    /You requested this, so someone else/,
    (request, press, { plan }) =>
      request.requestedBy === press.by && plan.policy === "four-eyes" && !mayRetryAlone(request, press),
  ],
  [
    /You need the role \*(\w+)\*/,
    (request, press, _, role) => !holds(press.by, role) && !mayRetryAlone(request, press),
  ],
  [
    /^Only the requester, <@(\w+)>,/,
    ({ requestedBy }, { by }, _, submitter) => requestedBy === submitter && by !== submitter,
  ],
  [/^You already approved this/, (request, { by }) => isApproved(request) && request.decidedBy === by],
  [/^<@(\w+)> approved this before you/, (request, _, __, first) => isApproved(request) && request.decidedBy === first],
  [/^You already rejected this/, ({ state, decidedBy }, { by }) => state === "rejected" && decidedBy === by],
  [/^<@(\w+)> rejected this/, ({ state, decidedBy }, _, __, first) => state === "rejected" && decidedBy === first],
  [/^You already withdrew this/, ({ state, decidedBy }, { by }) => state === "withdrawn" && decidedBy === by],
  [/^<@(\w+)> withdrew this/, ({ state, decidedBy }, _, __, first) => state === "withdrawn" && decidedBy === first],
  [/^You already pressed Carry out|^<@\w+> pressed Carry out before you/, isConfirmedAgain],
  [/^You already cancelled this/, ({ stoppedBy }, { by }) => stoppedBy === by],
  [/^<@(\w+)> cancelled this/, ({ stoppedBy }, _, __, first) => stoppedBy === first],
  [/^This request expired while on hold/, ({ heldAt, stoppedBy }) => heldAt === null && stoppedBy === null],
  [/^This request expired without a decision/, ({ state }) => state === "expired"],
  [
    /^<@(\w+)> pressed Retry before you/,
    ({ round, retriedBy }, press, _, first) => round > press.round && retriedBy === first && first !== press.by,
  ],
  [/^You already pressed Retry/, ({ round, retriedBy }, press) => round > press.round && retriedBy === press.by],
  [
    /^There is a later request for/,
    (request, _, { requests }) => request.operations.every((operation) => hasLater(operation, requests)),
  ],
  [
    /^A later request for \S+ is (?:waiting|being carried out)/,
    (request, _, { requests }) => {
      const sameObject = requests.filter((other) => overlap(other, request));
      return request.operations.every((operation) => laterOf(operation, sameObject).length > 0);
    },
  ],
  [
    /^Another request for \S+ is open/,
    ({ operations: [only] }, _, { requests }) => only !== undefined && hasOtherOpen(only, requests),
  ],
  [
    /^Another request for \S+ was open a moment ago/,
    ({ operations: [only] }, _, { requests }) => only !== undefined && othersOf(only, requests).length > 0,
  ],
  [
    /^There is nothing to retry here: each failed sub-merchant has a later request or one that is open/,
    ({ operations }, _, { requests }) =>
      operations
        .filter(({ operationState }) => operationState === "failed")
        .every((operation) => hasLater(operation, requests) || hasOtherOpen(operation, requests)),
  ],
  [/^There is nothing to retry/, ({ state, failed }) => state !== "done" || failed === 0],
  [
    /^WeChat Pay does not open 点金计划 again within 24 hours/,
    ({ action, operations }, _, { requests }) =>
      action === "OPEN" &&
      operations.some(
        (operation) =>
          operation.operationState === "failed" && operation.step === "goldplan" && wasClosed(operation, requests),
      ),
  ],
  [/^There is nothing left to stop/, (request) => request.roundStoppedBy === null && !mayBeStopped(request)],
  [/^You already stopped this/, (request, { by }) => wasStopped(request, by)],
  [/^<@(\w+)> stopped this before you/, (request, _, __, first) => wasStopped(request, first)],
  [
    /^(\d+ (?:is|are) (?:not in this request|already left out).*)$/,
    (request, _, __, claimed) => claimed.split(/(?<=\.) /).every((sentence) => isWhyNot(sentence, request)),
  ],
  [
    /^These are all the remaining/,
    ({ operations }, { leaves }) => operations.filter(isOpen).every(({ subMchid }) => leaves.includes(subMchid)),
  ],
  // The judge checks these at the end.
  [/Nothing was (?:changed|recorded); (?:try|press) again/, () => true],
  [/it is not certain whether your click counted/, () => true],
];

/** Why some sub-merchants could not be excluded: they are not in the request, or were excluded before. */
function isWhyNot(sentence: string, { operations }: LedgerRequest): boolean {
  return numbersIn(sentence).every((number) => {
    const operation = operations.find(({ subMchid }) => subMchid === number);
    return /already left out/.test(sentence) ? operation?.excludedBy : operation === undefined;
  });
}

/** Whether the bot closed 点金计划 of a sub-merchant; histories are shorter than a day, but for one kind of outage. */
function wasClosed({ subMchid }: LedgerOperation, requests: readonly LedgerRequest[]): boolean {
  return requests
    .filter(({ action, object }) => action === "CLOSE" && object !== "receipt")
    .some(({ operations }) =>
      operations.some((each) => each.subMchid === subMchid && each.operationState === "succeeded"),
    );
}

function hasLater(operation: LedgerOperation, requests: readonly LedgerRequest[]): boolean {
  return laterOf(operation, requests).some(
    ({ operationState, isReceiptDone }) => operationState !== "cancelled" || isReceiptDone === 1,
  );
}

/** In another request; an earlier one is open again while it is retried. */
function hasOtherOpen(operation: LedgerOperation, requests: readonly LedgerRequest[]): boolean {
  return othersOf(operation, requests).some(isOpen);
}

function laterOf(operation: LedgerOperation, requests: readonly LedgerRequest[]): LedgerOperation[] {
  return othersOf(operation, requests).filter(({ seq }) => seq > operation.seq);
}

/** The operations of other requests for the same sub-merchant. */
function othersOf({ seq, subMchid }: LedgerOperation, requests: readonly LedgerRequest[]): LedgerOperation[] {
  const all = requests.flatMap(({ operations }) => operations);
  return all.filter((other) => other.subMchid === subMchid && other.seq !== seq);
}

/** Whether a requester needs nobody else for a Retry: no hold has ended since the last one. */
function mayRetryAlone({ requestedBy, isUnconfirmed }: LedgerRequest, { button, by }: Press): boolean {
  return button === "retry" && requestedBy === by && holds(by, "requester") && isUnconfirmed === 0;
}

/** Whether some of it has not been started yet, or not its next step. */
function mayBeStopped({ operations }: LedgerRequest): boolean {
  return operations.some(({ operationState, attemptsOfStep }) => operationState === "queued" && attemptsOfStep === 0);
}

function holds(by: string, role: string): boolean {
  return (people[by as PersonId] as readonly string[] | undefined)?.includes(role) ?? false;
}
