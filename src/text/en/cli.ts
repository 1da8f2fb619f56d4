/** What `npm run audit` says in the terminal, in English. An event is given as its number, name, person, time and place. */
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
