import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type ApprovalPolicy,
  mayAsk,
  mayDecide,
  mayGrant,
  mayRetry,
  mayWithdraw,
  type Person,
  type Role,
  type Standing,
  standings,
} from "../../src/receipt/policy.ts";

const person = (id: string, roles: Role[], standing: Standing = "member"): Person => ({
  id,
  standing,
  roles: new Set(roles),
});
const needs = (role: Role) => ({ kind: "refuse", why: "needs-role", role });
const allow = { kind: "allow" };
const anns = { requestedBy: "ANN" };

describe("who may decide", () => {
  const rows: [who: Person, policy: ApprovalPolicy, verdict: object][] = [
    [person("BOB", ["approver"]), "four-eyes", allow],
    [person("BOB", ["approver"]), "self", allow],
    [person("ANN", ["approver", "requester"]), "four-eyes", { kind: "refuse", why: "own-request" }],
    [person("ANN", ["approver", "requester"]), "self", allow],
    [person("BOB", []), "four-eyes", needs("approver")],
    [person("BOB", ["requester", "admin"]), "self", needs("approver")],
  ];
  for (const [who, policy, verdict] of rows)
    test(`${who.id} as ${[...who.roles].join(" and ") || "nobody"} under ${policy}`, () =>
      assert.deepEqual(mayDecide(who, anns, policy), verdict));
});

test("asking needs the role requester, granting the role admin, and no role brings another", () => {
  assert.deepEqual(mayAsk(person("ANN", ["requester"])), allow);
  assert.deepEqual(mayAsk(person("ANN", ["approver", "admin"])), needs("requester"));
  assert.deepEqual(mayGrant(person("CAROL", ["admin"])), allow);
  assert.deepEqual(mayGrant(person("CAROL", ["approver", "requester"])), needs("admin"));
});

test("only who asked may withdraw, also when their role has gone", () => {
  assert.deepEqual(mayWithdraw(person("ANN", []), anns), allow);
  assert.deepEqual(mayWithdraw(person("BOB", ["approver", "admin"]), anns), {
    kind: "refuse",
    why: "not-your-request",
  });
});

test("who asked may retry, and every approver", () => {
  assert.deepEqual(mayRetry(person("ANN", ["requester"]), anns), allow);
  assert.deepEqual(mayRetry(person("ANN", []), anns), needs("requester"));
  assert.deepEqual(mayRetry(person("BOB", ["approver"]), anns), allow);
  assert.deepEqual(mayRetry(person("BOB", ["requester"]), anns), needs("approver"));
});

for (const standing of standings.filter((each) => each !== "member")) {
  test(`a ${standing} may do nothing, whatever was granted`, () => {
    const who = person("ANN", ["requester", "approver", "admin"], standing);
    const refused = { kind: "refuse", why: "standing", standing };
    assert.deepEqual(mayAsk(who), refused);
    assert.deepEqual(mayDecide(who, { requestedBy: "BOB" }, "self"), refused);
    assert.deepEqual(mayGrant(who), refused);
    assert.deepEqual(mayRetry(who, anns), refused);
    assert.deepEqual(mayWithdraw(who, anns), refused);
  });
}
