/** Notes on the names of a request before it is approved: unknown numbers, and names that differ from the directory. */
import type { ContextBlock } from "@slack/types";
import type { GivenMerchant, NameNotes } from "../../../domain/directory/name-notes.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { context } from "../elements.ts";
import { listedShown, merchant, plainName } from "../merchant.ts";
import { code } from "../mrkdwn.ts";

/** Maximum sub-merchants that each line lists. */
export const notesShown = 3;

/** Who reads the notes: the requester before submitting the request, or the approver. */
type Reader = keyof Texts["nameNotes"]["check"];

/** No block if there is nothing to report. @param isBulk whether the number is not already shown above */
export function nameNotesBlocks(notes: NameNotes, isBulk: boolean, reader: Reader, texts: Texts): ContextBlock[] {
  const lines = isBulk ? bulkLines(notes, texts) : singleLines(notes, reader, texts);
  return lines.length === 0 ? [] : [context(lines.join("\n"))];
}

function singleLines({ unlisted, differing, given }: NameNotes, reader: Reader, texts: Texts): string[] {
  const { nameNotes } = texts;
  const [unknown, different, only] = [unlisted.first[0], differing.first[0], given.first[0] ?? unlisted.first[0]];
  const checked = (note: string) => [note, nameNotes.check[reader]].join(texts.between);
  return [
    ...(unknown ? [checked(nameNotes.unlisted)] : []),
    ...(different ? [checked(nameNotes.differs(plainName(different.givenAs ?? "")))] : []),
    ...(only?.givenAs === undefined ? [] : [nameNotes.given(plainName(only.givenAs))]),
  ];
}

function bulkLines({ unlisted, differing, given }: NameNotes, texts: Texts): string[] {
  const { nameNotes } = texts;
  const lines = [
    [nameNotes.unlistedOfMany, unlisted, code],
    [nameNotes.differingOfMany, differing, (_: string, each: GivenMerchant) => merchant(each, texts, listedShown)],
    [nameNotes.givenOfMany, given, code],
  ] as const;
  return lines.flatMap(([line, { count, first }, show]) => {
    const listed = first.map((each) => beside(show(each.subMchid, each), each, texts)).join(" · ");
    return count === 0 ? [] : [line(count, listed, count - first.length)];
  });
}

function beside(shown: string, { givenAs }: GivenMerchant, { nameNotes }: Texts): string {
  return givenAs === undefined ? shown : nameNotes.givenBeside(shown, plainName(givenAs, listedShown));
}
