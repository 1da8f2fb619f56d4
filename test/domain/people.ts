/** Persons, requests and verdicts for the tests of the policy, written out and generated. */
import fc from "fast-check";
import { combineGrants, type Person, type Role, roles, type Standing, standings } from "../../src/domain/policy.ts";

export const person = (id: string, roles: Role[], more: Partial<Person> = {}): Person => ({
  id,
  standing: "member",
  roles: new Set(roles),
  ...more,
});
export const refuse = (why: string, more: object = {}) => ({ kind: "refuse", why, ...more });
export const needs = (role: Role) => refuse("needs-role", { role });
export const allow = { kind: "allow" };
export const number = "1900000109";
export const other = "1800000001";
export const anns = { requestedBy: "ANN", subMchids: [number] };

export const digits = fc.stringMatching(/^[12]{1,4}$/);
const restriction = fc.array(
  digits.chain((beginning) => fc.constantFrom(beginning, `${beginning}*`)),
  { minLength: 1, maxLength: 3 },
);
export const aGrant = fc.record({
  role: fc.constantFrom(...roles),
  only: fc.option(restriction, { nil: undefined }),
});
const someGrants = fc.array(aGrant, { maxLength: 6 });
export const aPerson = fc.record({
  id: fc.constantFrom("ANN", "BOB"),
  standing: fc.constantFrom<Standing>(...standings, "member", "member"),
  grants: someGrants,
  groupsUnknown: fc.boolean(),
});
export const as = ({ grants, ...who }: typeof aPerson extends fc.Arbitrary<infer T> ? T : never): Person => ({
  ...who,
  ...combineGrants(grants),
});
export const asked = fc.array(digits, { minLength: 1, maxLength: 3 });
