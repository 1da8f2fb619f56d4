/** The packages that the bot is made of: fixed by hash, without install scripts, under licences that allow the use. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";

const root = join(import.meta.dirname, "../..");
const json = (path: string): unknown => JSON.parse(readFileSync(join(root, path), "utf8"));

const locked = Object.entries(
  z
    .object({
      lockfileVersion: z.literal(3),
      packages: z.record(
        z.string(),
        z.object({
          /** Where it differs from the folder's. */
          name: z.string().optional(),
          version: z.string(),
          license: z.string().optional(),
          integrity: z.string().optional(),
          resolved: z.string().optional(),
          hasInstallScript: z.boolean().optional(),
          dev: z.boolean().optional(),
          optional: z.boolean().optional(),
        }),
      ),
    })
    .parse(json("package-lock.json")).packages,
).flatMap(([path, entry]) =>
  path === "" ? [] : [{ ...entry, name: entry.name ?? path.replace(/^.*node_modules\//, "") }],
);

/** Permissive ones. */
const licences = ["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "MIT OR Apache-2.0"];
/** For tools that the tests use and that are not passed on. */
const licencesOfTools = [...licences, "MPL-2.0"];

test("package-lock.json fixes every package by its SHA-512 and takes none from outside the registry", () => {
  assert.ok(locked.length > 100, `only ${locked.length} packages were found: the test does not understand the file`);
  const loose = locked.filter(({ integrity }) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ""));
  assert.deepEqual(loose, []);
  const elsewhere = locked.filter(({ resolved }) => resolved && !resolved.startsWith("https://registry.npmjs.org/"));
  assert.deepEqual(elsewhere, []);
});

test("no package of production runs a script at install, and of those for development only node does", () => {
  const scripts = locked.filter(({ hasInstallScript }) => hasInstallScript);
  assert.deepEqual(
    scripts.map(({ name, dev }) => [name, dev]),
    [["node", true]],
  );
  const { allowScripts } = z.object({ allowScripts: z.record(z.string(), z.boolean()) }).parse(json("package.json"));
  assert.deepEqual(allowScripts, { node: true });
});

test("every package has a licence that allows its use in a product", () => {
  assert.deepEqual(
    locked
      .filter(({ license, dev }) => !(dev ? licencesOfTools : licences).includes(license ?? ""))
      .map(({ name, license }) => [name, license]),
    [],
  );
});

test("npm sbom lists every package of production, with its version and its hash", () => {
  const options = ["sbom", "--package-lock-only", "--sbom-format=cyclonedx"];
  const { status, stdout, stderr } = spawnSync("npm", options, { cwd: root, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const { components } = z
    .object({
      components: z.array(
        z.object({ name: z.string(), version: z.string(), hashes: z.array(z.object({ alg: z.string() })) }),
      ),
    })
    .parse(JSON.parse(stdout));
  const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const production = locked.filter(({ dev, optional }) => !dev && !optional);
  assert.deepEqual(
    production.filter(({ name, version }) => !listed.has(`${name}@${version}`)),
    [],
  );
  for (const { name, hashes } of components)
    assert.ok(
      hashes.some(({ alg }) => alg === "SHA-512"),
      name,
    );
});
