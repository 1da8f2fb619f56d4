/** What `npm run audit` and `npm run move` print, in English. An event is given as its number, name, person, time and place. */
const backup = "Compare the ledger with a backup that is older.";

export const audit = {
  usage:
    "npm run audit verifies the audit trail. npm run audit -- --expect HASH also checks that a hash which an earlier audit printed, 64 hexadecimal digits, still stands in it.",
  noTrail:
    "The database of DATABASE_URL holds no audit trail. Check the address; the bot makes the trail when it starts.",
  cannotRead: (why: string) => `The audit trail cannot be read (${why}). Mend that, and run this again.`,
  /** Where a person's deed or the bot's own belongs to a request. */
  request: (id: string) => `request ${id}`,
  intact: (sealed: number, newest: string) =>
    sealed === 0
      ? "The audit trail is intact, and nothing of it is sealed yet."
      : `The audit trail is intact: ${sealed} ${sealed === 1 ? "event is" : "events are"} sealed. Keep the newest hash elsewhere, for --expect: ${newest}`,
  tail: (unsealed: number, next: string | undefined) =>
    unsealed === 0 || next === undefined
      ? "Nothing waits to be sealed."
      : `Not sealed yet: ${unsealed} of the newest events, the first of them ${next}. A running bot seals them within seconds.`,
  changed: (position: number, event: string) =>
    `The audit trail was tampered with: at position ${position}, ${event} does not fit its seal. It or its seal was changed, or another was put in or taken out just before it. ${backup}`,
  inserted: (position: number, event: string) =>
    `The audit trail was tampered with: at position ${position}, ${event} was put in. ${backup}`,
  removed: (position: number, seq: number, before: string | undefined) =>
    `The audit trail was tampered with: the event #${seq}, at position ${position}, was removed${before === undefined ? "" : `; before it stands ${before}`}. ${backup}`,
  sealRemoved: (position: number, before: string | undefined) =>
    `The audit trail was tampered with: what stood at position ${position} was removed${before === undefined ? "" : `; before it stands ${before}`}. ${backup}`,
  unaccounted: (event: string) =>
    `The audit trail was tampered with: ${event} was put in, or its seal was removed; it neither has a seal nor waits for one. ${backup}`,
  removedUnsealed: (seq: number) =>
    `The audit trail was tampered with: the event #${seq}, which was not sealed yet, was removed. ${backup}`,
  notTheChain: (sealed: number, expected: string) =>
    `The audit trail was tampered with: ${expected} is none of its ${sealed} hashes, so it was cut short or written anew, or the hash is another ledger's. ${backup}`,
};

export const move = {
  usage: [
    "npm run move -- FROM TO",
    "carries the ledger with its grants from one database to another. Both are written like DATABASE_URL:",
    "sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE, with @ : / ? # in a password as %40 %3A %2F %3F %23.",
    "Stop every instance of the bot first.",
  ],
  moving: (from: string, to: string) =>
    `Moving the ledger from ${from} to ${to}. This takes about a minute for every 100,000 operations.`,
  table: "table",
  rows: "rows",
  moved: (database: string) =>
    `Everything is in ${database}, and every row was compared. Set DATABASE_URL to it and start the bot.`,
  thereAlready: (database: string) =>
    `Everything is in ${database} already; every row was compared and nothing was written. Set DATABASE_URL to it and start the bot.`,
  same: "Both addresses are the same. Name the database to move to second. Nothing was moved.",
  cannotOpen: (database: string, why: string) =>
    `${database} cannot be opened (${why}). Check the address, and that it may be written to. Nothing was moved.`,
  nothingToMove: (database: string) => `${database} holds no ledger. Check the first address. Nothing was moved.`,
  openElsewhere: (database: string) =>
    `Another program has ${database} open. Stop every instance of the bot, and whatever else reads the ledger; then run this again. Nothing was moved.`,
  holdsLeases: (database: string, seconds: number) =>
    `An instance of the bot works on ${database}, or died a moment ago. Stop every instance, wait ${seconds} s, and run this again. Nothing was moved.`,
  otherData: (database: string, table: string) =>
    `${database} holds something else than the source, first in the table ${table}. It may be the ledger of another bot, or this one, moved before and used since. To move into it all the same, empty it first. Nothing was moved.`,
  failed: (why: string) => `The move failed (${why}). The target is as it was; run this again once that is mended.`,
};
