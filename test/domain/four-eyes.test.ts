/** Who may decide on a request, as tables, and the rule checked with generated persons. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type ApprovalPolicy,
  approvalPolicies,
  lapsedApprovals,
  mayApprove,
  mayBreakGlass,
  mayDecide,
} from "../../src/domain/four-eyes.ts";
import { mayRequest, type Person, type Role } from "../../src/domain/policy.ts";
import { allow, anns, aPerson, as, asked, needs, number, other, person, refuse } from "./people.ts";

describe("deciding", () => {
  const rows: [who: Person, policy: ApprovalPolicy, verdict: object][] = [
    [person("BOB", ["approver"]), "four-eyes", allow],
    [person("BOB", ["approver"]), "self", allow],
    [person("ANN", ["approver", "requester"]), "four-eyes", refuse("own-request")],
    [person("ANN", ["approver", "requester"]), "self", allow],
    // The role would not help them.
    [person("ANN", ["requester"]), "four-eyes", refuse("own-request")],
    [person("ANN", ["requester"]), "self", needs("approver")],
    [person("ANN", [], { groupsUnknown: true }), "four-eyes", refuse("own-request")],
    [person("ANN", ["requester"], { standing: "guest" }), "four-eyes", refuse("standing", { standing: "guest" })],
    [person("BOB", []), "four-eyes", needs("approver")],
    [person("BOB", ["requester", "admin"]), "self", needs("approver")],
  ];
  for (const [who, policy, verdict] of rows)
    test(`${who.id} as ${[...who.roles].join(" and ") || "no role"} under ${policy}`, () => {
      assert.deepEqual(mayDecide(who, anns, policy), verdict);
      assert.deepEqual(mayApprove(who, anns, person("ANN", ["requester"]), policy), verdict);
    });
});

describe("a request is approved only while its requester could still submit it", () => {
  const rows: [ann: Person | undefined, because: object | undefined][] = [
    [person("ANN", ["requester"]), undefined],
    [person("ANN", ["requester"], { only: ["19*"] }), undefined],
    [person("ANN", []), { why: "needs-role", role: "requester" }],
    [person("ANN", ["requester"], { only: ["18*"] }), { why: "restricted", only: ["18*"], subMchids: [number] }],
    [person("ANN", ["requester"], { standing: "deactivated" }), { why: "standing", standing: "deactivated" }],
    [person("ANN", [], { groupsUnknown: true }), { why: "groups-unknown", role: "requester" }],
    [undefined, { why: "standing", standing: "stranger" }],
  ];
  for (const [ann, because] of rows)
    test(JSON.stringify(because ?? "allowed"), () =>
      assert.deepEqual(
        mayApprove(person("BOB", ["approver"]), anns, ann, "four-eyes"),
        because ? refuse("requester-cannot", { because }) : allow,
      ),
    );
});

describe("break glass needs an approver, their own request, a reason, and the setting", () => {
  const both: Role[] = ["requester", "approver"];
  const rows: [what: string, who: Person, reason: string | undefined, setting: "off" | "on", verdict: object][] = [
    ["the requester, who is an approver", person("ANN", both), "fire", "on", allow],
    ["the same person with the setting off", person("ANN", both), "fire", "off", refuse("break-glass-off")],
    ["without a reason", person("ANN", both), undefined, "on", refuse("break-glass-needs-reason")],
    ["another approver", person("BOB", both), "fire", "on", refuse("break-glass-not-yours")],
    // The role would not help them.
    ["someone else, who is no approver", person("BOB", ["requester"]), "fire", "on", refuse("break-glass-not-yours")],
    ["the requester, who is no approver", person("ANN", ["requester"]), "fire", "on", needs("approver")],
    ["an approver who may no longer submit requests", person("ANN", ["approver"]), "fire", "on", needs("requester")],
    [
      "an approver who may ask for others only",
      person("ANN", both, { only: [other] }),
      "fire",
      "on",
      refuse("restricted", { only: [other], subMchids: [number] }),
    ],
    [
      "now a guest",
      person("ANN", both, { standing: "guest" }),
      "fire",
      "on",
      refuse("standing", { standing: "guest" }),
    ],
  ];
  for (const [what, who, reason, setting, verdict] of rows)
    test(what, () => assert.deepEqual(mayBreakGlass(who, { ...anns, reason }, setting), verdict));
});

describe("an earlier approval counts while its approver could give it today", () => {
  const rows: [what: string, bob: Person | undefined, policy: ApprovalPolicy, isLapsed: boolean][] = [
    ["an approver", person("BOB", ["approver"]), "four-eyes", false],
    [
      "an approver through one group, while Slack does not return another",
      person("BOB", ["approver"], { groupsUnknown: true }),
      "four-eyes",
      false,
    ],
    ["no longer an approver", person("BOB", ["requester", "admin"]), "four-eyes", true],
    ["now a guest", person("BOB", ["approver"], { standing: "guest" }), "four-eyes", true],
    ["deactivated", person("BOB", ["approver"], { standing: "deactivated" }), "four-eyes", true],
    ["a person unknown to Slack", undefined, "four-eyes", true],
    ["the requester, under self", person("ANN", ["approver"]), "self", false],
    ["the requester, now under four-eyes", person("ANN", ["approver"]), "four-eyes", true],
  ];
  const dan = { approval: { by: "DAN" }, giver: person("DAN", ["approver"]) };
  for (const [what, giver, policy, isLapsed] of rows)
    test(what, () => {
      const approval = { by: giver?.id ?? "BOB" };
      assert.deepEqual(lapsedApprovals([dan, { approval, giver }], anns, policy), {
        kind: "known",
        lapsed: isLapsed ? [approval] : [],
      });
    });

  test("if Slack does not return an approver's groups, the decision is refused", () => {
    const approval = { by: "BOB" };
    const giver = person("BOB", [], { groupsUnknown: true });
    assert.deepEqual(
      lapsedApprovals([dan, { approval, giver }], anns, "four-eyes"),
      refuse("approver-unknown", { approver: "BOB" }),
    );
  });
});

test("approving needs an approver and a requester who may submit, and under four-eyes two persons", () => {
  const policy = fc.constantFrom(...approvalPolicies);
  fc.assert(
    fc.property(aPerson, aPerson, asked, policy, (decider, requester, subMchids, rule) => {
      const request = { requestedBy: requester.id, subMchids };
      if (mayApprove(as(decider), request, as(requester), rule).kind === "refuse") return;
      assert.equal(decider.standing, "member");
      assert.ok(as(decider).roles.has("approver"));
      assert.deepEqual(mayRequest(as(requester), subMchids), allow);
      assert.ok(rule === "self" || decider.id !== requester.id);
    }),
  );
});
