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
    await send(connection, commandRequest(port, people.admin, `grant <@${person}|somebody> ${role}`), "any answer");
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
      await send(connection, commandRequest(port, people.requester, `open ${subMchids.join(" ")}`, channelId));
      const [ts = "", requestId = ""] = (await posted).split(" ");
      return { channelId, ts, requestId };
    },
    async approve(message) {
      const outcome = slack.ask({ kind: "outcome", channelId: message.channelId });
      const click = approveRequest(port, message);
      const clickedAt = performance.now();
      await send(connection, click);
      await outcome;
      return performance.now() - clickedAt;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** An answer with a text is a refusal, unless the bot has something to say. */
async function send(connection: Connection, request: Buffer, allowed: "no text" | "any answer" = "no text") {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  connection.send(request, ({ status, isEmpty, text }) =>
    status === 200 && (isEmpty || allowed === "any answer")
      ? resolve()
      : reject(new Error(`a request was answered with ${text}`)),
  );
  await promise;
}
