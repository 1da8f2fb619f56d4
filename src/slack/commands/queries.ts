/** `/receipt status`, `history` and `pending`, and the buttons that turn their pages. */
import { mayDecide, mayLook, type Person } from "../../domain/policy.ts";
import type { HistoryCursor, HistoryFilter } from "../../ledger/queries/history.ts";
import type { PendingCursor } from "../../ledger/queries/pending.ts";
import type { ExportCommand, QueryCommand } from "../../parsing/command/queries.ts";
import type { Answer, Message } from "../blocks/elements.ts";
import { historyMessage, statusAnswer } from "../blocks/lists/history.ts";
import { pendingMessage } from "../blocks/lists/pending.ts";
import type { ListParts } from "../blocks/request/outcome-line.ts";
import type { DeniedAttempt, Intent, SlackContext } from "../context.ts";
import { clickOrigin, type PageClick } from "../payloads/payloads.ts";
import { refuse } from "../replies/refuse.ts";

/** A list, and where the wanted page of it begins; the first page without a place. */
type Wanted =
  | { list: "history"; filter: HistoryFilter; place?: HistoryCursor }
  | { list: "pending"; place?: PendingCursor };

export async function query(
  context: SlackContext,
  attempt: DeniedAttempt,
  person: Person,
  wanted: Exclude<QueryCommand, ExportCommand>,
): Promise<string | Message> {
  const { ledger, clock } = context;
  const verdict = mayLook(person);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  switch (wanted.kind) {
    case "status":
      return statusAnswer(wanted.subMchid, await ledger.history.status(wanted.subMchid), listParts(context));
    case "history": {
      const { kind: _, withinMs, ...filter } = wanted;
      const since = withinMs === undefined ? undefined : clock.now() - withinMs;
      return listMessage(context, person, { list: "history", filter: { ...filter, since } });
    }
    case "pending":
      return listMessage(context, person, { list: "pending" });
    default:
      return wanted satisfies never;
  }
}

/** *Older* and *Newer*: the page that the button leads to replaces the one that shows the button. */
export function parsePageClick(context: SlackContext, payload: PageClick): Intent<string | Answer | undefined> {
  const [click] = payload.actions;
  if (!click) return { kind: "answered", reply: undefined };
  const attempt = { userId: payload.user.id, origin: clickOrigin(payload), asked: click.value.list };
  return {
    kind: "wanted",
    attempt,
    async run(person) {
      const verdict = mayLook(person);
      if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
      return { ...(await listMessage(context, person, click.value)), replacesOriginal: true };
    },
  };
}

async function listMessage(context: SlackContext, person: Person, wanted: Wanted): Promise<Message> {
  const { ledger, settings } = context;
  if (wanted.list === "history") {
    const { filter, place } = wanted;
    return historyMessage(filter, await ledger.history.page(filter, place), listParts(context));
  }
  return pendingMessage(
    await ledger.pending.page(wanted.place),
    (request) =>
      mayDecide(person, request, settings.APPROVAL_POLICY).kind === "allow" && !request.approvedBy.includes(person.id),
    listParts(context),
  );
}

function listParts({ settings, texts, workspace }: SlackContext): ListParts {
  return { command: settings.SLACK_COMMAND, reason: settings.REASON, texts, permalink: workspace.permalink };
}
