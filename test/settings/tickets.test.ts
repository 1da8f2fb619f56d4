/** TICKET_PATTERN, TICKET_EXAMPLE and TICKET_URL: what they find, where they lead, and what is refused at start. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ticketMax } from "../../src/domain/tickets/tickets.ts";
import {
  compileTicketPattern,
  isTicketUrl,
  ticketProblems,
  ticketsOf,
  ticketWarning,
} from "../../src/settings/tickets.ts";

const template = "https://tickets.example.com/{ticket}";
const ticketsFor = (pattern: string, url = template, example?: string) => {
  const compiled = compileTicketPattern(pattern);
  assert.ok(compiled, pattern);
  return ticketsOf(compiled, { example, url });
};

describe("a ticket", () => {
  for (const [reason, ticket] of [
    ["OPS-4711", "OPS-4711"],
    ["new store, OPS-4711 and OPS-4712", "OPS-4711"],
    ["新店：OPS-4711。", "OPS-4711"],
    ["ops-4711", undefined],
    ["OPS-", undefined],
    ["", undefined],
    [undefined, undefined],
    [`OPS-${"1".repeat(ticketMax)} OPS-2`, "OPS-2"],
  ] as const)
    test(`in ${JSON.stringify(reason)?.slice(0, 40)} is ${ticket}`, () => {
      assert.equal(ticketsFor("OPS-[0-9]+").find(reason), ticket);
    });

  test("is the first match that is not empty", () => {
    assert.equal(ticketsFor("[0-9]+|\\b").find("case 12"), "12");
  });

  test("is what people are shown: the example, or else one that the pattern gives", () => {
    assert.equal(ticketsFor("OPS-[0-9]+", template, "OPS-1").shown, "OPS-1");
    assert.equal(ticketsOf(undefined, { example: undefined, url: undefined }).shown, undefined);
  });

  test("is looked for in a time that grows with the reason, whatever the pattern", () => {
    const tickets = ticketsFor("(a+)+b|(a|aa)+c");
    const startedAt = performance.now();
    assert.equal(tickets.find("a".repeat(5_000)), undefined);
    // An engine that tries every way would not end within the age of the universe.
    assert.ok(performance.now() - startedAt < 20_000);
  });
});

describe("a ticket's address", () => {
  for (const [ticket, address] of [
    ["OPS-4711", "https://tickets.example.com/OPS-4711"],
    ["a b/c?d#e&f", "https://tickets.example.com/a%20b%2Fc%3Fd%23e%26f"],
    ["<script>|x", "https://tickets.example.com/%3Cscript%3E%7Cx"],
    ["$&", "https://tickets.example.com/%24%26"],
    ["单", "https://tickets.example.com/%E5%8D%95"],
    ["\ud800", "https://tickets.example.com/%EF%BF%BD"],
  ] as const)
    test(`of ${JSON.stringify(ticket)} is encoded`, () => assert.equal(ticketsFor(".").url(ticket), address));

  test("is left out where a message has no room for it", () => {
    assert.equal(ticketsFor(".").url("单".repeat(64)), undefined);
  });

  test("has no address without TICKET_URL", () => {
    const pattern = compileTicketPattern("OPS-[0-9]+");
    assert.equal(ticketsOf(pattern, { example: undefined, url: undefined }).url("OPS-1"), undefined);
  });

  for (const url of [template, "https://t.example.com:8443/a?id={ticket}&from=x", "https://t.example.com/#/{ticket}"])
    test(`may be ${url}`, () => assert.ok(isTicketUrl(url)));
});

describe("settings for tickets that belong together", () => {
  const wrong = (pattern?: string, example?: string, url?: string) => ticketProblems({ pattern, example, url });
  test("are refused where the example is no ticket", () => {
    for (const example of ["OPS-", "ops-1", "OPS-1 and more", "OPS-1, OPS-2"])
      assert.deepEqual(wrong("OPS-[0-9]+", example), [{ kind: "ticket-example" }], example);
    assert.deepEqual(wrong("OPS-[0-9]+", "OPS-1", template), []);
  });

  for (const [pattern, shown] of [
    ["OPS-[0-9]+", "OPS-4711"],
    ["(OPS|PAY)-\\d{3,}", "OPS-4711"],
    ["(?P<team>[A-Z]+)-(?:\\d{4})-(\\d{2})", "OPSO-4711-47"],
    ["(?i)\\bops-[0-9]+\\b", "ops-4711"],
    ["[[:upper:]]{3}-\\pN+", "OPS-4711"],
    ["\\Qa.b|c\\E\\d", "a.b|c4"],
    ["x{0,3}\\x{41}[]a]1?", "A]"],
    ["工单\\d{10}", "工单4711471147"],
    ["https://t\\.example\\.com/\\d+", "https://t.example.com/4711"],
    ["(a+)+b|(a|aa)+c", "ab"],
    ["CASE \\d{12}", "CASE 471147114711"],
    ["[0-9]{5}", "47114"],
    [".", "4"],
  ] as const)
    test(`show ${shown} as an example of ${pattern}, which a command takes`, () => {
      assert.equal(ticketsFor(pattern).shown, shown);
      assert.deepEqual(wrong(pattern), []);
    });

  test("are refused where a ticket looks like a sub-merchant's number, so that a command cannot contain it", () => {
    for (const [pattern, ticket] of [
      ["\\d{10}", "4711471147"],
      ["[0-9]{10}|OPS", "4711471147"],
      ["\\b1\\d{9}\\b", "1471147114"],
    ] as const)
      assert.deepEqual(wrong(pattern), [{ kind: "ticket-is-number", ticket }], pattern);
    for (const ticket of ["1234567890", "190000010"])
      assert.deepEqual(wrong("[0-9]+", ticket), [{ kind: "ticket-is-number", ticket }]);
    assert.deepEqual(wrong("[0-9]+", "4711"), []);
  });

  test("are refused where the reason of the bot's own example contains no ticket", () => {
    const reason = (ticket: string) => [{ kind: "ticket-not-found", reason: `new store, contract 4711 ${ticket}` }];
    assert.deepEqual(wrong("^OPS-[0-9]+"), reason("OPS-4711"));
    assert.deepEqual(wrong("^OPS-[0-9]+", "OPS-1"), reason("OPS-1"));
    // A message shows it without the backticks.
    assert.deepEqual(wrong("`OPS`", "`OPS`"), reason("OPS"));
  });

  test("are refused without an example where the pattern gives none", () => {
    for (const pattern of ["[\\x{1F600}]", "a|b(", `${"(".repeat(60)}a${")".repeat(60)}`, "a{65}", "\\Ba"])
      if (compileTicketPattern(pattern)) assert.deepEqual(wrong(pattern), [{ kind: "ticket-unknown" }], pattern);
    assert.deepEqual(wrong("[\\x{1F600}]", "\u{1F600}"), []);
  });

  test("are warned of where a sub-merchant's number contains a ticket", () => {
    const warned = (pattern: string) => ticketWarning(compileTicketPattern(pattern) ?? assert.fail(pattern));
    for (const pattern of ["[0-9]+", "\\d{10}", "[0-9]{6}", "\\b[0-9]{8,10}\\b", "."])
      assert.equal(warned(pattern)?.kind, "ticket-in-number", pattern);
    for (const pattern of ["OPS-[0-9]+", "\\d{4}-\\d{4}", "工单\\d{10}"])
      assert.equal(warned(pattern), undefined, pattern);
  });

  test("are refused without a pattern", () => {
    assert.deepEqual(wrong(undefined, "OPS-1", template), [
      { kind: "ticket-alone", variable: "TICKET_EXAMPLE" },
      { kind: "ticket-alone", variable: "TICKET_URL" },
    ]);
    assert.deepEqual(wrong(), []);
  });
});
