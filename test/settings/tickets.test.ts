/** TICKET_PATTERN, TICKET_EXAMPLE and TICKET_URL: what they find, where they lead, and what is refused at start. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ticketMax } from "../../src/domain/tickets/tickets.ts";
import { compileTicketPattern, isTicketUrl, ticketProblems, ticketsOf } from "../../src/settings/tickets.ts";

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

  test("is what people are shown: the example, or else the pattern", () => {
    assert.equal(ticketsFor("OPS-[0-9]+", template, "OPS-1").shown, "OPS-1");
    assert.equal(ticketsFor("OPS-[0-9]+").shown, "OPS-[0-9]+");
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

  test("are refused without a pattern", () => {
    assert.deepEqual(wrong(undefined, "OPS-1", template), [
      { kind: "ticket-alone", variable: "TICKET_EXAMPLE" },
      { kind: "ticket-alone", variable: "TICKET_URL" },
    ]);
    assert.deepEqual(wrong(), []);
  });
});
