/** The buttons that turn the pages of a list: each contains the list and the start of the other page. */
import type { ActionsBlock } from "@slack/types";
import type { Texts } from "../../text/en/catalogue.ts";
import { pageIds } from "../payloads/ids.ts";
import type { ListPage } from "../payloads/page-link.ts";
import { buttons, plain } from "./elements.ts";

/** Buttons to the pages that exist; no block if there are none. */
export function pageButtons(
  to: { older: ListPage | false; newer: ListPage | false },
  texts: Texts,
  labels: { older: string; newer: string } = texts.page,
): ActionsBlock[] {
  const elements = (["older", "newer"] as const).flatMap((name) => {
    const value = to[name];
    if (!value) return [];
    const label = plain(labels[name]);
    return [{ type: "button" as const, action_id: pageIds[name], text: label, value: JSON.stringify(value) }];
  });
  return elements.length > 0 ? [buttons("pages", elements)] : [];
}
