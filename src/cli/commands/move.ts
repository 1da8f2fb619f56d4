/** `npm run move -- FROM TO`: moves a ledger from one database to another, and reports the result. */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { readDatabaseAddress } from "../../settings/for-commands.ts";
import { isSideFile } from "../../storage/backup.ts";
import { findSourceProblem, move as moveRows, type RowCounts, type SourceProblem } from "../../storage/copy-ledger.ts";
import { createLedgerClock } from "../../storage/ledger-clock.ts";
import { type Accepted, type DatabaseAddress, missingFile, openStore } from "../../storage/open.ts";
import { CannotOpen } from "../../storage/open-problem.ts";
import type { Store } from "../../storage/schema.ts";
import { whyOf } from "../../storage/store-errors.ts";
import { systemClock } from "../../system-clock.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { type CommandContext, commandOf, whyNotOpen } from "./command.ts";

/** An address, and the part of it that may be shown. */
interface Side {
  address: DatabaseAddress;
  shown: string;
}

export const move = commandOf({ usage: ({ move: texts }) => texts.usage.join("\n"), read: readSides, run: carry });

function readSides(args: readonly string[]): { from: Side; to: Side } | undefined {
  const [from, to, ...more] = args.map(readSide);
  return from && to && more.length === 0 ? { from, to } : undefined;
}

async function carry({ from, to }: { from: Side; to: Side }, context: CommandContext): Promise<boolean> {
  const { move: texts, backup } = context.texts;
  const { say, refuse } = context.terminal;
  if (placeOf(from) === placeOf(to)) return refuse(texts.same);
  if (missingFile(from.address) !== undefined) return refuse(texts.nothingToMove(from.shown));
  if (to.address.engine === "sqlite" && isSideFile(to.address.path)) return refuse(backup.sideFile(to.address.path));
  const source = await open(from, "current", context);
  let target: Store | undefined;
  try {
    if (!source) return false;
    const { now } = await createLedgerClock({ store: source, clock: systemClock });
    const problem = await findSourceProblem({ from: source, now });
    if (problem) return refuse(sourceSentence(problem, { shown: from.shown, now, texts }));
    // Created only now, so that a move that is refused leaves nothing behind.
    target = await open(to, "current-or-new", context);
    if (!target) return false;
    say(texts.moving(from.shown, to.shown));
    const moved = await moveRows({ from: source, to: target, now });
    switch (moved.kind) {
      case "moved":
      case "there-already":
        say(tableOf(moved.rows, texts));
        say((moved.kind === "moved" ? texts.moved : texts.thereAlready)(to.shown));
        return true;
      case "same-place":
        return refuse(texts.same);
      case "holds-other-data":
        return refuse(texts.otherData(to.shown, moved.table));
      default:
        return refuse(sourceSentence(moved, { shown: from.shown, now, texts }));
    }
  } catch (error) {
    return refuse(texts.failed(whyOf(error)));
  } finally {
    await Promise.all([source?.close(), target?.close()]);
  }
}

function sourceSentence(
  problem: SourceProblem,
  { shown, now, texts }: { shown: string; now: () => number; texts: Texts["move"] },
): string {
  switch (problem.kind) {
    case "nothing-to-move":
      return texts.nothingToMove(shown);
    case "program":
    case "session":
      return texts.usedBy[problem.kind](shown);
    case "instance":
      return texts.usedBy.instance(shown, Math.max(1, Math.ceil((problem.until - now()) / 1_000)));
    default:
      return problem satisfies never;
  }
}

async function open(
  { address, shown }: Side,
  accept: Accepted,
  { texts, terminal }: CommandContext,
): Promise<Store | undefined> {
  try {
    return await openStore(address, { isPatient: true, accept });
  } catch (error) {
    const isNone = error instanceof CannotOpen && error.problem.kind === "no-ledger";
    const why = whyNotOpen(error, { name: shown, address, start: texts.start }) ?? whyOf(error);
    terminal.refuse(isNone ? texts.move.nothingToMove(shown) : texts.move.cannotOpen(why));
    return undefined;
  }
}

/**
 * Undefined if the text is not an address, or if it is unclear where its password ends; no part of such a text is ever
 * shown.
 */
function readSide(text: string): Side | undefined {
  const address = readDatabaseAddress(text);
  if (!address) return undefined;
  if (address.engine === "sqlite") return { address, shown: text };
  const [, place] = /^postgres(?:ql)?:\/\/(?:[^/?#@]*@)?([^/?#@]*(?:\/[^/?#@]*)?)(?:\?[^@]*)?$/.exec(text) ?? [];
  return place === undefined ? undefined : { address, shown: `postgres://${place}` };
}

function placeOf({ address }: Side): string {
  if (address.engine === "postgres") return address.url;
  // A link to the ledger is the ledger.
  return missingFile(address) ? resolve(address.path) : realpathSync(address.path);
}

function tableOf(rows: RowCounts, texts: Texts["move"]): string {
  const lines = [
    [texts.table, texts.rows] as const,
    ...Object.entries(rows).map(([table, count]) => [table, String(count)] as const),
  ];
  const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(([table, count]) => `  ${table.padEnd(widths[0] ?? 0)}  ${count.padStart(widths[1] ?? 0)}`)
    .join("\n");
}
