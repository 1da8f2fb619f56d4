/** The signer's settings, from its environment. Its problems are English sentences for its log. */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";

/** `inherited`: systemd opened the socket and passes it on. */
export type ListenAddress =
  | { kind: "inherited" }
  | { kind: "socket"; path: string }
  | { kind: "tcp"; host: string; port: number };

export interface SignerSettings {
  listen: ListenAddress;
  privateKey: KeyObject;
  token: string | undefined;
  pathPrefix: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @param pid of this process, which systemd names in LISTEN_PID */
export function readSignerSettings(
  env: Environment,
  pid: number,
): { ok: true; settings: SignerSettings } | { ok: false; problems: string[] } {
  const problems: string[] = [];
  const take = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SettingProblem)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const listen = take(() => readListen(env, pid));
  const privateKey = take(() => readKey(textOf(env, "WECHATPAY_PRIVATE_KEY")));
  const token = take(() => readToken(textOf(env, "SIGNER_TOKEN")));
  const pathPrefix = take(() => readPathPrefix(env["SIGNER_PATH_PREFIX"] ?? ""));
  if (listen?.kind === "tcp" && token === undefined && problems.length === 0)
    problems.push("SIGNER_TOKEN is required over HTTP, where every process on this machine can ask");
  if (problems.length > 0 || !listen || !privateKey || pathPrefix === undefined) return { ok: false, problems };
  return { ok: true, settings: { listen, privateKey, token, pathPrefix } };
}

/** Its message contains no value that could be a secret. */
class SettingProblem extends Error {}

function textOf(env: Environment, name: string): string | undefined {
  const path = env[`${name}_FILE`];
  if (!path) return env[name] || undefined;
  if (env[name]) throw new SettingProblem(`${name} and ${name}_FILE are both set: keep only one of them`);
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new SettingProblem(`the file of ${name}_FILE cannot be read (${why})`);
  }
}

function readListen(env: Environment, pid: number): ListenAddress {
  const { SIGNER_LISTEN: text = "", LISTEN_FDS: count, LISTEN_PID: receiver } = env;
  if (receiver === String(pid)) {
    if (count !== "1" || text !== "")
      throw new SettingProblem("systemd has to pass exactly one socket, and SIGNER_LISTEN must not be set then");
    return { kind: "inherited" };
  }
  // 107 bytes are the longest path of a Unix socket on Linux.
  const [, path] = /^unix:(\/[^\0\s]{1,106})$/.exec(text) ?? [];
  if (path !== undefined) return { kind: "socket", path };
  const [, host = "", port = ""] = /^http:\/\/(127\.0\.0\.1|\[::1\]):([1-9][0-9]{0,4})\/?$/.exec(text) ?? [];
  if (host === "" || Number(port) > 65_535)
    throw new SettingProblem("SIGNER_LISTEN must be unix:/PATH, http://127.0.0.1:PORT or http://[::1]:PORT");
  return { kind: "tcp", host: host.replace(/[[\]]/g, ""), port: Number(port) };
}

function readKey(pem: string | undefined): KeyObject {
  if (pem === undefined) throw new SettingProblem("WECHATPAY_PRIVATE_KEY or WECHATPAY_PRIVATE_KEY_FILE is required");
  const key = keyIn(pem);
  if (key?.asymmetricKeyType !== "rsa" || key.asymmetricKeyDetails?.modulusLength !== 2_048)
    throw new SettingProblem("WECHATPAY_PRIVATE_KEY must be an RSA key of 2048 bits, the text of apiclient_key.pem");
  return key;
}

function keyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // OpenSSL's message would not name the setting.
    return undefined;
  }
}

function readToken(token: string | undefined): string | undefined {
  if (token !== undefined && !/^[\x21-\x7e]{32,256}$/.test(token))
    throw new SettingProblem("SIGNER_TOKEN must have 32 to 256 characters without spaces (openssl rand -hex 32)");
  return token;
}

function readPathPrefix(prefix: string): string {
  if (!/^(\/[A-Za-z0-9._~-]+)*$/.test(prefix))
    throw new SettingProblem("SIGNER_PATH_PREFIX must be the path of the bot's endpoint, such as /wechatpay");
  return prefix;
}
