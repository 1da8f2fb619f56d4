/** The form in which an admin imports the merchant directory, and what the import would change. */
import type { KnownBlock, ModalView } from "@slack/types";
import type { DirectoryEntry } from "../../../domain/directory/merchant.ts";
import type { CurrentDirectory } from "../../../ledger/directory/current-directory.ts";
import type { DirectoryChanges } from "../../../ledger/directory/imports.ts";
import type { ListedTwice } from "../../../ledger/directory/staging.ts";
import type { DirectoryProblem } from "../../../parsing/directory/rows.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import type { NamesMetadata, NamesPreviewMetadata } from "../../payloads/forms.ts";
import { formIds } from "../../payloads/ids.ts";
import { context, plain, privateMessage, section } from "../elements.ts";
import { directoryEntry, merchant, plainName } from "../merchant.ts";
import { input } from "../modal.ts";
import { date, escapeText, user } from "../mrkdwn.ts";
import { rowProblemLine } from "./import-problem.ts";

/** @param current the directory in use */
export function namesForm(current: CurrentDirectory | undefined, metadata: NamesMetadata, texts: Texts): ModalView {
  const { namesForm: words, form } = texts;
  return {
    type: "modal",
    callback_id: formIds.names,
    private_metadata: JSON.stringify(metadata),
    title: plain(words.title),
    submit: plain(form.next),
    close: plain(form.cancel),
    blocks: [
      section(current ? currentLine(current, texts) : words.none),
      input(
        { type: "file_input", action_id: "file", filetypes: ["csv", "tsv", "txt", "xlsx"], max_files: 1 },
        { label: words.file, hint: words.fileHint },
      ),
    ],
  };
}

function currentLine({ entries, importedBy, importedAt }: CurrentDirectory, { namesForm: words }: Texts): string {
  const when = date(importedAt);
  return importedBy === "bot"
    ? words.importedInTerminal(entries, when)
    : words.imported(entries, user(importedBy), when);
}

/** What an import would change. Only the preview's own button imports it. */
export function namesPreview(
  entries: number,
  changes: DirectoryChanges,
  metadata: NamesPreviewMetadata,
  texts: Texts,
): ModalView {
  const { namesForm: words, form } = texts;
  const { added, changed, removed, samples } = changes;
  const pairs = samples.changed.map(({ before, after }) =>
    words.change(merchant({ ...before, isUnlisted: false }, texts), nameAndNote(after, texts)),
  );
  return {
    type: "modal",
    callback_id: formIds.namesPreview,
    private_metadata: JSON.stringify(metadata),
    title: plain(words.preview),
    submit: plain(words.submit),
    close: plain(form.back),
    blocks: [
      section(words.counts(entries, added, changed, removed)),
      ...(removed > entries ? [section(words.manyGone(removed))] : []),
      ...list(
        words.added,
        samples.added.map((entry) => directoryEntry(entry, texts)),
        added,
        texts,
      ),
      ...list(words.changed, pairs, changed, texts),
      ...list(
        words.removed,
        samples.removed.map((entry) => directoryEntry(entry, texts)),
        removed,
        texts,
      ),
      context(words.notYet),
    ],
  };
}

function list(title: string, lines: readonly string[], count: number, { directoryImport }: Texts): KnownBlock[] {
  if (lines.length === 0) return [];
  const more = count - lines.length;
  const all = [title, ...lines.map((each) => `• ${each}`), ...(more > 0 ? [directoryImport.more(more)] : [])];
  return privateMessage(all.join("\n")).blocks;
}

function nameAndNote({ name, note }: DirectoryEntry, { find }: Texts): string {
  return note === undefined ? plainName(name) : find.withNote(plainName(name), plainName(note));
}

/** A file with problems: nothing of it can be imported. */
export function namesRefused(
  { problems, count }: { problems: readonly (DirectoryProblem | ListedTwice)[]; count: number },
  texts: Texts,
): ModalView {
  const { namesForm: words, directoryImport, form } = texts;
  const more = count - problems.length;
  const lines = [
    directoryImport.refused(count),
    ...problems.map((problem) => `• ${escapeText(rowProblemLine(problem, texts))}`),
    ...(more > 0 ? [directoryImport.more(more)] : []),
  ];
  return {
    type: "modal",
    title: plain(words.title),
    close: plain(form.back),
    blocks: privateMessage(lines.join("\n")).blocks,
  };
}
