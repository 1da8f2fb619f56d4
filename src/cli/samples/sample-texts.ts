/** Every text of a catalogue, filled in with samples. */
import { en, type Texts } from "../../text/en/catalogue.ts";
import { samplesOf } from "./text-samples.ts";

/** One entry of the catalogue: a plain text, or a function with a list of samples for each of its parameters. */
interface Entry {
  path: readonly string[];
  /** Undefined for a plain text. */
  write: ((...args: unknown[]) => unknown) | undefined;
  plain: string | undefined;
  samples: readonly (readonly unknown[])[];
}

/** Every text with every combination of samples; the key of a function's text ends in the combination's index. */
export function everyText(texts: Texts): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path, write, plain, samples } of entriesOf(texts)) {
    if (!write) addStrings(plain, path, found);
    else
      for (const [index, args] of combinations(samples).entries())
        addStrings(write(...args), [...path.slice(0, -1), `${path.at(-1)}(${index})`], found);
  }
  return found;
}

/**
 * Every key with its wordings: a sample adds a wording only if more than the sample's own value changes in the text.
 */
export function wordingsOf(texts: Texts): Map<string, string[]> {
  const wordings = new Map<string, string[]>();
  for (const { path, write, plain, samples } of entriesOf(texts)) {
    const first = samples.map(([sample]) => sample);
    for (const [key, text] of stringsIn(write ? write(...first) : plain, path)) wordings.set(key, [text]);
    for (const [place, list] of samples.entries()) {
      const seen = new Map<string, Set<string>>();
      for (const sample of list)
        for (const [key, text] of stringsIn(write?.(...first.with(place, sample)), path)) {
          const known = wordings.get(key) ?? [];
          const shapes = seen.get(key) ?? new Set();
          const shape = shapeOf(text, sample);
          if (!shapes.has(shape) && !known.includes(text)) wordings.set(key, [...known, text]);
          seen.set(key, shapes.add(shape));
        }
    }
  }
  return wordings;
}

/** The text with the sample, or the words for the action, masked. */
function shapeOf(text: string, sample: unknown): string {
  if (sample === "OPEN" || sample === "CLOSE") return text.replace(/\b(?:open(?:ed)?|closed?)\b|开通|关闭/gi, "…");
  if (typeof sample !== "number" && typeof sample !== "string") return text;
  return text.replace(
    new RegExp(`(?<![A-Za-z0-9])${String(sample).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![A-Za-z0-9])`, "g"),
    "…",
  );
}

function entriesOf(texts: Texts): Entry[] {
  const samples = samplesOf(texts);
  const entries: Entry[] = [];
  walk(texts, en, []);
  return entries;

  function walk(node: unknown, english: unknown, path: readonly string[]): void {
    if (typeof node === "function")
      // The English function names its parameters; another language may need fewer of them.
      entries.push({
        path,
        write: node as (...args: unknown[]) => unknown,
        plain: undefined,
        samples: parametersOf(english, path).map((name) => sample(path, name)),
      });
    else if (typeof node === "string") entries.push({ path, write: undefined, plain: node, samples: [] });
    else
      for (const [key, below] of Object.entries(node as object))
        walk(below, (english as Record<string, unknown>)[key], [...path, key]);
  }

  function sample(path: readonly string[], name: string): readonly unknown[] {
    const known = samples[`${path.join(".")}.${name}`] ?? samples[`${path[0]}.${name}`] ?? samples[name];
    if (!known) throw new Error(`no sample for the parameter ${name} of ${path.join(".")}: add one in src/cli/samples`);
    return known;
  }
}

function parametersOf(written: unknown, path: readonly string[]): string[] {
  if (typeof written !== "function")
    throw new Error(`${path.join(".")} is a function in one language and plain in the other`);
  const list = /^[^(]*\(([^)]*)\)/.exec(String(written))?.[1] ?? "";
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** The strings of one entry: a dialog has a title, a question and a button. */
function stringsIn(value: unknown, path: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  addStrings(value, path, found);
  return found;
}

function addStrings(value: unknown, path: readonly string[], found: Map<string, string>): void {
  if (typeof value === "string") found.set(path.join("."), value);
  else for (const [key, below] of Object.entries(value ?? {})) addStrings(below, [...path, key], found);
}

function combinations(lists: readonly (readonly unknown[])[]): unknown[][] {
  return lists.reduce<unknown[][]>((rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])), [[]]);
}
