/** Opens the view of a ledger on either engine. */
import type { LedgerView } from "./ledger-view.ts";
import { openPostgresView } from "./postgres-view.ts";
import { openSqliteView } from "./sqlite-view.ts";

/** Whether DATABASE_URL names a PostgreSQL database. */
export function isPostgres(url: string): boolean {
  return /^postgres(?:ql)?:/.test(url);
}

/**
 * @param url as in DATABASE_URL
 * @param ready resolves once the bot has created the ledger
 */
export function openLedgerView(url: string, ready: Promise<unknown>): LedgerView {
  let isReady = false;
  ready.then(
    () => {
      isReady = true;
    },
    // The caller that starts the bot reports a failed start.
    () => undefined,
  );
  const open = isPostgres(url) ? openPostgresView : openSqliteView;
  const view = open(url, () => isReady);
  return {
    ...view,
    async close() {
      isReady = false;
      await view.close();
    },
  };
}
