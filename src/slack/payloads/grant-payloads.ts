/** Clicks that grant or revoke a role in App Home, parsed into the equivalent command. */
import { z } from "zod";
import { roles } from "../../domain/policy.ts";
import type { RoleCommand } from "../../parsing/command/roles.ts";
import { homeIds } from "./ids.ts";

/** The person who clicked. */
export const presser = z.object({ id: z.string().min(1) });
/** Identifies the click; empty if Slack gives none. */
export const trigger = z.string().default("");
const role = z.enum(roles);

/** The value of the buttons next to grants: `user:U1:approver`. */
const holderAndRole = z
  .string()
  .transform((value) => value.split(":"))
  .pipe(z.tuple([z.enum(["user", "group"]), z.string().regex(/^\w{1,64}$/), role]))
  .transform(([kind, id, role]) => ({ holder: { kind, id }, role }));

/** What is chosen in the home when Grant is clicked; either may be missing. */
const grantChoice = z.object({
  [homeIds.person]: z.object({ selected_user: z.string().nullish() }).optional(),
  [homeIds.role]: z.object({ selected_option: z.object({ value: role }).nullish() }).optional(),
});

export const revokeClick = z
  .object({
    user: presser,
    trigger_id: trigger,
    actions: z.tuple([z.object({ action_id: z.literal(homeIds.revoke), value: holderAndRole })]),
  })
  .transform(({ actions: [{ value }], ...click }) => grantClick(click, { kind: "revoke", ...value }));

export const giveClick = z
  .object({
    user: presser,
    trigger_id: trigger,
    actions: z.tuple([z.object({ action_id: z.literal(homeIds.grant) })]),
    view: z.object({ state: z.object({ values: z.object({ [homeIds.grant]: grantChoice.optional() }) }) }),
  })
  .transform(({ view, ...click }) => {
    const chosen = view.state.values[homeIds.grant];
    const id = chosen?.[homeIds.person]?.selected_user;
    const role = chosen?.[homeIds.role]?.selected_option?.value;
    if (!id || !role) return grantClick(click, undefined);
    return grantClick(click, { kind: "grant", holder: { kind: "user", id }, role, forMs: undefined, only: undefined });
  });

type GrantOrRevoke = Exclude<RoleCommand, { kind: "roles" }>;

/** A click that grants or revokes a role; `change` is undefined if a choice is missing. */
export interface GrantClick {
  kind: "grant";
  user: { id: string };
  trigger_id: string;
  /** A home does not belong to a channel. */
  container: undefined;
  change: GrantOrRevoke | undefined;
}

function grantClick(
  { user, trigger_id }: Pick<GrantClick, "user" | "trigger_id">,
  change: GrantOrRevoke | undefined,
): GrantClick {
  return { kind: "grant", user, trigger_id, container: undefined, change };
}
