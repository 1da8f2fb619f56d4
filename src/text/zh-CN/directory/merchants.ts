/** Names of merchants beside their numbers, and finding them, in Chinese. */
import type { Texts } from "../../en/catalogue.ts";

const inBrackets = (link: string | undefined) => (link ? ` (${link})` : "");

export const directory: Pick<Texts, "merchants" | "find"> = {
  merchants: {
    unlisted: "_名录中没有_",
    unlistedPlain: "（名录中没有）",
  },

  find: {
    title: (text) => `*名称或商户号包含* \`${text}\` *的商户*`,
    withNote: (merchant, note) => `${merchant}（${note}）`,
    latest: (outcome, when, link) => `${outcome} · ${when}${inBrackets(link)}`,
    untouched: "尚无申请",
    none: (text) => `没有名称或商户号包含 \`${text}\` 的商户。请缩短关键字再试；名录可由管理员更新。`,
    noneHere: "目前比对过的商户中没有符合的。请翻页，或输入名称中更长的一部分。",
    noDirectory: (command) => `尚无商户名录，管理员可用 \`${command} 名录\` 导入。`,
    ambiguous: (text, example) => `\`${text}\` 可能指多个商户。请使用商户号，例如 \`${example}\``,
    moreMerchants: (command) => `另有更多，可用 \`${command}\` 查看。`,
  },
};
