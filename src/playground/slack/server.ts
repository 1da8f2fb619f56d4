/** Starts the local Slack: one loopback port for the Web API, response URLs, Socket Mode and the page. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type Delivery, deliverOverHttp, type Receipt, type Retry } from "./delivery/http.ts";
import { createSockets, type DisconnectReason } from "./delivery/socket-mode.ts";
import { type Behaviour, createFaults } from "./faults.ts";
import { answer, readBody } from "./http.ts";
import type { JsonObject } from "./json.ts";
import type { LocalSlackOptions, Warning } from "./options.ts";
import { answerPage, type PageNeeds } from "./page/page-api.ts";
import type { PageExtension } from "./page/page-extension.ts";
import { createRates, strictRateLimits } from "./rate-limits.ts";
import { type Message, openState } from "./state.ts";
import { createTriggers } from "./triggers.ts";
import { createUserActions } from "./users/actions.ts";
import { createViewActions } from "./users/view-actions.ts";
import { createWaiting } from "./users/wait-until.ts";
import { validationMethods } from "./web-api/blocks-validate.ts";
import { chatMethods } from "./web-api/chat.ts";
import { directoryMethods } from "./web-api/directory.ts";
import { createFiles } from "./web-api/files.ts";
import { answerPrivateFile, answerResponseUrl, readUpload } from "./web-api/other-endpoints.ts";
import { createResponseUrls, responseSources } from "./web-api/response-url.ts";
import { createViews } from "./web-api/views.ts";
import { type ApiCall, type ApiReply, answerApi } from "./web-api/web-api.ts";
import { demoApp, demoWorkspace, type SlackApp } from "./workspace.ts";
import { workspaceChanges } from "./workspace-changes.ts";

export type LocalSlack = Awaited<ReturnType<typeof startLocalSlack>>;

/** Listens on one loopback port; `close` ends every connection. */
export async function startLocalSlack(options: LocalSlackOptions = {}) {
  const clock = options.clock ?? { now: () => Date.now() };
  const app: SlackApp = { ...demoApp, ...options.app };
  const host = options.host ?? "127.0.0.1";
  const ackWithinMs = options.ackWithinMs ?? 3000;
  const locale = options.locale ?? "en";
  const workspace = options.workspace ?? demoWorkspace;
  const state = openState({ locale: locale === "en" ? "en-US" : locale, ...workspace }, app, clock);
  const log: ApiCall[] = [];
  const warnings: Warning[] = [];
  const faults = createFaults();
  const rates = createRates({ ...strictRateLimits, ...options.rateLimits }, clock);
  const triggers = createTriggers(clock);
  let requestUrl: string | undefined;
  let port = 0;
  const authority = (): string => `${host === "::1" ? "[::1]" : host}:${port}`;
  const base = (): string => options.addresses?.web ?? `http://${authority()}/`;

  const warn = (method: string, text: string): void => void warnings.push({ method, text });
  const baseRules = { strictText: options.strictText ?? true, blocksMax: options.blocksMax ?? 13_200 };
  const rulesFor = (method: string) => ({ ...baseRules, warn: (text: string) => warn(method, text) });
  const logCall = (call: ApiCall): void => {
    log.push(call);
    state.changed();
  };

  const files = createFiles(state, base);
  const views = createViews(state, triggers);
  const responseUrls = createResponseUrls(state, rates, base);
  const sockets = createSockets({
    appId: app.appId,
    base: () => options.addresses?.socket ?? `ws://${authority()}/`,
    ackWithinMs,
    pingEveryMs: options.pingEveryMs ?? 5000,
    changed: state.changed,
  });
  const methods = {
    ...chatMethods,
    ...directoryMethods,
    ...validationMethods,
    ...files.methods,
    ...views.methods,
    ...sockets.methods,
  };

  function deliver(delivery: Delivery, retry?: Retry): Promise<Receipt> {
    if (requestUrl === undefined) return sockets.deliver(delivery, retry);
    const target = { url: requestUrl, signingSecret: app.signingSecret, ackWithinMs, now: () => clock.now() };
    return deliverOverHttp(delivery, target, retry);
  }
  const userActions = createUserActions({
    state,
    triggers,
    responseUrls,
    labels: options.mentionLabels ?? true,
    rules: rulesFor("acknowledgement"),
    deliver,
  });
  const viewActions = createViewActions({ state, userActions, views, triggers, files });
  let extension: PageExtension = {};
  const pageNeeds: PageNeeds = {
    state,
    userActions,
    viewActions,
    views,
    files,
    notes: options.notes ?? [],
    locale,
    extension: () => extension,
  };
  const apiNeeds = { state, rates, methods, rules: baseRules, faultFor: faults.take, log: logCall, warn };
  const otherNeeds = { state, responseUrls, rules: rulesFor("response_url"), faultFor: faults.take, log: logCall };

  const privateNeeds = { state, faultFor: faults.take, files };

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", base());
    const path = url.pathname;
    const since = restores;
    if (path.startsWith("/api/")) {
      const sent = { httpMethod: request.method ?? "", url, headers: request.headers, body: await readBody(request) };
      return reply(await answerApi(path.slice("/api/".length), sent, apiNeeds), since, request, response);
    }
    if (responseSources.some((source) => path.startsWith(`/${source}/`))) {
      const body = (await readBody(request)).toString();
      const use = { path: path.slice(1), contentType: request.headers["content-type"], body };
      return reply(answerResponseUrl(request.method, use, otherNeeds), since, request, response);
    }
    if (path.startsWith("/upload/v1/")) {
      const content = await readUpload(request.headers["content-type"] ?? "", await readBody(request));
      const { status, body } = files.receive(path.slice("/upload/v1/".length), content);
      return answer(response, status, "text/plain", body);
    }
    if (path.startsWith("/files-pri/")) {
      return reply(answerPrivateFile(path, request.headers.authorization, privateNeeds), since, request, response);
    }
    if (!(await answerPage(url, request, response, pageNeeds))) answer(response, 404, "text/plain", "not found");
  }

  const hanging = new Set<ServerResponse>();
  let restores = 0;
  function reply(given: ApiReply, since: number, request: IncomingMessage, response: ServerResponse): void {
    if (given.kind === "hang") {
      // `restore` may have been called between the fault and this answer.
      if (restores === since) hanging.add(response);
      else response.destroy();
      return;
    }
    if (given.kind === "drop") request.socket.destroy();
    else response.writeHead(given.status, given.headers).end(given.body);
  }

  const connections = new Set<Socket>();
  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      // A bug of the local Slack is reported as its own, not as the bot's.
      warn("local slack", `failed: ${error instanceof Error ? error.stack : String(error)}`);
      if (!response.headersSent) answer(response, 500, "text/plain", String(error));
      else response.destroy();
    });
  });
  server.on("upgrade", (request, stream, head) => sockets.upgrade(request, stream, head));
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  port = (server.address() as AddressInfo).port;

  function releaseHanging(): void {
    restores += 1;
    for (const response of hanging) response.destroy();
    hanging.clear();
  }

  const isThere = (message: Message): boolean => message.onlyFor === undefined;

  return {
    /** For SLACK_API_URL. */
    apiUrl: `${base()}api/`,
    pageUrl: `http://${authority()}/`,
    port,
    app,
    /** The live workspace, for everything that the functions below do not cover. */
    state,
    /** Every Web API call and every use of a response URL (as `response_url`), oldest first. */
    log: log as readonly ApiCall[],
    warnings: warnings as readonly Warning[],
    files,

    /** Adds to what the page offers. */
    extendPage(given: PageExtension): void {
      extension = given;
    },

    /** Sends payloads to this request URL from now on (HTTP mode). Without it, they go to Socket Mode connections. */
    deliverTo(url: string | undefined): void {
      requestUrl = url;
    },

    type: userActions.type,
    say: userActions.say,
    click: userActions.click,
    clickStale: userActions.clickStale,
    useMessageShortcut: userActions.useMessageShortcut,
    redeliver: userActions.redeliver,
    ...viewActions,
    modal: (user: string): JsonObject | undefined => views.open(user)?.json,
    home: (user: string): JsonObject | undefined => views.home(user)?.json,

    /** The channel's messages outside threads, oldest first. */
    messages: (channel: string): readonly Message[] =>
      state.all(channel).filter((message) => isThere(message) && (message.threadTs === undefined || message.broadcast)),
    /** The replies to a message, oldest first, without the message itself. */
    thread: (channel: string, ts: string): readonly Message[] =>
      state.all(channel).filter((message) => isThere(message) && message.threadTs === ts),
    /** Messages that only one person sees; without `user`, those of everyone. */
    ephemerals: (user?: string): readonly Message[] =>
      state.all().filter(({ onlyFor }) => onlyFor !== undefined && (user === undefined || onlyFor === user)),
    /** The bot's direct messages to this person. */
    directMessages(user: string): readonly Message[] {
      const direct = [...state.conversations.values()].filter(
        ({ kind, members }) => kind === "im" && members.has(user),
      );
      return direct.flatMap(({ id }) => state.all(id)).filter((message) => message.author === app.botUserId);
    },

    until: createWaiting(state, () => log.slice(-5).map(({ method, outcome }) => `${method}: ${outcome.kind}`)),

    /** Makes a method (`*`: all; `response_url`: response URLs) fail for the next `times` calls or until `restore`. */
    fail(method: string, behaviour: Behaviour, times?: number): void {
      faults.set(method, behaviour, times);
    },
    restore(method?: string): void {
      faults.clear(method);
      releaseHanging();
    },
    ...workspaceChanges(state),

    socketCount: sockets.count,
    disconnectSockets: (reason: DisconnectReason): void => sockets.disconnect(reason),
    dropSockets: sockets.drop,

    async close(): Promise<void> {
      releaseHanging();
      await sockets.close();
      for (const socket of connections) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
