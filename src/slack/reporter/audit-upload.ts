/** Sends the audit trail to the admin who exports it: as files in their direct message with the bot, one by one. */
import type { Logger } from "pino";
import type { Clock } from "../../domain/clock.ts";
import { dayOf } from "../../domain/time/beijing-time.ts";
import type { AuditTrail, Span, TrailPart } from "../../ledger/audit/audit-export.ts";
import type { Origin } from "../../ledger/audit/audit-log.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { readAnswer } from "../api/response-schemas.ts";
import { retryAfterMsOf, type SlackApi } from "../api/web-api.ts";
import { date } from "../blocks/mrkdwn.ts";

export interface AuditExporterNeeds {
  trail: AuditTrail;
  slack: SlackApi;
  command: string;
  clock: Clock;
  log: Logger;
}

/** The person and their language, the exported span, and where they typed the command. */
export interface Order {
  userId: string;
  origin: Origin;
  span: Span;
  texts: Texts;
}

export interface AuditExporter {
  /**
   * Starts an export; only one runs at a time. No state is stored: if the bot dies, the trail has to be exported again,
   * as the answer to the command explains.
   */
  begin(order: Order): "begun" | "busy";
  /**
   * Ends an export after the part that is being sent, without waiting as long as Slack's 429 asks; resolves when the
   * admin has been notified.
   */
  stop(): Promise<void>;
}

/** The size of a file, about 50,000 events. Spreadsheets can open it, and a slow connection can send it in time. */
const partBytes = 16 * 1_024 * 1_024;
/** Maximum files in one export, about 2.5 million events. */
const partsMax = 50;

/** Maximum tries of a call that Slack answers with 429. */
const triesMax = 3;

export function createAuditExporter({ trail, slack, command, clock, log }: AuditExporterNeeds): AuditExporter {
  let running: Promise<void> | undefined;
  const stopping = new AbortController();

  async function run({ userId, origin, span, texts }: Order): Promise<void> {
    const exportLog = log.child({ by: userId, ...span });
    let channelId: string | undefined;
    try {
      await trail.taken(userId, origin, span);
      const opened = await withRetries(() => slack("conversations.open", { users: userId }));
      channelId = readAnswer("conversations.open", opened).channel.id;
      const isWhole = await send(channelId, span, texts);
      exportLog.info({ isWhole }, "the audit trail was exported");
      if (isWhole) return;
    } catch (error) {
      exportLog.warn({ err: error }, "an export failed");
    }
    if (channelId === undefined) return;
    const text = texts.trail.failed(exportCommand(span, texts));
    await withRetries(() => slack("chat.postMessage", { channel: channelId, text })).catch((error: unknown) =>
      exportLog.warn({ err: error }, "an admin could not be notified that an export failed"),
    );
  }

  /** Resolves to whether the export was sent completely. */
  async function send(channelId: string, span: Span, texts: Texts): Promise<boolean> {
    let sent = 0;
    for await (const part of trail.parts(span, partBytes, texts.events)) {
      if (stopping.signal.aborted) return false;
      sent += 1;
      const file = {
        channel_id: channelId,
        file: part.content,
        filename: `audit-trail-${dayOf(part.firstAt)}${sent > 1 || !part.isLast ? `-${sent}` : ""}.csv`,
        initial_comment: words(part, sent, span, texts),
      };
      await withRetries(() => slack("files.uploadV2", file));
      if (sent === partsMax) return true;
    }
    return true;
  }

  async function withRetries(call: () => Promise<unknown>): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      try {
        return await call();
      } catch (error) {
        const retryAfterMs = retryAfterMsOf(error);
        if (retryAfterMs === undefined || tries === triesMax) throw error;
        await clock.sleep(retryAfterMs, stopping.signal);
        if (stopping.signal.aborted) throw error;
      }
    }
  }

  function words(part: TrailPart, number: number, span: Span, texts: Texts): string {
    const { whole, part: partOf, howToRead, moreFollows, lastPart, cutOff } = texts.trail;
    if (number === 1 && part.isLast) return [whole(part.events, spanWords(span, texts)), howToRead].join(texts.between);
    const about = partOf(number, part.events, date(part.firstAt), date(part.lastAt));
    if (part.isLast) return [about, lastPart].join(texts.between);
    if (number < partsMax) return [about, ...(number === 1 ? [howToRead] : []), moreFollows].join(texts.between);
    return [about, cutOff(exportCommand({ ...span, from: part.lastAt }, texts))].join(texts.between);
  }

  function exportCommand(span: Span, texts: Texts): string {
    return [command, texts.typed.verb.export, ...(span.from > 0 ? [dayOf(span.from), dayOf(span.to - 1)] : [])].join(
      " ",
    );
  }

  return {
    begin(order) {
      if (running || stopping.signal.aborted) return "busy";
      running = run(order).finally(() => {
        running = undefined;
      });
      return "begun";
    },
    async stop() {
      stopping.abort("stopping");
      await running;
    },
  };
}

/** A span in words. A span that begins at the epoch begins with the trail. */
export function spanWords({ from, to }: Span, { trail }: Texts): string {
  return trail.span(from > 0 ? date(from) : undefined, date(to));
}
