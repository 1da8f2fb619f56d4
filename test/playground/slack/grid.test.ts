/** A workspace of an Enterprise organization: its payloads and answers name the organization, and people have W ids. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elsewhere, gridId, inOrganization } from "../../../src/playground/slack/grid-workspace.ts";
import { demoWorkspace } from "../../../src/playground/slack/workspace.ts";
import { actions, button, call, callForm, ann as demoAnn, opsServer, slackFor, stranger } from "./builders.ts";

const ann = gridId(demoAnn);
const ours = "T0DEMO0001";
const theirs = "T0BRANCH01";
const enterprise = { id: "E0DEMO0001", name: "Receipt demo group" };
const organization = { enterprise_id: enterprise.id, enterprise_name: enterprise.name };
const workspace = inOrganization(demoWorkspace);

/** What each kind of payload says of where it comes from. */
const origins = [
  {
    installed: "in one workspace",
    isOrganizationWide: false,
    command: { ...organization, team_id: ours, user_id: ann, is_enterprise_install: "false" },
    interactive: { team: { id: ours, ...organization }, enterprise, is_enterprise_install: false },
    event: { team_id: ours, enterprise_id: enterprise.id, authorizations: [{ team_id: ours }] },
    self: { team_id: ours, enterprise_id: enterprise.id, is_enterprise_install: false },
  },
  {
    installed: "for the whole organization",
    isOrganizationWide: true,
    command: { ...organization, team_id: ours, user_id: ann, is_enterprise_install: "true" },
    interactive: { team: null, enterprise, is_enterprise_install: true },
    event: {
      enterprise_id: enterprise.id,
      authorizations: [{ enterprise_id: enterprise.id, team_id: null, is_enterprise_install: true }],
    },
    self: { team_id: enterprise.id, enterprise_id: enterprise.id, is_enterprise_install: true },
  },
] as const;

for (const { installed, isOrganizationWide, command, interactive, event, self } of origins)
  test(`payloads name the organization, for an app that is installed ${installed}`, async (t) => {
    const slack = await slackFor(t, { workspace, app: { isOrganizationWide } });
    const typed = await slack.type({ user: ann, channel: opsServer, text: "help" });
    assert.partialDeepStrictEqual(typed.delivery?.payload, command);
    const blocks = [actions(button("go"))];
    const { body } = await call(slack, "chat.postMessage", { channel: opsServer, text: "x", blocks });
    const ts = String(body["ts"]);
    for (const { delivery } of [
      await slack.click({ user: ann, channel: opsServer, ts, actionId: "go" }),
      await slack.useShortcut(ann, "ask"),
      await slack.useMessageShortcut(ann, slack.say(ann, opsServer, "hello"), "ask-at-message"),
    ])
      assert.partialDeepStrictEqual(delivery?.payload, interactive);
    assert.partialDeepStrictEqual((await slack.openHome(ann)).delivery?.payload, event);
    assert.partialDeepStrictEqual((await call(slack, "auth.test", {})).body, self);
  });

test("people of the organization are described with its workspaces, and people of others are not", async (t) => {
  const slack = await slackFor(t, { workspace });
  const { pat, oli } = elsewhere;
  const rows: readonly (readonly [user: string, team: string, teams: readonly string[] | undefined])[] = [
    [ann, ours, [ours]],
    [pat.id, theirs, [theirs, ours]],
    [oli.id, theirs, [theirs]],
    [stranger, "T0OTHER001", undefined],
  ];
  for (const [id, team_id, teams] of rows) {
    const { user } = (await callForm(slack, "users.info", { user: id })).body as Record<
      string,
      Record<string, unknown>
    >;
    assert.partialDeepStrictEqual(user, { id, team_id });
    if (teams === undefined) assert.equal(user?.["enterprise_user"], undefined);
    else assert.partialDeepStrictEqual(user?.["enterprise_user"], { id, ...organization, teams });
  }
});

test("a channel says which workspaces of the organization share it, apart from those outside", async (t) => {
  const slack = await slackFor(t, { workspace });
  const { body } = await callForm(slack, "conversations.info", { channel: opsServer });
  assert.partialDeepStrictEqual(body["channel"], {
    is_shared: true,
    is_org_shared: true,
    is_ext_shared: true,
    internal_team_ids: [ours, theirs],
    connected_team_ids: ["T0OTHER001"],
    shared_team_ids: [ours, theirs, "T0OTHER001"],
  });
});

test("only members of this workspace can use the app's command in a shared channel", async (t) => {
  const slack = await slackFor(t, { workspace });
  const errorOf = async (user: string) => (await slack.type({ user, channel: opsServer, text: "help" })).error;
  assert.equal(await errorOf(elsewhere.oli.id), "not_a_command");
  // Nobody listens here, so the command was sent.
  assert.equal(await errorOf(elsewhere.pat.id), "dispatch_failed");
});
