/** Names of merchants beside their numbers, and finding them, in English. */
import { figure } from "../../figure.ts";
import { inBrackets, some } from "../phrases.ts";

export const directory = {
  merchants: {
    /** Beside a number that the directory does not have. */
    unlisted: "_not in the directory_",
    /** The same where there is no markup: in the place of a name, and beside a number. */
    unlistedPlain: "(not in the directory)",
    unlistedText: (subMchid: string) => `${subMchid} (not in the directory)`,
  },

  /** In the preview of a request, and in its message before it is approved. */
  nameNotes: {
    /** Follows the next two. */
    check: {
      requester: "Check it before you submit the request.",
      approver: "Check it before you approve.",
    } satisfies Record<"requester" | "approver", string>,
    unlisted: "⚠️ This number is not in the merchant directory.",
    differs: (given: string) => `⚠️ Given as *${given}*, but the directory has a different name for this number.`,
    given: (given: string) => `Given as ${given}`,
    unlistedOfMany: (count: number, numbers: string, more: number) =>
      count === 1
        ? `⚠️ One number is not in the merchant directory: ${numbers}`
        : `⚠️ ${figure(count)} numbers are not in the merchant directory: ${some(numbers, more)}`,
    differingOfMany: (count: number, merchants: string, more: number) =>
      count === 1
        ? `⚠️ One of the given names differs from the directory: ${merchants}`
        : `⚠️ ${figure(count)} of the given names differ from the directory: ${some(merchants, more)}`,
    givenBeside: (merchant: string, given: string) => `${merchant} (given as ${given})`,
    givenOfMany: (count: number, merchants: string, more: number) =>
      count === 1 ? `One name was given: ${merchants}` : `${figure(count)} names were given: ${some(merchants, more)}`,
  },

  /** For the requester alone, with UNKNOWN_MERCHANTS=refuse. */
  unknownMerchants: (count: number, numbers: string, more: number, command: string) =>
    `Not in the merchant directory: ${some(numbers, more)}. Correct the ${count === 1 ? "number" : "numbers"}, search with \`${command} find 火锅\`, or ask an admin to update the directory. Nothing was recorded.`,

  find: {
    title: (text: string) => `*Merchants with* \`${text}\``,
    withNote: (merchant: string, note: string) => `${merchant} (${note})`,
    latest: (outcome: string, when: string, link: string | undefined) => `${outcome}, ${when}${inBrackets(link)}`,
    untouched: "no requests yet",
    none: (text: string) =>
      `No merchant's name or number contains \`${text}\`. Try a shorter part of it; an admin can update the directory.`,
    noneHere:
      "No matches among the merchants searched so far. Go to the next page, or search for a longer part of the name.",
    noDirectory: (command: string) =>
      `There is no merchant directory yet. An admin can import one: \`${command} names\``,
    ambiguous: (text: string, example: string) =>
      `\`${text}\` matches several merchants. Use the number: \`${example}\``,
    moreMerchants: (command: string) => `There are more: \`${command}\``,
    /** A search that compared only a part of the names, so that it cannot tell which merchant is meant. */
    notAllCompared: (text: string, example: string, find: string) =>
      `Too many names are similar to \`${text}\` to tell which merchant it means. Use the number: \`${example}\`. To search for it: \`${find}\``,
  },
};
