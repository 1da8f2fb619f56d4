/** A local WeChat Pay over real HTTP: as strict as the real one, with every known failure on request. */
import type { KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Action } from "../../domain/attempt-result.ts";
import type { WeChatPayIdentity } from "./identity.ts";
import { type IncomingCall, type Parameters, readParameters, stepOf } from "./parameters.ts";
import { type LocalCertificates, listCertificates } from "./platform-certificates.ts";
import { type Reply, success } from "./reply.ts";
import { admit } from "./request-checks.ts";
import { createScript } from "./scenario-replies.ts";
import { type SentReply, sendReply } from "./send-reply.ts";
import { createSwitches, type Switches } from "./switches.ts";

export type LocalWeChatPayOptions = {
  /** Default: 0, any free port. */
  port?: number;
  /** Default: loopback. */
  host?: string;
  /** Milliseconds since 1970. Default: the machine's clock. */
  clock?: { now(): number };
  /** Delay before every answer. Default: 0. */
  delayMs?: number;
  /** Called for each exchange when its request has arrived, and again when it has been answered. */
  observe?: (exchange: Exchange) => void;
  platformCertificates?: LocalCertificates | undefined;
} & Pick<WeChatPayIdentity, "mchid" | "serialNo" | "merchantPublicKey" | "publicKeyId" | "privateKey">;

/** One exchange, for tests to inspect: what it requests, refused or not, if the path and the body are as documented. */
export type PlayedCall = Partial<Parameters> & {
  /** Counted from 1 for each sub-merchant and step. Calls with an invalid signature do not count. */
  attempt: number;
  /** WeChat Pay's clock when the request arrived, in milliseconds since 1970. */
  at: number;
  /** On one monotonic clock for all calls, in milliseconds, so that overlapping calls can be detected. */
  startedAtMs: number;
  /** Absent while the call is running. */
  endedAtMs?: number;
  /** Whether the request's signature was valid. */
  verified: boolean;
  /** Whether the sub-merchant's switch was set, whatever the answer. */
  acted: boolean;
  /** The HTTP status, or how the exchange ended without one. */
  answered?: number | "reset" | "silent";
};

/** One exchange byte for byte. */
export type Exchange = {
  played: PlayedCall;
  call: IncomingCall;
  /** Absent until it is sent, and if the exchange ends without one. */
  sent?: SentReply;
};

/**
 * Returns the reply to the `n`th attempt (from 1) at one step for one sub-merchant; undefined for the default reply.
 */
export type Behaviour = (call: PlayedCall, n: number) => Reply | undefined;

export type LocalWeChatPay = {
  /** The base URL for the settings. */
  url: string;
  /** Every exchange since the start, oldest first. */
  calls: readonly PlayedCall[];
  /** The receipt state of each sub-merchant, as it really is. */
  states: ReadonlyMap<string, Action>;
  /** Both switches of a sub-merchant, as they really are. */
  switchesOf(subMchid: string): Switches;
  /**
   * Lets this many milliseconds pass for the 24 hours in which 点金计划 stays closed, and for nothing else: the clock,
   * by which timestamps are verified, stays.
   */
  letClosingsAge(ms: number): void;
  /** Overrides the replies for one sub-merchant. */
  behave(subMchid: string, behaviour: Behaviour): void;
  /** Replaces the reply to every call that has no behaviour of its own, whatever its number. */
  trouble: Behaviour | undefined;
  /** Added to the clock, in milliseconds. Like `delayMs` and `trouble`, it can be changed at any time. */
  skewMs: number;
  delayMs: number;
  /** The provider's API certificates by serial number in upper case: a new one may be added, an old one removed. */
  certificates: Map<string, KeyObject>;
  /** WeChat Pay's own certificates; undefined for a provider that has only ever had the public key. */
  platformCertificates: LocalCertificates | undefined;
  /** Drops open connections. No call takes effect afterwards. */
  close(): Promise<void>;
};

/** Maximum size of a request body. The longest documented one has 119 bytes. */
const requestBytesMax = 64 * 1024;

export async function startLocalWeChatPay(options: LocalWeChatPayOptions): Promise<LocalWeChatPay> {
  const { port = 0, host = "127.0.0.1" } = options;
  const clock = { now: () => (options.clock?.now() ?? Date.now()) + local.skewMs };
  const certificates = new Map([[options.serialNo.toUpperCase(), options.merchantPublicKey]]);
  const listed = () => listCertificates(local.platformCertificates);
  const provider = { mchid: options.mchid, certificates, listCertificates: listed };
  const calls: PlayedCall[] = [];
  const switches = createSwitches(clock.now);
  const scripted = createScript();
  const behaviours = new Map<string, Behaviour>();
  const attempts = new Map<string, number>();
  const closing = new AbortController();

  async function play(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const played: PlayedCall = {
      attempt: 1,
      at: clock.now(),
      startedAtMs: performance.now(),
      verified: false,
      acted: false,
    };
    calls.push(played);
    response.once("close", () => {
      played.endedAtMs = performance.now();
    });
    const body = await bodyOf(request);
    if (body === undefined) {
      await answer(request, response, played, { status: 413 });
      return;
    }
    const call: IncomingCall = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
    const exchange: Exchange = { played, call };
    const respond = async (reply: Reply): Promise<void> => {
      await applyDelay();
      const sent = await answer(request, response, played, reply);
      if (sent !== undefined) exchange.sent = sent;
      options.observe?.(exchange);
    };
    const step = stepOf(call);
    const read = step && readParameters(call, step);
    if (read?.ok) Object.assign(played, read.parameters);
    options.observe?.(exchange);
    const admission = await admit(call, provider, Math.floor(clock.now() / 1000));
    if (!admission.admitted) {
      played.verified = admission.verified;
      return respond(admission.reply);
    }
    const { parameters } = admission;
    const { subMchid } = parameters;
    const key = `${parameters.step} ${subMchid}`;
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    Object.assign(played, { attempt, verified: true });
    const reply =
      behaviours.get(subMchid)?.(played, attempt) ??
      local.trouble?.(played, attempt) ??
      switches.refusalOf(parameters) ??
      scripted(parameters, call);
    await respond(reply);
  }

  async function applyDelay(): Promise<void> {
    if (local.delayMs > 0) await untilSettled(delay(local.delayMs, undefined, { ref: false }), closing.signal);
  }

  function act(played: PlayedCall): void {
    const { step, subMchid, operationType } = played;
    if (step === undefined || subMchid === undefined || operationType === undefined || closing.signal.aborted) return;
    switches.set({ ...played, step, subMchid, operationType });
    played.acted = true;
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    played: PlayedCall,
    reply: Reply,
  ): Promise<SentReply | undefined> {
    if ("hold" in reply) {
      await untilSettled(reply.hold, closing.signal);
      return answer(request, response, played, reply.afterwards ?? success(played.subMchid ?? ""));
    }
    if ("reset" in reply) {
      if (reply.reset === "after") act(played);
      played.answered = "reset";
      request.socket.resetAndDestroy();
      return undefined;
    }
    if ("silent" in reply) {
      if (reply.silent === "after") act(played);
      played.answered = "silent";
      return undefined;
    }
    if (reply.acts ?? (reply.status >= 200 && reply.status <= 299)) act(played);
    played.answered = reply.status;
    const identity = { ...options, platformCertificates: local.platformCertificates };
    return sendReply(request, response, reply, { identity, verified: played.verified, now: clock.now() });
  }

  const server = createServer((request, response) => {
    play(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  // WeChat Pay closes idle connections after 8 s, and announces it.
  server.keepAliveTimeout = 8_000;
  server.listen(port, host);
  await once(server, "listening");
  const { port: bound } = server.address() as AddressInfo;

  const local: LocalWeChatPay = {
    url: `http://${host}:${bound}`,
    calls,
    states: switches.receipts,
    switchesOf: switches.of,
    letClosingsAge: switches.letClosingsAge,
    behave: (subMchid, behaviour) => void behaviours.set(subMchid, behaviour),
    trouble: undefined,
    skewMs: 0,
    delayMs: options.delayMs ?? 0,
    certificates,
    platformCertificates: options.platformCertificates,
    async close() {
      closing.abort();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return local;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.byteLength;
    if (bytes > requestBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Waits until `promise` settles or the server closes. */
function untilSettled(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener("abort", end);
      resolve();
    };
    if (signal.aborted) return end();
    signal.addEventListener("abort", end);
    promise.then(end, end);
  });
}
