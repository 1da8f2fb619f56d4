/** The message for a person who was refused: the reason, and who or what can help. */
import type { Refusal, RequestRefusal, Role } from "../../domain/policy.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { Roles } from "../../ledger/roles.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { RoleButton } from "../../text/en/roles.ts";
import type { People } from "../api/people.ts";
import { numbersLine } from "../blocks/grant-lines.ts";
import { user } from "../blocks/mrkdwn.ts";

/** Maximum people and groups that a message names as able to help. */
const namedMax = 5;
/** Maximum holders whose standing is looked up in Slack, so that only people who can help now are named. */
const checkedMax = 10;

/** The refused person, and everything that the message may have to name. */
export interface RefusedParts {
  /** The refused person's user ID. */
  self: string;
  /** The request that the refusal is about. */
  request?: Pick<RequestView, "requestedBy" | "state">;
  /** The button that was clicked, by its name in the audit. */
  button?: string;
  roles: Roles;
  people: People;
  command: string;
  texts: Texts;
}

export async function refusalMessage(refusal: Refusal, about: RefusedParts): Promise<string> {
  const { self, request, button, command, texts } = about;
  const { requestedBy = self } = request ?? {};
  const admins = () => holders(about, "admin", []);
  switch (refusal.why) {
    case "standing":
      return texts.refusal.standing[refusal.standing];
    case "needs-role":
      return texts.refusal.needsRole(
        refusal.role,
        refusal.to ?? roleButton(button),
        user(self),
        command,
        await admins(),
      );
    case "needs-any-role":
      return texts.refusal.needsAnyRole(user(self), command, await admins());
    case "groups-unknown":
      return texts.refusal.groupsUnknown(refusal.role);
    case "restricted": {
      const [only, outside] = [numbersLine(refusal.only, texts), numbersLine(refusal.subMchids, texts)];
      return texts.refusal.restricted(only, outside, user(self), command, await admins());
    }
    case "own-request": {
      const others = texts.refusal.ownRequest(await holders(about, "approver", [self]));
      return request?.state === "pending" ? [others, texts.refusal.withdrawOwn].join(texts.between) : others;
    }
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

/** The buttons whose refusal says what the role is needed for; the others decide on requests, or submit them. */
const roleButtons: readonly RoleButton[] = ["leave-out", "break-glass", "carry-out", "cancel-held", "retry", "stop"];

function roleButton(name: string | undefined): RoleButton | undefined {
  return roleButtons.find((button) => button === name);
}

/** The requester's role has ended or covers less. The message tells an approver what to do with the request. */
async function requesterCannot(because: RequestRefusal, about: RefusedParts): Promise<string> {
  const { self, command, texts } = about;
  const { requestedBy = self } = about.request ?? {};
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

/** The people and groups that hold a role and can help now, as a readable list; undefined if there is nobody. */
export async function holders(
  { roles, people, texts }: Pick<RefusedParts, "roles" | "people" | "texts">,
  role: Role,
  except: readonly string[],
): Promise<string | undefined> {
  const holding = (await roles.holders(role)).filter(({ id }) => !except.includes(id)).slice(0, checkedMax);
  const areThere = await Promise.all(holding.map(people.isThere));
  const helping = holding.filter((_, i) => areThere[i]).slice(0, namedMax);
  const names = await Promise.all(helping.map(people.name));
  return names.length === 0 ? undefined : names.join(role === "admin" ? texts.refusal.or : texts.list);
}
