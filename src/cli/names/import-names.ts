/** `npm run names -- import FILE`: checks a file or standard input, and replaces the directory with it. */
import { adopt } from "../../ledger/directory/imports.ts";
import { stage } from "../../ledger/directory/staging.ts";
import { type LedgerContext, theBot } from "../../ledger/ledger-context.ts";
import { columnsSentence, rowProblemLine } from "../../slack/blocks/directory/import-problem.ts";
import type { CommandContext } from "../commands/command.ts";
import { standardInput } from "./directory-bytes.ts";
import { openDirectoryFile } from "./directory-file.ts";

/** Resolves to whether the directory has the file's names. @param ours our own number, which is not a merchant's */
export async function importNames(
  ledger: LedgerContext,
  { file: path, ours }: { file: string; ours: string | undefined },
  { texts, terminal: { say, refuse } }: CommandContext,
): Promise<boolean> {
  const { names, directoryImport } = texts;
  const file = path === standardInput ? names.standardInput : path;
  const opened = await openDirectoryFile(path, ours);
  switch (opened.kind) {
    case "rows":
      break;
    case "columns":
      return refuse(columnsSentence(opened, texts));
    case "unreadable":
      return refuse(names.unreadable(file, opened.why));
    case "not-text":
      return refuse(names.notText(file));
    case "pipe-too-large":
      return refuse(names.pipeTooLarge(file, opened.maxMb));
    case "workbook-too-large":
      return refuse(names.workbookTooLarge(file));
    case "workbook-broken":
      return refuse(names.workbookBroken(file));
    default:
      return opened satisfies never;
  }
  say(names.importing(file));
  const found = await stage(ledger, opened.rows);
  switch (found.kind) {
    case "staged":
      break;
    case "refused": {
      const more = found.count - found.problems.length;
      const lines = found.problems.map((problem) => `  ${rowProblemLine(problem, texts)}`);
      return refuse(
        [directoryImport.refused(found.count), ...lines, ...(more > 0 ? [directoryImport.more(more)] : [])].join("\n"),
      );
    }
    case "empty":
      return refuse(directoryImport.empty);
    case "too-many":
      return refuse(directoryImport.tooMany(found.max));
    default:
      return found satisfies never;
  }
  const { by, origin } = theBot(ledger);
  const result = await adopt(ledger, found.staged, { by, origin });
  switch (result.kind) {
    case "imported": {
      const { added, changed, removed } = result.changes;
      say(directoryImport.imported(found.staged.entries, added, changed, removed));
      return true;
    }
    case "unchanged":
      say(directoryImport.unchanged);
      return true;
    case "overtaken":
    case "gone":
      return refuse(directoryImport[result.kind]);
    default:
      return result satisfies never;
  }
}
