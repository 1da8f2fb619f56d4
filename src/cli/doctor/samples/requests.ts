/** Requests that nobody submitted, in every state that a message can show. */
import { type AttemptResult, faults, unreachableReasons } from "../../../domain/attempt-result.ts";
import type { DirectoryEntry, Merchant } from "../../../domain/directory/merchant.ts";
import type { NameNotes } from "../../../domain/directory/name-notes.ts";
import { steps } from "../../../domain/goldplan/objects.ts";
import { roles } from "../../../domain/policy.ts";
import type { HistoryEntry } from "../../../ledger/queries/history.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import { noRounds } from "../../../ledger/queries/rounds.ts";

export const [sampleUser, sampleApprover, sampleChannel] = ["U0SAMPLE01", "U0SAMPLE02", "C0SAMPLE01"];
export const sampleNumber = "1900000109";
export const sampleMerchant: Merchant = { subMchid: sampleNumber, name: "蓝海火锅", isUnlisted: false };
/** One of each kind. */
export const sampleNameNotes: NameNotes = {
  unlisted: { count: 2, first: [{ ...sampleMerchant, name: undefined, isUnlisted: true, givenAs: undefined }] },
  differing: { count: 2, first: [{ ...sampleMerchant, givenAs: "红海火锅" }] },
  given: { count: 2, first: [{ ...sampleMerchant, name: undefined, givenAs: "红海火锅" }] },
};
export const sampleEntryOfDirectory: DirectoryEntry = { subMchid: sampleNumber, name: "蓝海火锅", note: "总店" };
export const at = Date.UTC(2026, 0, 5, 1);
const hourMs = 3_600_000;
const sampleTicket = "OPS-4711";
export const ticketUrl = () => "https://tickets.example.com/OPS-4711";
export const permalink = () => "https://sample.slack.com/archives/C0SAMPLE01/p1764000000000100";
export const holderName = () => "@sample";
export const sampleGrants = roles.map((role) => ({
  holder: { kind: "user", id: sampleUser } as const,
  role,
  by: sampleApprover,
  at,
  until: at,
  only: [sampleNumber, "19000*"],
}));

const approval = (by: string) => ({ by, at });

/** A stop in the current round, and perhaps a hold that expired in another one. */
export function stoppedBy(by: string, cancelled = 0, expired = 0): Pick<RequestView, "stopped" | "notStarted"> {
  return { stopped: { by, at, cancelled }, notStarted: { stopped: cancelled, stoppedBy: [by], expired } };
}

export function sampleRequest(
  changes: Partial<RequestView> = {},
  operation: Partial<RequestView["operation"]> = {},
): RequestView {
  return {
    id: "0".repeat(32),
    number: 1042,
    action: "OPEN",
    object: "receipt",
    scene: undefined,
    reason: `new store, ${sampleTicket}`,
    ticket: sampleTicket,
    requestedBy: sampleUser,
    channelId: sampleChannel,
    state: "pending",
    createdAt: at,
    expiresAt: at + 24 * hourMs,
    decision: undefined,
    decisionReason: undefined,
    endedAt: undefined,
    approvalsNeeded: 2,
    approvals: [approval(sampleApprover)],
    remindedUntil: at + hourMs,
    remindedAt: at + hourMs,
    escalatedAt: undefined,
    messageTs: "1764000000.000100",
    round: 1,
    counts: { total: 1, excluded: 0, open: 1, succeeded: 0, failed: 0, uncertain: 0, cancelled: 0 },
    ...noRounds,
    held: undefined,
    resubmissions: [],
    excludedBy: [],
    operation: {
      id: "1".repeat(32),
      seq: 1,
      ...sampleMerchant,
      state: "waiting",
      step: "receipt",
      round: 1,
      attempts: 0,
      dueAt: undefined,
      endedAt: undefined,
      result: undefined,
      superseded: false,
      ...operation,
    },
    ...changes,
  };
}

const decision = { kind: "approved", by: [sampleApprover], at } as const;
const ended = { decision, endedAt: at + hourMs, retried: approval(sampleApprover) };
const hold = { since: at, until: at + hourMs, confirmedAt: at, confirmations: [approval(sampleApprover)] };

/** One for each way in which an attempt can end. */
export const sampleResults: readonly AttemptResult[] = [
  { kind: "accepted", status: 200, requestId: "08SAMPLE-0" },
  ...faults.map(
    (fault): AttemptResult => ({
      kind: "refused",
      fault,
      status: 400,
      code: "INVALID_REQUEST",
      message: "操作失败 <&>",
      requestId: "08SAMPLE-1",
      clockAheadMs: 601_000,
    }),
  ),
  ...(["missing", "wrong-signature", "stale", "unknown-serial", "wrong-body"] as const).map(
    (why): AttemptResult => ({ kind: "unverified", why, status: 200, requestId: "08SAMPLE-2", serial: "AB12" }),
  ),
  ...unreachableReasons.map((why): AttemptResult => {
    const cause = {
      host: "api.mch.weixin.qq.com",
      proxy: "proxy:3128",
      code: "ECONNRESET",
      status: 403,
      at,
      reason: "stale",
    };
    return { kind: "unreachable", why, mayHaveActed: why === "timeout", cause };
  }),
  { kind: "unfinished" },
  { kind: "unapproved" },
];

/** In every state for one sub-merchant; of what was carried out, one for each result. */
export function singleRequests(): RequestView[] {
  const done = { state: "done", ...ended } as const;
  return [
    sampleRequest(),
    sampleRequest({ escalatedAt: at, approvals: [], approvalsNeeded: 1, reason: undefined }),
    sampleRequest({ state: "approved", decision }, { state: "running", attempts: 1 }),
    sampleRequest(
      { state: "approved", decision: { ...decision, kind: "broke-glass", approvedBefore: [sampleUser] } },
      { state: "queued", dueAt: at },
    ),
    sampleRequest({ state: "approved", decision, held: hold }, { state: "held" }),
    sampleRequest({ ...done, ...stoppedBy(sampleApprover, 1) }, { state: "cancelled" }),
    sampleRequest(done, { state: "cancelled" }),
    ...(["rejected", "withdrawn", "expired"] as const).map((state) =>
      sampleRequest({
        state,
        decision: { ...decision, kind: state === "expired" ? "approved" : state },
        decisionReason: "wrong shop",
      }),
    ),
    ...sampleResults.map((result) =>
      sampleRequest(done, { result, state: result.kind === "accepted" ? "succeeded" : "failed", endedAt: at }),
    ),
  ];
}

/** For both objects, in every state of its two steps. */
export function twoStepRequests(): RequestView[] {
  const both = { object: "both", scene: "JSAPI_AND_MINIPROGRAM", decision } as const;
  const refusal = sampleResults.find((result) => result.kind === "refused");
  return (["OPEN", "CLOSE"] as const).flatMap((action) =>
    steps.flatMap((step) => [
      sampleRequest({ ...both, action, decision: undefined }, { step }),
      sampleRequest({ ...both, action, state: "approved" }, { step, state: "running", attempts: 1 }),
      sampleRequest(
        { ...both, ...ended, action, state: "done" },
        { step, state: "failed", result: refusal, endedAt: at },
      ),
      sampleRequest(
        { ...both, ...ended, action, state: "done", ...stoppedBy(sampleApprover, 1) },
        { step, state: "cancelled" },
      ),
    ]),
  );
}

/** The same for many, under way, stopped, requested again and with retries left. */
export function bulkRequests(id = "0".repeat(32)): RequestView[] {
  const counts = { total: 300, excluded: 2, open: 90, succeeded: 150, failed: 50, uncertain: 5, cancelled: 8 };
  const again = { id: "2".repeat(32), number: 1043, requestedBy: sampleUser, channelId: sampleChannel };
  const people = { excludedBy: [sampleUser, sampleApprover], ...stoppedBy(sampleApprover, 6, 2) };
  const resubmissions = [{ ...again, round: 1, total: 6, messageTs: "1764000000.000200" }];
  return singleRequests()
    .slice(0, 11)
    .flatMap((request) => [
      { ...request, id, counts },
      { ...request, id, counts, ...people, round: 2 },
      { ...request, id, counts, ...people, ...stoppedBy(sampleApprover, 8), resubmissions, round: 2 },
      { ...request, id, counts, notStarted: { ...request.notStarted, expired: 8 } },
    ]);
}

export function sampleEntry(changes: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    seq: 1,
    number: 1042,
    ...sampleMerchant,
    ticket: sampleTicket,
    action: "OPEN",
    object: "receipt",
    step: "receipt",
    receiptDoneAt: undefined,
    state: "failed",
    excludedBy: undefined,
    result: undefined,
    requestState: "done",
    requestedBy: sampleUser,
    createdAt: at,
    expiresAt: at + hourMs,
    decision,
    endedAt: at,
    channelId: sampleChannel,
    messageTs: "1764000000.000100",
    messageRefused: undefined,
    ...changes,
  };
}
