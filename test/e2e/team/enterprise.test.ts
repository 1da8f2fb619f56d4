/** The bot in a workspace of an Enterprise organization: W ids, the organization's payloads, colleagues elsewhere. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { elsewhere, inOrganization } from "../../../src/playground/slack/grid-workspace.ts";
import type { JsonObject } from "../../../src/playground/slack/json.ts";
import type { ActionResult } from "../../../src/playground/slack/users/action-result.ts";
import { demoWorkspace } from "../../../src/playground/slack/workspace.ts";
import { freshNumber, openStage, type Stage } from "../support/stage.ts";

/** A channel that only some people see, with a C id like any other. */
const leads = "C0PRIVATE1";
const { pat, oli } = elsewhere;

describe("in an Enterprise organization", { concurrency: false }, () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage({ slack: { workspace: inOrganization(demoWorkspace) } });
    stage.slack.invite(leads);
    for (const user of [stage.idOf("ann"), stage.idOf("bob"), pat.id, oli.id]) stage.slack.invite(leads, user);
  });
  after(() => stage.close());

  /** Does something whose payload arrives with other fields than those of this workspace's own installation. */
  async function arrivingWith(fields: JsonObject, act: () => Promise<ActionResult>): Promise<ActionResult> {
    stage.slack.deliverTo("http://127.0.0.1:9/nobody");
    const { delivery } = await act();
    stage.slack.deliverTo(`http://127.0.0.1:${stage.environment["PORT"]}/slack/events`);
    assert.ok(delivery);
    return stage.slack.redeliver({ ...delivery, payload: { ...delivery.payload, ...fields } });
  }
  const organizationWide = { team: null, is_enterprise_install: true };

  async function pressBy(user: string, actionId: string, ts: string): Promise<string> {
    const before = stage.slack.ephemerals(user).length;
    await stage.slack.click({ user, channel: leads, ts, actionId });
    return stage.textOf(await stage.slack.until(() => stage.slack.ephemerals(user)[before]));
  }

  test("people with W ids request, approve and read the outcome, in a private channel with a C id", async () => {
    const number = freshNumber();
    const request = await stage.request("ann", `open ${number} new store`, leads);
    const { delivery } = await stage.press("bob", request, "Approve");
    assert.partialDeepStrictEqual(delivery?.payload, {
      user: { id: "W0BOB00001" },
      team: { enterprise_id: "E0DEMO0001" },
      enterprise: { id: "E0DEMO0001" },
    });
    assert.match(await stage.untilShown(request, "Receipts opened"), /requested by @ann, approved by @bob/);
    assert.deepEqual(stage.callsFor(number), ["OPEN 200"]);
    const by = await stage.rows("select requested_by, decided_by from requests order by number desc limit 1");
    assert.deepEqual({ ...by[0] }, { requested_by: "W0ANN00001", decided_by: "W0BOB00001" });
  });

  test("the payloads of an organization-wide installation, without a team, do the same", async () => {
    const number = freshNumber();
    const inCommand = { team_id: undefined, is_enterprise_install: "true" };
    await arrivingWith(inCommand, () => stage.type("ann", `open ${number}`, leads));
    const message = await stage.slack.until(() =>
      stage.slack.messages(leads).find(({ blocks }) => JSON.stringify(blocks).includes(number)),
    );
    const { ts } = message;
    await arrivingWith(organizationWide, () => stage.press("bob", message, "Reject"));
    await stage.slack.until(() => stage.slack.modal(stage.idOf("bob")));
    await arrivingWith(organizationWide, () => stage.slack.submitView(stage.idOf("bob"), { reason: "wrong shop" }));
    await stage.untilShown({ channel: leads, ts, number }, "Rejected by @bob");
    await arrivingWith({ team_id: undefined }, () => stage.slack.openHome(stage.idOf("ann")));
    await stage.slack.until(() => stage.slack.home(stage.idOf("ann")));
  });

  test("a shortcut on a message, whose payload does not name the person's team, opens the form", async () => {
    const message = stage.slack.say(stage.idOf("ann"), leads, `please open ${freshNumber()}`);
    const { delivery } = await stage.slack.useMessageShortcut(stage.idOf("ann"), message, "ask-at-message");
    assert.deepEqual(delivery?.payload["user"], { id: "W0ANN00001", name: "ann" });
    const form = await stage.slack.until(() => stage.slack.modal(stage.idOf("ann")));
    assert.equal(form["callback_id"], "ask");
  });

  test("a colleague whose own workspace is another holds roles, and one who is only there holds none", async () => {
    assert.match(await stage.typeAndRead("carol", "grant @pat approver"), /@pat now has the role approver/);
    assert.match(await stage.typeAndRead("carol", "grant @oli approver"), /cannot hold a role/);
    const request = await stage.request("ann", `open ${freshNumber()}`, leads);
    assert.match(await pressBy(oli.id, "approve", request.ts), /Only members of this workspace/);
    await stage.slack.click({ user: pat.id, channel: leads, ts: request.ts, actionId: "approve" });
    await stage.untilShown(request, "approved by @pat");
  });
});
