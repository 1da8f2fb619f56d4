/** What the bot answers to one person alone: refusals with the next step, and how a request that was too late ended. */
import type { CommandProblem, Verb } from "../receipt/command.ts";
import type { Refusal, Role } from "../receipt/policy.ts";
import type { RequestView } from "../receipt/request-view.ts";
import type { Roles } from "../receipt/roles.ts";
import { subMchidMost } from "../receipt/sub-mchid.ts";
import type { Texts } from "../text/en.ts";
import { code, date, foreign, user } from "./mrkdwn.ts";

/** At most this many people are named as those who can help. */
const namedMost = 5;

/** An example of each command that works when it is pasted. */
function example(verb: Verb, command: string): string {
  const rest: Record<Verb, string> = {
    open: " 1900000109",
    close: " 1900000109",
    grant: " @name approver",
    revoke: " @name approver",
    roles: "",
    help: "",
  };
  return `${command} ${verb}${rest[verb]}`;
}

export function problemAnswer(wrong: CommandProblem, command: string, { problem }: Texts): string {
  switch (wrong.problem) {
    case "unknown-verb":
      return problem.unknownVerb(foreign(wrong.verb), command);
    case "no-verb":
      return problem.noVerb(wrong.subMchid, command);
    case "no-number":
      return problem.noNumber(example(wrong.verb, command));
    case "not-digits": {
      const pattern = example(wrong.verb, command);
      if (!wrong.wrong) return problem.notDigits(foreign(wrong.text), pattern);
      const { character, place } = wrong.wrong;
      const name = /\p{L}/u.test(character) ? problem.letter(character) : problem.sign(foreign(character));
      return problem.wrongCharacter(foreign(wrong.text), name, place, pattern);
    }
    case "too-long":
      return problem.tooLong(wrong.digits, subMchidMost, example(wrong.verb, command));
    case "several-numbers":
      return problem.severalNumbers(foreign(wrong.text), example(wrong.verb, command));
    case "second-number":
      return problem.secondNumber(wrong.first, wrong.second, wrong.verb, command);
    case "reason-too-long":
      return problem.reasonTooLong(wrong.length, wrong.most, example("open", command));
    case "no-person":
      return problem.noPerson(example(wrong.verb, command));
    case "not-a-person":
      return problem.notAPerson(foreign(wrong.text), example(wrong.verb, command));
    case "no-role":
      return problem.noRole(example(wrong.verb, command));
    case "unknown-role":
      return problem.unknownRole(foreign(wrong.text), example(wrong.verb, command));
    case "too-much":
      return problem.tooMuch(foreign(wrong.text), example(wrong.verb, command));
    default:
      return wrong satisfies never;
  }
}

export async function refusalAnswer(
  refusal: Refusal,
  about: { self: string; requestedBy?: string; roles: Roles; command: string; texts: Texts },
): Promise<string> {
  const { self, requestedBy, roles, command, texts } = about;
  switch (refusal.why) {
    case "standing":
      return texts.refusal.standing[refusal.standing];
    case "needs-role":
      return texts.refusal.needsRole(refusal.role, user(self), command, await holders(roles, "admin", texts, []));
    case "own-request":
      return texts.refusal.ownRequest(await holders(roles, "approver", texts, [self]));
    case "not-your-request":
      return texts.refusal.notYourRequest(user(requestedBy ?? self));
    default:
      return refusal satisfies never;
  }
}

/** The people who hold a role, as a list to read; undefined where there is nobody. */
export async function holders(
  roles: Roles,
  role: Role,
  texts: Texts,
  except: readonly string[],
): Promise<string | undefined> {
  const people = (await roles.holders(role)).filter((id) => !except.includes(id)).slice(0, namedMost);
  return people.length === 0 ? undefined : people.map(user).join(role === "admin" ? texts.refusal.or : texts.list);
}

/** Tells who presses too late what happened meanwhile, and by whom. */
export function tooLateAnswer(request: RequestView, self: string, { decided, between }: Texts): string {
  const { state, decidedBy = "", decidedAt = 0, action, operation } = request;
  const when = date(decidedAt, "ago");
  const number = code(operation.subMchid);
  switch (state) {
    case "rejected":
      return decidedBy === self ? decided.rejectedByYou(when) : decided.rejected(user(decidedBy), when);
    case "withdrawn":
      return decidedBy === self ? decided.withdrawnByYou(when) : decided.withdrawn(user(decidedBy), when);
    case "expired":
      return decided.expired(when);
    case "pending":
    case "approved":
    case "done": {
      const first = decidedBy === self ? decided.approvedByYou(when) : decided.approved(user(decidedBy), when);
      const now = { succeeded: decided.now.done, failed: decided.now.failed }[
        operation.state as "succeeded" | "failed"
      ];
      return [first, (now ?? decided.now.working)(action, number)].join(between);
    }
    default:
      return state satisfies never;
  }
}
