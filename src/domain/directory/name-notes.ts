/** What an approver has to know about the names of a request before they decide. */
import { agreesWithName, type Merchant } from "./merchant.ts";

/** A sub-merchant of a request with the name that its requester gave beside the number. */
export interface GivenMerchant extends Merchant {
  givenAs: string | undefined;
}

/** A count with the first few. */
export interface Some<Item> {
  count: number;
  first: Item[];
}

export interface NameNotes {
  /** The directory does not have these numbers. */
  unlisted: Some<GivenMerchant>;
  /** The directory has another name for these numbers than the requester gave. */
  differing: Some<GivenMerchant>;
  /** There is no directory, so that only the given names show who is meant. */
  given: Some<GivenMerchant>;
}

export const noNotes: NameNotes = {
  unlisted: { count: 0, first: [] },
  differing: { count: 0, first: [] },
  given: { count: 0, first: [] },
};

/** @param max how many of each are listed */
export function nameNotes(merchants: Iterable<GivenMerchant>, max: number): NameNotes {
  const notes = structuredClone(noNotes);
  const add = (some: Some<GivenMerchant>, merchant: GivenMerchant) => {
    some.count += 1;
    if (some.first.length < max) some.first.push(merchant);
  };
  for (const merchant of merchants) {
    const { name, isUnlisted, givenAs } = merchant;
    if (isUnlisted) add(notes.unlisted, merchant);
    else if (givenAs === undefined) continue;
    else if (name === undefined) add(notes.given, merchant);
    else if (!agreesWithName(givenAs, name)) add(notes.differing, merchant);
  }
  return notes;
}
