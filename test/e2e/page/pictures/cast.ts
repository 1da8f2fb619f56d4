/** The people of the pictures: what they request and approve behind the page, and what they write. */
import { demoChannel as channel, demoPeople as people } from "../../../../src/playground/playground.ts";
import type { Message } from "../../../../src/playground/slack/state.ts";
import { textsOf } from "../../../../src/text/texts.ts";
import type { LabStage } from "../stage-with-lab.ts";

export type Cast = ReturnType<typeof createCast>;
type Language = "en" | "zh-CN";

/** What people write, in their own language. */
const writings = {
  en: {
    newStore: "new store, contract 4711",
    anotherStore: "new store, contract 4712",
    moved: "reopened after the move",
    newTill: "moved to the new till",
    spring: "spring campaign",
    springFirst: "spring campaign, first shops",
    summer: "summer campaign",
    note: "see mail of 12 May",
  },
  "zh-CN": {
    newStore: "新店，合同 4711",
    anotherStore: "新店，合同 4712",
    moved: "搬迁后重新开业",
    newTill: "更换收银系统",
    spring: "春季活动",
    springFirst: "春季活动第一批",
    summer: "暑期活动",
    note: "见 5 月 12 日邮件",
  },
} as const;

export function createCast({ slack, bot }: LabStage, language: Language) {
  async function submitted(what: string): Promise<Message> {
    const before = new Set(slack.messages(channel).map(({ ts }) => ts));
    await slack.type({ user: people.ann, channel, text: `/receipt open ${what}` });
    return slack.until(() => slack.messages(channel).find(({ ts }) => !before.has(ts)));
  }

  async function approve({ ts }: Message): Promise<void> {
    await slack.click({ user: people.bob, channel, ts, actionId: "approve" });
  }

  return {
    bot,
    texts: textsOf(language),
    writings: writings[language],
    /** Ann submits a request. Resolves to its message. */
    submitted,
    /** Ann submits a request, and Bob approves it. */
    async approved(what: string): Promise<Message> {
      const message = await submitted(what);
      await approve(message);
      return message;
    },
    approve,
    /** Waits for the `count`th message in a request's thread. */
    untilReply: ({ ts }: Message, count: number): Promise<Message> =>
      slack.until(() => slack.thread(channel, ts).at(count - 1)),
    /** Waits until the request's message shows at least this much progress, in per cent. */
    untilProgress: ({ ts }: Message, percent: number): Promise<unknown> =>
      slack.until(() => {
        const shown = JSON.stringify(slack.messages(channel).find((one) => one.ts === ts)?.blocks);
        return Number(/(\d+) %/.exec(shown)?.[1]) >= percent;
      }),
  };
}
