/** What the demo's page shows beside the local Slack, read from the ledger and observed at the two servers. */
import type { Playground } from "../playground.ts";
import { openLedgerView } from "./ledger-view.ts";
import { rolesOf } from "./roles.ts";

export type Lab = ReturnType<typeof openLab>;

/** How often the ledger is asked whether the bot has committed something, in milliseconds. */
const lookEveryMs = 200;

/**
 * Extends the page of a playground whose bot has a ledger on SQLite.
 * @param ready resolves once the bot has started
 */
export function openLab({ slack, environment }: Playground, ready: Promise<unknown>) {
  const ledger = openLedgerView(environment["DATABASE_URL"] ?? "", ready);
  const admins = environment["RECEIPT_ADMINS"] ?? "";
  slack.extendPage({ roles: () => rolesOf(ledger, slack.state, admins, slack.state.clock.now()) });

  let seen = 0;
  const looking = setInterval(() => {
    const version = ledger.version();
    if (version !== seen) slack.state.changed();
    seen = version;
  }, lookEveryMs);
  looking.unref();

  return {
    close(): void {
      clearInterval(looking);
      ledger.close();
    },
  };
}
