/** What `npm run move` says in the terminal, in English. */
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
