/** The reporter on virtual time, between a ledger and a Slack that is as slow as the test says. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pino } from "pino";
import { noTickets } from "../../../src/domain/tickets/tickets.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { createRoles } from "../../../src/ledger/roles.ts";
import { createPeople } from "../../../src/slack/api/people.ts";
import { createLanguages } from "../../../src/slack/api/users/languages.ts";
import { createWorkspace } from "../../../src/slack/api/workspace.ts";
import { createReporter } from "../../../src/slack/reporter/reporter.ts";
import { type Bench, onEveryEngine } from "../../ledger/builders.ts";

/** Starts a reporter. @param outbox replaces some of the ledger's functions */
function reporting(bench: Bench, context: TestContext, { outbox = {}, uploadMs = 0, ...behaviour }: Behaviour = {}) {
  const { clock, db } = bench;
  const methods: string[] = [];
  const lines: string[] = [];
  const slack = async (method: string) => {
    methods.push(method);
    await behaviour.slack?.(method);
    return { ok: true, team_id: "T1", url: "https://example.slack.com/", channel: "COPS", ts: `17.${methods.length}` };
  };
  const workspace = createWorkspace({ slack, clock });
  const roles = createRoles({ db, clock, instance: "us", admins: [] });
  const reporter = createReporter({
    ledger: {
      ...bench,
      requests: { ...bench.requests, ...behaviour.requests },
      outbox: { ...bench.outbox, ...outbox },
    },
    slack,
    async uploading(method) {
      methods.push(method);
      if (uploadMs > 0) await clock.sleep(uploadMs);
      return { ok: true, files: [{ files: [{ id: `F${methods.length}` }] }] };
    },
    workspace,
    people: createPeople({ workspace, roles }),
    languages: createLanguages({ settings: { LOCALE: "en", PERSONAL_LOCALE: "off" }, workspace, clock }),
    ticketUrl: noTickets.url,
    clock,
    log: pino({ level: "warn" }, { write: (line: string) => void lines.push(line) }),
    breakGlass: "off",
    goldplan: "off",
    escalation: undefined,
    command: "/receipt",
    instance: "us",
  });
  reporter.start();
  const isStopped = new AbortController();
  context.after(async () => {
    isStopped.abort();
    await pass(60_000, reporter.stop());
  });

  /** Lets time pass in steps that are shorter than any wait of the reporter. */
  async function pass(ms: number, until?: Promise<unknown>): Promise<void> {
    let isOver = false;
    void until?.finally(() => {
      isOver = true;
    });
    for (let passed = 0; passed < ms && !isOver; passed += 250) {
      for (let turns = 0; turns < 25; turns++) await nextTurn();
      clock.advance(250);
    }
    for (let turns = 0; turns < 25; turns++) await nextTurn();
  }
  const times = (method: string) => methods.filter((one) => one === method).length;
  return { pass, times, lines };
}

interface Behaviour {
  requests?: Partial<Ledger["requests"]>;
  /** What Slack does before it answers. */
  slack?(method: string): Promise<void>;
  outbox?: Partial<Ledger["outbox"]>;
  /** How long the three calls of an upload take together. */
  uploadMs?: number;
}

onEveryEngine("the reporter", (fresh, engine) => {
  const skip = engine.name === "PostgreSQL" && "virtual time does not wait for a server";

  test("uploads a file once, even if that takes longer than a lease", { skip }, async (t) => {
    const bench = await fresh();
    await bench.asked({ subMchids: ["1900000001", "1900000002"] });
    const { pass, times } = reporting(bench, t, { uploadMs: 40_000 });
    await pass(120_000);
    assert.equal(times("files.uploadV2"), 1);
    const { shown, wanted } = await bench.db
      .selectFrom("posts")
      .select(["shown", "wanted"])
      .where("kind", "=", "list")
      .executeTakeFirstOrThrow();
    assert.equal(shown, wanted);
  });

  test("posts a message once, even if the ledger cannot record it at first", { skip }, async (t) => {
    const bench = await fresh();
    await bench.asked();
    let refusals = 0;
    const { pass, times } = reporting(bench, t, {
      outbox: {
        async recordShown(...given) {
          // As PostgreSQL does when a lock is not free in time.
          if (refusals++ < 3)
            throw Object.assign(new Error("canceling statement"), { code: "57014", severity: "ERROR" });
          return bench.outbox.recordShown(...given);
        },
      },
    });
    await pass(20_000);
    assert.equal(times("chat.postMessage"), 1);
    const { ts, shown } = await bench.db.selectFrom("posts").select(["ts", "shown"]).executeTakeFirstOrThrow();
    assert.deepEqual([typeof ts, shown], ["string", 1]);
  });

  test("says what failed: the ledger while a post is prepared, Slack, or something else", { skip }, async (t) => {
    const database = Object.assign(new Error("canceling statement"), { code: "57014", severity: "ERROR" });
    const slack = Object.assign(new Error("A request error occurred"), { code: "slack_webapi_request_error" });
    const rows: [at: "ledger" | "slack", error: Error, said: RegExp, notSaid: RegExp][] = [
      ["ledger", database, /the ledger is unavailable, so a post could not/, /Slack did not/],
      ["ledger", new Error("a bug"), /a post could not be sent/, /Slack did not|unavailable/],
      ["slack", slack, /Slack did not accept a post/, /ledger|could not be sent/],
    ];
    for (const [at, error, said, notSaid] of rows) {
      const bench = await fresh();
      await bench.asked();
      const fails = () => Promise.reject(error);
      const behaviour = at === "slack" ? { slack: fails } : { requests: { find: fails } };
      const { pass, lines } = reporting(bench, t, behaviour);
      await pass(2_000);
      assert.match(lines.join("\n"), said);
      assert.doesNotMatch(lines.join("\n"), notSaid);
    }
  });
});
