/** Where each text of the catalogue appears. */
import type { Texts } from "../../text/en/catalogue.ts";

export type Screen = keyof Texts["proofreading"]["screens"];

/** The key prefixes that each screen shows; the longest match counts. */
export const sections: Readonly<Record<Screen, readonly string[]>> = {
  request: ["request", "bulk", "approvals", "reminders", "held", "goldplan", "nameNotes"],
  dialogs: [
    "button",
    "confirm",
    "bulk.retry",
    "bulk.stop",
    "bulk.confirmStop",
    "bulk.confirmApprove",
    "bulk.confirmWithdraw",
    "goldplan.effect",
    "goldplan.add",
    "goldplan.confirmAdd",
    "goldplan.emptyPage",
    "held.carryOut",
    "held.cancel",
    "held.back",
    "held.confirmCarryOut",
    "held.confirmCancel",
    "approvals.oneOfSeveral",
    "approvals.lastOfSeveral",
    "approvals.breakGlass",
    "approvals.confirmBreakGlass",
    "approvals.confirmBreakGlassForMany",
  ],
  thread: [
    "thread",
    "goldplan.thread",
    "goldplan.known",
    "goldplan.reopensFrom",
    "bulk.thread",
    "bulk.file",
    "held.thread",
    "held.carriedOut",
    "reminders.toGroup",
  ],
  guidance: ["guidance", "connection", "unverified"],
  forms: ["form", "decisionForms", "directoryImport", "namesForm", "approvals.reasonMissing"],
  refusals: [
    "refusal",
    "approvals.needsReason",
    "approvals.needsTicket",
    "approvals.breakGlassOff",
    "approvals.breakGlassNotYours",
    "approvals.breakGlassNeedsReason",
    "approvals.approverUnknown",
  ],
  answers: [
    "answer",
    "decided",
    "unknownMerchants",
    "bulk.answer",
    "goldplan.off",
    "goldplan.tooSoon",
    "goldplan.nothingToAdd",
    "goldplan.whyEmpty",
    "held.answer",
    "preferences",
    "approvals.lapsed",
    "approvals.yoursCounts",
    "approvals.countedBefore",
    "approvals.brokeGlassBefore",
  ],
  usage: ["problem"],
  directMessages: ["notices", "reminders.reminder", "reminders.endReminders", "approvals.tellBrokeGlass"],
  help: ["help"],
  lists: ["status", "history", "pending", "find", "merchants", "page", "held.pendingEntry", "held.status"],
  roles: ["roles"],
  home: ["home"],
  app: ["manifest"],
  trail: ["trail", "events"],
  words: ["typed", "list", "between"],
  start: ["start"],
  terminal: ["doctor", "audit", "backup", "restore", "ledgerKey", "move", "names", "output", "proofreading"],
};

/** The screen that shows the text with this key. */
export function screenOf(key: string): Screen {
  const candidates = (Object.keys(sections) as Screen[]).flatMap((screen) =>
    sections[screen]
      .filter((start) => key === start || key.startsWith(`${start}.`))
      .map((start) => ({ screen, start })),
  );
  const [found] = candidates.toSorted((one, other) => other.start.length - one.start.length);
  if (!found) throw new Error(`no screen shows ${key}: add its section to src/cli/samples/text-places.ts`);
  return found.screen;
}
