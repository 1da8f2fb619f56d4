/** Every check fails where what it looks at is wrong, and most warn of what will be. */
import assert from "node:assert/strict";
import { createSecretKey, generateKeyPairSync, sign } from "node:crypto";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, test } from "node:test";
import { sql } from "kysely";
import { checks } from "../../../src/cli/doctor/checks.ts";
import type { DoctorContext } from "../../../src/cli/doctor/context.ts";
import type { Opened } from "../../../src/cli/doctor/ledger-access.ts";
import { adoptLedgerKey } from "../../../src/ledger/audit/keys/ledger-key.ts";
import { claimOwnership } from "../../../src/ledger/instances/ownership.ts";
import { freePort } from "../../../src/playground/free-port.ts";
import { startConnectProxy } from "../../../src/playground/network/connect-proxy.ts";
import { startTlsFront } from "../../../src/playground/network/tls-front.ts";
import type { LocalSlackOptions } from "../../../src/playground/slack/options.ts";
import { demoApp } from "../../../src/playground/slack/workspace.ts";
import { listen } from "../../../src/signer/listen.ts";
import { createSigner } from "../../../src/signer/server.ts";
import { openStore } from "../../../src/storage/open.ts";
import type { ServerFacts } from "../../../src/storage/open-problem.ts";
import type { Store } from "../../../src/storage/schema.ts";
import { systemClock } from "../../../src/system-clock.ts";
import { certificates, serverKeyPem, trustTestRoot } from "../../network/fixtures/fixtures.ts";
import { damageTable } from "../../storage/damage.ts";
import {
  merchantCertificatePem,
  merchantKeyPem,
  merchantPublicKey,
  platformPublicKeyPem,
} from "../../wechatpay/fixtures/fixtures.ts";
import { check, type Env, openInstallation, platformCertificate } from "./builders.ts";

trustTestRoot();
const right = await openInstallation({ after });
const folder = mkdtempSync(join(tmpdir(), "receipt-doctor-"));
after(() => rmSync(folder, { recursive: true }));
/** fetch refuses the ports below 1024 that belong to other protocols. */
const closedPort = await freePort();
let copies = 0;

/** A copy of the ledger, changed by its owner. */
async function ledgerWith(change: (store: Store) => Promise<unknown>): Promise<Env> {
  copies += 1;
  const path = join(folder, `receipts-${copies}.db`);
  copyFileSync(right.path, path);
  const store = await openStore({ engine: "sqlite", path });
  await change(store);
  await store.close();
  return { DATABASE_URL: `sqlite:${path}` };
}

/** A copy of the ledger that another program is writing to, for as long as the tests last. */
async function lockedLedger(): Promise<Env> {
  const env = await ledgerWith(async () => {});
  const other = new DatabaseSync((env["DATABASE_URL"] ?? "").slice("sqlite:".length));
  after(() => other.close());
  other.exec("begin immediate");
  return env;
}

/** A copy of the ledger with one table damaged. */
async function ledgerWithout(table: string): Promise<Env> {
  const env = await ledgerWith(async () => {});
  damageTable((env["DATABASE_URL"] ?? "").slice("sqlite:".length), table);
  return env;
}

/** A file with these permissions. */
function file(content: string, mode: number): string {
  copies += 1;
  const path = join(folder, `file-${copies}`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const withoutPublicKey: Env = { WECHATPAY_PUBLIC_KEY_ID: undefined, WECHATPAY_PUBLIC_KEY: undefined };

async function certificatesOf(listed: (typeof platformCertificate)[]): Promise<Env> {
  const platformCertificates = { apiV3Key: "c".repeat(32), listed, isSwitched: true };
  const { env } = await openInstallation({ after }, { platformCertificates });
  return env;
}

async function environmentOf(slack: LocalSlackOptions, clock?: { now(): number }): Promise<Env> {
  const { env } = await openInstallation({ after }, { slack, ...(clock ? { clock } : {}) });
  return env;
}

/** Slack's own address, with a proxy as the only way out that lets these hosts through. */
async function behindProxy(routes: Readonly<Record<string, number>>, url = "https://slack.com/api/"): Promise<Env> {
  const proxy = await startConnectProxy({ routes });
  after(() => proxy.close());
  return { SLACK_API_URL: url, HTTPS_PROXY: proxy.url };
}

/** The port of a server that answers over TLS as the local Slack does. @param cert by default, of slack.com */
async function overTls(key = serverKeyPem, cert: string = certificates.valid): Promise<number> {
  const front = await startTlsFront({ key, cert, port: () => right.playground.slack.port });
  after(() => front.close());
  return front.port;
}

/** A PostgreSQL server that is right but for what is said here. */
const onServer = (facts: Partial<ServerFacts>) => (context: DoctorContext) => ({
  ledger: {
    ...context.ledger,
    async open(): Promise<Opened> {
      const opened = await context.ledger.open();
      assert.ok(opened.kind === "open");
      const fine = { encoding: "UTF8", schema: "public", creates: true, version: 150_004, closedTables: [] };
      return { ...opened, facts: { ...fine, ...facts } };
    },
  },
});

const event = { at: 1, actor: "U1", what: "approved", request_id: null, operation_id: null, origin: null };
const addEvent = (store: Store) =>
  store.db
    .insertInto("events")
    .values({ ...event, detail_json: '{"v":2}' })
    .returning("seq")
    .executeTakeFirstOrThrow();

async function withWrongSeal(store: Store): Promise<void> {
  const { seq } = await addEvent(store);
  await store.db
    .insertInto("seals")
    .values({ position: 1, event_seq: seq, hash: "0".repeat(64) })
    .execute();
}

async function ofAnother(store: Store): Promise<void> {
  await claimOwnership(
    { store, clock: systemClock, instance: "other" },
    { team: undefined, app: undefined, mchid: "1900000777" },
  );
  await addEvent(store);
}

const slow =
  (ms: number) =>
  ({ clock }: DoctorContext) => {
    let now = 0;
    return { clock: { ...clock, monotonic: () => (now += ms) } };
  };
const minutesAhead = (minutes: number) => ({ now: () => Date.now() + minutes * 60_000 });
const otherKeyPem = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const withoutCertificate = { WECHATPAY_CERTIFICATE: undefined };
const withScopes = (keep: (scope: string) => boolean, ...more: string[]) =>
  environmentOf({ app: { scopes: [...demoApp.scopes.filter(keep), ...more] } });

/**
 * The same installation with a signer in place of the private key, and the signer itself.
 * @param pem the signer's key
 */
async function withSigner(pem: string, changes: Env = {}): Promise<Env> {
  copies += 1;
  const path = join(folder, `signer-${copies}.sock`);
  const server = createSigner({
    sign: async (message) => sign("sha256", message, pem),
    token: undefined,
    pathPrefix: "",
    now: () => Date.now(),
    log() {},
  });
  await listen(server, { kind: "socket", path });
  after(() => server.close());
  return { ...withoutKey, WECHATPAY_SIGNER: `unix:${path}`, ...changes };
}
const withoutKey = { WECHATPAY_PRIVATE_KEY: undefined };
const noSigner = { ...withoutKey, WECHATPAY_SIGNER: "unix:/nowhere/signer.sock" };

interface Row {
  /** Added to a right installation, or a whole one. */
  env?: Env | (() => Promise<Env>);
  /** Of what the check looks at, where a machine cannot be made to be like that. */
  change?: (context: DoctorContext) => Partial<DoctorContext>;
  says: RegExp;
}

const damaged = /is damaged \(.+\)\. Correct the path, or restore a backup\.$/;

const failures: Record<string, Row> = {
  settings: { env: { PORT: "none" }, says: /PORT must be a port number/ },
  node: { change: () => ({ nodeVersion: "22.1.0" }), says: /22\.1\.0 is too old.*24/ },
  files: {
    env: () => Promise.resolve({ LEDGER_KEY: undefined, LEDGER_KEY_FILE: file("k".repeat(40), 0o666) }),
    says: /can change .*chmod o-w/,
  },
  disk: { change: () => ({ freeBytes: () => 50 * 2 ** 20 }), says: /only 50 MB free/ },
  clock: { env: () => environmentOf({}, minutesAhead(6)), says: /(359|360|361) s behind Slack's/ },
  database: { env: { DATABASE_URL: "sqlite:/nowhere/receipts.db" }, says: /folder \/nowhere, which does not exist/ },
  "database-integrity": { env: () => ledgerWithout("attempts"), says: damaged },
  "database-encoding": { change: onServer({ encoding: "LATIN1" }), says: /encoding LATIN1/ },
  "database-version": { change: onServer({ version: 90_624 }), says: /PostgreSQL 9 is too old/ },
  "database-rights": { change: onServer({ closedTables: ["posts", "requests"] }), says: /on posts, requests/ },
  "database-schema": {
    env: () =>
      ledgerWith((store) => sql`insert into kysely_migration values ('9999-later', '2026-01-01')`.execute(store.db)),
    says: /newer version.*9999-later/,
  },
  "database-writable": {
    env: () =>
      ledgerWith(({ db }) =>
        sql`create trigger full before insert on paces begin select raise(abort, 'database or disk is full'); end`.execute(
          db,
        ),
      ),
    says: /cannot be written to \(database or disk is full\)/,
  },
  "database-commit": { change: slow(4_000), says: /takes 2000 ms/ },
  "audit-trail": { env: () => ledgerWith(withWrongSeal), says: /npm run audit/ },
  "ledger-key": {
    env: () => ledgerWith((store) => adoptLedgerKey(store, createSecretKey(Buffer.from("o".repeat(40))))),
    says: /LEDGER_KEY is not the key/,
  },
  "ledger-owner": { env: () => ledgerWith(ofAnother), says: /belongs to another deployment.*1900000777/ },
  "slack-token": { env: { SLACK_BOT_TOKEN: "xoxb-1-other" }, says: /refuses the bot's token \(invalid_auth\)/ },
  "slack-scopes": { env: () => withScopes((scope) => scope !== "chat:write"), says: /lacks chat:write\./ },
  "slack-app-token": { env: { SLACK_APP_TOKEN: "xapp-1-other" }, says: /refuses the app-level token \(invalid_auth\)/ },
  "slack-socket": {
    env: async () => {
      const addresses = { web: "http://unused.invalid/", socket: `ws://127.0.0.1:${closedPort}/` };
      const { playground, env } = await openInstallation({ after }, { slack: { addresses } });
      return { ...env, SLACK_API_URL: `http://127.0.0.1:${playground.slack.port}/api/` };
    },
    says: /A WebSocket to Slack could not be opened \(.*refused/,
  },
  "slack-hosts": {
    env: () => behindProxy({ "slack.com:443": closedPort }),
    says: /^hooks\.slack\.com cannot be reached: .*502.*\n.*files\.slack\.com cannot be reached: .*502/,
  },
  "slack-channels": { env: { RECEIPT_CHANNELS: "C0MERCHANT,C0RANDOM01" }, says: /not in the channel C0RANDOM01/ },
  "slack-admins": { env: { RECEIPT_ADMINS: "U0CAROL001,U0NOBODY01" }, says: /nobody in Slack with the ID U0NOBODY01/ },
  "slack-escalation": { env: { ESCALATE_TO: "S0NOBODY01" }, says: /S0NOBODY01, but Slack has no such user group/ },
  "slack-messages": {
    env: async () => {
      const { playground, env } = await openInstallation({ after });
      playground.slack.fail("blocks.validate", { error: "invalid_view" }, 1);
      return env;
    },
    says: /refuses 1 of the bot's messages/,
  },
  "wechatpay-private-key": { env: { WECHATPAY_PRIVATE_KEY: merchantKeyPem.slice(0, 900) }, says: /is incomplete/ },
  "wechatpay-certificate": { env: { WECHATPAY_SERIAL_NO: "AB12" }, says: /not the serial number of WECHATPAY_CERT/ },
  "wechatpay-public-key": {
    env: { WECHATPAY_PUBLIC_KEY: merchantPublicKey.export({ type: "spki", format: "pem" }).toString() },
    says: /is our own key/,
  },
  "wechatpay-platform-certificates": {
    env: { WECHATPAY_APIV3_KEY: "b".repeat(32) },
    says: /WECHATPAY_APIV3_KEY does not decrypt WeChat Pay's platform certificates/,
  },
  "wechatpay-endpoints": {
    env: { WECHATPAY_ENDPOINTS: `${right.env["WECHATPAY_ENDPOINTS"]},http://127.0.0.1:1` },
    says: /^http:\/\/127\.0\.0\.1:1 cannot be reached\. .*refused the connection/,
  },
  "wechatpay-signature": {
    env: { ...withoutCertificate, WECHATPAY_PRIVATE_KEY: otherKeyPem },
    says: /failed: the bot's private key is wrong.*签名错误/s,
  },
};

const warnings: Record<string, Row> = {
  settings: { env: { RECIEPT_CHANNELS: "C1" }, says: /Did you mean RECEIPT_CHANNELS/ },
  files: {
    env: () => Promise.resolve({ LEDGER_KEY: undefined, LEDGER_KEY_FILE: file("k".repeat(40), 0o644) }),
    says: /can read .*chmod o-r/,
  },
  disk: { change: () => ({ freeBytes: () => 500 * 2 ** 20 }), says: /only 500 MB free/ },
  clock: { env: () => environmentOf({}, minutesAhead(-1)), says: /(59|60|61) s ahead of Slack's/ },
  database: { env: { DATABASE_URL: `sqlite:${join(folder, "none.db")}` }, says: /no ledger at .*none\.db yet/ },
  "database-version": { change: onServer({ version: 140_012 }), says: /PostgreSQL 14 no longer/ },
  "database-schema": {
    env: () => ledgerWith((store) => sql`delete from kysely_migration where name > '0016'`.execute(store.db)),
    says: /next start applies 0016-grant-events, 0017-/,
  },
  "database-commit": { change: slow(400), says: /takes 200 ms/ },
  "slack-scopes": { env: () => withScopes((scope) => scope !== "files:read"), says: /lacks files:read\./ },
  "slack-admins": { env: { RECEIPT_ADMINS: "" }, says: /RECEIPT_ADMINS is empty/ },
  "wechatpay-platform-certificates": {
    change: ({ clock }) => ({ clock: { ...clock, now: () => platformCertificate.expiresAt - 12.5 * 86_400_000 } }),
    says: /expires on 2031-10-30, in 12 days/,
  },
  "wechatpay-certificate": {
    change: ({ clock }) => ({ clock: { ...clock, now: () => Date.UTC(2126, 9, 1) } }),
    says: /expires on 2126-10-30/,
  },
};

/** What is wrong in another way, or no mistake at all. */
const others: [name: string, result: string, row: Row][] = [
  ["database", "failed", { env: { DATABASE_URL: "mysql://db" }, says: /DATABASE_URL must be/ }],
  [
    "database",
    "failed",
    { env: { DATABASE_URL: "postgres://127.0.0.1:1/x" }, says: /cannot be reached.*Check that it runs/ },
  ],
  ["database-writable", "failed", { env: () => ledgerWithout("paces"), says: damaged }],
  ["database-writable", "failed", { env: lockedLedger, says: /another program keeps locked\. Close that program/ }],
  ["database-commit", "failed", { env: () => ledgerWithout("paces"), says: damaged }],
  ["audit-trail", "failed", { env: () => ledgerWithout("seals"), says: damaged }],
  ["database-integrity", "skipped", { change: onServer({}), says: /PostgreSQL/ }],
  ["database-rights", "failed", { change: onServer({ schema: null }), says: /does not select a schema/ }],
  ["ledger-owner", "ok", { env: () => ledgerWith(addEvent), says: /or to nobody yet/ }],
  ["ledger-key", "failed", { env: () => ledgerWith(addEvent), says: /events without MACs/ }],
  [
    "ledger-key",
    "failed",
    {
      env: async () => ({
        ...(await ledgerWith((store) => adoptLedgerKey(store, createSecretKey(Buffer.from("o".repeat(40)))))),
        LEDGER_KEY: undefined,
      }),
      says: /LEDGER_KEY is not set\. Set it to the ledger's key\. .*-- disable, which needs that key too/,
    },
  ],
  ["ledger-key", "skipped", { env: { LEDGER_KEY: undefined }, says: /not signed/ }],
  [
    "slack-token",
    "failed",
    { env: { SLACK_API_URL: `http://127.0.0.1:${closedPort}/api/` }, says: /cannot be reached: .*refused/ },
  ],
  [
    "slack-token",
    "failed",
    { env: () => environmentOf({ app: { isOrganizationWide: true } }), says: /organization-wide/ },
  ],
  [
    "slack-scopes",
    "warning",
    { env: () => withScopes(() => true, "chat:write.public"), says: /also has chat:write\.public/ },
  ],
  ["slack-scopes", "skipped", { env: { SLACK_BOT_TOKEN: "xoxb-1-other" }, says: /Fix the bot's token first/ }],
  ["slack-admins", "skipped", { env: () => withScopes((scope) => scope !== "users:read"), says: /missing_scope/ }],
  [
    "slack-hosts",
    "failed",
    {
      env: async () =>
        behindProxy({
          "hooks.slack.com:443": await overTls(merchantKeyPem, merchantCertificatePem),
          "files.slack.com:443": await overTls(),
        }),
      says: /^hooks\.slack\.com cannot be reached: .*self-signed[^\n]*$/,
    },
  ],
  [
    "slack-hosts",
    "failed",
    {
      env: () => behindProxy({}, "https://api.slack-gov.com/api/"),
      says: /^hooks\.slack-gov\.com cannot be reached: .*\n.*files\.slack-gov\.com cannot be/,
    },
  ],
  [
    "slack-hosts",
    "ok",
    {
      env: async () => {
        const port = await overTls();
        return behindProxy({ "hooks.slack.com:443": port, "files.slack.com:443": port });
      },
      says: /^hooks\.slack\.com, files\.slack\.com: each host answers\.$/,
    },
  ],
  ["slack-hosts", "ok", { says: /^SLACK_API_URL is not at slack\.com.* 127\.0\.0\.1:\d+ answers\.$/ }],
  [
    "slack-hosts",
    "failed",
    { env: { SLACK_API_URL: `http://127.0.0.1:${closedPort}/api/` }, says: /^Slack cannot be reached: .*refused/ },
  ],
  ["slack-channels", "failed", { env: { RECEIPT_CHANNELS: "C0NOWHERE1" }, says: /not in the channel C0NOWHERE1/ }],
  ["slack-channels", "ok", { env: { RECEIPT_CHANNELS: "" }, says: /every channel/ }],
  ["slack-admins", "failed", { env: { RECEIPT_ADMINS: "U0EVE00001" }, says: /is a guest/ }],
  ["slack-admins", "failed", { env: { RECEIPT_ADMINS: "U0STRANGER" }, says: /another workspace/ }],
  ["slack-escalation", "skipped", { env: { ESCALATE_AFTER: "", ESCALATE_TO: "" }, says: /not set/ }],
  [
    "slack-messages",
    "skipped",
    { env: { SLACK_API_URL: `http://127.0.0.1:${closedPort}/api/` }, says: /It is unknown whether .*refused/ },
  ],
  [
    "wechatpay-certificate",
    "failed",
    {
      change: ({ clock }) => ({ clock: { ...clock, now: () => Date.UTC(2127, 0, 1) } }),
      says: /expired on 2126-10-30/,
    },
  ],
  ["wechatpay-platform-certificates", "failed", { env: { WECHATPAY_APIV3_KEY: "changeme" }, says: /has 8 characters/ }],
  ["wechatpay-platform-certificates", "skipped", { env: { WECHATPAY_APIV3_KEY: undefined }, says: /is not set/ }],
  [
    "wechatpay-platform-certificates",
    "skipped",
    { env: { ...withoutCertificate, WECHATPAY_PRIVATE_KEY: otherKeyPem }, says: /returned no list/ },
  ],
  [
    "wechatpay-platform-certificates",
    "ok",
    { env: () => certificatesOf([]), says: /You can remove WECHATPAY_APIV3_KEY/ },
  ],
  [
    "wechatpay-platform-certificates",
    "failed",
    {
      env: async () => ({ ...(await certificatesOf([])), ...withoutPublicKey }),
      says: /Set WECHATPAY_PUBLIC_KEY_ID and/,
    },
  ],
  [
    "wechatpay-signature",
    "failed",
    {
      env: async () => ({ ...(await certificatesOf([])), ...withoutPublicKey }),
      says: /Set WECHATPAY_PUBLIC_KEY_ID and/,
    },
  ],
  ["wechatpay-signature", "ok", { env: withoutPublicKey, says: /accepts the signature/ }],
  ["wechatpay-public-key", "skipped", { env: withoutPublicKey, says: /verifies answers with platform certificates/ }],
  ["wechatpay-certificate", "skipped", { env: withoutCertificate, says: /is not set/ }],
  [
    "wechatpay-certificate",
    "failed",
    { env: { WECHATPAY_MCHID: "1900000002" }, says: /issued to a merchant other than/ },
  ],
  ["wechatpay-private-key", "failed", { env: { WECHATPAY_PRIVATE_KEY: otherKeyPem }, says: /does not belong to/ }],
  [
    "wechatpay-private-key",
    "failed",
    { env: { WECHATPAY_PRIVATE_KEY: platformPublicKeyPem }, says: /is a public key/ },
  ],
  [
    "wechatpay-private-key",
    "ok",
    { env: () => withSigner(merchantKeyPem), says: /^unix:.* signs with the private key of WECHATPAY_CERTIFICATE\.$/ },
  ],
  [
    "wechatpay-private-key",
    "ok",
    { env: () => withSigner(merchantKeyPem, withoutCertificate), says: /it is not known whether its key/ },
  ],
  [
    "wechatpay-private-key",
    "failed",
    { env: () => withSigner(otherKeyPem), says: /signs with a private key that does not belong to WECHATPAY_CERT/ },
  ],
  [
    "wechatpay-private-key",
    "failed",
    {
      env: () => withSigner(merchantKeyPem, { WECHATPAY_ENDPOINTS: `${right.env["WECHATPAY_ENDPOINTS"]}/prefix` }),
      says: /refused to sign \(403\): this method and path are not permitted\..*SIGNER_PATH_PREFIX/s,
    },
  ],
  [
    "wechatpay-private-key",
    "failed",
    { env: noSigner, says: /The signer unix:\/nowhere\/signer\.sock did not answer \(ENOENT\)\..*signer is running/s },
  ],
  [
    "wechatpay-private-key",
    "failed",
    { env: { WECHATPAY_SIGNER: "unix:/run/signer.sock" }, says: /both set: keep only one/ },
  ],
  [
    "wechatpay-private-key",
    "failed",
    { env: { ...withoutKey, WECHATPAY_SIGNER: "http://127.0.0.1:7070" }, says: /set WECHATPAY_SIGNER_TOKEN/ },
  ],
  ["wechatpay-endpoints", "skipped", { env: noSigner, says: /Fix the signer first/ }],
  ["wechatpay-signature", "skipped", { env: noSigner, says: /Fix the signer first/ }],
  ["wechatpay-signature", "ok", { env: () => withSigner(merchantKeyPem), says: /accepts the signature/ }],
  ["wechatpay-certificate", "ok", { env: noSigner, says: /^Serial number and merchant number belong to/ }],
  ["wechatpay-public-key", "ok", { env: { ...noSigner, ...withoutCertificate }, says: /it is not compared/ }],
  [
    "wechatpay-signature",
    "failed",
    {
      env: { WECHATPAY_PUBLIC_KEY_ID: "PUB_KEY_ID_00", WECHATPAY_APIV3_KEY: undefined },
      says: /could not be verified/,
    },
  ],
  [
    "files",
    "ok",
    {
      env: () =>
        Promise.resolve({
          WECHATPAY_PUBLIC_KEY: undefined,
          WECHATPAY_PUBLIC_KEY_FILE: file(right.env["WECHATPAY_PUBLIC_KEY"] ?? "", 0o644),
        }),
      says: /can change none of these files/,
    },
  ],
  [
    "files",
    "failed",
    {
      env: () =>
        Promise.resolve({
          WECHATPAY_PUBLIC_KEY: undefined,
          WECHATPAY_PUBLIC_KEY_FILE: file(right.env["WECHATPAY_PUBLIC_KEY"] ?? "", 0o646),
        }),
      says: /can change .*chmod o-w/,
    },
  ],
  ["wechatpay-signature", "failed", { env: () => environmentOf({}, minutesAhead(-10)), says: /clock is off/ }],
  [
    "wechatpay-endpoints",
    "failed",
    {
      env: { WECHATPAY_ENDPOINTS: "https://wechatpay.invalid", HTTPS_PROXY: `http://127.0.0.1:${closedPort}` },
      says: /The proxy 127\.0\.0\.1:\d+ could not be reached/,
    },
  ],
  ["wechatpay-signature", "skipped", { env: { WECHATPAY_ENDPOINTS: "http://127.0.0.1:1" }, says: /No endpoint/ }],
];

function define(name: string, result: string, { env = {}, change, says }: Row): void {
  test(`${name}: ${says.source}`, async () => {
    const changed = typeof env === "function" ? await env() : env;
    const found = await check(name, { ...right.env, ...changed }, change);
    assert.equal(found.result, result, found.findings.join("\n"));
    assert.match(found.findings.join("\n"), says);
  });
}

test("every check has its row", () => {
  assert.deepEqual(Object.keys(failures).sort(), checks.map(({ name }) => name).sort());
});

describe("each check passes if everything is right", () => {
  for (const { name } of checks)
    test(name, async () => {
      const { result, findings } = await check(name, right.env);
      assert.equal(result, "ok", findings.join("\n"));
    });
});

describe("each check fails if something is wrong", () => {
  for (const [name, row] of Object.entries(failures)) define(name, "failed", row);
});

describe("a future problem is a warning", () => {
  for (const [name, row] of Object.entries(warnings)) define(name, "warning", row);
});

describe("other mistakes are distinguished", () => {
  for (const [name, result, row] of others) define(name, result, row);
});
