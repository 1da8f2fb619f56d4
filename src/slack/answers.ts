/** What the bot answers to one person alone: refusals with the next step, and how a request that was too late ended. */
import type { Approval } from "../receipt/approvals.ts";
import type { CommandProblem, Verb } from "../receipt/command.ts";
import type { HistoryEntry } from "../receipt/history.ts";
import type { AskRefusal, Refusal, Role } from "../receipt/policy.ts";
import { isBulk, type OperationView, type RequestView, stillIn } from "../receipt/request-view.ts";
import type { Roles } from "../receipt/roles.ts";
import { subMchidMost } from "../receipt/sub-mchid.ts";
import type { Texts } from "../text/en.ts";
import { type ListParts, messageLink } from "./blocks/history.ts";
import { numbersLine } from "./blocks/roles.ts";
import { example, type Typing } from "./examples.ts";
import { code, date, foreign, user } from "./mrkdwn.ts";
import type { People } from "./people.ts";

/** At most this many people and groups are named as those who can help. */
const namedMost = 5;
/** Of so many is looked whether they are still there to help. */
const lookedAtMost = 10;

/** Commands of which nobody expects that anything is recorded. */
const onlyAsk: ReadonlySet<Verb> = new Set(["status", "history", "pending", "export", "roles", "help"]);

export function problemAnswer(wrong: CommandProblem, typing: Typing): string {
  const line = problemLine(wrong, typing);
  const isHarmless = "verb" in wrong && wrong.problem !== "unknown-verb" && onlyAsk.has(wrong.verb);
  return isHarmless ? line : [line, typing.texts.problem.nothingRecorded].join("\n");
}

function problemLine(wrong: CommandProblem, typing: Typing): string {
  const { command, texts } = typing;
  const { problem, typed } = texts;
  switch (wrong.problem) {
    case "unknown-verb":
      return problem.unknownVerb(foreign(wrong.verb), example("open", typing), command);
    case "no-verb":
      return problem.noVerb(
        wrong.subMchid,
        example("open", typing, wrong.subMchid),
        example("close", typing, wrong.subMchid),
      );
    case "no-number":
      return problem.noNumber(example(wrong.verb, typing));
    case "not-digits": {
      const pattern = example(wrong.verb, typing);
      if (!wrong.wrong) return problem.notDigits(foreign(wrong.text), pattern);
      const { character, place } = wrong.wrong;
      const name = /\p{L}/u.test(character) ? problem.letter(character) : problem.sign(foreign(character));
      return problem.wrongCharacter(foreign(wrong.text), name, place, pattern);
    }
    case "too-long":
      return problem.tooLong(wrong.digits, subMchidMost, example(wrong.verb, typing));
    case "several-numbers":
      return problem.severalNumbers(foreign(wrong.text), foreign(wrong.joint), example(wrong.verb, typing));
    case "second-number":
      return problem.secondNumber(wrong.first, wrong.second, typed.verb[wrong.verb], command);
    case "number-in-reason":
      return problem.numberInReason(
        wrong.second,
        example(wrong.verb, typing, `${wrong.first} ${wrong.second}`),
        `${command} ${typed.verb[wrong.verb]} ${wrong.first}`,
      );
    case "reason-too-long":
      return problem.reasonTooLong(wrong.length, wrong.most, example("open", { ...typing, reason: "required" }));
    case "no-person":
      return problem.noPerson(example(wrong.verb, typing));
    case "not-a-person":
      return problem.notAPerson(foreign(wrong.text), example(wrong.verb, typing));
    case "no-role":
      return problem.noRole(example(wrong.verb, typing));
    case "unknown-role":
      return problem.unknownRole(foreign(wrong.text), example(wrong.verb, typing));
    case "unclear-terms":
      return problem.unclearTerms(foreign(wrong.text), command);
    case "time-too-long":
      return problem.timeTooLong(foreign(wrong.text), example(wrong.verb, typing));
    case "too-many-numbers":
      return problem.tooManyNumbers(wrong.count, wrong.most, command);
    case "not-restrictable":
      return problem.notRestrictable(
        wrong.role,
        `${command} ${typed.verb.grant} @name ${typed.role[wrong.role]} ${typed.term} 8h`,
      );
    case "unknown-filter":
      return problem.unknownFilter(foreign(wrong.text), example(wrong.verb, typing));
    case "filter-twice":
      return problem.filterTwice(foreign(wrong.text), example(wrong.verb, typing));
    case "not-a-span":
      return problem.notASpan(foreign(wrong.text), `${command} ${typed.verb[wrong.verb]} 7d`);
    case "not-a-moment":
      return problem.notAMoment(foreign(wrong.text), example(wrong.verb, typing));
    case "unknown-choice":
      return problem.unknownChoice(foreign(wrong.text), example(wrong.verb, typing));
    case "too-much":
      return problem.tooMuch(foreign(wrong.text), example(wrong.verb, typing));
    default:
      return wrong satisfies never;
  }
}

/** Whom a refusal is told, and what it may have to name. */
export interface RefusedParts {
  /** The id of who is refused, and of who asked for the request that it is about. */
  self: string;
  requestedBy?: string;
  roles: Roles;
  people: People;
  command: string;
  texts: Texts;
}

export async function refusalAnswer(refusal: Refusal, about: RefusedParts): Promise<string> {
  const { self, requestedBy = self, command, texts } = about;
  const admins = () => holders(about, "admin", []);
  switch (refusal.why) {
    case "standing":
      return texts.refusal.standing[refusal.standing];
    case "needs-role":
      return texts.refusal.needsRole(refusal.role, refusal.to, user(self), command, await admins());
    case "needs-any-role":
      return texts.refusal.needsAnyRole(user(self), command, await admins());
    case "groups-unknown":
      return texts.refusal.groupsUnknown(refusal.role);
    case "restricted": {
      const [only, outside] = [numbersLine(refusal.only, texts), numbersLine(refusal.subMchids, texts)];
      return texts.refusal.restricted(only, outside, user(self), command, await admins());
    }
    case "own-request":
      return texts.refusal.ownRequest(await holders(about, "approver", [self]));
    case "not-your-request":
      return texts.refusal.notYourRequest(user(requestedBy));
    case "break-glass-off":
      return texts.approvals.breakGlassOff;
    case "break-glass-not-yours":
      return texts.approvals.breakGlassNotYours(user(requestedBy));
    case "break-glass-needs-reason":
      return texts.approvals.breakGlassNeedsReason;
    case "approver-unknown":
      return texts.approvals.approverUnknown(user(refusal.approver));
    case "requester-cannot":
      return requesterCannot(refusal.because, about);
    default:
      return refusal satisfies never;
  }
}

/** The requester's role has ended, or covers less: an approver is told how the request is got out of the way. */
async function requesterCannot(because: AskRefusal, about: RefusedParts): Promise<string> {
  const { self, requestedBy = self, command, texts } = about;
  const { refusal } = texts;
  const cannot = (why: string, admins?: string) => refusal.requesterCannot(user(requestedBy), why, command, admins);
  switch (because.why) {
    case "standing":
      return cannot(refusal.requesterNow[because.standing]);
    case "needs-role":
      return cannot(refusal.requesterNow.needsRole, await holders(about, "admin", []));
    case "restricted": {
      const [only, outside] = [numbersLine(because.only, texts), numbersLine(because.subMchids, texts)];
      return cannot(refusal.requesterNow.restricted(only, outside), await holders(about, "admin", []));
    }
    case "groups-unknown":
      return refusal.requesterUnknown(user(requestedBy));
    default:
      return because satisfies never;
  }
}

/** The people and groups that hold a role and are there to help, as a list to read; undefined where there is nobody. */
export async function holders(
  { roles, people, texts }: Pick<RefusedParts, "roles" | "people" | "texts">,
  role: Role,
  except: readonly string[],
): Promise<string | undefined> {
  const holding = (await roles.holders(role)).filter(({ id }) => !except.includes(id)).slice(0, lookedAtMost);
  const areThere = await Promise.all(holding.map(people.isThere));
  const helping = holding.filter((_, i) => areThere[i]).slice(0, namedMost);
  const names = await Promise.all(helping.map(people.name));
  return names.length === 0 ? undefined : names.join(role === "admin" ? texts.refusal.or : texts.list);
}

/**
 * Tells who approves while more approvals are needed what the message does not show: that they had approved before, and
 * whose earlier approvals count no longer. Undefined where the message says it all.
 */
export function countedAnswer(
  kind: "counted" | "counted-before",
  { approvals, approvalsNeeded }: RequestView,
  { self, lapsed }: { self: string; lapsed: readonly Approval[] },
  texts: Texts,
): string | undefined {
  const gone = lapsed.filter(({ by }) => !approvals.some((standing) => standing.by === by));
  if (kind === "counted" && gone.length === 0) return undefined;
  const missing = approvalsNeeded - approvals.length;
  const at = approvals.find(({ by }) => by === self)?.at ?? 0;
  return [
    ...(gone.length > 0 ? [texts.approvals.lapsed(gone.map(({ by }) => user(by)).join(texts.list))] : []),
    kind === "counted" ? texts.approvals.yoursCounts(missing) : texts.approvals.countedBefore(date(at, "ago"), missing),
  ].join(texts.between);
}

/** Tells who presses too late what happened meanwhile, and by whom. */
export function tooLateAnswer(request: RequestView, self: string, texts: Texts): string {
  const { decided, between } = texts;
  const { state, decision } = request;
  const by = decision?.by ?? [];
  const at = decision?.at ?? 0;
  const [people, isOwn, when] = [by.map(user).join(texts.list), by.includes(self), date(at, "ago")];
  switch (state) {
    case "rejected":
      return isOwn ? decided.rejectedByYou(when) : decided.rejected(people, when);
    case "withdrawn":
      return isOwn ? decided.withdrawnByYou(when) : decided.withdrawn(people, when);
    case "expired":
      return decided.expired(when);
    case "pending":
    case "approved":
    case "done": {
      if (decision?.kind === "broke-glass" && !isOwn)
        return [texts.approvals.brokeGlassBefore(people, when), howItGoes(request, texts)].join(between);
      const own = request.approvals.find((approval) => approval.by === self);
      const first = isOwn || own ? decided.approvedByYou(date(own?.at ?? at, "ago")) : decided.approved(people, when);
      return [first, howItGoes(request, texts)].join(between);
    }
    default:
      return state satisfies never;
  }
}

/**
 * Tells who would retry a request what stands in the way: a later one for the same sub-merchant.
 * @param underWay the one that has not ended; undefined once it has
 */
export function supersededAnswer(
  operation: OperationView,
  underWay: HistoryEntry | undefined,
  parts: Pick<ListParts, "texts" | "permalink">,
): string {
  const { undecided, working, ended, gone } = parts.texts.decided.superseded;
  const number = code(operation.subMchid);
  if (!underWay) return (operation.superseded ? ended : gone)(number);
  return (underWay.state === "waiting" ? undecided : working)(number, messageLink(underWay, parts));
}

function howItGoes(request: RequestView, { decided, bulk }: Texts): string {
  const { action, counts, operation } = request;
  if (isBulk(request)) {
    const { open, succeeded } = counts;
    const count = stillIn(request);
    return open > 0
      ? bulk.sentence.working(action, count - open, count)
      : bulk.sentence.ended(action, succeeded, count);
  }
  const number = code(operation.subMchid);
  if (counts.open > 0) return decided.now.working(action, number);
  return counts.succeeded > 0 ? decided.now.done(action, number) : decided.now.failed(action, number);
}
