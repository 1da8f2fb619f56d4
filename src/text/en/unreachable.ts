/** Why WeChat Pay could not be reached, in English: what to do about it, and what exactly went wrong. */
import type { UnreachableReason } from "../../domain/attempt-result.ts";
import type { UnreachableTopic } from "../../domain/guidance.ts";

const thenRetry = "then press Retry on the request's message.";

export const unreachable: Record<UnreachableTopic, Record<"short" | "happened" | "todo", string>> = {
  unreachable: {
    short: "WeChat Pay could not be reached",
    happened: "WeChat Pay did not answer the last attempt.",
    todo: `Check the network between the bot and WeChat Pay (DNS, firewall, proxy), ${thenRetry}`,
  },
  "unreachable-tls": {
    short: "no secure connection to WeChat Pay",
    happened: "The encrypted connection (TLS) to WeChat Pay could not be set up.",
    todo: `Check WECHATPAY_ENDPOINTS, and every firewall or proxy that intercepts TLS, ${thenRetry}`,
  },
  "unreachable-certificate-expired": {
    short: "the server's certificate has expired",
    happened: "The server that answered as WeChat Pay has an expired certificate, so the bot sent nothing.",
    todo: `Check the clock of the bot's machine (NTP). If it is correct, find out which proxy or firewall answers instead of WeChat Pay and renew its certificate, ${thenRetry}`,
  },
  "unreachable-certificate-early": {
    short: "the server's certificate is not valid yet",
    happened: "The server's certificate is not valid yet, so the bot sent nothing. Usually the bot's clock is behind.",
    todo: `Correct the clock of the bot's machine (NTP), ${thenRetry}`,
  },
  "unreachable-certificate-untrusted": {
    short: "the server's certificate is not trusted",
    happened:
      "The bot does not trust the certificate of the server that answered, so it sent nothing. Usually a proxy or firewall intercepts TLS.",
    todo: `Allow the bot to reach WeChat Pay without interception, or add your company's root certificate with NODE_EXTRA_CA_CERTS and restart the bot, ${thenRetry}`,
  },
  "unreachable-certificate-host": {
    short: "the server's certificate is for another host",
    happened: "The server that answered has a certificate for another host name, so the bot sent nothing.",
    todo: `Check WECHATPAY_ENDPOINTS, DNS and the proxy: another server answers instead of WeChat Pay. Correct this, ${thenRetry}`,
  },
  "unreachable-proxy": {
    short: "the proxy did not let the bot through",
    happened: "The proxy in HTTPS_PROXY did not open a connection to WeChat Pay, so the bot sent nothing.",
    todo: `Check that HTTPS_PROXY is correct, and that the proxy is running and allows connections to WeChat Pay, ${thenRetry}`,
  },
  "unreachable-proxy-credentials": {
    short: "the proxy asks for credentials",
    happened: "The proxy in HTTPS_PROXY asks for a user name and a password (407), so the bot sent nothing.",
    todo: `Set the correct user name and password in HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT), restart the bot, ${thenRetry}`,
  },
  "unreachable-local-limit": {
    short: "the bot's machine is out of connections",
    happened: "The bot's machine could not open a connection: it is out of file handles or memory.",
    todo: `Raise the limit for open files (ulimit -n, LimitNOFILE) or find out what is exhausting it, restart the bot, ${thenRetry}`,
  },
  "unreachable-no-key": {
    short: "the bot has no WeChat Pay platform certificate",
    happened:
      "The bot has no valid platform certificate of WeChat Pay. It could not verify any answer, so it sent nothing.",
    todo: `Run npm run doctor -- --only wechatpay-platform-certificates on the bot's machine and fix what it finds, ${thenRetry}`,
  },
  "unreachable-signer": {
    short: "the signer did not answer",
    happened:
      "The signer in WECHATPAY_SIGNER, which holds the private key, did not answer, so the bot sent nothing to WeChat Pay.",
    todo: `Check that the signer is running and that the bot's user may connect to it (npm run doctor), ${thenRetry}`,
  },
  "unreachable-signer-refused": {
    short: "the signer did not sign the call",
    happened: "The signer in WECHATPAY_SIGNER gave no signature, so the bot sent nothing to WeChat Pay.",
    todo: `Read the signer's log. Check the clock, WECHATPAY_SIGNER_TOKEN, and the signer's SIGNER_PATH_PREFIX if WECHATPAY_ENDPOINTS contains a path, ${thenRetry}`,
  },
};

/** What is known about a failed connection; `host`, `proxy` and `reason` are code, `code` is plain, `date` is a day. */
export interface ConnectionFacts {
  host: string;
  proxy: string | undefined;
  code: string | undefined;
  status: number | undefined;
  /** The signer's own words. */
  reason: string | undefined;
  date: string | undefined;
}

const because = (code: string | undefined) => (code === undefined ? "" : ` (${code})`);
const through = ({ proxy }: ConnectionFacts) => (proxy === undefined ? "" : ` through the proxy ${proxy}`);
const theProxy = ({ proxy }: ConnectionFacts) => (proxy === undefined ? "The proxy" : `The proxy ${proxy}`);

/** The last attempt's failure, as one sentence. */
export const connection: Record<UnreachableReason, (facts: ConnectionFacts) => string> = {
  refused: (facts) => `${facts.host} refused the connection${through(facts)}${because(facts.code)}.`,
  reset: (facts) => `The connection to ${facts.host}${through(facts)} was interrupted${because(facts.code)}.`,
  timeout: (facts) => `${facts.host} did not answer in time${through(facts)}${because(facts.code)}.`,
  dns: (facts) => `DNS did not resolve ${facts.host}${because(facts.code)}.`,
  tls: (facts) => `The TLS handshake with ${facts.host}${through(facts)} failed${because(facts.code)}.`,
  "certificate-expired": (facts) =>
    `The certificate of ${facts.host} expired${facts.date === undefined ? "" : ` on ${facts.date}`}${because(facts.code)}.`,
  "certificate-not-yet-valid": (facts) =>
    `The certificate of ${facts.host} is not valid ${facts.date === undefined ? "yet" : `before ${facts.date}`}${because(facts.code)}.`,
  "certificate-self-signed": (facts) => `The certificate of ${facts.host} is self-signed${because(facts.code)}.`,
  "certificate-unknown-issuer": (facts) =>
    `The issuer of ${facts.host}'s certificate is unknown, or the server does not send the whole chain${because(facts.code)}.`,
  "certificate-wrong-host": (facts) => `The certificate is not for ${facts.host}${because(facts.code)}.`,
  "certificate-invalid": (facts) => `The certificate of ${facts.host} is not valid${because(facts.code)}.`,
  "proxy-unreachable": (facts) => `${theProxy(facts)} could not be reached${because(facts.code)}.`,
  "proxy-closed": (facts) => `${theProxy(facts)} closed the connection to ${facts.host}${because(facts.code)}.`,
  "proxy-credentials": (facts) => `${theProxy(facts)} asks for credentials (407).`,
  "proxy-refused": (facts) =>
    `${theProxy(facts)} refused the connection to ${facts.host}${facts.status === undefined ? "" : ` (${facts.status})`}.`,
  "local-limit": (facts) => `The system refused to open a connection${because(facts.code)}.`,
  "no-verification-key": (facts) => `The bot has no platform certificate that can verify answers from ${facts.host}.`,
  "signer-unreachable": (facts) => `The signer ${facts.host} did not answer${because(facts.code)}.`,
  "signer-refused": (facts) =>
    `The signer ${facts.host} refused to sign${facts.status === undefined ? "" : ` (${facts.status})`}${facts.reason === undefined ? "" : `: ${facts.reason}`}.`,
  "signer-invalid": (facts) => `The answer of the signer ${facts.host} is not a signature.`,
  other: (facts) => `The connection to ${facts.host}${through(facts)} failed${because(facts.code)}.`,
};

/** Says more about an answer that could not be verified. */
export const unverified = {
  why: {
    missing:
      "The answer carries no complete signature, as if something other than WeChat Pay had answered, such as a proxy or a login page.",
    "wrong-signature":
      "The answer's signature does not match: the bot has another key than WeChat Pay's, or the answer was changed in transit.",
    probe: "WeChat Pay tested the bot with a signature that is wrong on purpose.",
  },
  serial: (serial: string, kind: "public-key" | "platform-certificate") =>
    kind === "public-key"
      ? `The answer is signed with the public key ${serial}, which is not the one in WECHATPAY_PUBLIC_KEY_ID.`
      : `The answer is signed with the platform certificate ${serial}, which the bot does not have.`,
  contentEncoding: (encoding: string) =>
    `The answer is encoded as ${encoding}, although the bot does not request any encoding: something in between compresses it.`,
};
