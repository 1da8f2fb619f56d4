/** Every message that the bot sends, with sample values: those of a request, notices, lists, and private answers. */
import type { KnownBlock } from "@slack/types";
import type { AttemptResult } from "../../../domain/attempt-result.ts";
import { steps } from "../../../domain/goldplan/objects.ts";
import { type Reopening, reopenAfterMs } from "../../../domain/goldplan/reopening.ts";
import { guide } from "../../../domain/guidance.ts";
import type { Notice } from "../../../domain/notice.ts";
import { roles } from "../../../domain/policy.ts";
import { context, type Message } from "../../../slack/blocks/elements.ts";
import type { Typing } from "../../../slack/blocks/example-commands.ts";
import { bulkMessage } from "../../../slack/blocks/request/bulk/bulk-request.ts";
import { bulkThreadMessage } from "../../../slack/blocks/request/bulk/bulk-thread.ts";
import type { Surface } from "../../../slack/blocks/request/decision.ts";
import { endedOnHoldOutcome } from "../../../slack/blocks/request/held.ts";
import { grantEndedMessage, grantMessage, noticeMessage } from "../../../slack/blocks/request/notices.ts";
import { requestMessage } from "../../../slack/blocks/request/request.ts";
import { outcomeMessage } from "../../../slack/blocks/request/thread.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { lists, privateAnswers } from "./lists.ts";
import {
  at,
  bulkRequests,
  holderName,
  permalink,
  sampleApprover,
  sampleEntry,
  sampleGrants,
  sampleMerchant,
  sampleNameNotes,
  sampleNumber,
  sampleRequest,
  sampleResults,
  sampleUser,
  singleRequests,
  stoppedBy,
  ticketUrl,
  twoStepRequests,
} from "./requests.ts";

/** A message or form, and its name in the catalogue of blocks. */
export interface SampleMessage {
  name: string;
  blocks: readonly KnownBlock[];
}

const reopening: Reopening = { count: 5, first: [sampleNumber], closedAt: at, from: at + reopenAfterMs };
const escalation = { afterMs: 3_600_000, to: "S0SAMPLE01" };
const nameOf = () => "Sample";

export function sampleMessages(typing: Typing): SampleMessage[] {
  return [
    ...named("requestMessage", requestMessages(typing)),
    ...named("bulkMessage", bulkMessages(typing)),
    ...named("outcomeMessage", outcomes(typing)),
    ...named("noticeMessage", notices(typing)),
    ...named("list", lists(typing)),
    ...named("answer", privateAnswers(typing)),
  ];
}

function named(name: string, messages: readonly Pick<Message, "blocks">[]): SampleMessage[] {
  return messages.map(({ blocks }, nth) => ({ name: `${name} ${nth + 1}`, blocks }));
}

const places: readonly Surface[] = ["channel", { reader: sampleApprover }];

/** In the channel, and as the copies that approvers get, which link to it. */
export function requestMessages({ texts }: Typing): Message[] {
  const entry = sampleEntry();
  const known = steps.map((step) => ({ step, lastSet: sampleEntry({ state: "succeeded" }), failure: entry }));
  return [...singleRequests(), ...twoStepRequests()].flatMap((request) => {
    const about = {
      known,
      nameNotes: sampleNameNotes,
      reopening,
      canAddGoldPlan: true,
      breakGlass: "on",
      escalation,
    } as const;
    const [message, copy] = places.map((place) =>
      requestMessage({ request, place, ...about, texts, permalink, ticketUrl }),
    ) as [Message, Message];
    // Then a copy differs from the message by its last line alone.
    if (request.state !== "pending") return [message];
    return [message, { ...copy, blocks: [...copy.blocks, context(texts.request.inChannel(permalink()))] }];
  });
}

/** @param id of the requests */
export function bulkMessages({ texts }: Typing, id?: string): Message[] {
  const three = [sampleMerchant, ...["1900000110", "1900000111"].map((subMchid) => ({ ...sampleMerchant, subMchid }))];
  const change = { action: "OPEN", object: "both" } as const;
  const facts = {
    first: three,
    firstExcluded: three.slice(1),
    previousResults: [
      { kind: "failed", change, count: 2, topic: "unknown", first: [{ ...sampleMerchant, at }] } as const,
    ],
    nameNotes: sampleNameNotes,
    ended: { count: 90, firstAt: at },
    retriesLeft: { count: 3, first: three, nextAt: at, untilAt: at },
    retryable: 50,
    notStarted: 8,
    reopening,
    withoutGoldPlan: 40,
  };
  return bulkRequests(id).flatMap((request) =>
    places.flatMap((place) =>
      [facts, { ...facts, ended: undefined, retriesLeft: undefined }].map((known) =>
        bulkMessage({
          request,
          facts: known,
          place,
          breakGlass: "on",
          escalation,
          texts,
          permalink,
          ticketUrl,
          now: at,
        }),
      ),
    ),
  );
}

function outcomes({ texts }: Typing): Message[] {
  const done = sampleRequest({ state: "done", decision: { kind: "approved", by: [sampleApprover], at } });
  const failures = sampleResults.filter((result) => result.kind !== "accepted");
  const undone = singleRequests().filter(({ state }) => state === "rejected" || state === "expired");
  const groups = failures.map((example: Exclude<AttemptResult, { kind: "accepted" }>) => ({
    topic: guide(example).topic,
    count: 3,
    first: [sampleMerchant],
    example,
  }));
  return [
    ...sampleResults.map((result) => outcomeMessage(done, { result, step: "receipt" }, texts, nameOf)),
    ...twoStepOutcomes(texts),
    ...undone.map((request) => outcomeMessage(request, undefined, texts, nameOf)),
    ...bulkRequests().map((request) =>
      bulkThreadMessage(request, { failures: [], withoutGoldPlan: 40 }, texts, nameOf),
    ),
    ...groups.map((group) =>
      bulkThreadMessage(
        { ...done, counts: { ...done.counts, total: 3, failed: 3 } },
        { failures: [group], withoutGoldPlan: undefined },
        texts,
        nameOf,
      ),
    ),
    ...[stoppedBy(sampleApprover, 1), {}].map((stop) => endedOnHoldOutcome({ ...done, ...stop }, texts)),
  ];
}

/** Receipts alone, 点金计划 and both, where 点金计划 is switched too. */
function twoStepOutcomes(texts: Texts): Message[] {
  const lastSet = sampleEntry({ state: "succeeded", object: "goldplan", step: "goldplan" });
  const known = [lastSet, { ...lastSet, action: "CLOSE" as const }, undefined].map((entry) => ({
    step: "goldplan" as const,
    lastSet: entry,
    failure: undefined,
  }));
  const accepted: AttemptResult = { kind: "accepted", status: 200 };
  const failed = sampleResults
    .filter((result) => result.kind === "refused" || result.kind === "unverified")
    .slice(0, 40);
  return [
    ...known.map((goldplan) =>
      outcomeMessage(sampleRequest(), { result: accepted, step: "receipt", goldplan }, texts, nameOf),
    ),
    ...twoStepRequests().flatMap((request) =>
      [accepted, ...failed].map((result) =>
        outcomeMessage(request, { result, step: request.operation.step, reopening }, texts, nameOf),
      ),
    ),
  ];
}

function notices({ texts, command }: Typing): Message[] {
  const request = sampleRequest();
  const parts = { request, nameOf, command, texts, permalink, ticketUrl };
  const about: Parameters<typeof noticeMessage>[0][] = [
    { about: "broke-glass", by: sampleUser },
    { about: "carried-out", by: sampleUser },
    { about: "reminder" },
    { about: "escalated", to: escalation.to },
    { about: "resubmitted", as: request.id, by: sampleUser },
    ...(["is_archived", "restricted_action", "not_in_channel", "invalid_blocks"] as const).map(
      (error) => ({ about: "not-posted", error, wasPosted: false }) as const,
    ),
  ];
  const terms = { until: at, only: [sampleNumber] };
  const granted: Extract<Notice, { about: "granted" | "grant-changed" | "revoked" }>[] = roles.flatMap((role) => [
    { about: "granted", role, by: sampleUser, terms },
    { about: "grant-changed", role, by: sampleUser, terms, before: {} },
    { about: "revoked", role, by: sampleUser },
  ]);
  const ended = { about: "grant-ended", role: "approver", until: at } as const;
  return [
    ...about.map((notice) => noticeMessage(notice, parts)),
    ...granted.map((notice) => grantMessage(notice, [holderName()], texts)),
    ...[sampleGrants, []].flatMap((through) =>
      [true, false].map((groupsUnknown) =>
        grantEndedMessage(ended, { through, groupsUnknown, name: holderName }, texts),
      ),
    ),
  ];
}
