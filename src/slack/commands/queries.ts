/** `/receipt status`, `history` and `pending`, and the buttons that turn their pages. */
import { mayDecide, mayLook, type Person } from "../../domain/policy.ts";
import type { HistoryCursor, HistoryFilter } from "../../ledger/queries/history.ts";
import type { PendingCursor } from "../../ledger/queries/pending.ts";
import type { ExportCommand, QueryCommand } from "../../parsing/command/queries.ts";
import type { Answer, Message } from "../blocks/elements.ts";
import { historyMessage, statusAnswer } from "../blocks/lists/history.ts";
import { pendingMessage } from "../blocks/lists/pending.ts";
import type { ListParts } from "../blocks/request/outcome-line.ts";
import type { SlackContext } from "../context.ts";
import { type CommandPayload, clickOrigin, type PageClick } from "../payloads/payloads.ts";
import { createRefuse, typed } from "../replies/refuse.ts";

type Looking = Exclude<QueryCommand, ExportCommand>;

/** A list, and where the page of it begins that is wanted; the first page without a place. */
type Wanted =
  | { list: "history"; filter: HistoryFilter; place?: HistoryCursor }
  | { list: "pending"; place?: PendingCursor };

export function createQueryHandler(context: SlackContext) {
  const { ledger, clock } = context;
  const refuse = createRefuse(context);

  async function look(payload: CommandPayload, person: Person, asked: Looking): Promise<string | Message> {
    const verdict = mayLook(person);
    if (verdict.kind === "refuse") return refuse(verdict, typed(payload));
    switch (asked.kind) {
      case "status":
        return statusAnswer(asked.subMchid, await ledger.history.status(asked.subMchid), listParts(context));
      case "history": {
        const { kind: _, withinMs, ...filter } = asked;
        const since = withinMs === undefined ? undefined : clock.now() - withinMs;
        return listMessage(context, person, { list: "history", filter: { ...filter, since } });
      }
      case "pending":
        return listMessage(context, person, { list: "pending" });
      default:
        return asked satisfies never;
    }
  }

  return look;
}

/** Puts the page that a button leads to in the place of the one that shows the button. */
export function createPageHandler(context: SlackContext) {
  const refuse = createRefuse(context);

  async function turnPage(payload: PageClick): Promise<string | Answer | undefined> {
    const [click] = payload.actions;
    if (!click) return undefined;
    const to = { userId: payload.user.id, origin: clickOrigin(payload), asked: click.value.list };
    const person = await context.people.find(to.userId);
    if (!person) return refuse({ why: "standing", standing: "stranger" }, to);
    const verdict = mayLook(person);
    if (verdict.kind === "refuse") return refuse(verdict, to);
    return { ...(await listMessage(context, person, click.value)), replacesOriginal: true };
  }

  return turnPage;
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
