/**
 * What a session has to have for the bot's transactions to mean what the code expects, whatever the server, the
 * database or the role sets by default.
 */
import type { ClientBase } from "pg";

/** If an instance vanishes during a transaction, its locks are released after this time, in milliseconds. */
const idleInTransactionMs = 10_000;

/**
 * What is recorded has to survive a crash of the server. `remote_apply` does so, too; the other values wait for less
 * than `on` does.
 */
const isNotDurable = "current_setting('synchronous_commit') not in ('on', 'remote_apply')";
/** As a replica, a session runs no triggers, so that events could be changed. Only an administrator may set this. */
const isWithoutTriggers = "current_setting('session_replication_role') = 'replica'";

/**
 * Set once connected: a pooler such as PgBouncer refuses them among the parameters that begin a session. A lock and a
 * whole transaction may take as long as their statements. `transaction_timeout` is from PostgreSQL 17.
 * @param statementMs 0 for no limit
 * @returns the process id of the session at the server
 * @throws 42501 if triggers are off and this user may not turn them on
 */
export async function setSession(client: ClientBase, statementMs: number): Promise<number> {
  const { rows } = await client.query<{ pid: number }>(
    `select set_config('statement_timeout', $1::text, false),
      set_config('idle_in_transaction_session_timeout', $2::text, false),
      set_config('lock_timeout', '0', false),
      case when current_setting('transaction_timeout', true) is not null
        then set_config('transaction_timeout', '0', false) end,
      set_config('default_transaction_isolation', 'read committed', false),
      case when ${isNotDurable} then set_config('synchronous_commit', 'on', false) end,
      case when ${isWithoutTriggers} then set_config('session_replication_role', 'origin', false) end,
      pg_backend_pid() as pid`,
    [String(statementMs), String(idleInTransactionMs)],
  );
  return rows[0]?.pid ?? Number.NaN;
}

/**
 * Begins a transaction. Through a pooler, it may get a session in which another instance has set its own limits, or
 * nothing was set.
 */
export function beginStatement({ isPatient, isPooled }: { isPatient: boolean; isPooled: boolean }): string {
  const statements = ["begin isolation level read committed"];
  if (isPatient) statements.push("set local statement_timeout = 0", "set local lock_timeout = 0");
  if (isPooled)
    statements.push(`select case when ${isNotDurable} then set_config('synchronous_commit', 'on', true) end,
      case when ${isWithoutTriggers} then set_config('session_replication_role', 'origin', true) end`);
  return statements.join("; ");
}
