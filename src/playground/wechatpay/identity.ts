/** Creates the keys and ids that a service provider and WeChat Pay share, for a demo or a test. */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";

/** One provider and one WeChat Pay. The settings hold the PEM texts. */
export type WeChatPayIdentity = {
  mchid: string;
  /** The serial number of the provider's API certificate: 40 hex digits, upper case. */
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

/**
 * @param keys default: two new RSA-2048 keys, unknown to the real WeChat Pay; creating them takes about half a second
 */
export function createWeChatPayIdentity(keys: IdentityKeys = newKeys()): WeChatPayIdentity {
  const { merchant, weChatPay } = keys;
  const publicKey = createPublicKey(weChatPay);
  return {
    mchid,
    serialNo: hexSerialNo(),
    merchantPrivateKey: merchant,
    merchantPublicKey: createPublicKey(merchant),
    merchantPrivateKeyPem: merchant.export({ type: "pkcs8", format: "pem" }).toString(),
    // Real ids end in 32 digits, the first ten of which are the merchant number.
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
