/** App Home: published when a person opens it, and again after each click in it. */
import { mayDecide } from "../../domain/four-eyes.ts";
import { mayLook, maySeeRoles, type Person } from "../../domain/policy.ts";
import { dayMs } from "../../domain/time/beijing-time.ts";
import { isStoreAway } from "../../storage/store-errors.ts";
import { isFromSlack, refusalOf, retryAfterMsOf } from "../api/web-api.ts";
import { SlackAway } from "../api/workspace.ts";
import type { Message } from "../blocks/elements.ts";
import { failuresDays, type HomeFacts, homeView, sentenceView } from "../blocks/lists/app-home.ts";
import { listPartsOf, type SlackContext, type SlackParts } from "../context.ts";
import { refusalMessage } from "../replies/refusal-message.ts";
import { requestContent } from "../reporter/request-content.ts";

/** @param told a message that only this person sees in their home, once */
export type ShowHome = (userId: string, told?: Message) => Promise<void>;

/**
 * Slack accepts about a hundred homes a minute. A morning's rush is soon over, and stopping the bot must not take long.
 */
const publishTries = 3;
const waitMaxMs = 3_000;
/** Maximum blocks for answers at the top: as many as one answer has. */
const toldMax = 4;

/** A person's home while it is being published; `next` is what is published after that. */
interface Turn {
  next: { told: Message | undefined } | undefined;
  ended: Promise<void>;
}

/**
 * Publishes one view per person at a time, and one more afterwards, however often it is requested in the meantime. No
 * `hash` is needed: each view is read from the ledger just before, so the later one is correct. An older view from
 * another instance remains at most until the tab is opened again, and the ledger handles its buttons like any others.
 */
export function createAppHome(parts: SlackParts): ShowHome {
  const { slack, clock, log } = parts;
  const turns = new Map<string, Turn>();

  function show(userId: string, told?: Message): Promise<void> {
    const underWay = turns.get(userId);
    if (underWay) {
      underWay.next = { told: together(underWay.next?.told, told) };
      return underWay.ended;
    }
    const turn: Turn = { next: { told }, ended: Promise.resolve() };
    turns.set(userId, turn);
    turn.ended = take(userId, turn);
    return turn.ended;
  }

  async function take(userId: string, turn: Turn): Promise<void> {
    try {
      while (turn.next) {
        const { told } = turn.next;
        turn.next = undefined;
        await publish(userId, told);
      }
    } finally {
      turns.delete(userId);
    }
  }

  async function publish(userId: string, told: Message | undefined): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        const view = await viewOf(parts, userId, told);
        if (view) await slack("views.publish", { user_id: userId, view });
        return;
      } catch (error) {
        if (!(error instanceof SlackAway) && !isFromSlack(error)) throw error;
        const waitMs = waitAfterMs(error, tries);
        const isOver = tries === publishTries || waitMs > waitMaxMs;
        log.warn(
          { err: error, user: userId, tries },
          `a home could not be published${isOver ? "; the next opening tries again" : ""}`,
        );
        if (isOver) return told && error instanceof SlackAway ? publishAlone(userId, told) : undefined;
        await clock.sleep(waitMs);
      }
    }
  }

  /** An answer to a click, if Slack does not return the person whose home it belongs in. */
  async function publishAlone(userId: string, told: Message): Promise<void> {
    try {
      const view = sentenceView(parts.languages.known(userId).home.slackAway, told);
      await slack("views.publish", { user_id: userId, view });
    } catch (error) {
      log.warn({ err: error, user: userId }, "Slack did not accept an answer in a home");
    }
  }

  return show;
}

/** Answers that one view shows, the older one first. */
function together(earlier: Message | undefined, told: Message | undefined): Message | undefined {
  if (!earlier || !told) return told ?? earlier;
  return { ...told, blocks: [...earlier.blocks, ...told.blocks].slice(-toldMax) };
}

/** How long to wait before another try, in milliseconds: infinite after a refusal, which stays one. */
function waitAfterMs(error: unknown, tries: number): number {
  const fromSlack = error instanceof SlackAway ? error.cause : error;
  const isRefused = refusalOf(fromSlack) !== undefined || (error instanceof SlackAway && error.refused !== undefined);
  return isRefused ? Number.POSITIVE_INFINITY : (retryAfterMsOf(fromSlack) ?? tries * 1_000);
}

/** A person's current home; undefined if they do not exist in Slack. @throws SlackAway */
async function viewOf(parts: SlackParts, userId: string, told: Message | undefined) {
  const { languages, log } = parts;
  try {
    return await viewFor(parts, userId, told);
  } catch (error) {
    if (!isStoreAway(error)) throw error;
    log.error({ err: error }, "the ledger is unavailable");
    return sentenceView(languages.known(userId).home.ledgerAway, told);
  }
}

async function viewFor(parts: SlackParts, userId: string, told: Message | undefined) {
  const { settings, roles, people, workspace, languages, log } = parts;
  const { SLACK_COMMAND: command } = settings;
  const person = await people.find(userId);
  if (!person) {
    log.warn({ user: userId }, "the person whose home this is does not exist in Slack");
    return undefined;
  }
  const texts = languages.personal(person.locale);
  const verdict = mayLook(person);
  if (verdict.kind === "refuse")
    return sentenceView(await refusalMessage(verdict, { self: userId, roles, people, command, texts }), told);
  const facts = await factsOf({ ...parts, texts }, person);
  const holders = [...facts.own.grants, ...(facts.all ?? [])].map(({ holder }) => holder);
  const name = await people.names([{ kind: "user", id: userId }, ...holders]);
  return homeView(facts, told, {
    ...listPartsOf({ settings, texts, workspace }),
    name,
  });
}

async function factsOf(context: SlackContext, person: Person): Promise<HomeFacts> {
  const { settings, ledger, roles, people, clock } = context;
  const isEverybodys = person.roles.has("approver") || person.roles.has("admin");
  const since = clock.now() - failuresDays * dayMs;
  const requestedBy = isEverybodys ? undefined : person.id;
  const [toDecide, requested, failed, own, all] = await Promise.all([
    person.roles.has("approver") ? requestsToDecide(context, person) : undefined,
    ledger.overview.requestedBy(person.id),
    ledger.overview.failed({ since, requestedBy }),
    people.grantsOf(person.id),
    maySeeRoles(person).kind === "allow" ? roles.list() : undefined,
  ]);
  const canSubmit = person.roles.has("requester") && settings.RECEIPT_CHANNELS.length > 0;
  return { person, toDecide, requested, canSubmit, failed: { ...failed, isEverybodys }, own, all };
}

async function requestsToDecide(context: SlackContext, person: Person): Promise<HomeFacts["toDecide"]> {
  const { settings, ledger } = context;
  // These requests are either somebody else's, or their requester can approve them without a second person.
  const content = {
    ...context,
    breakGlass: "off",
    goldplan: settings.GOLDPLAN,
    ticketUrl: settings.tickets.url,
  } as const;
  const waiting = await ledger.overview.toDecide(
    person.id,
    (one) => mayDecide(person, one, settings.APPROVAL_POLICY).kind === "allow",
  );
  const withMessage = waiting.requests.map(async (request) => ({
    request,
    message: await requestContent(content, request, { reader: person.id }),
  }));
  return { ...waiting, requests: await Promise.all(withMessage) };
}
