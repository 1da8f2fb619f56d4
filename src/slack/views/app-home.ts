/** Shows somebody their App Home: published when they open it, and anew after each click in it. */
import { mayDecide, mayLook, maySeeRoles, type Person } from "../../domain/policy.ts";
import { isStoreAway } from "../../storage/store-errors.ts";
import { retryAfterMsOf } from "../api/web-api.ts";
import { SlackAway } from "../api/workspace.ts";
import type { Message } from "../blocks/elements.ts";
import { failuresDays, type HomeFacts, homeView, sentenceView } from "../blocks/lists/app-home.ts";
import type { SlackContext } from "../context.ts";
import { refusalAnswer } from "../replies/refusal-message.ts";
import { createRequestContent } from "../reporter/post-content.ts";

/** Whom to show their home, and what they alone are told in it, once. */
export type ShowHome = (userId: string, told?: Message) => Promise<void>;

/** Slack takes some hundred homes a minute; a morning's rush is over soon, and who ends the bot does not wait long. */
const publishTries = 2;
const waitMaxMs = 3_000;
const dayMs = 86_400_000;

/** A person's home while it is being published; `next` is what is published after that. */
interface Turn {
  next: { told: Message | undefined } | undefined;
  ended: Promise<void>;
}

/**
 * One view of a person's is published at a time, and one more after it however often they ask meanwhile. No `hash` guards
 * it: each view is made whole from the ledger a moment before, so the later one is right, and another instance's older one
 * stands until the next opening at the most, with buttons that the ledger decides on like any others.
 */
export function createAppHome(context: SlackContext): ShowHome {
  const { slack, clock, log } = context;
  const viewOf = createViewOf(context);
  const turns = new Map<string, Turn>();

  function show(userId: string, told?: Message): Promise<void> {
    const underWay = turns.get(userId);
    if (underWay) {
      underWay.next = { told: told ?? underWay.next?.told };
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
      const view = await viewOf(userId, told);
      if (!view) return;
      try {
        await slack("views.publish", { user_id: userId, view });
        return;
      } catch (error) {
        const waitMs = retryAfterMsOf(error) ?? Number.POSITIVE_INFINITY;
        log.warn({ err: error, user: userId, tries }, "Slack did not take a home; the next opening tries again");
        if (tries === publishTries || waitMs > waitMaxMs) return;
        await clock.sleep(waitMs);
      }
    }
  }

  return show;
}

/** Somebody's home as it is now; undefined where Slack does not know, or does not tell, who they are. */
function createViewOf(context: SlackContext) {
  const { settings, ledger, roles, people, workspace, texts, clock, log } = context;
  const { SLACK_COMMAND: command, REASON: reason, APPROVAL_POLICY: policy, RECEIPT_CHANNELS: channels } = settings;
  // What one may decide on here is either somebody else's, or can be approved without a second person.
  const requestContent = createRequestContent({ ...context, breakGlass: "off" });

  async function viewFor(userId: string, told: Message | undefined) {
    const person = await people.find(userId);
    if (!person) {
      log.warn({ user: userId }, "Slack does not know whose home it is");
      return undefined;
    }
    const verdict = mayLook(person);
    if (verdict.kind === "refuse")
      return sentenceView(await refusalAnswer(verdict, { self: userId, roles, people, command, texts }), told);
    const facts = await factsOf(person);
    const holders = [...facts.own.grants, ...(facts.all ?? [])].map(({ holder }) => holder);
    const name = await people.names([{ kind: "user", id: userId }, ...holders]);
    return homeView(facts, told, { command, reason, texts, name, permalink: workspace.permalink });
  }

  async function factsOf(person: Person): Promise<HomeFacts> {
    const isEverybodys = person.roles.has("approver") || person.roles.has("admin");
    const since = clock.now() - failuresDays * dayMs;
    const requestedBy = isEverybodys ? undefined : person.id;
    const [toDecide, asked, failed, own, all] = await Promise.all([
      person.roles.has("approver") ? whatWaitsFor(person) : undefined,
      ledger.overview.askedBy(person.id),
      ledger.overview.failed({ since, requestedBy }),
      people.grantsOf(person.id),
      maySeeRoles(person).kind === "allow" ? roles.list() : undefined,
    ]);
    const canAsk = person.roles.has("requester") && channels.length > 0;
    return { person, toDecide, asked, canAsk, failed: { ...failed, isEverybodys }, own, all };
  }

  async function whatWaitsFor(person: Person): Promise<HomeFacts["toDecide"]> {
    const waiting = await ledger.overview.toDecide((one) => mayDecide(person, one, policy).kind === "allow");
    const requests = waiting.requests.filter(({ approvals }) => approvals.every(({ by }) => by !== person.id));
    const withMessage = requests.map(async (request) => ({
      request,
      message: await requestContent(request, "elsewhere"),
    }));
    return { requests: await Promise.all(withMessage), hasMore: waiting.hasMore };
  }

  return async (userId: string, told: Message | undefined) => {
    try {
      return await viewFor(userId, told);
    } catch (error) {
      if (error instanceof SlackAway) {
        log.warn({ err: error, user: userId }, "Slack did not tell whose home it is; the next opening tries again");
        return undefined;
      }
      if (!isStoreAway(error)) throw error;
      log.error({ err: error }, "the ledger is away");
      return sentenceView(texts.home.ledgerAway, told);
    }
  };
}
