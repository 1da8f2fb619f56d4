/** The policy as tables, and its laws checked with generated persons and grants. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { mayApprove, mayDecide } from "../../src/domain/four-eyes.ts";
import {
  combineGrants,
  covers,
  mayBeNotified,
  mayExport,
  mayGrant,
  mayLook,
  mayRequest,
  mayRetry,
  maySeeRoles,
  mayWithdraw,
  type Restriction,
  type Role,
  standings,
} from "../../src/domain/policy.ts";
import { aGrant, allow, anns, aPerson, as, asked, digits, needs, number, other, person, refuse } from "./people.ts";

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

test("seeing requests needs any role, exporting the audit trail needs the role admin", () => {
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
      assert.deepEqual(combineGrants(grants), { roles: new Set(grants.map(({ role }) => role)), only }),
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
});
