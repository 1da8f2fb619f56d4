/** The roles that the people of the demo hold, as the ledger has them. */
import { holderAndRole, namespaces } from "../../domain/grant.ts";
import type { Role } from "../../domain/policy.ts";
import type { State } from "../slack/state.ts";
import type { LedgerView } from "./ledger/ledger-view.ts";

/** @param admins RECEIPT_ADMINS */
export async function rolesOf(
  ledger: LedgerView,
  { groups }: State,
  admins: string,
  now: number,
): Promise<Map<string, Role[]>> {
  const roles = new Map<string, Set<Role>>();
  const give = (person: string, role: Role): void => {
    roles.set(person, (roles.get(person) ?? new Set()).add(role));
  };
  for (const admin of admins.split(",")) give(admin.trim(), "admin");
  for (const { key } of await ledger.rows("select key from keyv where expires_at is null or expires_at > ?", now)) {
    for (const kind of ["user", "group"] as const) {
      const prefix = `${namespaces[kind]}:`;
      if (!String(key).startsWith(prefix)) continue;
      const [{ id }, role] = holderAndRole(kind, String(key).slice(prefix.length));
      for (const person of kind === "user" ? [id] : (groups.get(id)?.users ?? [])) give(person, role);
    }
  }
  const order: readonly Role[] = ["requester", "approver", "admin"];
  return new Map([...roles].map(([person, held]) => [person, order.filter((role) => held.has(role))]));
}
