/** The troubles of the page's switches, by name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrouble, slackTroubles } from "../../../src/playground/lab/trouble.ts";
import { answerSteps } from "../../../src/playground/lab/verification.ts";
import { objectsIn, stringIn } from "../../../src/playground/slack/json.ts";
import { startLocalSlack } from "../../../src/playground/slack/server.ts";
import type { LocalWeChatPay } from "../../../src/playground/wechatpay/server.ts";
import { identity } from "../../e2e/support/identity.ts";
import { call } from "../slack/builders.ts";
import { exchange, failedAt } from "./signed-call.ts";

const number = "1900000109";

test("each lie is told about any number, and fails where it fails for its own", async (t) => {
  const slack = await startLocalSlack();
  t.after(() => slack.close());
  let trouble: ReturnType<typeof createTrouble> | undefined;
  const make = (local: LocalWeChatPay) => {
    trouble = createTrouble(slack, local);
    return trouble;
  };
  const steps = async (subMchid: string, prepare: (local: LocalWeChatPay) => void) => {
    const { sent, call: sentCall } = await exchange(t, subMchid, { prepare });
    return failedAt(answerSteps(sent ?? assert.fail("no answer"), sentCall, identity, Date.now()));
  };
  await exchange(t, number, { prepare: make });
  const lies = objectsIn(trouble?.state(), "lies").map((lie) => stringIn(lie, "number") ?? "");
  assert.ok(lies.length > 10);
  for (const lie of lies) {
    const own = await steps(lie, () => undefined);
    assert.ok(own, lie);
    assert.equal(await steps(number, (local) => make(local).setWeChatPay(lie)), own, lie);
    assert.equal(trouble?.injected().weChatPay, 1);
  }
});

test("slow answers come late, are true, and are counted", async (t) => {
  const slack = await startLocalSlack();
  t.after(() => slack.close());
  let trouble: ReturnType<typeof createTrouble> | undefined;
  const { sent, played } = await exchange(t, number, {
    prepare(local) {
      trouble = createTrouble(slack, local);
      trouble.setWeChatPay("slow");
    },
  });
  assert.equal(sent?.status, 200);
  assert.ok((played.endedAtMs ?? performance.now()) - played.startedAtMs >= 2_990);
  assert.equal(trouble?.injected().weChatPay, 1);
});

test("each trouble of Slack strikes a call and is counted; without trouble nothing is", async (t) => {
  const slack = await startLocalSlack();
  t.after(() => slack.close());
  const trouble = createTrouble(slack, { skewMs: 0, delayMs: 0 } as LocalWeChatPay);
  const upload = { filename: "results.csv", length: "3" };
  for (const [place, kind] of slackTroubles.entries()) {
    trouble.setSlack(kind);
    const calling = call(slack, "files.getUploadURLExternal", upload).catch(() => "no answer");
    await slack.until(() => trouble.injected().slack === place || (kind === "none" && slack.log.length > 0));
    trouble.setSlack("none");
    await calling;
  }
  assert.throws(() => trouble.setSlack("sulky"), /no trouble sulky/);
  assert.throws(() => trouble.setWeChatPay("1900000109"), /no trouble 1900000109/);
});
