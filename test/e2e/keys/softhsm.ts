/** A PKCS#11 token of SoftHSM2 with one RSA-2048 key, and signing with it through OpenSSL's command line. */
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { createPublicKey, type KeyObject } from "node:crypto";
import { existsSync, globSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Token {
  publicKey: KeyObject;
  /** RSA PKCS#1 v1.5 with SHA-256; the key never leaves the token. */
  sign(message: Buffer): Promise<Buffer>;
}

/** SoftHSM's module and OpenSSL's engine for such modules, of Debian's softhsm2 and libengine-pkcs11-openssl. */
const modulePath = "/usr/lib/softhsm/libsofthsm2.so";
const engines = globSync("/usr/lib/*/engines-3/pkcs11.so");

/** Why there can be no token on this machine; false if there can. */
export const whyNoToken =
  spawnSync("softhsm2-util", ["--version"]).status === 0 && existsSync(modulePath) && engines.length > 0
    ? false
    : "SoftHSM2 is not installed (Debian's packages softhsm2 and libengine-pkcs11-openssl)";

const pin = "1234";
const keyUri = `pkcs11:token=receipts;object=merchant;type=private;pin-value=${pin}`;

/** @param folder an empty one, which keeps the token @param keyPem the key that it takes over, PKCS#8 */
export function createToken(folder: string, keyPem: string): Token {
  const [tokens, config, imported] = [join(folder, "tokens"), join(folder, "softhsm2.conf"), join(folder, "key.pem")];
  mkdirSync(tokens);
  writeFileSync(config, `directories.tokendir = ${tokens}\n`);
  writeFileSync(imported, keyPem, { mode: 0o600 });
  const env = { ...process.env, SOFTHSM2_CONF: config, PKCS11_MODULE_PATH: modulePath };
  const administer = (...args: string[]) => execFileSync("softhsm2-util", args, { env, stdio: "pipe" });
  administer("--init-token", "--free", "--label", "receipts", "--so-pin", pin, "--pin", pin);
  administer("--import", imported, "--token", "receipts", "--label", "merchant", "--id", "01", "--pin", pin);
  const read = ["pkey", "-engine", "pkcs11", "-inform", "engine", "-in", keyUri, "-pubout"];
  return {
    publicKey: createPublicKey(execFileSync("openssl", read, { env, stdio: ["ignore", "pipe", "ignore"] })),
    sign: (message) =>
      new Promise((resolve, reject) => {
        const options = ["dgst", "-sha256", "-engine", "pkcs11", "-keyform", "engine", "-sign", keyUri];
        const openssl = execFile("openssl", options, { env, encoding: "buffer" }, (error, signature) =>
          error ? reject(error) : resolve(signature),
        );
        openssl.stdin?.end(message);
      }),
  };
}
