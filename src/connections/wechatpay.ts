/** Connects the bot to WeChat Pay: the client, and its keys, which can change while the bot runs. */
import type { Logger } from "pino";
import type { Clock, Random } from "../domain/clock.ts";
import { createKeyRotation } from "../jobs/key-rotation.ts";
import { createPlatformCertificates } from "../jobs/platform-certificates.ts";
import { createCertificateStore } from "../ledger/instances/certificate-store.ts";
import { comeFromFiles, fingerprintOfKeys, keysOf } from "../settings/wechatpay-keys.ts";
import { weChatPayOptions } from "../settings/wechatpay-options.ts";
import { type Environment, readSettings, type Settings } from "../settings.ts";
import type { Store } from "../storage/schema.ts";
import { adviceOnCheck } from "../text/operator-advice.ts";
import { textsOf } from "../text/texts.ts";
import { keysInForce, type OpenedCertificate, openCertificate } from "../wechatpay/certificates/open-certificate.ts";
import { isSameSerialNumber } from "../wechatpay/certificates/serial-number.ts";
import { createWeChatPayClient, type SignatureCheck, type WeChatPayClient } from "../wechatpay/client.ts";

export interface WeChatPayConnectionNeeds {
  settings: Settings;
  /** Where the settings come from, to be read again when a key changes. */
  env: Environment;
  store: Pick<Store, "db">;
  /** The machine's, and the ledger's. */
  clock: Clock;
  ledgerClock: Clock;
  random: Random;
  log: Logger;
}

export interface WeChatPayConnection {
  client: WeChatPayClient;
  /** Loads the platform certificates that the ledger has. */
  load(): Promise<void>;
  /** Starts to keep the keys current. */
  start(): void;
  /** How long the newest platform certificate is still valid, in milliseconds; undefined without an APIv3 key. */
  certificateEndsInMs(): number | undefined;
  /**
   * How long the provider's own certificate is still valid, in milliseconds; undefined without WECHATPAY_CERTIFICATE.
   */
  ownCertificateEndsInMs(): number | undefined;
  /** Reads the WeChat Pay keys again, and uses them if they are valid. */
  reloadKeys(): void;
  /** Stops looking for other keys; calls can still be made. */
  stop(): Promise<void>;
}

export function connectWeChatPay(needs: WeChatPayConnectionNeeds): WeChatPayConnection {
  const { settings, env, store, clock, ledgerClock, random, log } = needs;
  const texts = textsOf(settings.LOCALE);
  /** Those of the keys that are in use, and the certificates that the newest check returned. */
  let current = settings;
  let checked: readonly OpenedCertificate[] = [];
  /** When the newest platform certificate expires, in milliseconds since 1970. */
  let newestExpiresAt = 0;
  /** The one that keys are checked at and certificates are fetched from: the next one if it fails. */
  let endpoint = 0;

  const client = createWeChatPayClient({
    ...weChatPayOptions(settings, clock),
    renewKeys: (serialNo) => certificates.find(serialNo),
  });

  /** Makes a signed call that changes nothing; the next one goes to another endpoint if this one fails. */
  async function checkSignature(keys: Settings): Promise<SignatureCheck> {
    const asked = endpoint;
    const answer = await client.checkSignature(asked, keysOf(keys));
    // Two calls that fail at the same endpoint do not skip the next one.
    if (answer.result.kind !== "accepted") endpoint = asked + 1;
    return answer;
  }

  const certificates = createPlatformCertificates<OpenedCertificate>({
    isOn: () => current.WECHATPAY_APIV3_KEY !== undefined,
    stored: createCertificateStore(store),
    open(encrypted) {
      const opening = current.WECHATPAY_APIV3_KEY && openCertificate(encrypted, current.WECHATPAY_APIV3_KEY);
      return opening?.ok ? opening.certificate : undefined;
    },
    isNamed: (certificate, serialNo) => isSameSerialNumber(certificate.serialNo, serialNo),
    fetch: () => checkSignature(current),
    explain: (failure) => adviceOnCheck(failure, texts),
    use(held) {
      newestExpiresAt = Math.max(0, ...held.map(({ expiresAt }) => expiresAt));
      client.useKeys(keysOf(current, keysInForce(held, ledgerClock.now())));
    },
    clock: ledgerClock,
    random,
    log,
  });

  const keyRotation = createKeyRotation<Settings>({
    fingerprint: () => fingerprintOfKeys(env),
    read() {
      const read = readSettings(env);
      if (!read.ok) return { ok: false, problems: read.problems.map((problem) => texts.start.problem(problem)) };
      for (const secret of read.settings.secrets) if (!settings.secrets.includes(secret)) settings.secrets.push(secret);
      return { ok: true, keys: read.settings };
    },
    async check(changed) {
      const answer = await checkSignature(changed);
      checked = answer.certificates;
      return answer.result;
    },
    explain: (failure) => adviceOnCheck(failure, texts),
    use(changed) {
      current = changed;
      certificates.replace(checked);
    },
    isWatching: comeFromFiles(env),
    clock,
    log,
  });

  const leftMs = (expiresAt: number) => Math.max(0, expiresAt - ledgerClock.now());
  return {
    client,
    load: certificates.load,
    start() {
      certificates.start();
      keyRotation.start();
    },
    certificateEndsInMs: () => current.WECHATPAY_APIV3_KEY && leftMs(newestExpiresAt),
    ownCertificateEndsInMs: () => current.WECHATPAY_CERTIFICATE && leftMs(current.WECHATPAY_CERTIFICATE.expiresAt),
    reloadKeys: () => keyRotation.reload(),
    async stop() {
      await Promise.all([certificates.stop(), keyRotation.stop()]);
    },
  };
}
