/** The settings that change when a key of WeChat Pay does, read again while the bot runs. */
import { hash } from "node:crypto";
import type { Settings } from "../settings.ts";
import type { WeChatPayKeys } from "../wechatpay/client.ts";
import { signRemotely } from "../wechatpay/remote-signer.ts";
import { type Sign, signWithKey } from "../wechatpay/signature.ts";
import { type Environment, withFiles } from "./environment.ts";

const names = [
  "WECHATPAY_SERIAL_NO",
  "WECHATPAY_PRIVATE_KEY",
  "WECHATPAY_SIGNER",
  "WECHATPAY_SIGNER_TOKEN",
  "WECHATPAY_PUBLIC_KEY_ID",
  "WECHATPAY_PUBLIC_KEY",
  "WECHATPAY_APIV3_KEY",
  "WECHATPAY_CERTIFICATE",
] as const;

/** Whether any of them is read from a file, and can change without a restart. */
export function comeFromFiles(env: Environment): boolean {
  return names.some((name) => Boolean(env[`${name}_FILE`]));
}

/** The same as long as none of them changes, whether they are right or wrong; nothing of them can be read from it. */
export function fingerprintOfKeys(env: Environment): string {
  const { given, problems } = withFiles(env, { names, fromFiles: names });
  return hash("sha256", JSON.stringify([names.map((name) => given[name] ?? null), problems]), "hex");
}

/**
 * The keys that the client needs.
 * @param certificateKeys those of the platform certificates that are in force, by serial number
 */
export function keysOf(
  settings: Settings,
  certificateKeys: WeChatPayKeys["verificationKeys"] = new Map(),
): WeChatPayKeys {
  return {
    serialNo: settings.WECHATPAY_SERIAL_NO,
    sign: signOf(settings),
    publicKeyId: settings.WECHATPAY_PUBLIC_KEY_ID,
    verificationKeys: new Map([...certificateKeys, ...settings.WECHATPAY_PUBLIC_KEYS]),
    apiV3Key: settings.WECHATPAY_APIV3_KEY,
  };
}

function signOf({
  WECHATPAY_PRIVATE_KEY: key,
  WECHATPAY_SIGNER: signer,
  WECHATPAY_SIGNER_TOKEN: token,
}: Settings): Sign {
  if (signer !== undefined) return signRemotely(signer, token);
  if (key === undefined) throw new Error("settings without a private key and without a signer were accepted");
  return signWithKey(key);
}
