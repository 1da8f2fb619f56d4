/** The audit trail is sent file by file, one export at a time, and a failed export is reported. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pino } from "pino";
import type { Clock } from "../../../src/domain/clock.ts";
import type { AuditTrail, TrailPart } from "../../../src/ledger/audit/audit-export.ts";
import { createAuditExporter } from "../../../src/slack/reporter/audit-upload.ts";
import { systemClock } from "../../../src/system-clock.ts";
import { textsOf } from "../../../src/text/texts.ts";
import { virtualClock } from "../../ledger/builders.ts";

const dayMs = 86_400_000;
const span = { from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 30) };
const order = {
  userId: "UCAROL",
  origin: { from: "command", channelId: "COPS" },
  span,
  texts: textsOf("en"),
} as const;

interface Call extends Record<string, unknown> {
  method: string;
}

/** A trail of `parts` files, one a day, and a Slack that answers as given. By default, no wait takes any time. */
function exporting(
  parts: number,
  slack: (call: Call) => unknown = () => undefined,
  clock: Clock = { ...systemClock, sleep: async () => {} },
) {
  const calls: Call[] = [];
  const trail: AuditTrail = {
    hasEvents: async () => true,
    taken: async () => {},
    async *parts() {
      for (let nth = 0; nth < parts; nth++) {
        const at = span.from + nth * dayMs;
        const part: TrailPart = {
          content: Buffer.from(`file ${nth}`),
          events: 3,
          firstAt: at,
          lastAt: at + dayMs - 1,
          isLast: nth === parts - 1,
        };
        yield part;
      }
    },
  };
  const exporter = createAuditExporter({
    trail,
    slack: async (method, args) => {
      const call = { method, ...args };
      calls.push(call);
      await slack(call);
      return { channel: { id: "D1" } };
    },
    command: "/receipt",
    clock,
    log: pino({ level: "silent" }),
  });
  const named = (method: string) => calls.filter((call) => call.method === method);
  return {
    exporter,
    files: () => named("files.uploadV2"),
    said: () => named("chat.postMessage").map(({ text }) => text),
  };
}

/** Resolves once everything has been sent: an export ends by itself here, in a few turns of the event loop. */
async function ended({ exporter }: ReturnType<typeof exporting>): Promise<void> {
  while (exporter.begin(order) === "busy") await new Promise((resolve) => setImmediate(resolve));
}

describe("an export", () => {
  test("of one file explains what the file contains and how to read it", async () => {
    const it = exporting(1);
    it.exporter.begin(order);
    await ended(it);
    const [file] = it.files();
    assert.equal(file?.["channel_id"], "D1");
    assert.equal(file?.["filename"], "audit-trail-2026-11-01.csv");
    assert.match(String(file?.["initial_comment"]), /^The audit trail from .* to .*: 3 events\. .*backtick/);
    assert.deepEqual(it.said(), []);
  });

  test("of several files numbers them and marks the last one", async () => {
    const it = exporting(3);
    it.exporter.begin(order);
    await ended(it);
    const told = it.files().map(({ filename, initial_comment }) => [filename, String(initial_comment)] as const);
    assert.deepEqual(
      told.slice(0, 3).map(([name]) => name),
      ["audit-trail-2026-11-01-1.csv", "audit-trail-2026-11-02-2.csv", "audit-trail-2026-11-03-3.csv"],
    );
    assert.match(told[0]?.[1] ?? "", /^Part 1 .*backtick.*More parts follow\.$/);
    assert.match(told[1]?.[1] ?? "", /^Part 2 .*More parts follow\.$/);
    assert.match(told[2]?.[1] ?? "", /^Part 3 .*This is the last part\.$/);
  });

  test("ends after fifty files with the command that exports the rest", async () => {
    const it = exporting(60);
    it.exporter.begin(order);
    await ended(it);
    assert.equal(
      it.files().findIndex(({ filename }) => filename === "audit-trail-2026-12-20-50.csv"),
      49,
    );
    assert.match(
      String(it.files()[49]?.["initial_comment"]),
      /This export reached its maximum\. Continue with `\/receipt export 2026-12-21 2026-11-30`$/,
    );
    await ended(it);
    assert.equal(it.files()[50]?.["filename"], "audit-trail-2026-11-01-1.csv", "the next export, and no 51st file");
  });

  test("runs alone: a second one is refused as busy", async () => {
    const it = exporting(1);
    assert.equal(it.exporter.begin(order), "begun");
    assert.equal(it.exporter.begin({ ...order, userId: "UDAN" }), "busy");
    await ended(it);
  });

  test("waits as long as Slack asks, but gives up after a few tries", async () => {
    let left = 2;
    const slowed = exporting(1, ({ method }) => {
      if (method === "files.uploadV2" && left-- > 0) throw rateLimited();
    });
    slowed.exporter.begin(order);
    await ended(slowed);
    assert.equal(slowed.files().length >= 3, true);
    assert.deepEqual(slowed.said(), []);

    const refused = exporting(1, ({ method }) => {
      if (method === "files.uploadV2") throw rateLimited();
    });
    refused.exporter.begin(order);
    await ended(refused);
    assert.match(String(refused.said()[0]), /could not be sent completely.*`\/receipt export 2026-11-01 2026-11-30`/);
  });

  test("that is cut off when the bot stops is reported to its requester", async () => {
    const stopping: Promise<void>[] = [];
    const it = exporting(3, ({ method }) => {
      if (method === "files.uploadV2") stopping.push(it.exporter.stop());
    });
    it.exporter.begin(order);
    while (stopping.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await stopping[0];
    assert.equal(it.files().length, 1);
    assert.match(String(it.said()[0]), /could not be sent completely/);
    assert.equal(it.exporter.begin(order), "busy");
  });

  test("that waits for a minute because of Slack's 429 ends at once when the bot stops, and is reported", {
    timeout: 10_000,
  }, async () => {
    const clock = virtualClock();
    const slack = ({ method }: Call) => {
      if (method === "files.uploadV2") throw rateLimited(60);
    };
    const it = exporting(1, slack, clock);
    it.exporter.begin(order);
    while (clock.nextWake() === undefined) await new Promise((resolve) => setImmediate(resolve));
    await it.exporter.stop();
    assert.equal(it.files().length, 1);
    assert.match(String(it.said()[0]), /could not be sent completely/);
  });
});

/** The error of `@slack/web-api` when Slack answers with 429. @param retryAfter in seconds */
function rateLimited(retryAfter = 1): Error {
  return Object.assign(new Error("rate limited"), { code: "slack_webapi_rate_limited_error", retryAfter });
}
