/**
 * App Home: the requests that a person has to decide on, their own requests, failures, their roles, and for admins
 * everybody's roles.
 */
import type { HomeView, KnownBlock, SectionBlock } from "@slack/types";
import type { Grant, Holder } from "../../../domain/grant.ts";
import { type Person, roles } from "../../../domain/policy.ts";
import type { Shortlist, ToDecide } from "../../../ledger/queries/overview.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import { homeIds } from "../../payloads/ids.ts";
import { buttons, confirmation, context, type Message, plain, privateMessage, section } from "../elements.ts";
import { example } from "../example-commands.ts";
import { byWhom, numbersShown, termsLine } from "../grant-lines.ts";
import { user } from "../mrkdwn.ts";
import type { ListParts } from "../request/outcome-line.ts";
import { requestLine } from "./request-line.ts";
import { rolesOfAnswer } from "./roles.ts";

/** For how many days failures are listed. */
export const failuresDays = 7;
/** Maximum grants listed, each with a button. */
const grantsShown = 10;

/** The information from the ledger and Slack that this person's roles allow them to see. */
export interface HomeFacts {
  person: Person;
  /**
   * Requests to decide on, each with its message as shown outside its channel; undefined unless they are an approver.
   */
  toDecide:
    | (Omit<ToDecide, "requests"> & { requests: readonly { request: RequestView; message: Message }[] })
    | undefined;
  /** Their own requests. */
  requested: Shortlist;
  /** Whether they can submit requests from here: they have the right to, and there is a channel to post in. */
  canSubmit: boolean;
  /** Recent failures: everybody's requests, or only their own. */
  failed: Shortlist & { isEverybodys: boolean };
  /** Their own and their groups' grants; `groupsUnknown` if Slack did not list a group's members. */
  own: { grants: readonly Grant[]; groupsUnknown: boolean };
  /** Everybody's grants; undefined unless they are an admin. */
  all: readonly Grant[] | undefined;
}

export interface HomeParts extends ListParts {
  /** How the view names a person or group. */
  name(holder: Holder): string;
}

/** @param told an answer to this person, which is shown at the top */
export function homeView(facts: HomeFacts, told: Message | undefined, parts: HomeParts): HomeView {
  const sections = [toDecide(facts, parts), requested(facts, parts), failed(facts, parts), own(facts, parts)];
  return view(
    told,
    [...sections, all(facts, parts)].filter((blocks) => blocks.length > 0),
  );
}

/** A home with a single sentence that explains why it is empty. */
export function sentenceView(sentence: string, told: Message | undefined): HomeView {
  return view(told, [privateMessage(sentence).blocks]);
}

function view(told: Message | undefined, sections: readonly KnownBlock[][]): HomeView {
  const parts = told ? [told.blocks, ...sections] : sections;
  return { type: "home", blocks: parts.flatMap((blocks, i) => (i > 0 ? [{ type: "divider" }, ...blocks] : blocks)) };
}

function toDecide({ toDecide: waiting }: HomeFacts, parts: HomeParts): KnownBlock[] {
  if (!waiting) return [];
  const { title, none, more } = parts.texts.home.toDecide;
  const requests = waiting.requests.flatMap(({ request, message }) =>
    message.blocks.map((block) => ownBlock(block, request)),
  );
  return [
    section(title),
    ...(requests.length === 0 && !waiting.hasMore ? [section(none)] : requests),
    ...(waiting.hasMore ? [context(more(waiting.more, parts.command))] : []),
  ];
}

/** One view contains the blocks of several messages, and each `block_id` must be unique in it. */
function ownBlock(block: KnownBlock, { id }: RequestView): KnownBlock {
  return block.block_id === undefined ? block : { ...block, block_id: `${block.block_id}:${id}` };
}

function requested({ person, requested: { requests, hasMore }, canSubmit }: HomeFacts, parts: HomeParts): KnownBlock[] {
  if (requests.length === 0 && !person.roles.has("requester")) return [];
  const { title, ask, none, more } = parts.texts.home.asked;
  const button = { type: "button", action_id: homeIds.ask, text: plain(ask) } as const;
  return [
    canSubmit ? { ...section(title), block_id: homeIds.ask, accessory: button } : section(title),
    ...(requests.length === 0
      ? [section(none(example("open", parts)))]
      : requests.map((each) => section(requestLine(each, parts)))),
    ...(hasMore ? [context(more(user(person.id), parts.command))] : []),
  ];
}

function failed({ person, failed: { requests, hasMore, isEverybodys } }: HomeFacts, parts: HomeParts): KnownBlock[] {
  const { title, none, more, moreOfYours } = parts.texts.home.failed;
  const { command } = parts;
  const rest = isEverybodys ? more(command, failuresDays) : moreOfYours(user(person.id), command, failuresDays);
  return [
    section(title(failuresDays)),
    ...(requests.length === 0 ? [section(none)] : requests.map((each) => section(requestLine(each, parts)))),
    ...(hasMore ? [context(rest)] : []),
  ];
}

function own({ person, own: { grants, groupsUnknown } }: HomeFacts, { texts, name }: HomeParts): KnownBlock[] {
  const holder = { kind: "user", id: person.id } as const;
  const { standing } = person;
  return privateMessage(rolesOfAnswer({ holder, standing, grants, groupsUnknown, texts, name })).blocks;
}

function all({ all: everybodys }: HomeFacts, parts: HomeParts): KnownBlock[] {
  if (!everybodys) return [];
  const { texts, command } = parts;
  const { grants } = texts.home;
  const shown = everybodys.toSorted((one, other) => other.at - one.at).slice(0, grantsShown);
  const left = everybodys.length - shown.length;
  return [
    section(grants.title),
    ...shown.map((grant) => grantLine(grant, parts)),
    ...(left > 0 ? [context(grants.more(left, command))] : []),
    buttons(homeIds.grant, [
      { type: "users_select", action_id: homeIds.person, placeholder: plain(grants.choosePerson) },
      {
        type: "static_select",
        action_id: homeIds.role,
        placeholder: plain(grants.chooseRole),
        options: roles.map((role) => ({ text: plain(grants.role[role]), value: role })),
      },
      { type: "button", action_id: homeIds.grant, text: plain(grants.grant) },
    ]),
    context(grants.others(command)),
  ];
}

/** Grants from the settings cannot be revoked here. */
function grantLine(grant: Grant, { texts, name }: HomeParts): SectionBlock {
  const { holder, role, by } = grant;
  const words = [name(holder), texts.roles.role(role), byWhom(grant, texts), termsLine(grant, texts, numbersShown)];
  const line = section(words.filter((word) => word !== undefined).join(" · "));
  if (by === "settings") return line;
  const { revoke, confirmRevoke } = texts.home.grants;
  return {
    ...line,
    block_id: `${homeIds.revoke}:${holder.id}:${role}`,
    accessory: {
      type: "button",
      action_id: homeIds.revoke,
      text: plain(revoke),
      value: `${holder.kind}:${holder.id}:${role}`,
      confirm: confirmation(texts, confirmRevoke(role)),
    },
  };
}
