/** Names of merchants beside their numbers, and finding them, in English. */

const inBrackets = (link: string | undefined) => (link ? ` (${link})` : "");

export const directory = {
  merchants: {
    /** Beside a number that the directory does not have. */
    unlisted: "_not in the directory_",
    /** The same where there is no markup. */
    unlistedPlain: "(not in the directory)",
  },

  find: {
    title: (text: string) => `*Merchants with* \`${text}\``,
    withNote: (merchant: string, note: string) => `${merchant} (${note})`,
    latest: (outcome: string, when: string, link: string | undefined) => `${outcome}, ${when}${inBrackets(link)}`,
    untouched: "no requests yet",
    none: (text: string) =>
      `No merchant's name or number contains \`${text}\`. Try a shorter part of it; an admin can update the directory.`,
    noneHere:
      "There are none among the merchants compared so far. Turn the page, or search for a longer part of the name.",
    noDirectory: (command: string) =>
      `There is no directory of merchants yet. An admin can import one: \`${command} names\``,
    ambiguous: (text: string, example: string) =>
      `Several merchants can be meant by \`${text}\`. Use the number: \`${example}\``,
    moreMerchants: (command: string) => `There are more: \`${command}\``,
  },
};
