/** Makes everything that a service provider and WeChat Pay know of each other, fresh, for a demo or a test. */

import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";

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

/** Two new RSA-2048 pairs, which takes about half a second. Nothing of it is known to the real WeChat Pay. */
export function createWeChatPayIdentity(mchid = "1900000001"): WeChatPayIdentity {
  const merchant = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const weChatPay = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    mchid,
    serialNo: hexSerialNo(),
    merchantPrivateKey: merchant.privateKey,
    merchantPublicKey: merchant.publicKey,
    merchantPrivateKeyPem: merchant.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    // The real ones end in 32 digits, of which the first ten are the merchant number.
    publicKeyId: `PUB_KEY_ID_${mchid.padStart(10, "0")}${"2026112300000000000001"}`,
    privateKey: weChatPay.privateKey,
    publicKey: weChatPay.publicKey,
    publicKeyPem: weChatPay.publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

function hexSerialNo(): string {
  return randomBytes(20).toString("hex").toUpperCase();
}
