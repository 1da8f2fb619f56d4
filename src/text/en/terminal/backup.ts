/** Output of `npm run backup` and `npm run restore`, in English. */

export const backup = {
  usage:
    "npm run backup -- FILE copies the ledger in DATABASE_URL to a new file and verifies the copy. The bot can keep running.",
  postgres: "DATABASE_URL names a PostgreSQL database. Back it up with PostgreSQL's own tools, such as pg_dump.",
  noLedger: (file: string) => `There is no ledger at ${file}. Check DATABASE_URL. Nothing was backed up.`,
  exists: (file: string) =>
    `${file} already exists, or a file that SQLite keeps next to it (-wal, -shm or -journal). Nothing was changed. Specify a new file.`,
  sideFile: (file: string) =>
    `${file} has the name of a file that SQLite keeps for the database beside it. Nothing was changed. Specify another name.`,
  /** @param why a sentence */
  cannotOpen: (why: string) => `${why} Nothing was backed up.`,
  unwritable: (file: string, why: string) =>
    `The backup cannot be written to ${file} (${why}). Check that its folder exists and is writable. Nothing was backed up.`,
  damaged: (why: string) =>
    `The copy is damaged, and the ledger probably is too (${why}). No backup was kept: keep the earlier ones, and check the disk.`,
  failed: (why: string) => `The ledger could not be backed up (${why}). Nothing was kept.`,
  done: (file: string, bytes: number, sealed: number, newest: string) =>
    `The backup is in ${file} (${bytes} bytes). It passes SQLite's integrity check, and its audit trail is intact: ${sealed} ${sealed === 1 ? "event is" : "events are"} sealed${sealed === 0 ? "." : `, the newest hash is ${newest}`}`,
  notIntact: (file: string) =>
    `The backup is in ${file}, but its audit trail is not intact. Run npm run audit, and keep the earlier backups.`,
  noTrail: (file: string) =>
    `The copy in ${file} contains no audit trail: the bot has never run on this database. Check DATABASE_URL.`,
  notNoted: (why: string) => `The bot's metrics do not show this backup (${why}). The backup itself is not affected.`,
  unverified: (file: string, why: string) => `The backup is in ${file}, but it could not be verified: ${why}`,
};

export const restore = {
  usage:
    "npm run restore -- FILE replaces the ledger in DATABASE_URL with a backup. Stop every instance of the bot first.",
  postgres:
    "DATABASE_URL names a PostgreSQL database. Restore it with PostgreSQL's own tools. At its next start, the bot puts earlier approvals on hold if the backup is older than STALE_AFTER; after a newer backup, start it with STALE_AFTER=1m.",
  sameFile: "The backup and the ledger in DATABASE_URL are the same file. Nothing was changed.",
  noBackup: (file: string) => `There is no backup at ${file}. Nothing was changed.`,
  unreadable: (file: string, why: string) =>
    `The backup ${file} cannot be read (${why}). Check the path and its permissions. Nothing was changed.`,
  noTrail: (file: string) => `${file} is not a ledger of this bot. Nothing was changed.`,
  damaged: (file: string, why: string) =>
    `The backup in ${file} is damaged (${why}). Use an earlier one. Nothing was changed.`,
  notIntact: (file: string) =>
    `The audit trail of the backup in ${file} is not intact. Use an earlier one; npm run audit shows what is wrong. Nothing was changed.`,
  inUse: (file: string) =>
    `Another program has ${file} open. Stop every instance of the bot and every other program that reads the ledger, then run this again. Nothing was changed.`,
  /** @param why a sentence */
  cannotOpen: (why: string) => `${why} Nothing was changed.`,
  /** LEDGER_KEY does not match the backup's key, by cause. */
  ledgerKey: {
    missing: (file: string) =>
      `The backup in ${file} is signed, and LEDGER_KEY is not set. Set it to the key that the ledger had when the backup was made, and run this again. Nothing was changed.`,
    other: (file: string) =>
      `The backup in ${file} is signed with a different key from LEDGER_KEY. Set LEDGER_KEY to the key that the ledger had when the backup was made, and run this again. Nothing was changed.`,
    "not-enabled": (file: string) =>
      `The backup in ${file} is not signed, and LEDGER_KEY is set. Run this again without LEDGER_KEY, then sign the restored ledger: npm run ledger-key -- enable. Nothing was changed.`,
  },
  failed: (why: string) => `The restore failed (${why}). Fix the cause and run this again. Nothing was changed.`,
  restored: (from: string, to: string) => `The backup ${from} is now the ledger ${to}. You can start the bot.`,
  aside: (file: string) => `The previous ledger is kept as ${file}.`,
  updated: (step: string) =>
    `An older version of the bot made the backup (its schema ends with ${step}). The ledger's schema is now up to date, and that version can no longer open the ledger; the backup is unchanged. To roll back to that version, see Upgrades in .github/docs/operating.md.`,
  held: (operations: number, requests: number) =>
    operations === 0
      ? "It contains no approved operations that are still open, so nothing is on hold."
      : `On hold: ${operations} ${operations === 1 ? "operation" : "operations"} of ${requests} ${requests === 1 ? "request" : "requests"} that were approved and still open. The bot does not carry them out until an approver presses Carry out on the request's message.`,
  undecided: (count: number) =>
    count === 0
      ? "No request is waiting for a first decision."
      : `Waiting for a first decision, as before: ${count} ${count === 1 ? "request" : "requests"}.`,
  lost: "This ledger does not contain results, decisions or role changes made after the backup. Check it before you carry anything out.",
};
