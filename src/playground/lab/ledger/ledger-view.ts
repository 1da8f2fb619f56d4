/** The demo's ledger, read only. The bot is a process of its own; nothing here writes. */

export type Row = Readonly<Record<string, unknown>>;
export type Value = string | number;

export type LedgerView = {
  /** The rows of a query with a value for each `?`; none as long as the bot has not created the ledger. */
  rows(sql: string, ...values: readonly Value[]): Promise<readonly Row[]>;
  /** Differs after each commit of the bot. */
  version(): Promise<string>;
  /** Copies the ledger in one consistent state. */
  copy(): Promise<LedgerCopy>;
  close(): Promise<void>;
};

/** A copy of the ledger that nobody guards. */
export type LedgerCopy = {
  /** For the bot's DATABASE_URL. */
  readonly url: string;
  /** Runs a statement on it. */
  change(sql: string): Promise<void>;
  remove(): Promise<void>;
};
