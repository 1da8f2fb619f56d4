/** Posts that Slack shows late, after the request or its people have changed: what they say is true then, too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { noTickets } from "../../../src/domain/tickets/tickets.ts";
import type { ClaimedPost } from "../../../src/ledger/outbox/outbox.ts";
import { resubmissionKey } from "../../../src/ledger/queries/bulk/resubmission.ts";
import { createRoles } from "../../../src/ledger/roles.ts";
import type { People } from "../../../src/slack/api/people.ts";
import { createWorkspace } from "../../../src/slack/api/workspace.ts";
import { type PostContentParts, postContent } from "../../../src/slack/reporter/post-content.ts";
import { textsOf } from "../../../src/text/texts.ts";
import { accepted, aRequest, type Bench, click, onEveryEngine, refused } from "../../ledger/builders.ts";

const texts = textsOf("en");
const five = ["1900000001", "1900000002", "1900000003", "1900000004", "1900000005"];
const bob = { by: "UBOB", origin: click };

/** What Slack would show of this post now. */
async function shownNow(
  bench: Bench,
  requestId: string,
  post: Partial<ClaimedPost>,
  people?: Pick<People, "grantsOf">,
): Promise<string | undefined> {
  const slack = async (method: string) => {
    assert.equal(method, "auth.test", "nothing else is asked of Slack here");
    return { team_id: "T1", url: "https://example.slack.com/" };
  };
  const parts = {
    ...{ ledger: bench, clock: bench.clock, workspace: createWorkspace({ slack, clock: bench.clock }), people },
    ...{
      languages: { channel: texts, of: () => texts },
      ticketUrl: noTickets.url,
      command: "/receipt",
      goldplan: "off",
    },
  } as unknown as PostContentParts;
  const found = await postContent(parts, { ...{ requestId, channelId: "COPS", round: 1 }, ...post } as ClaimedPost);
  return found && JSON.stringify(found.content);
}

onEveryEngine("a post that comes after a Retry", (fresh) => {
  /** Three sub-merchants were called, of which one has failed; two were stopped. */
  async function stopped(bench: Bench): Promise<string> {
    const requestId = await bench.approved({ subMchids: five });
    const [first, ...others] = await bench.claim(3);
    assert.equal((await bench.requests.stop({ requestId, ...bob })).kind, "stopped");
    await bench.operations.conclude(first ?? assert.fail(), refused, { kind: "fail" });
    for (const attempt of others) await bench.operations.conclude(attempt, accepted, { kind: "succeed" });
    assert.equal((await bench.request(requestId)).state, "done");
    return requestId;
  }

  async function retried(bench: Bench, requestId: string): Promise<void> {
    const { round } = await bench.request(requestId);
    assert.equal((await bench.operations.retry({ requestId, round, by: "UASKER", origin: click })).kind, "retried");
  }

  test("a report of many says how many are not finished, and names no button that is not there", async () => {
    const bench = await fresh();
    const requestId = await stopped(bench);
    const inTime = (await shownNow(bench, requestId, { kind: "outcome" })) ?? "";
    assert.match(inTime, /\*2 of 5 sub-merchants\*; \*1 not opened\*/);
    assert.match(inTime, /press \*Resubmit 2\*/);
    assert.doesNotMatch(inTime, /not finished/);
    assert.ok((await shownNow(bench, requestId, { kind: "results" }))?.includes(texts.bulk.thread.results));

    await retried(bench, requestId);
    const late = (await shownNow(bench, requestId, { kind: "outcome" })) ?? "";
    assert.ok(late.includes(texts.bulk.thread.unfinished(1)), late);
    assert.match(late, /\*2 not started\*, because <@UBOB> stopped the request/);
    assert.doesNotMatch(late, /Resubmit/);
    assert.ok((await shownNow(bench, requestId, { kind: "results" }))?.includes(texts.bulk.thread.resultsSoFar(1)));
  });

  test("the note of a resubmission links to the new request and counts what that is for", async () => {
    const bench = await fresh();
    const requestId = await stopped(bench);
    const subMchids = await bench.bulk.notStarted(requestId);
    assert.equal(subMchids.length, 2);
    await bench.asked({ subMchid: subMchids[0] ?? "" });
    const again = await bench.requests.submit(
      aRequest({
        ...{ subMchids, sourceKey: resubmissionKey(requestId, 1), requestedBy: "UASKER" },
        resubmits: { requestId, channelId: "COPS", round: 1 },
      }),
    );
    assert.ok(again.kind === "recorded" && again.skipped.length === 1);
    const { number } = await bench.request(again.requestId);
    const notice = { about: "resubmitted", as: again.requestId, by: "UASKER" } as const;
    const note = new RegExp(`<@UASKER> submitted a new request for 1 sub-merchant that was not started: .*#${number}`);
    assert.match((await shownNow(bench, requestId, { kind: "notice", notice })) ?? "", note);
    await retried(bench, requestId);
    assert.match((await shownNow(bench, requestId, { kind: "notice", notice })) ?? "", note);
  });
});

onEveryEngine("a direct message that asks to decide and comes late", (fresh) => {
  for (const [name, post] of [
    ["a reminder", { kind: "notice", notice: { about: "reminder" } }],
    ["a copy", { kind: "copy" }],
  ] as const)
    test(`${name} is not sent to somebody who has approved or lost the role meanwhile`, async () => {
      const bench = await fresh();
      const roles = createRoles({ db: bench.db, clock: bench.clock, instance: "us", admins: [] });
      const people = {
        grantsOf: async (id: string) => ({ grants: (await roles.about(id)).own, groupsUnknown: false }),
      };
      const change = (id: string) => ({ holder: { kind: "user", id } as const, role: "approver", ...bob }) as const;
      for (const id of ["UBOB", "UDAN"]) await roles.grant(change(id));
      const requestId = await bench.asked({ approvalRule: { needed: 2 } });
      const isShown = async (channelId: string) =>
        (await shownNow(bench, requestId, { ...post, channelId, round: 0 }, people)) !== undefined;
      assert.deepEqual([await isShown("UBOB"), await isShown("UDAN")], [true, true]);
      await bench.requests.decide({ requestId, decision: "approve", ...bob });
      await roles.revoke(change("UDAN"));
      assert.deepEqual([await isShown("UBOB"), await isShown("UDAN")], [false, false]);
      await roles.grant(change("UDAN"));
      assert.deepEqual([await isShown("UBOB"), await isShown("UDAN")], [false, true]);
    });
});
