import assert from "node:assert/strict";
import { test } from "node:test";
import { sentText } from "../../../../src/playground/slack/users/typed-text.ts";

const names = {
  person: (handle: string) => (handle === "ann" ? "U1" : undefined),
  channel: (name: string) =>
    name === "ops" ? { id: "C1", isPrivate: false } : name === "leads" ? { id: "C2", isPrivate: true } : undefined,
  userGroup: (handle: string) => (handle === "support" ? "S1" : undefined),
};
const escaping = { shouldEscape: true, labels: true, mobile: false };

const rows: readonly (readonly [why: string, typed: string, sent: string, rules?: Partial<typeof escaping>])[] = [
  ["a person", "grant @ann requester", "grant <@U1|ann> requester"],
  ["a person, as documented", "grant @ann", "grant <@U1>", { labels: false }],
  ["a name that does not resolve", "grant @nobody", "grant @nobody"],
  ["a public channel", "in #ops", "in <#C1|ops>"],
  ["a private channel, without its name", "in #leads", "in <#C2|>"],
  ["a user group", "@support", "<!subteam^S1|@support>"],
  ["everybody here", "@here", "<!here|@here>"],
  ["a URL", "see https://a.b/c?d=1&e", "see <https://a.b/c?d=1&amp;e>"],
  ["a bare domain", "see example.com now", "see <http://example.com|example.com> now"],
  ["an e-mail address", "to a@b.co", "to <mailto:a@b.co|a@b.co>"],
  ["entities", "a & b < c > d", "a &amp; b &lt; c &gt; d"],
  ["a number typed on a computer", "open 1900000109", "open 1900000109"],
  ["a number on a phone", "open 1900000109", "open <tel:1900000109|1900000109>", { mobile: true }],
  ["only entities without should_escape", "@ann & #ops", "@ann &amp; #ops", { shouldEscape: false }],
];

for (const [why, typed, sent, rules] of rows) {
  test(`command text is sent as Slack sends it: ${why}`, () => {
    assert.equal(sentText(typed, names, { ...escaping, ...rules }), sent);
  });
}
