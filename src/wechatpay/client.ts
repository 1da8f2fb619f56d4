/**
 * The signed calls: one that switches a sub-merchant's receipt, one that switches its 点金计划, and one that changes
 * nothing.
 */
import { type KeyObject, randomUUID } from "node:crypto";
import type { CallResult, ChangeCustomPageStatus, ChangeGoldPlanStatus } from "../domain/attempt-result.ts";
import type { ProxyAddress } from "../network/proxy.ts";
import { decoded } from "./content-encoding.ts";
import { type Endpoint, openEndpoint } from "./endpoints.ts";
import { type CallClock, exchange, type TimeLimit, type Unreachable, withinTimeLimit } from "./exchange.ts";
import { clockAheadMsOf } from "./headers.ts";
import { authorization, requestMessage, type Sign } from "./signature.ts";
import {
  type Received,
  type VerifiedCertificates,
  verifyCertificatesAnswer,
  verifyChangeAnswer,
} from "./verify-answer.ts";

/** The calls' paths, below an endpoint's base URL. */
export const changeCustomPageStatusPath = "/v3/goldplan/merchants/changecustompagestatus";
export const changeGoldPlanStatusPath = "/v3/goldplan/merchants/changegoldplanstatus";
/** WeChat Pay's certificates. Reading them changes nothing and requires the same signature. */
export const certificatesPath = "/v3/certificates";

/** WeChat Pay's response to a signed request that changes nothing. */
export type SignatureCheck = VerifiedCertificates & {
  /** How far our clock is ahead of WeChat Pay's, in milliseconds; undefined if no answer contained the time. */
  clockAheadMs: number | undefined;
};

/** The keys that belong together, to sign our calls and to verify WeChat Pay's answers. */
export type WeChatPayKeys = {
  /** Serial number of the provider's API certificate, hex in any case. */
  serialNo: string;
  /** Signs with the private key of that certificate. */
  sign: Sign;
  /**
   * The ID of the key with which WeChat Pay shall sign its answers: `PUB_KEY_ID_…`. Without it, WeChat Pay signs them
   * with its platform certificate, as it also does before the provider has switched to the public key.
   */
  publicKeyId: string | undefined;
  /** The keys whose signatures are accepted, by ID or serial number. While there are none, no change is requested. */
  verificationKeys: ReadonlyMap<string, KeyObject>;
  /** Decrypts platform certificates: AES-256. */
  apiV3Key?: KeyObject | undefined;
};

export type WeChatPayClientOptions = WeChatPayKeys & {
  /** The service provider's merchant number. */
  mchid: string;
  /** Base URLs; the first is the primary one. A path prefix is sent and signed. */
  endpoints: readonly string[];
  userAgent: string;
  /** Time limit for TCP and TLS together, in milliseconds. Default: 3000. */
  connectTimeoutMs?: number;
  /** Time limit for the whole call, from signing to the last verified byte, in milliseconds. Default: 10000. */
  totalTimeoutMs?: number;
  /** Default: the machine's clock. */
  clock?: CallClock;
  /** 32 characters, never the same twice. Default: random. */
  nonce?: () => string;
  /** The proxy, if connections are not direct. */
  proxy?: ProxyAddress | undefined;
  /**
   * Called if an answer to a change is signed under an unknown serial number. If it calls `useKeys`, the same bytes are
   * verified again. Never rejects.
   */
  renewKeys?: ((serialNo: string) => Promise<void>) | undefined;
};

export type WeChatPayClient = {
  changeCustomPageStatus: ChangeCustomPageStatus;
  changeGoldPlanStatus: ChangeGoldPlanStatus;
  /**
   * Makes a signed call that changes nothing, and returns the platform certificates in its answer.
   * @param endpoint index of the configured endpoint, from 0; it wraps around
   * @param keys default: the current ones
   */
  checkSignature(endpoint: number, keys?: WeChatPayKeys): Promise<SignatureCheck>;
  /** Every call from now on uses these keys; calls in progress keep theirs. */
  useKeys(keys: WeChatPayKeys): void;
  /** Waits for calls in progress, then closes the connections. */
  close(): Promise<void>;
};

type OutgoingCall = { endpoint: number; method: "GET" | "POST"; path: string; body: Buffer };

/**
 * Creates a client that keeps its connections open between calls.
 *
 * ```ts
 * const client = createWeChatPayClient({ mchid, serialNo, sign, publicKeyId, verificationKeys, endpoints, userAgent });
 * const result = await client.changeCustomPageStatus({ subMchid: "1900000109", operationType: "OPEN", endpoint: 0 });
 * ```
 *
 * Every call ends with a `CallResult`; a rejected promise is a bug. The caller decides about retries.
 */
export function createWeChatPayClient(options: WeChatPayClientOptions): WeChatPayClient {
  const { mchid, connectTimeoutMs = 3_000, totalTimeoutMs = 10_000 } = options;
  const { clock = { now: () => Date.now() }, nonce = randomNonce, proxy, renewKeys } = options;
  const endpoints = options.endpoints.map((baseUrl) => openEndpoint(baseUrl, connectTimeoutMs, proxy));
  const headers = [
    ["accept", "application/json"],
    // The signature covers the bytes as WeChat Pay wrote them.
    ["accept-encoding", "identity"],
    ["content-type", "application/json"],
    // The outcome table matches Chinese messages.
    ["accept-language", "zh-CN"],
    ["user-agent", options.userAgent],
  ].flat();
  let current: WeChatPayKeys = options;

  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;

  function endpointAt(index: number): Endpoint {
    const endpoint = endpoints[index % endpoints.length];
    if (endpoint === undefined) throw new RangeError(`no endpoint ${index} of ${endpoints.length}`);
    return endpoint;
  }

  async function send(
    { endpoint: index, ...what }: OutgoingCall,
    { serialNo, sign, publicKeyId }: WeChatPayKeys,
    limit: TimeLimit,
  ): Promise<Received | Unreachable> {
    const endpoint = endpointAt(index);
    const { method, body } = what;
    const path = endpoint.pathPrefix + what.path;
    const timestamp = Math.floor(clock.now() / 1000);
    const request = { method, path, timestamp, nonce: nonce(), body };
    const message = requestMessage(request);
    const signed = await sign(message, limit);
    if (signed.kind === "unreachable") return signed;
    // The time limit has already ended the call, and nothing may be sent after that.
    if (limit.isOver()) return { kind: "unreachable", why: "timeout", mayHaveActed: false };
    const answer = await exchange(
      endpoint.dispatcher,
      {
        origin: endpoint.origin,
        server: endpoint.server,
        path,
        method,
        headers: [
          ...headers,
          ...(publicKeyId === undefined ? [] : ["wechatpay-serial", publicKeyId]),
          "authorization",
          authorization({ mchid, serialNo: serialNo.toUpperCase() }, request, signed.signature),
        ],
        body,
      },
      limit,
    );
    if (answer.kind === "unreachable") return answer;
    const now = clock.now();
    return { ...(await decoded(answer)), signed: { method, path, message }, now };
  }

  /** Adds the call to those that `close` waits for. */
  async function during<T>(work: () => Promise<T>): Promise<T> {
    if (isClosed) throw new Error("the WeChat Pay client was closed");
    const result = work();
    underWay.add(result);
    try {
      return await result;
    } finally {
      underWay.delete(result);
    }
  }

  /**
   * Requests a change, whose answer is judged again if its key becomes known only afterwards.
   * @param parameters the body's fields, in the order in which they are sent
   */
  function change(
    path: string,
    parameters: Readonly<Record<string, string>> & { sub_mchid: string },
    endpoint: number,
  ): Promise<CallResult> {
    const call = { endpoint, method: "POST", path, body: Buffer.from(JSON.stringify(parameters)) } as const;
    const judge = (received: Received, { verificationKeys: keys }: WeChatPayKeys) =>
      verifyChangeAnswer(received, { subMchid: parameters.sub_mchid, keys });
    return during(async () => {
      const keys = current;
      if (keys.verificationKeys.size === 0) {
        const cause = { host: endpointAt(endpoint).server.host };
        return { kind: "unreachable", why: "no-verification-key", mayHaveActed: false, cause };
      }
      let judged: CallResult | undefined;
      const result = await withinTimeLimit(totalTimeoutMs, clock, async (limit): Promise<CallResult> => {
        const received = await send(call, keys, limit);
        if (received.kind === "unreachable") return received;
        judged = await judge(received, keys);
        if (judged.kind !== "unverified" || judged.serial === undefined) return judged;
        await renewKeys?.(judged.serial);
        return current === keys ? judged : judge(received, current);
      });
      // The answer came in time, and only its key did not.
      return result.kind === "unreachable" && judged ? judged : result;
    });
  }

  return {
    changeCustomPageStatus: ({ subMchid, operationType, endpoint }) =>
      change(changeCustomPageStatusPath, { sub_mchid: subMchid, operation_type: operationType }, endpoint),

    changeGoldPlanStatus: ({ subMchid, operationType, payScene, endpoint }) =>
      change(
        changeGoldPlanStatusPath,
        { sub_mchid: subMchid, operation_type: operationType, operation_pay_scene: payScene },
        endpoint,
      ),

    async checkSignature(endpoint, keys = current) {
      let clockAheadMs: number | undefined;
      const judged = await during(() =>
        withinTimeLimit(totalTimeoutMs, clock, async (limit): Promise<VerifiedCertificates | Unreachable> => {
          const call = { endpoint, method: "GET", path: certificatesPath, body: Buffer.alloc(0) } as const;
          const received = await send(call, keys, limit);
          if (received.kind === "unreachable") return received;
          clockAheadMs = clockAheadMsOf(received.headers, received.now);
          return verifyCertificatesAnswer(received, { keys: keys.verificationKeys, apiV3Key: keys.apiV3Key });
        }),
      );
      return { ...("kind" in judged ? { result: judged, certificates: [] } : judged), clockAheadMs };
    },

    useKeys(keys) {
      current = keys;
    },

    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
      // undici's close() would also wait for the connections of calls that have timed out.
      await Promise.all(endpoints.map(({ dispatcher }) => dispatcher.destroy()));
    },
  };
}

/** 32 characters of 0 to 9 and A to F, 122 bits of them random. */
export function randomNonce(): string {
  // Node draws random bytes for many UUIDs at once; each draw waits for the threads that sign.
  return randomUUID().replaceAll("-", "").toUpperCase();
}
