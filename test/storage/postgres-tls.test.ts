/** TLS to PostgreSQL: each certificate that is refused has its own problem, and no address prints pg's warning. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { after, type TestContext, test } from "node:test";
import { TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import type { DatabaseProblem } from "../../src/domain/startup/database-problem.ts";
import { openStore } from "../../src/storage/open.ts";
import { CannotOpen } from "../../src/storage/open-problem.ts";
import { tlsProblemOf, withExplicitMode } from "../../src/storage/postgres/tls.ts";
import { certificates, serverKeyPem } from "../network/fixtures/fixtures.ts";

const rootPath = fileURLToPath(new URL("../network/fixtures/root.pem", import.meta.url));
const warnings: string[] = [];
const note = (warning: Error) => void warnings.push(warning.message);
process.on("warning", note);
after(() => void process.off("warning", note));

/** A server that agrees to TLS, as PostgreSQL does, and ends the connection after the handshake. */
async function serverWith(t: TestContext, cert: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write("S");
      const secured = new TLSSocket(socket, { isServer: true, key: serverKeyPem, cert });
      secured.on("error", () => {});
      secured.on("data", () => secured.destroy());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function problemAt(host: string, query: string): Promise<DatabaseProblem> {
  const url = `postgres://bot:hunter22@${host}/receipts?${query}`;
  const error = await openStore({ engine: "postgres", url }).then(
    () => assert.fail("the database was opened"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CannotOpen, String(error));
  return error.problem;
}

const refused: [name: keyof typeof certificates, query: string, fault: string, why: RegExp][] = [
  ["selfSigned", "sslmode=require", "issuer", /self-signed certificate, DEPTH_ZERO_SELF_SIGNED_CERT/],
  ["incompleteChain", `sslmode=verify-full&sslrootcert=${rootPath}`, "issuer", /UNABLE_TO_/],
  ["wrongHost", `sslmode=verify-full&sslrootcert=${rootPath}`, "host", /ERR_TLS_CERT_ALTNAME_INVALID/],
  ["expired", `sslmode=verify-full&sslrootcert=${rootPath}`, "date", /CERT_HAS_EXPIRED/],
  ["early", `sslmode=verify-ca&sslrootcert=${rootPath}`, "date", /CERT_NOT_YET_VALID/],
];
for (const [name, query, fault, why] of refused)
  test(`a server's certificate that is ${name} is refused with ${query.split("&")[0]}: ${fault}`, async (t) => {
    const problem = await problemAt(await serverWith(t, certificates[name]), query);
    assert.ok(problem.kind === "certificate", JSON.stringify(problem));
    assert.equal(problem.fault, fault);
    assert.match(problem.why, why);
    assert.deepEqual(warnings, []);
  });

test("a certificate that is trusted, and one that is not verified, are no problem", async (t) => {
  const valid = await serverWith(t, certificates.valid);
  assert.equal((await problemAt(valid, `sslmode=verify-full&sslrootcert=${rootPath}`)).kind, "unreachable");
  const unknown = await serverWith(t, certificates.selfSigned);
  assert.equal((await problemAt(unknown, "sslmode=no-verify")).kind, "unreachable");
});

test("a file of certificates that does not exist is named", async (t) => {
  const host = await serverWith(t, certificates.valid);
  const problem = { kind: "tls-file", path: "/nowhere/ca.pem", why: "ENOENT" };
  assert.deepEqual(await problemAt(host, "sslmode=verify-full&sslrootcert=/nowhere/ca.pem"), problem);
});

test("a server that accepts TLS only is recognized by its own words and by those of hosted services", () => {
  for (const why of [
    'no pg_hba.conf entry for host "10.0.0.1", user "bot", database "receipts", no encryption',
    "FATAL: SSL connection is required. Please specify SSL options and retry.",
    "connection is insecure (try using `sslmode=require`)",
  ])
    assert.deepEqual(tlsProblemOf(new Error(why)), { kind: "tls-required" });
  assert.equal(tlsProblemOf(new Error('no pg_hba.conf entry for host "10.0.0.1", SSL encryption')), undefined);
});

test("modes that pg verifies are written as what they do; with libpq's meaning, they stay", () => {
  const at = (query: string) => `postgres://bot:sslmode=require@db/receipts?${query}`;
  for (const mode of ["prefer", "require", "verify-ca"])
    assert.equal(withExplicitMode(at(`a=b&sslmode=${mode}`)), at("a=b&sslmode=verify-full"));
  for (const query of ["sslmode=no-verify", "sslmode=disable", "sslmode=require&uselibpqcompat=true"])
    assert.equal(withExplicitMode(at(query)), at(query));
});
