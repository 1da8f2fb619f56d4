/**
 * Output of `npm run audit`, `npm run move` and `npm run texts`, in English. An event argument holds its number, name,
 * person, time and place.
 */
const compare = "Compare the ledger with an older backup.";

export const audit = {
  usage:
    "npm run audit verifies the audit trail. npm run audit -- --expect HASH also checks that the trail still contains a hash from an earlier audit (64 hexadecimal digits).",
  noLedger: (file: string) => `There is no ledger at ${file}. Check DATABASE_URL.`,
  /** For `--expect` with 64 zeros. */
  expectsNothing:
    "64 zeros represent a trail without sealed events and are part of every trail. Give --expect the newest hash that an earlier audit printed.",
  noTrail:
    "The database in DATABASE_URL has no audit trail. Check the address; the bot creates the trail when it starts.",
  cannotRead: (why: string) => `The audit trail cannot be read (${why}). Fix the cause and run this again.`,
  /** The request that an event belongs to. */
  request: (id: string) => `request ${id}`,
  event: (seq: string, facts: readonly string[]) => `#${seq} (${facts.join(", ")})`,
  intact: (sealed: number, newest: string) =>
    sealed === 0
      ? "The audit trail is intact; no events are sealed yet."
      : `The audit trail is intact: ${sealed} ${sealed === 1 ? "event is" : "events are"} sealed. To use --expect later, store the newest hash elsewhere: ${newest}`,
  tail: (unsealed: number, next: string | undefined) =>
    unsealed === 0 || next === undefined
      ? "No events are waiting to be sealed."
      : `Not sealed yet: the newest ${unsealed === 1 ? "event, " : `${unsealed} events, starting with `}${next}. A running bot seals events within seconds.`,
  changed: (position: number, event: string) =>
    `The audit trail was tampered with: at position ${position}, ${event} does not match its seal. The event or its seal was changed, or another event was inserted or removed just before it. ${compare}`,
  inserted: (position: number, event: string) =>
    `The audit trail was tampered with: at position ${position}, ${event} was inserted. ${compare}`,
  removed: (position: number, seq: number, before: string | undefined) =>
    `The audit trail was tampered with: event #${seq} at position ${position} was removed${before === undefined ? "" : `; the event before it is ${before}`}. ${compare}`,
  sealRemoved: (position: number, before: string | undefined) =>
    `The audit trail was tampered with: the entry at position ${position} was removed${before === undefined ? "" : `; the event before it is ${before}`}. ${compare}`,
  unaccounted: (event: string) =>
    `The audit trail was tampered with: ${event} was inserted, or its seal was removed; it has no seal and is not waiting for one. ${compare}`,
  removedUnsealed: (seq: number) =>
    `The audit trail was tampered with: event #${seq} was removed before it was sealed. ${compare}`,
  notTheChain: (sealed: number, expected: string) =>
    `The audit trail was tampered with: ${expected} is not one of its ${sealed} hashes. The trail was truncated or rewritten, or the hash belongs to another ledger. ${compare}`,
  /** If the trail lacks a hash, and events were pruned. */
  maybePruned: (expected: string) =>
    `${expected} is not one of the trail's hashes. If it is older than RETAIN, its event was pruned: run this again with a newer hash. Otherwise, the trail was truncated or rewritten, or the hash belongs to another ledger. ${compare}`,
  pruned: (count: number) =>
    `${count} of ${count === 1 ? "these events was" : "these events were"} pruned under RETAIN, as checkpoints in the trail confirm.`,
  checkpointDiffers: (event: string) =>
    `The audit trail was tampered with: ${event} does not match the positions that were pruned with it. ${compare}`,
  notPruned: (position: number) =>
    `The audit trail was tampered with: events from position ${position} on were removed, and no checkpoint confirms that they were pruned. ${compare}`,
  compared: (requests: number) =>
    `The ledger matches its audit trail: roles, the merchant directory and ${requests} ${requests === 1 ? "request" : "requests"} were compared.`,
  differs: (differences: number) =>
    `The ledger differs from its audit trail in ${differences} ${differences === 1 ? "place" : "places"}. Someone changed the database by hand, or the bot has a bug. ${compare}`,
  /** Describes one difference in a request, an operation or a grant; undefined for a missing value. */
  difference: (subject: string, field: string, found: string | undefined, expected: string | undefined) =>
    `${subject}: ${field} is ${found ?? "missing"}; according to the audit trail, it should be ${expected ?? "missing"}.`,
  subject: {
    request: (id: string) => `Request ${id}`,
    operation: (id: string) => `Operation ${id}`,
    grant: (id: string) => `Grant ${id}`,
    directory: () => "The merchant directory",
    approval: (id: string) => `Approval ${id}`,
    event: (event: string) => `Event ${event}`,
  },
  signed: "Every event, grant and approval carries a valid MAC under LEDGER_KEY.",
  unsigned: (subject: string) => `${subject}: its MAC under LEDGER_KEY is wrong or missing.`,
  forged: (count: number) =>
    `${count} ${count === 1 ? "MAC is" : "MACs are"} wrong or missing: someone wrote to the database without the bot's secrets. ${compare}`,
  notSigned: "The ledger is not signed: there are no MACs to verify.",
  /** The ledger is signed, and LEDGER_KEY is not set. */
  needsKey:
    "LEDGER_KEY is not set, and the ledger is signed: unless the MACs are verified, forged events, grants and approvals cannot be distinguished from real ones. Set LEDGER_KEY to the ledger's key and run this again.",
  /** The columns and facts that can differ, as the database names them. */
  fields: {
    action: "action",
    object: "object",
    scene: "scene",
    requested_by: "requested_by",
    requested_at: "requested_at",
    state: "state",
    decided_by: "decided_by",
    decided_at: "decided_at",
    decision_reason: "decision_reason",
    stopped_by: "stopped_by",
    stopped_at: "stopped_at",
    broke_glass: "broke_glass",
    round: "round",
    total: "total",
    open: "open",
    succeeded: "succeeded",
    failed: "failed",
    uncertain: "uncertain",
    cancelled: "cancelled",
    retried: "retried",
    approvals_needed: "approvals_needed",
    reason: "reason",
    decisions: "decisions",
    sub_mchid: "sub_mchid",
    left_out_by: "left_out_by",
    topic: "topic",
    terms: "terms",
    expires_at: "expires_at",
    attempt: "attempt",
    left_out: "left_out",
    entries: "entries",
    digest: "digest",
    imported_by: "imported_by",
    imported_at: "imported_at",
    "approval of": "approval of",
  },
  sha256: " (SHA-256)",
};

export const ledgerKey = {
  usage:
    "npm run ledger-key -- enable signs the ledger with LEDGER_KEY. npm run ledger-key -- change replaces the key in LEDGER_KEY_OLD with the one in LEDGER_KEY. npm run ledger-key -- disable removes the MACs made with LEDGER_KEY. Stop every instance of the bot first.",
  needsKey: (variable: string) => `Set ${variable} (at least 32 bytes), or ${variable}_FILE, and run this again.`,
  noLedger: (file: string) => `There is no ledger at ${file}. Check DATABASE_URL.`,
  /** @param why a sentence */
  cannotOpen: (why: string) => `${why} The key was not changed.`,
  /** Someone else uses the ledger. */
  usedBy: {
    program:
      "Another program has the ledger open. Stop every instance of the bot and every other program that reads the ledger, then run this again.",
    session:
      "Another program is connected to the ledger. Stop every instance of the bot and every other command that uses the ledger, then run this again. If nothing uses it any more, a pooler still has the session of an older version: close it (PgBouncer: RECONNECT in its admin console).",
    instance: (seconds: number) =>
      `An instance of the bot is using the ledger, or stopped unexpectedly a moment ago. Stop every instance, wait ${seconds} s, and run this again.`,
  },
  sameAlready: "LEDGER_KEY is the ledger's key already. Nothing was changed.",
  changedAlready:
    "LEDGER_KEY is the ledger's key already. Nothing was changed. If it is the key to be replaced, exchange LEDGER_KEY and LEDGER_KEY_OLD.",
  enabledAlready: "The ledger already has a key. To replace it: npm run ledger-key -- change",
  notEnabled: "The ledger has no key. To enable one: npm run ledger-key -- enable",
  otherKey: (variable: string) => `${variable} is not the ledger's key. Nothing was changed.`,
  differs: "The ledger does not match its audit trail. Run npm run audit to see where; nothing was changed.",
  failed: (why: string) => `The ledger's key was not changed (${why}).`,
  enabled: "Events, grants and approvals now carry MACs. Keep LEDGER_KEY in the bot's settings and start the bot.",
  changed: "All MACs now use the new key. Remove LEDGER_KEY_OLD and start the bot.",
  disabled: "The MACs were removed. Remove LEDGER_KEY from the bot's settings and start the bot.",
};

export const move = {
  usage: [
    "npm run move -- FROM TO",
    "moves the ledger and its grants from one database to another. Write both addresses like DATABASE_URL:",
    "sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE. In a password, write @ : / ? # as %40 %3A %2F %3F %23.",
    "Stop every instance of the bot first.",
  ],
  moving: (from: string, to: string) =>
    `Moving the ledger from ${from} to ${to}. This takes about a minute for every 100,000 operations.`,
  table: "table",
  rows: "rows",
  moved: (database: string) =>
    `Everything is now in ${database}; every row was verified. Set DATABASE_URL to this address and start the bot.`,
  thereAlready: (database: string) =>
    `Everything is already in ${database}; every row was verified and nothing was written. Set DATABASE_URL to this address and start the bot.`,
  same: "Both addresses name the same database. Give the target database as the second address. Nothing was moved.",
  /** @param why a sentence */
  cannotOpen: (why: string) => `${why} Nothing was moved.`,
  nothingToMove: (database: string) => `${database} contains no ledger. Check the first address. Nothing was moved.`,
  /** Someone else uses the source. */
  usedBy: {
    program: (database: string) =>
      `Another program has ${database} open. Stop every instance of the bot and every other program that reads the ledger, then run this again. Nothing was moved.`,
    session: (database: string) =>
      `Another program is connected to ${database}. Stop every instance of the bot and every other command that uses the ledger, then run this again. If nothing uses it any more, a pooler still has the session of an older version: close it (PgBouncer: RECONNECT in its admin console). Nothing was moved.`,
    instance: (database: string, seconds: number) =>
      `An instance of the bot is using ${database}, or stopped unexpectedly a moment ago. Stop every instance, wait ${seconds} s, and run this again. Nothing was moved.`,
  },
  otherData: (database: string, table: string) =>
    `${database} contains data that differs from the source, first in the table ${table}. It may be the ledger of another bot, or this ledger if it was moved earlier and has been used since. To move into it anyway, empty it first. Nothing was moved.`,
  failed: (why: string) => `The move failed (${why}). The target is unchanged; fix the cause and run this again.`,
};

export const proofreading = {
  usage: "Specify the language to print: npm run texts -- en, or npm run texts -- zh-CN.",
  /** Where people read the texts; the headings of the list. */
  screens: {
    request: "The request's message",
    dialogs: "Buttons and their questions",
    thread: "The request's thread, and its files",
    guidance: "What each outcome means",
    forms: "Forms",
    refusals: "Private answers: refused",
    answers: "Private answers: other",
    usage: "Private answers: a mistyped command",
    directMessages: "Direct messages",
    help: "Help",
    lists: "Status, history and pending requests",
    roles: "Roles",
    home: "App Home",
    app: "The Slack app's manifest",
    trail: "The audit trail",
    words: "Words to type, and punctuation",
    start: "Start-up errors",
    terminal: "Terminal commands",
  },
};

export const output = {
  unwritable: (why: string) =>
    `The output could not be written (${why}), and the command ended there. Check the disk or the program that reads the output, and run this again.`,
};
