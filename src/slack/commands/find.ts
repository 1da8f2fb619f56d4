/** `/receipt find`, and `status` with a name. */
import type { FindCursor } from "../../ledger/directory/search.ts";
import { type Message, privateMessage } from "../blocks/elements.ts";
import { example } from "../blocks/example-commands.ts";
import { ambiguousAnswer, findMessage, notAllComparedAnswer } from "../blocks/lists/find.ts";
import { foreign } from "../blocks/mrkdwn.ts";
import type { ListParts } from "../blocks/request/outcome-line.ts";
import { type SlackContext, typingOf } from "../context.ts";
import { problemAnswer } from "./usage-errors.ts";

/** One page of the merchants with this text in their name or number. */
export async function foundMerchants(
  { ledger, settings, texts }: SlackContext,
  text: string,
  place: FindCursor | undefined,
  parts: ListParts,
): Promise<Message> {
  const page = await ledger.directory.find(text, place);
  if (!page) return privateMessage(texts.find.noDirectory(settings.SLACK_COMMAND));
  const latest = await ledger.directory.latest(page.merchants.map(({ subMchid }) => subMchid));
  return findMessage(text, page, latest, parts);
}

/** The number of the only merchant that a name can mean, or the answer to the person. */
export async function numberOfName(
  context: SlackContext,
  name: string,
): Promise<{ subMchid: string } | { answer: string }> {
  const { ledger, settings, texts } = context;
  const typing = typingOf(context);
  const meaning = await ledger.directory.named(name);
  const search = `${settings.SLACK_COMMAND} ${texts.typed.verb.find} ${foreign(name)}`;
  switch (meaning.kind) {
    case "one":
      return { subMchid: meaning.merchant.subMchid };
    case "several": {
      const { merchants, hasMore } = meaning;
      const [first] = merchants;
      const commands = { example: example("status", typing, first?.subMchid), more: hasMore ? search : undefined };
      return { answer: ambiguousAnswer(name, merchants, commands, texts) };
    }
    case "not-all-compared": {
      const { merchants } = meaning;
      const commands = { example: example("status", typing, merchants[0]?.subMchid), search };
      return { answer: notAllComparedAnswer(name, merchants, commands, texts) };
    }
    case "none":
      return { answer: texts.find.none(foreign(name)) };
    case "no-directory":
      return {
        answer: problemAnswer({ verb: "status", problem: "not-digits", text: name, wrong: undefined }, name, typing),
      };
    default:
      return meaning satisfies never;
  }
}
