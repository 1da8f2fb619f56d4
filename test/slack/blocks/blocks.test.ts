/** Every message and view that the bot builds, with the longest possible content, is within Block Kit's limits. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sampleEntry, sampleRequest, stoppedBy } from "../../../src/cli/doctor/samples/requests.ts";
import { type AttemptResult, type CallResult, faults, unreachableReasons } from "../../../src/domain/attempt-result.ts";
import { type Merchant, nameMax, noteMax } from "../../../src/domain/directory/merchant.ts";
import { type NameNotes, noNotes } from "../../../src/domain/directory/name-notes.ts";
import { offeredChanges } from "../../../src/domain/goldplan/change.ts";
import { steps } from "../../../src/domain/goldplan/objects.ts";
import type { Grant, Holder } from "../../../src/domain/grant.ts";
import { guide } from "../../../src/domain/guidance.ts";
import { roles } from "../../../src/domain/policy.ts";
import { ticketMax } from "../../../src/domain/tickets/tickets.ts";
import { foundPerPage } from "../../../src/ledger/directory/search.ts";
import type { HistoryEntry } from "../../../src/ledger/queries/history.ts";
import { shortlistMax } from "../../../src/ledger/queries/overview.ts";
import { entriesPerPage } from "../../../src/ledger/queries/pages.ts";
import type { RequestView } from "../../../src/ledger/queries/request-view.ts";
import { groupsMax } from "../../../src/ledger/roles.ts";
import { parseCommand } from "../../../src/parsing/command/command.ts";
import { restrictionMax } from "../../../src/parsing/command/grant-terms.ts";
import { reasonMax } from "../../../src/parsing/command/open-close.ts";
import { columnsMax, readNumberList } from "../../../src/parsing/number-list/number-list.ts";
import { labelMax } from "../../../src/parsing/number-list/sub-mchid.ts";
import { type JsonObject, objectIn, objectsIn } from "../../../src/playground/slack/json.ts";
import { notesShown } from "../../../src/slack/blocks/directory/name-notes.ts";
import { privateMessage } from "../../../src/slack/blocks/elements.ts";
import { columnForm } from "../../../src/slack/blocks/forms/column-form.ts";
import { choicesMax, leaveOutForm } from "../../../src/slack/blocks/forms/leave-out-form.ts";
import { rejectForm, whyMax } from "../../../src/slack/blocks/forms/reject-form.ts";
import { requestForm, requestPreview } from "../../../src/slack/blocks/forms/request-form.ts";
import { type HomeFacts, homeView, sentenceView } from "../../../src/slack/blocks/lists/app-home.ts";
import { ambiguousAnswer, findMessage, notAllComparedAnswer } from "../../../src/slack/blocks/lists/find.ts";
import { helpAnswer } from "../../../src/slack/blocks/lists/help.ts";
import {
  historyMessage,
  requestAnswer,
  requestsMessage,
  statusAnswer,
} from "../../../src/slack/blocks/lists/history.ts";
import { pendingMessage } from "../../../src/slack/blocks/lists/pending.ts";
import { rolesAnswer, rolesOfAnswer } from "../../../src/slack/blocks/lists/roles.ts";
import { merchantText } from "../../../src/slack/blocks/merchant.ts";
import { notice } from "../../../src/slack/blocks/modal.ts";
import { bulkMessage } from "../../../src/slack/blocks/request/bulk/bulk-request.ts";
import { bulkThreadMessage } from "../../../src/slack/blocks/request/bulk/bulk-thread.ts";
import { grantMessage, noticeMessage } from "../../../src/slack/blocks/request/notices.ts";
import { requestMessage } from "../../../src/slack/blocks/request/request.ts";
import { outcomeMessage } from "../../../src/slack/blocks/request/thread.ts";
import { problemAnswer } from "../../../src/slack/commands/usage-errors.ts";
import { operationStates, requestStates } from "../../../src/storage/schema.ts";
import { textsOf } from "../../../src/text/texts.ts";
import { assertFits, assertViewFits } from "./block-kit-limits.ts";

const longestId = "U0123456789ABCDEF";
/** By more people than a message names. */
const longestStops = {
  stopped: { by: longestId, at: Date.UTC(2026, 10, 23), cancelled: 0 },
  notStarted: { stopped: 10_000, stoppedBy: Array(10).fill(longestId), expired: 10_000 },
};
const longestNumber = "9".repeat(32);
const longestName = "&*".repeat(nameMax / 2);
const longestMerchant: Merchant = { subMchid: longestNumber, name: longestName, isUnlisted: false };
const longestGiven = { ...longestMerchant, givenAs: "&".repeat(labelMax) };
const longestSome = { count: 10_000, first: Array(notesShown).fill(longestGiven) };
const longestNotes: NameNotes = { ...noNotes, unlisted: longestSome, differing: longestSome };
const longestTicket = '"\n'.repeat(ticketMax / 2);
const chineseMessage = "特约商户被处罚中".repeat(125);

function request(changes: Partial<RequestView> = {}, operation: Partial<RequestView["operation"]> = {}): RequestView {
  return sampleRequest(
    {
      number: 1_000_042,
      action: "CLOSE",
      object: "both",
      scene: "JSAPI_AND_MINIPROGRAM",
      reason: '"\n'.repeat(reasonMax / 2),
      ticket: longestTicket,
      requestedBy: longestId,
      channelId: "C0123456789",
      createdAt: Date.UTC(2026, 10, 23),
      expiresAt: Date.UTC(2026, 10, 24),
      decision: { kind: "approved", by: Array(10).fill(longestId), at: Date.UTC(2026, 10, 23, 12) },
      endedAt: Date.UTC(2026, 10, 23, 13),
      approvalsNeeded: 1,
      approvals: [],
      remindedUntil: undefined,
      remindedAt: undefined,
      retried: { by: longestId, at: Date.UTC(2026, 10, 23, 12) },
      ...changes,
    },
    { ...longestMerchant, ...operation },
  );
}

function historyEntry(changes: Partial<HistoryEntry>): HistoryEntry {
  return sampleEntry({
    seq: Number.MAX_SAFE_INTEGER,
    number: 1_000_042,
    ...longestMerchant,
    ticket: longestTicket,
    action: "CLOSE",
    object: "both",
    requestedBy: longestId,
    createdAt: Date.UTC(2026, 10, 23),
    expiresAt: Date.UTC(2026, 10, 24),
    decision: { kind: "approved", by: Array(10).fill(longestId), at: Date.UTC(2026, 10, 23, 12) },
    endedAt: undefined,
    channelId: "C0123456789",
    ...changes,
  });
}

const failures: AttemptResult[] = [
  ...faults.map((fault): CallResult => {
    const id = { requestId: "F".repeat(64), code: "C".repeat(100), message: chineseMessage };
    return { kind: "refused", fault, status: 400, clockAheadMs: 601_000, ...id };
  }),
  ...(["missing", "wrong-signature", "stale", "unknown-serial", "wrong-body"] as const).map(
    (why): CallResult => ({ kind: "unverified", why, status: 200, requestId: "F".repeat(64), clockAheadMs: -601_000 }),
  ),
  ...unreachableReasons.map((why): CallResult => {
    const [host, proxy, reason] = ["h".repeat(100), "p".repeat(100), "r".repeat(200)];
    const cause = { host, proxy, code: "C".repeat(64), status: 403, at: 0, reason };
    return { kind: "unreachable", why, mayHaveActed: why === "timeout", cause };
  }),
  { kind: "unverified", why: "unknown-serial", status: 200, serial: "S".repeat(64), contentEncoding: "g".repeat(64) },
  { kind: "unreachable", why: "timeout", mayHaveActed: true },
  { kind: "unreachable", why: "refused", mayHaveActed: false },
  { kind: "unfinished" },
  { kind: "unapproved" },
];

for (const locale of ["en", "zh-CN"] as const) {
  const texts = textsOf(locale);
  const parts = {
    place: "channel" as const,
    nameNotes: longestNotes,
    texts,
    known: [],
    goldplan: "on" as const,
    reopening: { count: 9, first: Array(3).fill(longestNumber), closedAt: 1, from: 2 },
    canAddGoldPlan: true,
    reason: "required" as const,
    breakGlass: "on" as const,
    escalation: { afterMs: 3_600_000, to: "S0123456789" },
    command: `/${"r".repeat(31)}`,
    nameOf: () => "N".repeat(80),
    permalink: () => `https://${"w".repeat(60)}.slack.com/archives/C1/p1`,
    ticket: "&lt;".repeat(64),
    ticketUrl: () => `https://${"w".repeat(172)}`,
  };

  describe(`within Slack's limits, in ${locale}`, () => {
    test("a request's message in every state", () => {
      const lastSet = historyEntry({ state: "succeeded" });
      for (const result of failures) {
        const known = steps.map((step) => ({ step, lastSet, failure: historyEntry({ result }) }));
        assertFits(requestMessage({ ...parts, request: request(), known }), "pending");
      }
      for (const state of ["rejected", "withdrawn", "expired", "approved"] as const)
        assertFits(requestMessage({ ...parts, request: request({ state }) }), state);
      const done = request({ state: "done" }, { state: "succeeded", result: { kind: "accepted", status: 200 } });
      assertFits(requestMessage({ ...parts, request: done }), "done");
    });

    test("a request on hold, and one that ended on hold", () => {
      const at = Date.UTC(2026, 10, 23);
      const held = { since: at, until: at, confirmedAt: at, confirmations: Array(10).fill({ by: longestId, at }) };
      const facts = {
        first: Array(3).fill(longestMerchant),
        firstExcluded: [],
        nameNotes: longestNotes,
        previousResults: [],
        ended: undefined,
        retriesLeft: undefined,
        retryable: 0,
        notStarted: 0,
        reopening: parts.reopening,
        withoutGoldPlan: 10_000,
      };
      const counts = { total: 10_000, excluded: 0, open: 10_000, succeeded: 0, failed: 0, uncertain: 0, cancelled: 0 };
      for (const round of [1, 2])
        for (const approvalsNeeded of [1, 10]) {
          const what = { state: "approved", held, round, approvalsNeeded } as const;
          assertFits(requestMessage({ ...parts, request: request(what, { state: "held", attempts: 1 }) }), "held");
          const many = { ...parts, facts, place: "channel", now: at } as const;
          assertFits(bulkMessage({ ...many, request: request({ ...what, counts }) }), "many held");
        }
      for (const stops of [longestStops, {}]) {
        const ended = request({ state: "done", ...stops }, { state: "cancelled", attempts: 1 });
        const message = requestMessage({ ...parts, request: ended });
        assertFits(message, "ended on hold");
        assert.ok(
          !message.text.includes(texts.request.sentence.done({ action: "CLOSE", object: "receipt" }, longestNumber)),
        );
      }
    });

    test("a request with the maximum of approvals, in every state", () => {
      const approvals = Array.from({ length: 10 }, () => ({ by: longestId, at: Date.UTC(2026, 10, 23) }));
      const counts = {
        total: 10_000,
        excluded: 1_000,
        open: 0,
        succeeded: 5_000,
        failed: 3_000,
        uncertain: 0,
        cancelled: 1_000,
      };
      const excludedBy = Array(10).fill(longestId);
      const three = Array(3).fill(longestMerchant);
      const facts = {
        first: three,
        firstExcluded: three,
        nameNotes: longestNotes,
        previousResults: [],
        ended: { count: 9, firstAt: 0 },
        retriesLeft: undefined,
        retryable: 10_000,
        notStarted: 10_000,
        reopening: parts.reopening,
        withoutGoldPlan: 10_000,
      };
      for (const state of requestStates)
        for (const given of [0, 9, 10]) {
          const what = { state, approvalsNeeded: 10, approvals: approvals.slice(0, given) };
          assertFits(requestMessage({ ...parts, request: request(what) }), `${state} with ${given}`);
          const many = request({ ...what, counts, excludedBy, ...longestStops });
          assertFits(
            bulkMessage({
              request: many,
              facts,
              place: "channel",
              breakGlass: "on",
              escalation: parts.escalation,
              texts,
              permalink: parts.permalink,
              ticketUrl: parts.ticketUrl,
              now: 0,
            }),
            `${state} with ${given}, for many`,
          );
        }
    });

    test("a request with the longest reasons, rejected: its message, its thread and the form", () => {
      const approvals = Array.from({ length: 9 }, () => ({ by: longestId, at: Date.UTC(2026, 10, 23) }));
      const counts = {
        total: 10_000,
        excluded: 9_000,
        open: 0,
        succeeded: 0,
        failed: 0,
        uncertain: 0,
        cancelled: 1_000,
      };
      const first = Array(3).fill(longestMerchant);
      const metadata = { requestId: "0".repeat(64), channelId: "C0123456789" };
      for (const words of ['"\n', "因由"]) {
        const [reason, decisionReason] = [words.repeat(reasonMax / 2), words.repeat(whyMax / 2)];
        const rejected = request({ state: "rejected", reason, decisionReason, approvalsNeeded: 10, approvals });
        const many = { ...rejected, counts, excludedBy: Array(10).fill(longestId) };
        const facts = {
          first,
          firstExcluded: first,
          nameNotes: longestNotes,
          previousResults: [],
          ended: undefined,
          retriesLeft: undefined,
          retryable: 0,
          notStarted: 0,
          reopening: parts.reopening,
          withoutGoldPlan: 10_000,
        };
        assertFits(requestMessage({ ...parts, request: rejected }), "for one");
        assertFits(
          bulkMessage({
            request: many,
            facts,
            place: "channel",
            breakGlass: "on",
            escalation: parts.escalation,
            texts,
            permalink: parts.permalink,
            ticketUrl: parts.ticketUrl,
            now: 0,
          }),
          "for many",
        );
        assertFits(outcomeMessage(rejected, undefined, texts, parts.nameOf), "told");
        assertFits(
          bulkThreadMessage(many, { failures: [], withoutGoldPlan: undefined }, texts, parts.nameOf),
          "told of many",
        );
        assertViewFits(rejectForm(rejected, [], metadata, texts), "form");
        assertViewFits(rejectForm(many, first, metadata, texts), "form for many");
      }
      for (const title of [texts.decisionForms.reject.title, texts.decisionForms.reject.submit])
        assert.ok(title.length <= 24);
    });

    test("the Leave out form, with a hundred of the longest numbers to choose from, and with a field to paste into", () => {
      const metadata = { requestId: "0".repeat(64), channelId: "C0123456789" };
      const { leaveOut } = texts.decisionForms;
      const choices = Array.from({ length: choicesMax }, (_, nth) => {
        return { ...longestMerchant, subMchid: `${"9".repeat(29)}${nth + 100}` };
      });
      for (const total of [2, choicesMax, choicesMax + 1, 10_000]) {
        const counts = { total, open: total, succeeded: 0, failed: 0, uncertain: 0, cancelled: 0, excluded: 0 };
        const view = leaveOutForm(request({ counts }), choices.slice(0, total), metadata, texts);
        assertViewFits(view, `for ${total}`);
        const { type, options } =
          objectIn(objectsIn(view as unknown as JsonObject, "blocks").at(-1) ?? {}, "element") ?? {};
        assert.equal(type, total > choicesMax ? "plain_text_input" : "multi_static_select");
        assert.equal(options && (options as unknown[]).length, total > choicesMax ? undefined : total);
      }
      for (const title of [leaveOut.title, leaveOut.submit]) assert.ok(title.length <= 24);
    });

    test("a request carried out with break glass, and the notice to approvers", () => {
      const alone = request({ state: "approved", decision: { kind: "broke-glass", by: [longestId], at: 1 } });
      assertFits(requestMessage({ ...parts, request: alone }), "under way");
      assertFits(noticeMessage({ about: "broke-glass", by: longestId }, { ...parts, request: alone }), "told");
      for (const change of offeredChanges("on"))
        for (const dialog of [
          texts.approvals.confirmBreakGlass(change, merchantText(longestMerchant, texts)),
          texts.approvals.confirmBreakGlassForMany(change, 10_000),
        ]) {
          assert.ok(dialog.title.length <= 100 && dialog.text.length <= 300 && dialog.confirm.length <= 30);
          assert.match(dialog.title, /9{32}|10,000/);
        }
    });

    test("the reminders of a request that waits, in its message and to approvers and the user group", () => {
      const [createdAt, expiresAt] = [Date.UTC(2026, 10, 23), Date.UTC(2026, 10, 24)];
      const approvals = Array.from({ length: 9 }, () => ({ by: longestId, at: createdAt }));
      const counts = { total: 10_000, open: 10_000, succeeded: 0, failed: 0, uncertain: 0, cancelled: 0, excluded: 0 };
      const topics = Object.keys(texts.guidance) as (keyof typeof texts.guidance)[];
      const first = Array(3).fill({ subMchid: longestNumber, at: createdAt });
      const change = { action: "CLOSE", object: "both" } as const;
      const previousResults = topics.map((topic) => ({ kind: "failed", change, count: 9_999, topic, first }) as const);
      const facts = {
        first: Array(3).fill(longestMerchant),
        firstExcluded: [],
        nameNotes: longestNotes,
        previousResults,
        ended: undefined,
        retriesLeft: undefined,
        retryable: 0,
        notStarted: 0,
        reopening: parts.reopening,
        withoutGoldPlan: 10_000,
      };
      for (const escalatedAt of [undefined, createdAt])
        for (const [remindedUntil, remindedAt] of [
          [undefined, undefined],
          [createdAt + 1, createdAt + 1],
          [expiresAt - 1, createdAt],
        ]) {
          const what = { createdAt, expiresAt, remindedUntil, remindedAt, escalatedAt, approvalsNeeded: 10, approvals };
          assertFits(requestMessage({ ...parts, request: request(what) }), "for one");
          const many = request({ ...what, counts });
          assertFits(bulkMessage({ ...parts, request: many, facts, place: "channel", now: 0 }), "for many");
        }
      assertFits(noticeMessage({ about: "reminder" }, { ...parts, request: request() }), "reminder");
      assertFits(noticeMessage({ about: "reminder" }, { ...parts, request: request({ counts }) }), "reminder of many");
      assertFits(noticeMessage({ about: "escalated", to: longestId }, { ...parts, request: request() }), "escalation");
      for (const stands of Object.values(texts.preferences.stands)) assert.ok(stands(parts.command).length < 1_000);
    });

    test("every failure: while it is retried, after it has failed, and in the thread", () => {
      for (const result of failures) {
        const what = JSON.stringify(result).slice(0, 60);
        const again = request({ state: "approved" }, { state: "queued", attempts: 5, dueAt: 1, result });
        assertFits(requestMessage({ ...parts, request: again }), what);
        const failed = request({ state: "done" }, { state: "failed", result, endedAt: 1 });
        assertFits(requestMessage({ ...parts, request: failed }), what);
        assertFits(
          outcomeMessage(failed, { result, step: "receipt", reopening: parts.reopening }, texts, parts.nameOf),
          what,
        );
      }
      for (const state of ["rejected", "expired"] as const)
        assertFits(outcomeMessage(request({ state }), undefined, texts, parts.nameOf), state);
    });

    test("a bulk request that ends with every kind of failure: the largest are explained, with WeChat Pay's own words", () => {
      const groups = failures.map((example) => ({
        topic: guide(example as Exclude<AttemptResult, { kind: "accepted" }>).topic,
        count: 900,
        first: Array(10).fill(longestMerchant),
        example,
      }));
      const counts = { total: 10_000, excluded: 99, open: 0, succeeded: 1, failed: 90, uncertain: 9, cancelled: 10 };
      const people = { excludedBy: Array(10).fill(longestId), ...longestStops };
      for (let first = 0; first < groups.length; first += 5) {
        const message = bulkThreadMessage(
          request({ state: "done", counts, ...people }),
          { failures: groups.slice(first), withoutGoldPlan: 10_000 },
          texts,
          parts.nameOf,
        );
        assertFits(message, `from ${first}`);
        if (first < faults.length) assert.match(JSON.stringify(message.blocks[2]), /F{64}/);
        else assert.ok(message.blocks.length > 1);
      }
    });

    test("a bulk request that was stopped, requested again, and waits for its last retries", () => {
      const counts = { total: 10_000, excluded: 99, open: 9, succeeded: 1, failed: 90, uncertain: 9, cancelled: 10 };
      const again = { id: "2".repeat(32), number: 1_000_043, requestedBy: longestId, channelId: "C0123456789" };
      const resubmissions = [1, 2].map((round) => ({ ...again, round, total: 10, messageTs: "1764000000.000100" }));
      const numbers = Array(3).fill(longestMerchant);
      const facts = {
        first: numbers,
        firstExcluded: numbers,
        nameNotes: longestNotes,
        previousResults: [],
        ended: { count: 90, firstAt: 0 },
        retriesLeft: { count: 10_000, first: numbers, nextAt: 1, untilAt: 2 },
        retryable: 10_000,
        notStarted: 10_000,
        reopening: parts.reopening,
        withoutGoldPlan: 10_000,
      };
      for (const state of ["approved", "done"] as const)
        for (const round of [2, 3]) {
          const many = request({ state, counts, round, resubmissions, ...longestStops });
          const message = bulkMessage({ ...parts, request: many, facts, place: "channel", now: 0 });
          assertFits(message, state);
          const shown = JSON.stringify(message);
          if (state === "done") assert.equal(shown.includes('"resubmit"'), round === 3, "once for each round");
          else assert.doesNotMatch(shown, /12,345|about 1 s|约 1 秒/);
        }
      const notice = { about: "resubmitted", as: again.id, by: longestId } as const;
      assertFits(noticeMessage(notice, { ...parts, request: request({ counts, resubmissions }) }), "in the thread");
    });

    test("a role that was granted, changed or revoked, with the longest terms", () => {
      const only = Array.from({ length: restrictionMax }, () => longestNumber);
      const terms = { until: Date.UTC(2026, 10, 24), only };
      const base = { role: "requester", by: longestId } as const;
      assertFits(grantMessage({ about: "granted", ...base, terms }, [], texts), "granted");
      assertFits(grantMessage({ about: "grant-changed", ...base, terms, before: terms }, [], texts), "changed");
      assertFits(grantMessage({ about: "revoked", ...base }, Array(groupsMax).fill("G".repeat(80)), texts), "revoked");
    });

    test("status, and pages of history and pending requests, with the longest entries", () => {
      const list = { ...parts, command: `/${"r".repeat(31)}` };
      const filter = {
        subMchid: longestNumber,
        requestedBy: longestId,
        action: "CLOSE",
        failed: true,
        since: 1,
      } as const;
      const entries = [...failures, undefined].map((result, seq) => historyEntry({ seq, result }));
      for (let i = 0; i < entries.length; i += entriesPerPage) {
        const page = { entries: entries.slice(i, i + entriesPerPage), hasOlder: true, hasNewer: true };
        assertFits(historyMessage(filter, page, list), `history from ${i}`);
      }
      for (const state of operationStates) {
        const entry = historyEntry({ state });
        const page = { entries: Array(entriesPerPage).fill(entry), hasOlder: true, hasNewer: true };
        assertFits(historyMessage(filter, page, list), state);
        const excluded = historyEntry({ state: "cancelled", excludedBy: longestId });
        const previous = steps.map((step) => ({ step, lastSet: entry, failure: entry }));
        const status = { previous, underWay: entry, leftOut: excluded };
        assertFits(privateMessage(statusAnswer(longestMerchant, status, list)), `status with ${state}`);
      }
      const entry = { subMchid: longestNumber, name: longestName, note: "&*".repeat(noteMax / 2), position: 999_999 };
      const merchants = Array.from({ length: foundPerPage }, () => entry);
      const found = { version: 999_999, merchants, older: 999_999, newer: 999_999 };
      const latest = new Map([[longestNumber, historyEntry({ state: "cancelled", excludedBy: longestId })]]);
      assertFits(findMessage("&".repeat(nameMax), found, latest, list), "find");
      const more = { example: "&".repeat(nameMax), more: "&".repeat(nameMax) };
      assertFits(privateMessage(ambiguousAnswer("&".repeat(nameMax), merchants.slice(0, 5), more, texts)), "ambiguous");
      const searching = { example: "&".repeat(nameMax), search: "&".repeat(nameMax) };
      const notAll = notAllComparedAnswer("&".repeat(nameMax), merchants.slice(0, 1), searching, texts);
      assertFits(privateMessage(notAll), "not all compared");
      for (const [total, state] of [
        [1, "done"],
        [10_000, "done"],
        [10_000, "pending"],
      ] as const) {
        const counts = { total, excluded: 9, open: 0, succeeded: 1, failed: 90, uncertain: 9, cancelled: 10 };
        const one = request({ state, counts, excludedBy: Array(10).fill(longestId), ...stoppedBy(longestId, 10_000) });
        const requests = Array.from({ length: entriesPerPage }, (_, nth) => ({ ...one, number: one.number + nth }));
        const page = { entries: requests, hasOlder: true, hasNewer: true };
        assertFits(requestsMessage({ requestedBy: longestId, failed: true }, page, list), `history of ${total}`);
        const own = { entries: entries.slice(0, entriesPerPage), hasOlder: true, hasNewer: true };
        assertFits(requestAnswer(one, own, list), `a request of ${total}`);
      }
      const waiting = {
        id: "0".repeat(64),
        number: 1_000_042,
        action: "CLOSE",
        object: "both",
        requestedBy: longestId,
        createdAt: Date.UTC(2026, 10, 23),
        expiresAt: Date.UTC(2026, 10, 24),
        approvalsNeeded: 9,
        approvedBy: [longestId],
        merchants: Array(3).fill(longestMerchant),
        total: 10_000,
        channelId: "C0123456789",
        messageTs: "1764000000.000100",
      } as const;
      const page = { entries: Array(entriesPerPage).fill(waiting), hasOlder: true, hasNewer: true };
      assertFits(
        pendingMessage(page, () => true, list),
        "pending",
      );
      const none = { entries: [], hasOlder: false, hasNewer: false };
      assertFits(requestsMessage({}, none, list), "no history");
      assertFits(
        pendingMessage(none, () => true, list),
        "nothing pending",
      );
    });

    test("answers to one person, with the longest and strangest text that they can type", () => {
      const strange = `${"`*_~<&>".repeat(500)}\u202e`;
      const typed = [
        "",
        strange,
        `open ${strange}`,
        `open 1 2${strange}`,
        `grant ${strange}`,
        `grant <@U1> ${strange}`,
        `grant <@U1> requester for ${strange}`,
        `grant <@U1> approver for ${"9".repeat(3_000)}d`,
        `roles ${strange}`,
        `status ${strange}`,
        `history ${strange}`,
        `history open open${strange}`,
        `export ${strange}`,
        `notify ${strange}`,
        `notify on ${strange}`,
        `open ${"1".repeat(5_000)}`,
        `open 1 ${"x".repeat(5_000)}`,
      ];
      for (const text of typed) {
        const parsed = parseCommand(text);
        if (!parsed.ok)
          assertFits(
            privateMessage(
              problemAnswer(parsed, text, {
                command: "/receipt",
                reason: "required",
                goldplan: "on",
                ticket: "OPS-4711",
                texts,
              }),
            ),
            text.slice(0, 40),
          );
      }
      const person = { id: longestId, standing: "member", roles: new Set(roles) } as const;
      assertFits(
        privateMessage(
          helpAnswer({
            person,
            command: "/receipt",
            reason: "required",
            goldplan: "on",
            ticket: "OPS-4711",
            admins: undefined,
            texts,
          }),
        ),
        "help",
      );
    });

    test("the request form and its preview, with every kind of problem, as long and as many as possible", () => {
      const requestOrigin = { by: "command", channelId: longestId } as const;
      assertViewFits(
        requestForm(requestOrigin, { reason: "required", goldplan: "on", ticket: longestTicket }, texts),
        "form",
      );
      const strange = "9999<&\u{1f9fe}`*".repeat(60);
      const wrong = [
        strange,
        `1${strange}`,
        `${"1".repeat(200)}O`,
        "1".repeat(40),
        `${longestNumber}-${longestNumber}`,
        "1.9E+09",
        `9999${"<&".repeat(500)}`,
        `${longestNumber} ${"1".repeat(31)}`,
      ];
      for (const one of [...wrong, wrong.join("\n")]) {
        const lines = Array.from({ length: 100 }, () => one).join("\n");
        const numbers = Array.from({ length: 50 }, (_, nth) => `${"9".repeat(30)}${nth + 10}`).join("\n");
        for (const text of [lines, `sub_mchid\n${numbers}\n${numbers}\n${lines}`]) {
          const list = readNumberList(text);
          assert.ok(list.kind === "list");
          assert.ok(list.problemCount > 0, one.slice(0, 40));
          const draftId = list.subMchids.length > 0 ? "0".repeat(64) : undefined;
          const place = { channelId: longestId, isElsewhere: true };
          const merchants = list.subMchids.map((subMchid) => ({ ...longestGiven, subMchid }));
          const reason = '"\n'.repeat(reasonMax / 2);
          const view = requestPreview(
            { change: { action: "CLOSE", object: "both" }, list, merchants, reason, requestOrigin, place, draftId },
            texts,
          );
          assertViewFits(view, one.slice(0, 40));
          const told = JSON.stringify(view).split("• ").length - 1;
          assert.equal(told, list.problems.length, "no problem is lost between the sections");
        }
      }
      assertViewFits(notice(texts.form.notOpened(`/${"x".repeat(31)}`), texts.form.close, texts), "notice");
    });

    test("the question about the column, with the most columns and the longest and strangest headers", () => {
      for (const character of ["&", "<", "\u{1f9fe}"]) {
        const head = Array.from({ length: columnsMax }, (_, nth) => `${character.repeat(70)}${nth}`);
        const rows = Array.from({ length: 3 }, (_, row) => head.map((_, nth) => `19000001${row}${nth}`));
        const question = readNumberList([head, ...rows].map((cells) => cells.join(",")).join("\n"), { isFile: true });
        assert.ok(question.kind === "which-column" && question.columns.length === columnsMax);
        const metadata = { by: "command", channelId: longestId, draftId: "0".repeat(64) } as const;
        const view = columnForm(question, metadata, texts);
        assertViewFits(view, character);
        for (const nth of head.keys()) assert.ok(JSON.stringify(view.blocks).includes(`\`190000010${nth}\``), `${nth}`);
      }
    });

    test("the list of roles, with hundreds of grants and all the terms of each, and how many more there are", () => {
      const only = Array.from({ length: restrictionMax }, () => longestNumber);
      const grants = roles.flatMap((role) =>
        Array.from({ length: 300 }, (_, i): Grant => {
          const holder: Holder = i % 2 ? { kind: "user", id: longestId } : { kind: "group", id: `S${i}` };
          return { holder, role, by: longestId, at: 1_764_000_000_000, until: 1_764_000_000_000, only };
        }),
      );
      const name = ({ kind, id }: Holder) => (kind === "user" ? `<@${id}>` : `@${"g".repeat(60)}`);
      const all = rolesAnswer({ grants, command: "/receipt", texts, name });
      assertFits(privateMessage(all), "roles");
      const shown = all.split("\n").filter((line) => line.includes("!date"));
      const more = [...all.matchAll(/[0-9]+ (?:more;|项，)/g)].map(([words]) => Number.parseInt(words, 10));
      assert.equal(more.length, roles.length);
      assert.equal(shown.length + more.reduce((sum, count) => sum + count), grants.length);
      const kept = privateMessage(all).blocks.map((block) => (block.type === "section" ? block.text?.text : ""));
      assert.equal(kept.join("\n"), all, "no line is lost between the sections");

      const holder = { kind: "user", id: longestId } as const;
      const max = roles.flatMap((role) => grants.filter((grant) => grant.role === role).slice(0, groupsMax + 1));
      const about = { grants: max, holder, standing: "guest", groupsUnknown: true, texts, name } as const;
      const one = rolesOfAnswer(about);
      assertFits(privateMessage(one), "roles of one");
    });

    test("App Home, with the longest content of single and bulk requests, and empty", () => {
      const list = { ...parts, command: `/${"r".repeat(31)}`, name: () => `@${"g".repeat(60)}` };
      const told = privateMessage(`${"word ".repeat(590)}\n`.repeat(4));
      const person = { id: longestId, standing: "member", roles: new Set(roles) } as const;
      const only = Array.from({ length: restrictionMax }, () => longestNumber);
      const grants = Array.from({ length: 300 }, (_, i): Grant => {
        const holder: Holder = { kind: "group", id: `S${i}` };
        return { holder, role: "requester", by: longestId, at: i, until: 1_764_000_000_000, only };
      });
      const counts = { total: 1, excluded: 0, open: 0, succeeded: 0, failed: 1, uncertain: 0, cancelled: 0 };
      for (const [result, total] of failures.flatMap((each) => [[each, 1] as const, [each, 10_000] as const])) {
        const requested = Array.from({ length: shortlistMax }, (_, i) =>
          request(
            {
              id: `${i}`.repeat(32),
              counts: { ...counts, total, excluded: total > 1 ? 9_000 : 0 },
              excludedBy: Array(10).fill(longestId),
            },
            { result, state: "failed" },
          ),
        );
        const three = Array(3).fill(longestMerchant);
        const facts = {
          first: three,
          firstExcluded: three,
          nameNotes: longestNotes,
          previousResults: [],
          ended: undefined,
          retriesLeft: undefined,
          retryable: 0,
          notStarted: 0,
          reopening: parts.reopening,
          withoutGoldPlan: 10_000,
        };
        const requests = requested.map((each) => {
          const one = requestMessage({ ...parts, request: each });
          return {
            request: each,
            message:
              total > 1
                ? bulkMessage({
                    request: each,
                    facts,
                    place: "channel",
                    breakGlass: "on",
                    escalation: parts.escalation,
                    texts,
                    permalink: parts.permalink,
                    ticketUrl: parts.ticketUrl,
                    now: 0,
                  })
                : one,
          };
        });
        const failed = requested.map((each) => ({ ...each, state: "done" as const, ...stoppedBy(longestId, 10_000) }));
        const full: HomeFacts = {
          person,
          toDecide: { requests, hasMore: true, more: 12_345 },
          requested: { requests: requested, hasMore: true },
          canSubmit: true,
          failed: { requests: failed, hasMore: true, isEverybodys: total > 1 },
          own: { grants: grants.slice(0, 3 * (groupsMax + 1)), groupsUnknown: true },
          all: grants,
        };
        assertViewFits(homeView(full, told, list), `full, ${JSON.stringify(result).slice(0, 60)}`);
      }
      const none = { requests: [], hasMore: false };
      const own = { grants: [], groupsUnknown: false };
      const failed = { ...none, isEverybodys: false };
      for (const canSubmit of [true, false]) {
        const empty = { person, toDecide: none, requested: none, canSubmit, failed, own, all: [] };
        assertViewFits(homeView(empty, undefined, list), "empty");
      }
      assertViewFits(sentenceView(texts.home.ledgerAway, told), "a sentence");
    });
  });
}
