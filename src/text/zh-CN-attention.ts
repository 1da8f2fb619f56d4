/** What the bot says to draw attention to requests that wait, and of who wants to be told, in Chinese. Marks stand between blanks, as in zh-CN.ts. */
import type { Texts } from "./en/catalogue.ts";
import { typedWords } from "./typed-words.ts";

const { verb, notify } = typedWords("zh-CN");

export const attention: Texts["attention"] = {
  firstReminder: (when) => `将于 ${when} 提醒审批人`,
  lastReminder: (when) => `上次提醒审批人：${when}`,
  nextReminder: (when) => `下次：${when}`,
  escalates: (when) => `将于 ${when} 通知值班组`,
  escalated: (when) => `已于 ${when} 通知值班组`,
  reminder: (person, since, until, link) =>
    `申请人 ${person}，提交于 ${since}，待审批，${until} 过期${link ? `（${link}）` : ""}。`,
  endReminders: (command) =>
    `你是审批人，因此收到提醒。如不需要，可输入 \`${command} ${verb.notify} ${notify.off}\` 关闭。`,
  toGroup: (group, since, until) =>
    `${group} 该申请自 ${since} 起待审批，${until} 过期。请审批人点击上方消息中的按钮审批。`,
};

export const notifying: Texts["notifying"] = {
  stands: {
    on: (command) =>
      `每个待审批的申请都会以私信发给你，并有提醒。如不需要，可输入 \`${command} ${verb.notify} ${notify.off}\` 关闭。`,
    off: (command) =>
      `待审批的申请和提醒都不会以私信发给你，你仍可审批。如需要，可输入 \`${command} ${verb.notify} ${notify.on}\` 开启。`,
    unsaid: (command) =>
      `你会收到待审批申请的提醒，申请本身不会以私信发给你。输入 \`${command} ${verb.notify} ${notify.on}\` 可同时接收申请，输入 \`${command} ${verb.notify} ${notify.off}\` 可关闭提醒。`,
  },
  brokenGlass: "紧急放行仍会通知所有审批人。",
};
