/** Names of merchants beside their numbers, and finding them, in Chinese. */
import type { Texts } from "../../en/catalogue.ts";
import { figure } from "../../figure.ts";
import { typedWords } from "../../typed-words.ts";
import { inBrackets, some } from "../phrases.ts";

const { verb } = typedWords("zh-CN");

export const directory: Pick<Texts, "merchants" | "nameNotes" | "unknownMerchants" | "find"> = {
  merchants: {
    unlisted: "（名录中没有）",
    unlistedPlain: "（名录中没有）",
    unlistedText: (subMchid) => `${subMchid}（名录中没有）`,
  },

  nameNotes: {
    check: { requester: "请核对后再提交。", approver: "请核对后再批准。" },
    unlisted: "⚠️ 商户名录中没有该商户号。",
    differs: (given) => `⚠️ 申请中写为“${given}”，与名录中的名称不同。`,
    given: (given) => `申请中写为“${given}”`,
    unlistedOfMany: (count, numbers, more) => `⚠️ 有 ${figure(count)} 个商户号不在名录中 · ${some(numbers, more)}`,
    differingOfMany: (count, merchants, more) =>
      `⚠️ 有 ${figure(count)} 个商户的名称与名录不同 · ${some(merchants, more)}`,
    givenBeside: (merchant, given) => `${merchant}（申请中写为“${given}”）`,
    givenOfMany: (count, merchants, more) => `申请中写了 ${figure(count)} 个商户的名称 · ${some(merchants, more)}`,
  },

  unknownMerchants: (_count, numbers, more, command) =>
    `名录中没有的商户号 · ${some(numbers, more)}\n请更正商户号，或用 \`${command} ${verb.find} 火锅\` 这样的命令查询，也可请管理员更新名录。本次未作任何记录。`,

  find: {
    title: (text) => `*名称或商户号包含* \`${text}\` *的商户*`,
    withNote: (merchant, note) => `${merchant}（${note}）`,
    latest: (outcome, when, link) => `${outcome} · ${when}${inBrackets(link)}`,
    untouched: "尚无申请",
    none: (text) => `没有名称或商户号包含 \`${text}\` 的商户。请缩短关键字再试；名录可由管理员更新。`,
    noneHere: "目前比对过的商户中没有符合的。请翻页，或输入名称中更长的一部分。",
    noDirectory: (command) => `尚无商户名录，管理员可用 \`${command} ${verb.names}\` 导入。`,
    ambiguous: (text, example) => `\`${text}\` 可能指多个商户。请使用商户号，例如 \`${example}\``,
    moreMerchants: (command) => `另有更多，可用 \`${command}\` 查看。`,
    notAllCompared: (text, example, find) =>
      `与 \`${text}\` 相近的名称过多，无法确定指哪个商户。请使用商户号，例如 \`${example}\` 或用 \`${find}\` 查询。`,
  },
};
