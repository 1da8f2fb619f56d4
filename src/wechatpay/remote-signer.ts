/**
 * Has another process sign, which holds the private key: `POST /sign` with the message as its body, and the signature
 * in base64 as the answer. .github/docs/operating.md (Keeping the private key out of the bot) describes the protocol.
 */
import { Client } from "undici";
import type { ConnectionCause } from "../domain/attempt-result.ts";
import { type ExchangeResult, exchange, newTimeLimit, type Unreachable } from "./exchange.ts";
import { type Sign, type SignResult, strictBase64 } from "./signature.ts";

/** Where the signer listens: a Unix socket, or HTTP on this machine. */
export type SignerAddress = {
  /** As people set it: `unix:/run/signer.sock`, `http://127.0.0.1:7070`. */
  name: string;
  /** The origin of the HTTP requests. */
  origin: string;
  /** Undefined over TCP. */
  socketPath: string | undefined;
};

/** The length of an RSA-2048 signature. */
const signatureBytes = 256;
/** What is kept of a refusal's text, in characters. */
const reasonLengthMax = 200;

/**
 * The call's time limit covers the signer. Each message has a connection of its own: it costs little on one machine,
 * and a signer that was restarted leaves no dead connection behind.
 * @param token sent as `Authorization: Bearer …`; undefined for none
 */
export function signRemotely({ name, origin, socketPath }: SignerAddress, token: string | undefined): Sign {
  const headers = [
    ["content-type", "application/octet-stream"],
    ["accept", "text/plain"],
    ...(token === undefined ? [] : [["authorization", `Bearer ${token}`]]),
  ].flat();

  const without = (why: Unreachable["why"], cause: ConnectionCause): Unreachable => ({
    kind: "unreachable",
    why,
    mayHaveActed: false,
    cause: { host: name, ...cause },
  });

  function judge(answer: ExchangeResult): SignResult {
    if (answer.kind === "unreachable") {
      const code = answer.cause?.code;
      return without("signer-unreachable", code === undefined ? {} : { code });
    }
    const text = answer.body.toString("utf8").trim();
    if (answer.status !== 200) {
      // The reason is stored and shown, and another server at this address may echo what it received.
      const shown = token === undefined ? text : text.replaceAll(token, "[redacted]");
      const reason = shown.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").slice(0, reasonLengthMax);
      return without("signer-refused", { status: answer.status, ...(reason !== "" && { reason }) });
    }
    return strictBase64(text)?.byteLength === signatureBytes
      ? { kind: "signed", signature: text }
      : without("signer-invalid", {});
  }

  return async (message, limit) => {
    const connection = new Client(origin, {
      connect: socketPath === undefined ? {} : { socketPath },
      // The call's one time limit covers these two.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    limit.late = without("signer-unreachable", { code: "ETIMEDOUT" });
    limit.toAbort = { abort: (reason) => void connection.destroy(reason) };
    try {
      const request = {
        origin,
        server: { host: name },
        path: "/sign",
        method: "POST",
        headers,
        body: message,
      } as const;
      // A limit of its own: what was sent to the signer was not sent to WeChat Pay.
      return judge(await exchange(connection, request, newTimeLimit()));
    } finally {
      limit.late = undefined;
      limit.toAbort = undefined;
      await connection.destroy();
    }
  };
}
