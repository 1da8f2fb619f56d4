/** Every form and App Home that the bot shows, with sample values. */
import type { HomeView, ModalView } from "@slack/types";
import { offeredChanges } from "../../../domain/goldplan/change.ts";
import { roles } from "../../../domain/policy.ts";
import type { DirectoryChanges } from "../../../ledger/directory/imports.ts";
import { readNumberList } from "../../../parsing/number-list/number-list.ts";
import { namesForm, namesPreview, namesRefused } from "../../../slack/blocks/directory/names-form.ts";
import { privateMessage } from "../../../slack/blocks/elements.ts";
import type { Typing } from "../../../slack/blocks/example-commands.ts";
import { columnForm } from "../../../slack/blocks/forms/column-form.ts";
import { choicesMax, leaveOutForm } from "../../../slack/blocks/forms/leave-out-form.ts";
import { rejectForm } from "../../../slack/blocks/forms/reject-form.ts";
import { requestForm, requestPreview } from "../../../slack/blocks/forms/request-form.ts";
import { homeView, sentenceView } from "../../../slack/blocks/lists/app-home.ts";
import { notice } from "../../../slack/blocks/modal.ts";
import { bulkMessages, requestMessages } from "./messages.ts";
import {
  at,
  bulkRequests,
  sampleApprover,
  sampleChannel,
  sampleEntryOfDirectory,
  sampleMerchant,
  sampleNumber,
  sampleUser,
  singleRequests,
  ticketUrl,
} from "./requests.ts";

export interface SampleView {
  name: string;
  view: HomeView | ModalView;
}

const requestOrigin = { by: "command", channelId: sampleChannel } as const;
const draftId = "3".repeat(32);
const metadata = { requestId: "0".repeat(32), channelId: sampleChannel };
const numbers = Array.from({ length: choicesMax }, (_, nth) => String(1_900_000_100 + nth));

export function sampleViews(typing: Typing): SampleView[] {
  const { texts } = typing;
  const modals = [
    ...(["required", "optional"] as const).map((reason) =>
      requestForm(requestOrigin, { reason, ticket: typing.ticket, goldplan: "on" }, texts),
    ),
    ...previews(typing),
    ...decisions(typing),
    ...directoryForms(typing),
    notice(texts.form.notOpened(typing.command), texts.form.close, texts),
  ];
  return [...named("form", modals), ...named("home", homes(typing))];
}

function named(name: string, views: readonly (HomeView | ModalView)[]): SampleView[] {
  return views.map((view, nth) => ({ name: `${name} ${nth + 1}`, view }));
}

function previews({ texts }: Typing): ModalView[] {
  const place = { channelId: sampleChannel, isElsewhere: true };
  const texted = [numbers.join("\n"), `${sampleNumber}\n19000001O9\n1.9E+09`, "19000001O9"];
  const columns = "店,旧号,新号\n甲,1900000112,1900000109\n乙,1900000113,1900000110";
  return [...texted, columns].flatMap((text) => {
    const list = readNumberList(text);
    if (list.kind !== "list") return [columnForm(list, { ...requestOrigin, draftId }, texts)];
    const isAskable = list.subMchids.length > 0;
    const merchants = list.subMchids.map((subMchid) => ({ ...sampleMerchant, subMchid, givenAs: "红海火锅" }));
    return offeredChanges("on").map((change) =>
      requestPreview(
        {
          change,
          list,
          merchants,
          reason: "new store",
          requestOrigin,
          place,
          draftId: isAskable ? draftId : undefined,
        },
        texts,
      ),
    );
  });
}

function directoryForms({ texts }: Typing): ModalView[] {
  const current = { version: 1, entries: 1_000, digest: "0".repeat(64), importedBy: sampleUser, importedAt: at };
  const entry = sampleEntryOfDirectory;
  const changes: DirectoryChanges = {
    added: 1,
    changed: 1,
    removed: 2_000,
    samples: { added: [entry], changed: [{ before: entry, after: { ...entry, note: undefined } }], removed: [entry] },
  };
  const problems = [{ line: 2, problem: "no-name", subMchid: sampleNumber }] as const;
  return [
    namesForm(undefined, { channelId: sampleChannel }, texts),
    namesForm(current, { channelId: sampleChannel }, texts),
    namesForm({ ...current, importedBy: "bot" }, { channelId: sampleChannel }, texts),
    namesPreview(2, changes, { channelId: sampleChannel, draftId }, texts),
    namesRefused({ problems, count: 2 }, texts),
  ];
}

function decisions({ texts }: Typing): ModalView[] {
  const merchants = numbers.map((subMchid) => ({ ...sampleMerchant, subMchid }));
  return [...singleRequests().slice(0, 1), ...bulkRequests().slice(0, 1)].flatMap((request) => {
    const few = { ...request, counts: { ...request.counts, total: choicesMax, excluded: 0 } };
    return [
      rejectForm(request, merchants.slice(0, 3), metadata, texts),
      leaveOutForm(request, merchants, metadata, texts),
      leaveOutForm(few, merchants, metadata, texts),
    ];
  });
}

function homes(typing: Typing): HomeView[] {
  const parts = {
    ...typing,
    permalink: () => "https://sample.slack.com/archives/C1/p1",
    ticketUrl,
    name: () => "@sample",
  };
  const [one, many] = [singleRequests()[0], bulkRequests("4".repeat(32))[0]];
  const requests = [one, many].filter((request) => request !== undefined);
  const messages = [requestMessages(typing)[0], bulkMessages(typing, "4".repeat(32))[0]];
  const toDecide = requests.flatMap((request, nth) => {
    const message = messages[nth];
    return message ? [{ request, message }] : [];
  });
  const person = { id: sampleUser, standing: "member", roles: new Set(roles) } as const;
  const holder = { kind: "user", id: sampleUser } as const;
  const grants = roles.map((role) => ({ holder, role, by: sampleApprover, at, until: at, only: [sampleNumber] }));
  const shortlist = { requests, hasMore: true };
  const nothing = { requests: [], hasMore: false };
  const full = {
    person,
    toDecide: shortlist && { requests: toDecide, hasMore: true, more: 12_345 },
    requested: shortlist,
    canSubmit: true,
    failed: { ...shortlist, isEverybodys: true },
    own: { grants, groupsUnknown: true },
    all: grants,
  };
  const empty = {
    person,
    toDecide: nothing,
    requested: nothing,
    canSubmit: false,
    failed: { ...nothing, isEverybodys: false },
    own: { grants: [], groupsUnknown: false },
    all: [],
  };
  return [
    homeView(full, privateMessage(typing.texts.home.ledgerAway), parts),
    homeView(empty, undefined, parts),
    sentenceView(typing.texts.home.ledgerAway, undefined),
  ];
}
