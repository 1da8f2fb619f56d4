/** Makes everything that a service provider and WeChat Pay know of each other, fresh, for a demo or a test. */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";

/** One provider and one WeChat Pay; the PEM texts are what the settings hold. */
export type WeChatPayIdentity = {
  mchid: string;
  /** Of the provider's API certificate: 40 hex digits, upper case. */
  serialNo: string;
  merchantPrivateKey: KeyObject;
  merchantPublicKey: KeyObject;
  merchantPrivateKeyPem: string;
  /** `PUB_KEY_ID_…`. */
  publicKeyId: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  publicKeyPem: string;
};

/** The private keys of both sides. */
export interface IdentityKeys {
  merchant: KeyObject;
  weChatPay: KeyObject;
}

const mchid = "1900000001";

/** @param keys two new RSA-2048 ones where none are given, which takes about half a second; unknown to the real WeChat Pay */
export function createWeChatPayIdentity(keys: IdentityKeys = newKeys()): WeChatPayIdentity {
  const { merchant, weChatPay } = keys;
  const publicKey = createPublicKey(weChatPay);
  return {
    mchid,
    serialNo: hexSerialNo(),
    merchantPrivateKey: merchant,
    merchantPublicKey: createPublicKey(merchant),
    merchantPrivateKeyPem: merchant.export({ type: "pkcs8", format: "pem" }).toString(),
    // The real ones end in 32 digits, of which the first ten are the merchant number.
    publicKeyId: `PUB_KEY_ID_${mchid}${"2026112300000000000001"}`,
    privateKey: weChatPay,
    publicKey,
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

function newKeys(): IdentityKeys {
  const newKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  return { merchant: newKey(), weChatPay: newKey() };
}

function hexSerialNo(): string {
  return randomBytes(20).toString("hex").toUpperCase();
}
