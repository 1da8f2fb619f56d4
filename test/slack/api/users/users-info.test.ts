/**
 * Who counts as a member, by what Slack says of a person: whoever it does not place in the bot's workspace is a
 * stranger.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Standing } from "../../../../src/domain/policy.ts";
import { standingOf, userAnswer } from "../../../../src/slack/api/users/users-info.ts";

const ours = "T0OURS0001";
const other = "T0OTHER001";
const organization = "E0OURS0001";
const alone = { teamId: ours, enterpriseId: undefined, isOrganizationWide: false };
const inGrid = { ...alone, enterpriseId: organization };
const orgWide = { teamId: organization, enterpriseId: organization, isOrganizationWide: true };
const inTeams = (teams: readonly string[] | null | undefined, enterprise_id: string | null = organization) => ({
  enterprise_user: { id: "W1", enterprise_id, teams },
});

const rows: readonly (readonly [who: string, user: object, own: typeof inGrid | typeof alone, standing: Standing])[] = [
  ["a colleague", { team_id: ours }, alone, "member"],
  ["somebody through Slack Connect", { team_id: other }, alone, "stranger"],
  ["somebody without a team", {}, alone, "stranger"],
  ["somebody whose team is null", { team_id: null }, alone, "stranger"],
  ["somebody of ours whom Slack calls a stranger", { team_id: ours, is_stranger: true }, alone, "stranger"],
  ["a colleague in an organization", { team_id: ours, ...inTeams([ours]) }, inGrid, "member"],
  ["a colleague whose own workspace is another", { team_id: other, ...inTeams([other, ours]) }, inGrid, "member"],
  ["a colleague whose team is the organization", { team_id: organization, ...inTeams([ours]) }, inGrid, "member"],
  ["a colleague without a team, but with their workspaces", inTeams([ours]), inGrid, "member"],
  ["somebody of another workspace of the organization", { team_id: other, ...inTeams([other]) }, inGrid, "stranger"],
  ["somebody of the organization without workspaces", { team_id: other, ...inTeams(undefined) }, inGrid, "stranger"],
  ["somebody of the organization, workspaces null", { team_id: organization, ...inTeams(null) }, inGrid, "stranger"],
  ["somebody of the organization without a team or workspaces", inTeams(undefined), inGrid, "stranger"],
  ["somebody of another organization", { team_id: other, ...inTeams([ours], "E0OTHER001") }, inGrid, "stranger"],
  ["somebody of a nameless organization", { team_id: other, ...inTeams([ours], null) }, inGrid, "stranger"],
  ["somebody of an organization, where we have none", { team_id: other, ...inTeams([ours]) }, alone, "stranger"],
  ["everybody, with the organization's token", { team_id: organization, ...inTeams([ours]) }, orgWide, "stranger"],
  ["a guest", { team_id: ours, is_restricted: true }, alone, "guest"],
  ["a guest of one channel", { team_id: ours, is_ultra_restricted: true }, alone, "guest"],
  ["somebody who has left", { team_id: ours, deleted: true }, alone, "deactivated"],
  ["an app", { team_id: ours, is_bot: true }, alone, "bot"],
];

describe("a person's standing", () => {
  for (const [who, user, own, standing] of rows)
    test(`${who}: ${standing}`, () => {
      assert.equal(standingOf(userAnswer.parse({ user: { id: "W1", ...user } }).user, own), standing);
    });
});
