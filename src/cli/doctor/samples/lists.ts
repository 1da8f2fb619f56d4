/** Lists and private answers with sample values. */
import { steps } from "../../../domain/goldplan/objects.ts";
import { roles } from "../../../domain/policy.ts";
import { foundPerPage } from "../../../ledger/directory/search.ts";
import { entriesPerPage } from "../../../ledger/queries/pages.ts";
import { type Message, privateMessage } from "../../../slack/blocks/elements.ts";
import type { Typing } from "../../../slack/blocks/example-commands.ts";
import { ambiguousAnswer, findMessage, notAllComparedAnswer } from "../../../slack/blocks/lists/find.ts";
import { helpAnswer } from "../../../slack/blocks/lists/help.ts";
import { historyMessage, requestAnswer, requestsMessage, statusAnswer } from "../../../slack/blocks/lists/history.ts";
import { pendingMessage } from "../../../slack/blocks/lists/pending.ts";
import { rolesAnswer, rolesOfAnswer } from "../../../slack/blocks/lists/roles.ts";
import { operationStates } from "../../../storage/schema.ts";
import { wordingsOf } from "../../samples/sample-texts.ts";
import { type Screen, screenOf } from "../../samples/text-places.ts";
import {
  bulkRequests,
  holderName,
  permalink,
  sampleApprover,
  sampleChannel,
  sampleEntry,
  sampleEntryOfDirectory,
  sampleGrants,
  sampleMerchant,
  sampleNumber,
  sampleRequest,
  sampleUser,
  singleRequests,
  ticketUrl,
} from "./requests.ts";

export function lists(typing: Typing): Message[] {
  const parts = { ...typing, permalink, ticketUrl };
  const { command, texts } = typing;
  const page = <Entry>(entries: Entry[]) => ({ entries, hasOlder: true, hasNewer: true });
  const entries = operationStates.map((state, seq) => sampleEntry({ state, seq: seq + 1 }));
  const [lastSet, failure, underWay] = [
    sampleEntry({ state: "succeeded" }),
    sampleEntry(),
    sampleEntry({ state: "held" }),
  ];
  const previous = steps.map((step) => ({ step, lastSet, failure }));
  const leftOut = sampleEntry({ state: "cancelled", excludedBy: sampleApprover });
  const requests = [...singleRequests(), ...bulkRequests()].map((request, nth) => ({ ...request, number: nth + 1 }));
  const waiting = {
    ...sampleRequest(),
    isHeld: true,
    approvalsNeeded: 2,
    approvedBy: [sampleApprover],
    merchants: [sampleMerchant],
    total: 3,
    channelId: sampleChannel,
  };
  const person = { id: sampleUser, standing: "member", roles: new Set(roles) } as const;
  const holder = { kind: "user", id: sampleUser } as const;
  const listed = Array.from({ length: foundPerPage }, (_, position) => ({ ...sampleEntryOfDirectory, position }));
  const foundPage = { version: 1, merchants: listed, older: undefined, newer: undefined };
  return [
    historyMessage({ subMchid: sampleNumber, failed: true }, page(entries), parts),
    historyMessage({ subMchid: sampleNumber }, page([]), parts),
    ...pagesOf(requests).map((some) => requestsMessage({ requestedBy: sampleUser }, page(some), parts)),
    ...bulkRequests().map((request) => requestAnswer(request, page(entries), parts)),
    pendingMessage(page([waiting]), () => true, parts),
    pendingMessage(page([]), () => true, parts),
    ...[statusAnswer(sampleMerchant, { previous, underWay, leftOut }, parts)].map(privateMessage),
    findMessage("火", { ...foundPage, older: 19, newer: 0 }, new Map([[sampleNumber, underWay]]), parts),
    findMessage("火", { ...foundPage, merchants: [] }, new Map(), parts),
    privateMessage(ambiguousAnswer("火", foundPage.merchants, { example: "status", more: "find" }, texts)),
    privateMessage(notAllComparedAnswer("火", [sampleEntryOfDirectory], { example: "status", search: "find" }, texts)),
    privateMessage(rolesAnswer({ grants: sampleGrants, command, texts, name: holderName })),
    privateMessage(
      rolesOfAnswer({ grants: sampleGrants, holder, standing: "guest", groupsUnknown: true, texts, name: holderName }),
    ),
    privateMessage(helpAnswer({ person, ...typing, admins: undefined })),
  ];
}

function pagesOf<Entry>(entries: readonly Entry[]): Entry[][] {
  const pages = Math.ceil(entries.length / entriesPerPage);
  return Array.from({ length: pages }, (_, nth) => entries.slice(nth * entriesPerPage, (nth + 1) * entriesPerPage));
}

/** The screens whose texts are a message each. */
const answerScreens: readonly Screen[] = ["refusals", "answers", "usage", "directMessages"];

/** Every private answer. */
export function privateAnswers({ texts }: Typing): Message[] {
  const answers = [...wordingsOf(texts)].filter(([key]) => answerScreens.includes(screenOf(key)));
  return answers.flatMap(([, wordings]) => wordings.map(privateMessage));
}
