/** What somebody is told who may not do what they want: why, and who or what helps. */
import type { Refusal, RequestRefusal, Role } from "../../domain/policy.ts";
import type { Roles } from "../../ledger/roles.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { People } from "../api/people.ts";
import { numbersLine } from "../blocks/grant-lines.ts";
import { user } from "../blocks/mrkdwn.ts";

/** At most this many people and groups are named as those who can help. */
const namedMax = 5;
/** Of so many is looked whether they are still there to help. */
const lookedAtMax = 10;

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
async function requesterCannot(because: RequestRefusal, about: RefusedParts): Promise<string> {
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
  const holding = (await roles.holders(role)).filter(({ id }) => !except.includes(id)).slice(0, lookedAtMax);
  const areThere = await Promise.all(holding.map(people.isThere));
  const helping = holding.filter((_, i) => areThere[i]).slice(0, namedMax);
  const names = await Promise.all(helping.map(people.name));
  return names.length === 0 ? undefined : names.join(role === "admin" ? texts.refusal.or : texts.list);
}
