/** The signed call that switches a sub-merchant's receipt on or off: one exchange, one result. */
import { type KeyObject, randomBytes } from "node:crypto";
import type { CallResult, ChangeCustomPageStatus } from "../domain/attempt-result.ts";
import type { ProxyAddress } from "../network/proxy.ts";
import { openEndpoint } from "./endpoints.ts";
import { classify } from "./errors.ts";
import { type ExchangeResult, exchange, withinTimeLimit } from "./exchange.ts";
import { clockAheadMsOf, requestIdOf, tokenOf } from "./headers.ts";
import type { SignedRequest } from "./sign-information.ts";
import { authorization, claimsSignature, requestMessage, signMessage, verifyResponse } from "./signature.ts";

/** Where the call goes, below an endpoint's base URL. */
export const changeCustomPageStatusPath = "/v3/goldplan/merchants/changecustompagestatus";

export type WeChatPayClientOptions = {
  /** The service provider's merchant number. */
  mchid: string;
  /** Serial number of the provider's API certificate, hex in any case. */
  serialNo: string;
  /** The provider's API private key, RSA-2048. */
  privateKey: KeyObject;
  /** The id of the key with which WeChat Pay signs its answers: `PUB_KEY_ID_…`. */
  publicKeyId: string;
  /** The keys whose signatures count: id or serial number -> key. */
  verificationKeys: ReadonlyMap<string, KeyObject>;
  /** Base URLs; the first is the primary one. A path prefix is sent and signed. */
  endpoints: readonly string[];
  userAgent: string;
  /** For TCP and TLS together. Default: 3000. */
  connectTimeoutMs?: number;
  /** For the whole call, from signing to the last byte checked. Default: 10000. */
  totalTimeoutMs?: number;
  /** Milliseconds since 1970. Default: the machine's clock. */
  clock?: { now(): number };
  /** 32 characters, never the same twice. Default: random. */
  nonce?: () => string;
  /** The way out, where it is not a direct one. */
  proxy?: ProxyAddress | undefined;
};

export type WeChatPayClient = {
  changeCustomPageStatus: ChangeCustomPageStatus;
  /** Waits for calls in progress, then closes the connections. */
  close(): Promise<void>;
};

/**
 * Makes a client that keeps its connections open between calls.
 *
 * ```ts
 * const client = createWeChatPayClient({ mchid, serialNo, privateKey, publicKeyId, verificationKeys, endpoints, userAgent });
 * const result = await client.changeCustomPageStatus({ subMchid: "1900000109", operationType: "OPEN", endpoint: 0 });
 * ```
 *
 * Every end of a call is a `CallResult`; a rejected promise is a bug. The caller decides about retries.
 */
export function createWeChatPayClient(options: WeChatPayClientOptions): WeChatPayClient {
  const { privateKey, verificationKeys, connectTimeoutMs = 3_000, totalTimeoutMs = 10_000 } = options;
  const { clock = { now: () => Date.now() }, nonce = randomNonce, proxy } = options;
  const signer = { mchid: options.mchid, serialNo: options.serialNo.toUpperCase(), privateKey };
  const endpoints = options.endpoints.map((baseUrl) => {
    const { pathPrefix, ...endpoint } = openEndpoint(baseUrl, connectTimeoutMs, proxy);
    return { ...endpoint, path: pathPrefix + changeCustomPageStatusPath };
  });
  const headers = [
    ["accept", "application/json"],
    // The signature covers the bytes as WeChat Pay wrote them.
    ["accept-encoding", "identity"],
    ["content-type", "application/json"],
    // The outcome table reads Chinese messages.
    ["accept-language", "zh-CN"],
    ["user-agent", options.userAgent],
    ["wechatpay-serial", options.publicKeyId],
  ].flat();

  const underWay = new Set<Promise<CallResult>>();
  let isClosed = false;

  const call: ChangeCustomPageStatus = ({ subMchid, operationType, endpoint: index }) =>
    withinTimeLimit(totalTimeoutMs, async (limit): Promise<CallResult> => {
      const endpoint = endpoints[index % endpoints.length];
      if (endpoint === undefined) throw new RangeError(`no endpoint ${index} of ${endpoints.length}`);
      const body = Buffer.from(JSON.stringify({ sub_mchid: subMchid, operation_type: operationType }));
      const timestamp = Math.floor(clock.now() / 1000);
      const request = { method: "POST", path: endpoint.path, timestamp, nonce: nonce(), body } as const;
      const message = requestMessage(request);
      const signature = await signMessage(message, privateKey);
      // The time limit has answered already, and nothing may be sent after that.
      if (limit.over) return { kind: "unreachable", why: "timeout", mayHaveActed: false };
      const answer = await exchange(
        endpoint.dispatcher,
        {
          origin: endpoint.origin,
          host: endpoint.host,
          path: endpoint.path,
          method: "POST",
          headers: [...headers, "authorization", authorization(signer, request, signature)],
          body,
        },
        limit,
      );
      if (answer.kind === "unreachable") return answer;
      const signed = { method: "POST", path: endpoint.path, message };
      return judge(answer, { subMchid, signed, keys: verificationKeys, now: clock.now() });
    });

  return {
    async changeCustomPageStatus(request) {
      if (isClosed) throw new Error("the WeChat Pay client was closed");
      const result = call(request);
      underWay.add(result);
      try {
        return await result;
      } finally {
        underWay.delete(result);
      }
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
      // undici's close() would also wait for the connections of calls that have timed out.
      await Promise.all(endpoints.map(({ dispatcher }) => dispatcher.destroy()));
    },
  };
}

type Expectation = {
  subMchid: string;
  signed: SignedRequest;
  keys: ReadonlyMap<string, KeyObject>;
  now: number;
};

/** What an answer means. A success needs a valid signature; a refusal needs one only if it claims to be signed. */
async function judge(
  answer: Extract<ExchangeResult, { kind: "answer" }>,
  { subMchid, signed, keys, now }: Expectation,
): Promise<CallResult> {
  const { status, headers, body, cut } = answer;
  const isSuccess = status >= 200 && status <= 299;
  // A truncated answer cannot be verified: it is no success, and a refusal is read from its status and first bytes.
  if (cut) return isSuccess ? unverified(answer, "wrong-body") : classify({ ...answer, signed, now });
  if (isSuccess || claimsSignature(headers)) {
    const verification = await verifyResponse({ headers, body, keys, now });
    if (!verification.ok) {
      return {
        ...unverified(answer, verification.why, now),
        ...(verification.why === "wrong-signature" && verification.probe && { probe: true }),
      };
    }
  }
  // 202 is verified like every 2xx, but asks for the same call again: the table lists it among the errors to retry.
  if (!isSuccess || status === 202) return classify({ ...answer, signed, now });
  if (!namesSubMerchant(body, subMchid)) return unverified(answer, "wrong-body");
  const requestId = requestIdOf(headers);
  return requestId === undefined ? { kind: "accepted", status } : { kind: "accepted", status, requestId };
}

type Unverified = Extract<CallResult, { kind: "unverified" }>;

function unverified(
  { status, headers }: { status: number; headers: Parameters<typeof requestIdOf>[0] },
  why: Unverified["why"],
  now?: number,
): Unverified {
  const requestId = requestIdOf(headers);
  const clockAheadMs = why === "stale" && now !== undefined ? clockAheadMsOf(headers, now) : undefined;
  const serial = why === "unknown-serial" ? tokenOf(headers, "wechatpay-serial") : undefined;
  const contentEncoding = tokenOf(headers, "content-encoding");
  return {
    kind: "unverified",
    why,
    status,
    ...(requestId !== undefined && { requestId }),
    ...(clockAheadMs !== undefined && { clockAheadMs }),
    ...(serial !== undefined && { serial }),
    ...(contentEncoding !== undefined && contentEncoding !== "identity" && { contentEncoding }),
  };
}

/** The documented success: a JSON object with the sub-merchant's number. Further keys are ignored. */
function namesSubMerchant(body: Buffer, subMchid: string): boolean {
  try {
    const answer: unknown = JSON.parse(body.toString("utf8"));
    return typeof answer === "object" && answer !== null && "sub_mchid" in answer && answer.sub_mchid === subMchid;
  } catch {
    // Signed, but not JSON: reported as a wrong body.
    return false;
  }
}

function randomNonce(): string {
  return randomBytes(16).toString("hex").toUpperCase();
}
