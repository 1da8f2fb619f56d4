/** The platform certificates of the local WeChat Pay: real ones, really encrypted, and every way to get them wrong. */
import { createCipheriv, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { type Reply, refusal } from "./reply.ts";
import { createCertificate } from "./x509.ts";

/** One certificate with its private key, which signs answers. Times are milliseconds since 1970. */
export interface PlatformCertificate {
  serialNo: string;
  privateKey: KeyObject;
  pem: string;
  validFrom: number;
  expiresAt: number;
}

/** What WeChat Pay answers to `GET /v3/certificates`, and what it signs with; can be changed at any time. */
export interface LocalCertificates {
  /** The 32 characters that the provider has set. */
  apiV3Key: string;
  /** During a rotation two, the new one and the old one. */
  listed: PlatformCertificate[];
  /** Signs every answer that the public key does not sign. Default: the first one listed. */
  signsWith?: PlatformCertificate;
  /** Whether the provider has switched to the public key, so that answers are signed with it on request. */
  isSwitched: boolean;
  lie?: "wrong-tag" | "wrong-signature" | "other-serial" | undefined;
}

/** Real certificates live 5 years. */
const lifeMs = 5 * 365 * 24 * 3_600_000;

/** @param given default: a new key, and valid from a minute ago */
export function createPlatformCertificate(
  given: Partial<Pick<PlatformCertificate, "privateKey" | "serialNo" | "validFrom" | "expiresAt">> = {},
): PlatformCertificate {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const { validFrom = now - 60_000, serialNo = randomBytes(20).toString("hex").toUpperCase() } = given;
  const { expiresAt = validFrom + lifeMs } = given;
  const privateKey = given.privateKey ?? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const names = { commonName: "Tenpay.com sign", issuerName: "Tenpay.com Root CA" };
  const publicKey = createPublicKey(privateKey);
  const pem = createCertificate({ serialNo, ...names, validFrom, expiresAt, publicKey }, privateKey);
  return { serialNo, privateKey, pem, validFrom, expiresAt };
}

/** The list, or the refusal of a WeChat Pay that has none for this provider. */
export function listCertificates(certificates: LocalCertificates | undefined): Reply {
  if (certificates === undefined || certificates.listed.length === 0) return noCertificates;
  const { apiV3Key, listed, lie } = certificates;
  const data = listed.map(({ serialNo, pem, validFrom, expiresAt }) => ({
    effective_time: new Date(validFrom).toISOString(),
    encrypt_certificate: encrypt(pem, apiV3Key, lie === "wrong-tag"),
    expire_time: new Date(expiresAt).toISOString(),
    serial_no: lie === "other-serial" ? otherSerialNo : serialNo,
  }));
  return { status: 200, body: { data }, ...(lie === "wrong-signature" && { sign: "wrong" }) };
}

/** Nobody's. */
const otherSerialNo = "7D1E4C0AF2B94E66A5D8130C9B27E45F61A80D3C";

/** A provider with WeChat Pay's public key has no platform certificates. The answer is signed, although it is a 404. */
const noCertificates: Reply = {
  ...refusal(
    404,
    "RESOURCE_NOT_EXISTS",
    "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。可查看指引https://pay.weixin.qq.com/docs/merchant/products/platform-certificate/wxp-pub-key-guide.html",
  ),
  sign: "right",
};

/** As AEAD_AES_256_GCM has it: the tag at the end. @param isSpoilt the tag is another one */
function encrypt(pem: string, apiV3Key: string, isSpoilt: boolean) {
  const nonce = randomBytes(6).toString("hex");
  const associatedData = "certificate";
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(apiV3Key), Buffer.from(nonce));
  cipher.setAAD(Buffer.from(associatedData));
  const encrypted = Buffer.concat([cipher.update(pem), cipher.final()]);
  const tag = isSpoilt ? randomBytes(16) : cipher.getAuthTag();
  const ciphertext = Buffer.concat([encrypted, tag]).toString("base64");
  return { algorithm: "AEAD_AES_256_GCM", nonce, associated_data: associatedData, ciphertext };
}
