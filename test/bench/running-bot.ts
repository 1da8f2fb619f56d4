/** A bot process between a Slack and a WeChat Pay that answer at once, with a requester and an approver. */
import { createWeChatPayIdentity } from "../../src/playground/wechatpay/identity.ts";
import type { Store } from "../../src/storage/schema.ts";
import { type LedgerPlace, openLedgerPlace } from "../storage/ledger-place.ts";
import type { SlackQuestion } from "./baselines/slack-stand-in.ts";
import type { Signing } from "./baselines/wechatpay-stand-in.ts";
import { botSettings } from "./bot-settings.ts";
import { approveRequest, commandRequest, people, type RequestMessage } from "./load/commands.ts";
import { type Connection, openConnection } from "./load/connection.ts";
import { botScript, type ServerProcess, startServer } from "./server-process.ts";
import { type SideProcess, startSideProcess } from "./side-process.ts";

/** Longer than either takes on a busy machine, for a request of any size, in milliseconds. */
const postedWithinMs = 60_000;
const endedWithinMs = 300_000;

export interface RunningBot extends AsyncDisposable {
  server: Pick<ServerProcess, "rssMb" | "peakRssMb">;
  rows: LedgerPlace["rows"];
  /** Types `/receipt open` and waits for the request's message. */
  submit(channelId: string, subMchids: readonly string[]): Promise<RequestMessage>;
  /** Presses Approve. Resolves to the milliseconds from the click until its outcome arrives in the thread. */
  approve(message: RequestMessage): Promise<number>;
}

export interface RunningBotNeeds {
  engine: Store["engine"];
  subMchids: string[];
  /** WECHATPAY_RATE, calls per second. */
  ratePerSecond: number;
}

export async function startRunningBot({ engine, subMchids, ratePerSecond }: RunningBotNeeds): Promise<RunningBot> {
  await using parts = new AsyncDisposableStack();
  const place = parts.adopt(await openLedgerPlace(engine), (one) => one.close());
  const slack = parts.use(startSideProcess<SlackQuestion, string>("./baselines/slack-stand-in.ts"));
  const weChatPay = parts.use(startSideProcess<Signing, string>("./baselines/wechatpay-stand-in.ts"));
  const identity = createWeChatPayIdentity();
  const privateKeyPem = identity.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const url = await weChatPay.ask({ privateKeyPem, publicKeyId: identity.publicKeyId, subMchids });
  const settings = {
    ...botSettings("", await slack.ask({ kind: "start" }), identity),
    DATABASE_URL: place.url.href,
    WECHATPAY_ENDPOINTS: url,
    WECHATPAY_RATE: String(ratePerSecond),
  };
  const server = parts.use(await startServer(botScript, settings));
  const { port } = server;
  const connection = parts.adopt(await openConnection(port), (one) => one.close());
  for (const [person, role] of [[people.requester, "requester"] as const, [people.approver, "approver"] as const])
    await send(connection, commandRequest(port, people.admin, `grant <@${person}|somebody> ${role}`));
  return create({ server, rows: place.rows, slack, connection, port }, parts.move());
}

function create(
  needs: Pick<RunningBot, "server" | "rows"> & {
    slack: SideProcess<SlackQuestion, string>;
    connection: Connection;
    port: number;
  },
  parts: AsyncDisposableStack,
): RunningBot {
  const { server, rows, slack, connection, port } = needs;
  return {
    server,
    rows,
    async submit(channelId, subMchids) {
      const posted = slack.ask({ kind: "message", channelId });
      const command = commandRequest(port, people.requester, `open ${subMchids.join(" ")}`, channelId);
      const answered = await send(connection, command);
      const [ts = "", requestId = ""] = (await within(postedWithinMs, posted, answered)).split(" ");
      return { channelId, ts, requestId };
    },
    async approve(message) {
      const outcome = slack.ask({ kind: "outcome", channelId: message.channelId });
      const click = approveRequest(port, message);
      const clickedAt = performance.now();
      const answered = await send(connection, click);
      await within(endedWithinMs, outcome, answered);
      return performance.now() - clickedAt;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Resolves to the answer. */
async function send(connection: Connection, request: Buffer): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  connection.send(request, ({ status, text }) =>
    status === 200 ? resolve(text) : reject(new Error(`a request was answered with ${text}`)),
  );
  return promise;
}

/** @param answered the bot's answer, which says why if it refuses */
async function within<T>(ms: number, what: Promise<T>, answered: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`nothing was posted within ${ms} ms, after ${answered}`)), ms);
  try {
    return await Promise.race([what, late]);
  } finally {
    clearTimeout(timer);
  }
}
