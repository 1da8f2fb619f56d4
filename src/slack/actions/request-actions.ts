/** Clicks on a request's message: the request is looked up, and the button's handler carries out the click. */
import type { Intent, SlackParts } from "../context.ts";
import { actionIds } from "../payloads/ids.ts";
import { clickOrigin, type RequestClick } from "../payloads/payloads.ts";
import { doneInHome } from "../replies/done-in-home.ts";
import { unknownRequest } from "../replies/unknown-request.ts";
import { openLeaveOutForm } from "../views/leave-out-form.ts";
import { openRejectForm } from "../views/reject-form.ts";
import { approve, breakGlass, withdraw } from "./decide.ts";
import { addGoldPlan, explainEmptyPage } from "./goldplan.ts";
import { cancelHeld, carryOut } from "./held.ts";
import type { RequestActionHandler } from "./request-action.ts";
import { resubmit } from "./resubmit.ts";
import { retry } from "./retry.ts";
import { stop } from "./stop.ts";

/** Each click's name in the audit, its handler, and whether it only opens a form that decides. */
const handlers = {
  [actionIds.approve]: { asked: "approve", handle: approve },
  [actionIds.reject]: { asked: "reject", handle: openRejectForm, opensForm: true },
  [actionIds.leaveOut]: { asked: "leave-out", handle: openLeaveOutForm, opensForm: true },
  [actionIds.breakGlass]: { asked: "break-glass", handle: breakGlass },
  [actionIds.more]: { asked: "withdraw", handle: withdraw },
  [actionIds.retry]: { asked: "retry", handle: retry },
  [actionIds.stop]: { asked: "stop", handle: stop },
  [actionIds.carryOut]: { asked: "carry-out", handle: carryOut },
  [actionIds.cancelHeld]: { asked: "cancel-held", handle: cancelHeld },
  [actionIds.resubmit]: { asked: "resubmit", handle: resubmit },
  [actionIds.addGoldPlan]: { asked: "add-goldplan", handle: addGoldPlan },
  [actionIds.emptyPage]: { asked: "empty-page", handle: explainEmptyPage },
} as const satisfies Record<string, Click>;

interface Click {
  asked: string;
  handle: RequestActionHandler;
  opensForm?: true;
}

export async function parseRequestClick(
  { ledger }: SlackParts,
  payload: RequestClick,
): Promise<Intent<string | undefined>> {
  const [click] = payload.actions;
  if (!click) return { kind: "answered", reply: () => undefined };
  const [requestId = "", round = "0"] = (click.selected_option?.value ?? click.value ?? "").split(":");
  const request = await ledger.requests.find(requestId);
  if (!request) return unknownRequest(ledger, (text) => text);
  const { message_ts: ts, channel_id: clickedIn } = payload.container ?? {};
  if (ts && clickedIn === request.channelId && !request.messageTs) await ledger.outbox.recordMessageTs(requestId, ts);
  const { asked, handle, opensForm }: Click = handlers[click.action_id];
  const attempt = { userId: payload.user.id, origin: clickOrigin(payload), asked, request };
  return {
    kind: "wanted",
    attempt,
    async run(context, person) {
      const reply = await handle(context, { request, person, attempt, payload, round: Number(round) });
      // A message is edited to show what became of the request; in a home, the request is no longer listed.
      if (reply !== undefined || opensForm || payload.view?.type !== "home") return reply;
      return doneInHome(context, requestId, person.id);
    },
  };
}
