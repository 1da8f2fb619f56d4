/** The policy as tables, and its laws checked with generated persons and grants. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type ApprovalPolicy,
  approvalPolicies,
  covers,
  held,
  lapsedApprovals,
  mayApprove,
  mayBeNotified,
  mayBreakGlass,
  mayDecide,
  mayExport,
  mayGrant,
  mayLook,
  mayRequest,
  mayRetry,
  maySeeRoles,
  mayWithdraw,
  type Person,
  type Restriction,
  type Role,
  roles,
  type Standing,
  standings,
} from "../../src/domain/policy.ts";

const person = (id: string, roles: Role[], more: Partial<Person> = {}): Person => ({
  id,
  standing: "member",
  roles: new Set(roles),
  ...more,
});
const refuse = (why: string, more: object = {}) => ({ kind: "refuse", why, ...more });
const needs = (role: Role) => refuse("needs-role", { role });
const allow = { kind: "allow" };
const number = "1900000109";
const other = "1800000001";
const anns = { requestedBy: "ANN", subMchids: [number] };

describe("deciding", () => {
  const rows: [who: Person, policy: ApprovalPolicy, verdict: object][] = [
    [person("BOB", ["approver"]), "four-eyes", allow],
    [person("BOB", ["approver"]), "self", allow],
    [person("ANN", ["approver", "requester"]), "four-eyes", refuse("own-request")],
    [person("ANN", ["approver", "requester"]), "self", allow],
    [person("BOB", []), "four-eyes", needs("approver")],
    [person("BOB", ["requester", "admin"]), "self", needs("approver")],
  ];
  for (const [who, policy, verdict] of rows)
    test(`${who.id} as ${[...who.roles].join(" and ") || "no role"} under ${policy}`, () => {
      assert.deepEqual(mayDecide(who, anns, policy), verdict);
      assert.deepEqual(mayApprove(who, anns, person("ANN", ["requester"]), policy), verdict);
    });
});

describe("submitting", () => {
  const rows: [only: Restriction | undefined, asked: string[], outside: string[]][] = [
    [undefined, [number, other], []],
    [[number], [number], []],
    [[number], [number, other, "1900000110"], [other, "1900000110"]],
    [["19000*"], [number, "19000"], []],
    [["19000*"], ["1900", "11900000109", other], ["1900", "11900000109", other]],
    [["19000*", other], [number, other], []],
    [[number], ["190000010", "19000001090"], ["190000010", "19000001090"]],
    [[number], [], []],
  ];
  for (const [only, asked, outside] of rows)
    test(`${asked.join(" ") || "nothing"} by a requester of ${only?.join(" ") ?? "everything"}`, () =>
      assert.deepEqual(
        mayRequest(person("ANN", ["requester"], { only }), asked),
        outside.length === 0 ? allow : refuse("restricted", { only, subMchids: outside }),
      ));
});

test("submitting needs the role requester, granting needs the role admin, and no role includes another", () => {
  assert.deepEqual(mayRequest(person("ANN", ["requester"]), [number]), allow);
  assert.deepEqual(mayRequest(person("ANN", ["approver", "admin"]), [number]), needs("requester"));
  assert.deepEqual(mayGrant(person("CAROL", ["admin"])), allow);
  assert.deepEqual(mayGrant(person("CAROL", ["approver", "requester"])), needs("admin"));
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

test("seeing requests needs any role, exporting the audit log needs the role admin", () => {
  for (const role of ["requester", "approver", "admin"] as const)
    assert.deepEqual(mayLook(person("ANN", [role])), allow);
  assert.deepEqual(mayLook(person("ANN", [])), refuse("needs-any-role"));
  assert.deepEqual(
    mayLook(person("ANN", [], { groupsUnknown: true })),
    refuse("groups-unknown", { role: "requester" }),
  );
  assert.deepEqual(mayExport(person("CAROL", ["admin"])), allow);
  assert.deepEqual(mayExport(person("CAROL", ["approver", "requester"])), needs("admin"));
  assert.deepEqual(mayBeNotified(person("BOB", ["approver"])), allow);
  assert.deepEqual(mayBeNotified(person("CAROL", ["admin", "requester"])), { ...needs("approver"), to: "be-notified" });
  assert.deepEqual(maySeeRoles(person("CAROL", ["admin"])), allow);
  assert.deepEqual(maySeeRoles(person("ANN", ["requester", "approver"])), { ...needs("admin"), to: "see-roles" });
});

test("only the requester may withdraw, even without a role", () => {
  assert.deepEqual(mayWithdraw(person("ANN", []), anns), allow);
  assert.deepEqual(mayWithdraw(person("BOB", ["approver", "admin"]), anns), refuse("not-your-request"));
});

test("every approver may retry, and the requester while they could submit the request", () => {
  assert.deepEqual(mayRetry(person("ANN", ["requester"]), anns), allow);
  assert.deepEqual(mayRetry(person("ANN", []), anns), needs("requester"));
  assert.deepEqual(
    mayRetry(person("ANN", ["requester"], { only: [other] }), anns),
    refuse("restricted", { only: [other], subMchids: [number] }),
  );
  assert.deepEqual(mayRetry(person("BOB", ["approver"]), anns), allow);
  assert.deepEqual(mayRetry(person("BOB", ["requester"]), anns), needs("approver"));
});

test("if Slack does not return the groups, known roles still allow, and no refusal is final", () => {
  const unknown = { groupsUnknown: true };
  assert.deepEqual(mayRequest(person("ANN", ["requester"], unknown), [number]), allow);
  assert.deepEqual(mayRequest(person("ANN", [], unknown), [number]), refuse("groups-unknown", { role: "requester" }));
  assert.deepEqual(
    mayRequest(person("ANN", ["requester"], { ...unknown, only: [other] }), [number]),
    refuse("groups-unknown", { role: "requester" }),
  );
  assert.deepEqual(mayGrant(person("ANN", [], unknown)), refuse("groups-unknown", { role: "admin" }));
});

describe("if someone holds a role twice, either grant applies", () => {
  const rows: [grants: { role: Role; only?: Restriction }[], only: Restriction | undefined][] = [
    [[], undefined],
    [[{ role: "requester" }], undefined],
    [[{ role: "requester", only: ["19*"] }], ["19*"]],
    [[{ role: "requester", only: ["19*"] }, { role: "requester" }], undefined],
    [
      [
        { role: "requester", only: ["19*", "18*"] },
        { role: "requester", only: ["18*", number] },
      ],
      ["19*", "18*", number],
    ],
    [[{ role: "requester", only: ["19*"] }, { role: "approver" }], ["19*"]],
  ];
  for (const [grants, only] of rows)
    test(JSON.stringify(grants), () =>
      assert.deepEqual(held(grants), { roles: new Set(grants.map(({ role }) => role)), only }),
    );
});

for (const standing of standings.filter((each) => each !== "member")) {
  test(`a ${standing} may do nothing, whatever was granted`, () => {
    const who = person("ANN", ["requester", "approver", "admin"], { standing });
    const refused = refuse("standing", { standing });
    const bobs = { ...anns, requestedBy: "BOB" };
    assert.deepEqual(mayRequest(who, [number]), refused);
    assert.deepEqual(mayDecide(who, bobs, "self"), refused);
    assert.deepEqual(mayApprove(who, bobs, person("BOB", ["requester"]), "self"), refused);
    assert.deepEqual(mayGrant(who), refused);
    assert.deepEqual(mayLook(who), refused);
    assert.deepEqual(mayExport(who), refused);
    assert.deepEqual(mayBeNotified(who), refused);
    assert.deepEqual(mayRetry(who, anns), refused);
    assert.deepEqual(mayWithdraw(who, anns), refused);
  });
}

describe("for any person with any grants", () => {
  const digits = fc.stringMatching(/^[12]{1,4}$/);
  const restriction = fc.array(
    digits.chain((beginning) => fc.constantFrom(beginning, `${beginning}*`)),
    { minLength: 1, maxLength: 3 },
  );
  const aGrant = fc.record({
    role: fc.constantFrom(...roles),
    only: fc.option(restriction, { nil: undefined }),
  });
  const someGrants = fc.array(aGrant, { maxLength: 6 });
  const aPerson = fc.record({
    id: fc.constantFrom("ANN", "BOB"),
    standing: fc.constantFrom<Standing>(...standings, "member", "member"),
    grants: someGrants,
    groupsUnknown: fc.boolean(),
  });
  const as = ({ grants, ...who }: typeof aPerson extends fc.Arbitrary<infer T> ? T : never): Person => ({
    ...who,
    ...held(grants),
  });
  const asked = fc.array(digits, { minLength: 1, maxLength: 3 });

  test("a member may submit exactly the numbers that one of their grants covers", () => {
    fc.assert(
      fc.property(aPerson, digits, (who, subMchid) => {
        const isCovered = who.grants.some(
          ({ role, only }) => role === "requester" && (only === undefined || covers(only, subMchid)),
        );
        const verdict = mayRequest(as(who), [subMchid]);
        assert.equal(verdict.kind === "allow", who.standing === "member" && isCovered);
      }),
    );
  });

  test("a list is allowed exactly if each of its numbers is, and the others are named", () => {
    fc.assert(
      fc.property(aPerson, asked, (who, subMchids) => {
        const verdict = mayRequest(as(who), subMchids);
        const outside = subMchids.filter((each) => mayRequest(as(who), [each]).kind === "refuse");
        assert.equal(verdict.kind === "allow", outside.length === 0);
        if (verdict.kind === "refuse" && verdict.why === "restricted") assert.deepEqual(verdict.subMchids, outside);
      }),
    );
  });

  test("another grant never takes a permission away", () => {
    fc.assert(
      fc.property(aPerson, aGrant, asked, (who, more, subMchids) => {
        const wider = { ...who, grants: [...who.grants, more] };
        if (mayRequest(as(who), subMchids).kind === "allow") assert.deepEqual(mayRequest(as(wider), subMchids), allow);
        if (mayGrant(as(who)).kind === "allow") assert.deepEqual(mayGrant(as(wider)), allow);
      }),
    );
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
});
