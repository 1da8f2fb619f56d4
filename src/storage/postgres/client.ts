/** A client of PostgreSQL as Kysely uses it: fewer round trips, and clear answers when its connection is lost. */
import type { PostgresPoolClient, PostgresQueryResult } from "kysely";
import type { PoolClient, QueryResult } from "pg";
import type { StoreMetrics } from "../../domain/telemetry/metrics.ts";
import { CommitUncertain, damageOf, isRolledBack, type StoreAway } from "../store-errors.ts";
import type { StatementNames } from "./prepared-statements.ts";
import { beginStatement } from "./session-settings.ts";

export interface SupervisedNeeds {
  /** Undefined if the client must not prepare statements. */
  names: StatementNames | undefined;
  lost(error: unknown): StoreAway;
  isPatient: boolean;
  metrics: StoreMetrics | undefined;
}

/** A pool's client that is discarded once it is unusable, and that reports a lost commit. */
export function supervised(
  client: PoolClient,
  { names, lost, isPatient, metrics }: SupervisedNeeds,
): PostgresPoolClient {
  let isLost = false;
  /** A transaction begins on its way to the first statement, in the same round trip. */
  let isBeginning = false;
  const begin = beginStatement({ isPatient, isPooled: names === undefined });

  /** Sends a statement, after `begin` if the transaction has not begun. */
  async function send(sql: string, parameters: readonly unknown[]): Promise<QueryResult> {
    const begun = isBeginning ? client.query(begin) : undefined;
    isBeginning = false;
    const answer = client.query({ name: names?.nameOf(sql), text: sql, values: [...parameters] });
    if (begun) await Promise.all([begun, answer]);
    return answer;
  }

  async function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    // The transaction ended with its connection.
    if (isLost && sql === "rollback") return nothingSent("ROLLBACK");
    if (sql === "begin" || (isBeginning && /^(commit|rollback)$/.test(sql))) {
      isBeginning = sql === "begin";
      return nothingSent(sql === "commit" ? "COMMIT" : "ROLLBACK");
    }
    const from = performance.now();
    const measure = (result: "committed" | "failed" | "unsure") => {
      const ms = performance.now() - from;
      if (sql === "commit") metrics?.ledgerCommit(result, ms);
      else metrics?.ledgerStatement(ms);
    };
    try {
      const answer = (await send(sql, parameters)) as unknown as PostgresQueryResult<R>;
      measure("committed");
      return answer;
    } catch (error) {
      const damage = damageOf(error);
      const isKnown = damage === "statement" || (sql === "commit" && isRolledBack(error));
      measure(isKnown ? "failed" : "unsure");
      if (isKnown || (damage === "transaction" && sql !== "commit")) throw error;
      isLost = true;
      const away = lost(error);
      throw sql === "commit" ? new CommitUncertain(error) : away;
    }
  }

  return {
    query: query as PostgresPoolClient["query"],
    release: () => client.release(isLost),
  };
}

function nothingSent(command: "COMMIT" | "ROLLBACK"): PostgresQueryResult<never> {
  return { command, rowCount: 0, rows: [] };
}
