/** Statements that a connection to PostgreSQL prepares because it runs them often: the server parses them only once. */
import { hash } from "node:crypto";
import type { ClientBase } from "pg";

/**
 * A connection prepares a statement once it has run this often on it, so that rare ones take no memory of the server.
 */
const runsMin = 5;
/** How many statements a connection prepares at most; the server keeps a plan for each. */
const preparedMax = 200;
/** How many statements a connection counts at most. */
const countedMax = 1_000;

/** Names the statements of one connection. */
export interface StatementNames {
  /** The name under which to run a statement; undefined if it is not prepared. */
  nameOf(sql: string): string | undefined;
}

export function createStatementNames(): StatementNames {
  const runs = new Map<string, number>();
  const names = new Map<string, string>();
  return {
    nameOf(sql) {
      const name = names.get(sql);
      if (name !== undefined) return name;
      if (names.size >= preparedMax || !keepsItsColumns(sql)) return undefined;
      const count = (runs.get(sql) ?? 0) + 1;
      if (count < runsMin) {
        if (runs.has(sql) || runs.size < countedMax) runs.set(sql, count);
        return undefined;
      }
      runs.delete(sql);
      // Derived from the statement's text, so that a session swapped by a pooler never has a different statement under
      // this name.
      const next = `receipts_${hash("sha256", sql, "base64url").slice(0, 22)}`;
      names.set(sql, next);
      return next;
    },
  };
}

/**
 * Whether a statement returns the same columns whatever a migration adds. PostgreSQL refuses a prepared one that does
 * not ("cached plan must not change result type"), and an instance of a later version migrates while this one runs.
 */
function keepsItsColumns(sql: string): boolean {
  return /^\s*(select|with|insert|update|delete)\b/i.test(sql) && !/(\bselect |\breturning |[\w"]\.|, )\*/.test(sql);
}

/**
 * Whether the client is connected to the server itself: a pooler has other process ids, and moves clients to other
 * sessions.
 */
export function isDirect(client: ClientBase, backendPid: number): boolean {
  return "processID" in client && client.processID === backendPid;
}
