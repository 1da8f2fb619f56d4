/** Opens a receipt from the command to WeChat Pay's answer, with the people of the demo. */
import { demoChannel as channel, type Playground, demoPeople as people } from "../../../src/playground/playground.ts";

/** Makes Ann a requester and Bob an approver. */
export async function grantRoles({ slack }: Playground): Promise<void> {
  for (const line of ["grant @ann requester", "grant @bob approver"])
    await slack.type({ user: people.carol, channel, text: `/receipt ${line}` });
}

/** Requests and approves. @returns the `ts` of the request's message */
export async function approveOpening({ slack }: Playground, number: string): Promise<string> {
  await slack.type({ user: people.ann, channel, text: `/receipt open ${number}` });
  const { ts } = await slack.until(() => slack.messages(channel).find(({ text }) => text?.includes(number)));
  await slack.click({ user: people.bob, channel, ts, actionId: "approve" });
  return ts;
}

/** WeChat Pay's first answer to a call for this number: a status, or how the connection ended. */
export function answerFor({ slack, weChatPay }: Playground, number: string): Promise<number | string> {
  return slack.until(() => weChatPay.calls.find((call) => call.subMchid === number && call.answered)?.answered);
}
