/** A merchant as people recognize it: its number with its name. */

/** One line of the directory. */
export interface DirectoryEntry {
  subMchid: string;
  name: string;
  note: string | undefined;
}

/** A sub-merchant as it is shown. */
export interface Merchant {
  subMchid: string;
  /** The directory's name for it. */
  name: string | undefined;
  /** There is a directory, and it does not have this number. */
  isUnlisted: boolean;
}

/** Maximum merchants in the directory. */
export const directoryMax = 1_000_000;
/** Maximum code points of a name and of a note. */
export const nameMax = 128;
export const noteMax = 200;

/**
 * The form in which names are searched and compared: compatibility forms and capitals equal plain ones, and spaces do
 * not count. `（火锅）ＫＦＣ 1` becomes `(火锅)kfc1`.
 */
export function searchForm(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{C}]+/gu, "");
}

/** Whether two names are the same apart from spaces, punctuation and forms of characters. */
export function isSameName(one: string, other: string): boolean {
  return letters(one) === letters(other);
}

/**
 * Whether words that someone gave for a merchant agree with its name: they are the name, or have it as whole words, as
 * `红湖火锅（总店）` does with a note. `老红湖火锅` does not: that is another name.
 */
export function agreesWithName(given: string, name: string): boolean {
  const words = given.split(/[\s\p{P}\p{S}]+/u);
  const runs = words.flatMap((_, from) => words.slice(from).map((_, count) => words.slice(from, from + count + 1)));
  return isSameName(given, name) || runs.some((run) => isSameName(run.join(" "), name));
}

function letters(name: string): string {
  const form = searchForm(name);
  const plain = form.replace(/[\p{P}\p{S}]+/gu, "");
  return plain === "" ? form : plain;
}
