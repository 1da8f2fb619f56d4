/** Builders for the local Slack's tests: a Slack that is closed after the test, raw calls, and small Bolt apps. */
import type { TestContext } from "node:test";
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from "@slack/bolt";
import { WebSocket } from "ws";
import type { JsonObject } from "../../../src/playground/slack/json.ts";
import type { LocalSlackOptions } from "../../../src/playground/slack/options.ts";
import { type LocalSlack, startLocalSlack } from "../../../src/playground/slack/server.ts";

export const ann = "U0ANN00001";
export const bob = "U0BOB00001";
export const stranger = "U0STRANGER";
export const opsServer = "C0MERCHANT";
export const random = "C0RANDOM01";
export const secret = "C0PRIVATE1";

export const plain = (text: string): JsonObject => ({ type: "plain_text", text });
export const mrkdwn = (text: string): JsonObject => ({ type: "mrkdwn", text, verbatim: true });
export const section = (text: string): JsonObject => ({ type: "section", text: mrkdwn(text) });
export const button = (id: string, more: JsonObject = {}): JsonObject => ({
  type: "button",
  action_id: id,
  text: plain(id),
  ...more,
});
export const actions = (...elements: readonly JsonObject[]): JsonObject => ({ type: "actions", elements });

export async function slackFor(t: TestContext, options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const slack = await startLocalSlack(options);
  t.after(() => slack.close());
  return slack;
}

export type Answer = {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly ok?: boolean; readonly error?: string } & Record<string, unknown>;
};

/** Calls a method with a JSON body and the bot's token. */
export async function call(slack: LocalSlack, method: string, args: JsonObject, token?: string): Promise<Answer> {
  return read(
    await fetch(slack.apiUrl + method, {
      method: "POST",
      headers: {
        "content-type": "application/json; charset=utf-8",
        authorization: `Bearer ${token ?? slack.app.botToken}`,
      },
      body: JSON.stringify(args),
    }),
  );
}

/** Calls a method with a form, as the SDK does. */
export async function callForm(slack: LocalSlack, method: string, args: Record<string, string>): Promise<Answer> {
  const headers = { authorization: `Bearer ${slack.app.botToken}` };
  return read(await fetch(slack.apiUrl + method, { method: "POST", headers, body: new URLSearchParams(args) }));
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = text.startsWith("{") ? JSON.parse(text) : { text };
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body };
}

/** Uses a response URL. */
export async function respond(url: unknown, body: JsonObject): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  return read(await fetch(String(url), { method: "POST", headers, body: JSON.stringify(body) }));
}

/** A Bolt app in HTTP mode, which receives the local Slack's payloads. */
export async function httpApp(
  t: TestContext,
  slack: LocalSlack,
  signingSecret = slack.app.signingSecret,
): Promise<App> {
  const receiver = new HTTPReceiver({ signingSecret, endpoints: "/slack/events", logLevel: LogLevel.ERROR });
  const app = new App({
    token: slack.app.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl },
  });
  const server = await app.start(0);
  t.after(() => app.stop());
  const address = "address" in server ? server.address() : null;
  if (address === null || typeof address === "string") throw new Error("the app does not listen on a port");
  slack.deliverTo(`http://127.0.0.1:${address.port}/slack/events`);
  return app;
}

/** A Bolt app in Socket Mode. `listen` adds its listeners before it connects. */
export async function socketApp(t: TestContext, slack: LocalSlack, listen: (app: App) => void): Promise<App> {
  const clientOptions = { slackApiUrl: slack.apiUrl };
  const receiver = new SocketModeReceiver({
    appToken: slack.app.appToken,
    logLevel: LogLevel.ERROR,
    // The SDK waits this long before it reconnects.
    clientPingTimeout: 200,
    installerOptions: { clientOptions },
  });
  const app = new App({ token: slack.app.botToken, receiver, logLevel: LogLevel.ERROR, clientOptions });
  listen(app);
  await app.start();
  t.after(() => app.stop());
  return app;
}

/** An app in Socket Mode that acknowledges everything; resolves to what it has received after Slack's greeting. */
export async function envelopesOf(slack: LocalSlack): Promise<readonly JsonObject[]> {
  const received: JsonObject[] = [];
  const opened = await call(slack, "apps.connections.open", {}, slack.app.appToken);
  const socket = new WebSocket(String(opened.body["url"]));
  socket.on("message", (raw) => {
    const sent = JSON.parse(raw.toString());
    if (sent.type === "hello") return;
    received.push(sent);
    socket.send(JSON.stringify({ envelope_id: sent.envelope_id }));
  });
  await slack.until(() => slack.socketCount() === 1);
  return received;
}

export function clockAt(start: number): { now(): number; pass(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    pass: (ms) => {
      now += ms;
    },
  };
}
