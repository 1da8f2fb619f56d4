/**
 * Environment variables that look like the bot's settings but are not; otherwise, a typing error would go unnoticed.
 */

/** A name in the environment, and the setting that was probably meant. */
export interface UnknownName {
  name: string;
  nearest: string | undefined;
}

/** Prefixes of our settings' names that no other program uses. */
const ownBeginnings = /^(SLACK|WECHAT(_?PAY)?|RECEIPTS?|RECIEPTS?|APPROVERS?|APPROVAL|ESCALATE|RETAIN|GOLDPLAN)_/i;
/**
 * How many letters added, left out, changed or swapped still make a slip, by the letters of the setting's name. In
 * between, the first letter has to be right too. Shorter names, such as PORT, are too near to those of other programs.
 */
const long = { lettersMin: 8, slipMax: 2 };
const short = { lettersMin: 5, slipMax: 1 };

/** @param known every name that the bot reads */
export function unknownNames(names: readonly string[], known: readonly string[]): UnknownName[] {
  const settings = new Set(known);
  return names
    .filter((name) => !settings.has(name))
    .flatMap((name) => {
      const [best] = known
        .map((setting) => ({ setting, distance: distance(name.toUpperCase(), setting) }))
        .sort((a, b) => a.distance - b.distance);
      if (!(best && isSlip(name, best)) && !ownBeginnings.test(name)) return [];
      return [{ name, nearest: best && best.distance <= name.length / 2 ? best.setting : undefined }];
    });
}

function isSlip(name: string, { setting, distance }: { setting: string; distance: number }): boolean {
  if (setting.length >= long.lettersMin) return distance <= long.slipMax;
  const [upper, startsAlike] = [name.toUpperCase(), name[0]?.toUpperCase() === setting[0]];
  // Other programs have LOCALES.
  const isPlural = upper === `${setting}S`;
  return setting.length >= short.lettersMin && distance <= short.slipMax && startsAlike && !isPlural;
}

/** Those whose setting was meant and is not set: what is missing or at its default may be due to them. */
export function misspeltNames(
  env: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): (UnknownName & { nearest: string })[] {
  return unknownNames(Object.keys(env), known).flatMap(({ name, nearest }) =>
    nearest === undefined || env[nearest] ? [] : [{ name, nearest }],
  );
}

/** Letters to add, leave out, change or swap with their neighbour to make one word of the other. */
function distance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (isSame ? 0 : 1),
        isSwap ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
