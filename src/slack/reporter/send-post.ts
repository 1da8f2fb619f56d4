/** Sends a post to Slack: a new message, the edit of a message, or a file. */
import type { Logger } from "pino";
import { type Clock, elapsedMs, type Time, timeOf } from "../../domain/clock.ts";
import type { GoldPlanMode } from "../../domain/goldplan/objects.ts";
import type { Escalation } from "../../domain/reminder-schedule.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { type ClaimedPost, type PostedMessage, postLeaseMs } from "../../ledger/outbox/outbox.ts";
import type { People } from "../api/people.ts";
import { readAnswer } from "../api/response-schemas.ts";
import type { Languages } from "../api/users/languages.ts";
import type { SlackApi } from "../api/web-api.ts";
import type { Workspace } from "../api/workspace.ts";
import type { TicketLinks } from "../blocks/request/reason.ts";
import { postContent } from "./post-content.ts";

export interface SenderNeeds extends TicketLinks {
  ledger: Ledger;
  /** Neither retries nor waits, and gives up before `postLeaseMs` ends. */
  slack: SlackApi;
  /** For files, which may take longer than a lease. Neither retries nor waits, and gives up too. */
  uploading: SlackApi;
  workspace: Workspace;
  people: Pick<People, "grantsOf" | "names">;
  languages: Languages;
  clock: Clock;
  log: Logger;
  breakGlass: "off" | "on";
  /** GOLDPLAN. */
  goldplan: GoldPlanMode;
  escalation: Escalation | undefined;
  /** The slash command, which some messages mention. */
  command: string;
}

/** A post that this process may send until its lease ends. */
export interface Claimed {
  post: ClaimedPost;
  /** The name of the lease. */
  owner: string;
  claimedAt: Time;
}

/**
 * Milliseconds after its claim; a post that is sent later could outlast its lease and overwrite the next owner's post.
 */
const sendWithinMs = 2_000;
/** How often the lease of a file is extended while it is uploaded, in milliseconds. */
const extendEveryMs = postLeaseMs / 3;

/** The result resolves to undefined if there is nothing left to post, and rejects if Slack did not accept the post. */
export function createSender(needs: SenderNeeds) {
  const { ledger, slack, uploading, clock } = needs;

  return async (claimed: Claimed, postLog: Logger): Promise<PostedMessage | undefined> => {
    const { post, claimedAt } = claimed;
    const channel = post.channelId;
    const showing = await postContent(needs, post);
    if (!showing) return undefined;
    const { content, threadTs: thread_ts } = showing;
    // The machine slept, or the database was slow.
    if (elapsedMs(claimedAt, timeOf(clock)) > sendWithinMs) throw new Error("claimed too long ago to be sent");
    const place = thread_ts === undefined ? {} : { thread_ts };
    if (content.kind === "file") {
      const { filename, file, text: initial_comment } = content;
      const args = { channel_id: channel, ...place, filename, file, initial_comment };
      const answer = await keepingLease(claimed, postLog, () => uploading("files.uploadV2", args));
      return { channelId: channel, ts: readAnswer("files.uploadV2", answer).files[0].files[0].id };
    }
    const { text, blocks } = content;
    if (post.posted) {
      const { channelId, ts } = post.posted;
      await slack("chat.update", { channel: channelId, ts, text, blocks });
      return post.posted;
    }
    const links = { unfurl_links: false, unfurl_media: false };
    const answer = await slack("chat.postMessage", { channel, ...place, text, blocks, ...links });
    const posted = readAnswer("chat.postMessage", answer);
    return { channelId: posted.channel ?? channel, ts: posted.ts };
  };

  /** Slack's client uploads a file in three calls, each with a time limit of its own. */
  async function keepingLease<T>({ post, owner }: Claimed, postLog: Logger, upload: () => Promise<T>): Promise<T> {
    const isOver = new AbortController();
    const extending = (async () => {
      for (;;) {
        await clock.sleep(extendEveryMs, isOver.signal);
        if (isOver.signal.aborted) return;
        await ledger.outbox
          .extendLease(post, owner, postLeaseMs)
          .catch((error: unknown) => postLog.warn({ err: error }, "the lease of a file could not be extended"));
      }
    })();
    try {
      return await upload();
    } finally {
      isOver.abort("uploaded");
      await extending;
    }
  }
}
