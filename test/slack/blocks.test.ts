/** Every message that the bot can build, with the longest that can stand in it, held against Block Kit's limits. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { blockProblems } from "../../src/playground/slack/blockkit.ts";
import type { Json } from "../../src/playground/slack/json.ts";
import { type CallResult, faults } from "../../src/receipt/call.ts";
import { parseCommand, reasonMost } from "../../src/receipt/command.ts";
import { roles } from "../../src/receipt/policy.ts";
import type { RequestView } from "../../src/receipt/request-view.ts";
import { problemAnswer } from "../../src/slack/answers.ts";
import { helpAnswer, rolesAnswer } from "../../src/slack/blocks/help.ts";
import { type Message, privateMessage } from "../../src/slack/blocks/parts.ts";
import { requestMessage } from "../../src/slack/blocks/request.ts";
import { outcomeMessage } from "../../src/slack/blocks/thread.ts";
import { textsOf } from "../../src/text/texts.ts";

const longestId = "U0123456789ABCDEF";
const longestNumber = "9".repeat(32);
const chineseMessage = "特约商户被处罚中".repeat(125);

function request(changes: Partial<RequestView> = {}, operation: Partial<RequestView["operation"]> = {}): RequestView {
  return {
    id: "0".repeat(32),
    action: "CLOSE",
    reason: '"\n'.repeat(reasonMost / 2),
    requestedBy: longestId,
    channelId: "C0123456789",
    state: "pending",
    createdAt: Date.UTC(2026, 10, 23),
    expiresAt: Date.UTC(2026, 10, 24),
    decidedBy: longestId,
    decidedAt: Date.UTC(2026, 10, 23, 12),
    messageTs: "1764000000.000100",
    operation: {
      id: "1".repeat(32),
      seq: 1,
      subMchid: longestNumber,
      state: "waiting",
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

const failures: CallResult[] = [
  ...faults.map((fault): CallResult => {
    const id = { requestId: "F".repeat(64), code: "C".repeat(100), message: chineseMessage };
    return { kind: "refused", fault, status: 400, clockAheadMs: 601_000, ...id };
  }),
  ...(["missing", "wrong-signature", "stale", "unknown-serial", "wrong-body"] as const).map(
    (why): CallResult => ({ kind: "unverified", why, status: 200, requestId: "F".repeat(64), clockAheadMs: -601_000 }),
  ),
  { kind: "unreachable", why: "timeout", mayHaveActed: true },
  { kind: "unreachable", why: "refused", mayHaveActed: false },
];

function assertFits(message: Message, what: string): void {
  assert.deepEqual(blockProblems(message.blocks as unknown as Json), [], what);
  assert.ok(message.text.length > 0 && message.text.length <= 4_000, `${what}: text of ${message.text.length}`);
  // Larger messages were seen to be refused with msg_blocks_too_long.
  assert.ok(JSON.stringify(message.blocks).length <= 13_200, `${what}: ${JSON.stringify(message.blocks).length}`);
}

for (const locale of ["en", "zh-CN"] as const) {
  const texts = textsOf(locale);
  const parts = { texts, lastSet: undefined, permalink: () => `https://${"w".repeat(60)}.slack.com/archives/C1/p1` };

  describe(`within Slack's limits, in ${locale}`, () => {
    test("a request's message in every state", () => {
      const lastSet = {
        action: "OPEN",
        at: 0,
        requestedBy: longestId,
        channelId: "C1",
        messageTs: "1.000001",
      } as const;
      assertFits(requestMessage({ ...parts, request: request(), lastSet }), "pending");
      for (const state of ["rejected", "withdrawn", "expired", "approved"] as const)
        assertFits(requestMessage({ ...parts, request: request({ state }) }), state);
      const done = request({ state: "done" }, { state: "succeeded", result: { kind: "accepted", status: 200 } });
      assertFits(requestMessage({ ...parts, request: done }), "done");
    });

    test("every failure: while it is tried again, when it has failed, and in the thread", () => {
      for (const result of failures) {
        const what = JSON.stringify(result).slice(0, 60);
        const again = request({ state: "approved" }, { state: "queued", attempts: 5, dueAt: 1, result });
        assertFits(requestMessage({ ...parts, request: again }), what);
        const failed = request({ state: "done" }, { state: "failed", result, endedAt: 1 });
        assertFits(requestMessage({ ...parts, request: failed }), what);
        assertFits(outcomeMessage(failed, result, texts), what);
      }
      for (const state of ["rejected", "expired"] as const)
        assertFits(outcomeMessage(request({ state }), undefined, texts), state);
    });

    test("answers to one person, with the longest and strangest that somebody can type", () => {
      const strange = `${"`*_~<&>".repeat(500)}\u202e`;
      const typed = [
        "",
        strange,
        `open ${strange}`,
        `open 1 2${strange}`,
        `grant ${strange}`,
        `grant <@U1> ${strange}`,
        `roles ${strange}`,
        `open ${"1".repeat(5_000)}`,
        `open 1 ${"x".repeat(5_000)}`,
      ];
      for (const text of typed) {
        const parsed = parseCommand(text);
        if (!parsed.ok) assertFits(privateMessage(problemAnswer(parsed, "/receipt", texts)), text.slice(0, 40));
      }
      const person = { id: longestId, standing: "member", roles: new Set(roles) } as const;
      assertFits(privateMessage(helpAnswer({ person, command: "/receipt", admins: undefined, texts })), "help");
      const grants = Array.from(
        { length: 500 },
        (_, i) => ({ userId: `U${i}23456789AB`, role: "approver", by: longestId, at: 0 }) as const,
      );
      assertFits(privateMessage(rolesAnswer({ grants, command: "/receipt", texts })), "roles");
    });
  });
}
