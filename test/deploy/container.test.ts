/** Holds Dockerfile, .dockerignore and compose.yml to what operating.md promises of them. No image is pulled for it. */
import assert from "node:assert/strict";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { botEnvironment, botOptions } from "../../src/playground/bot-process.ts";
import { secretVariables, variables } from "../../src/settings/schema.ts";
import { readSettings } from "../../src/settings.ts";
import { merchantKeyPem, platformPublicKeyPem } from "../wechatpay/fixtures/fixtures.ts";
import { execForm, type Instruction, readDockerfile } from "./dockerfile.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Neither without a tag nor with one that moves to another version of the program. */
const isPinned = (image: string) => /:(?!latest$)[\w.-]+(@sha256:[0-9a-f]{64})?$/.test(image);
/** What a file of the repository must not contain: Slack's tokens, PEM, passwords in addresses. */
const secrets = /xox[bep]-|xapp-|-----BEGIN|:\/\/[^\s/@:]+:[^\s/@]+@/;

describe("the Dockerfile", () => {
  const stages = readDockerfile(read("Dockerfile"));
  const last = stages.at(-1);
  const all = stages.flatMap(({ instructions }) => instructions);
  const inLast = (name: string): Instruction[] => (last?.instructions ?? []).filter((each) => each.name === name);

  test("builds on node:24-slim and runs on distroless Node 24, every image pinned by a tag", () => {
    const nodeMajor = read(".nvmrc").trim();
    assert.equal(stages[0]?.image, `node:${nodeMajor}-slim`);
    assert.match(last?.image ?? "", new RegExp(`^gcr\\.io/distroless/nodejs${nodeMajor}-debian\\d+:nonroot$`));
    for (const { image } of stages) assert.ok(isPinned(image), image);
    for (const image of ["node", "node:latest", "registry:5000/node"]) assert.ok(!isPinned(image), image);
  });

  test("runs as a user that is not root and owns nothing, under whom the cache was filled by the same Node", () => {
    const warm = stages.find(({ name }) => name === "warm");
    assert.equal(warm?.image, last?.image);
    for (const stage of [warm, last])
      assert.deepEqual(
        stage?.instructions.filter(({ name }) => name === "USER").map(({ rest }) => rest),
        ["65532:65532"],
      );
    assert.deepEqual(
      inLast("COPY").map(({ flags, rest }) => [flags, rest]),
      [[{ from: "warm", chown: "0:0", chmod: "0555" }, "/app /app"]],
    );
  });

  test("has every command in exec form, so that nothing needs a shell and SIGTERM reaches Node", () => {
    const commands = all.filter(({ name }) => /^(RUN|CMD|ENTRYPOINT)$/.test(name)).map(({ rest }) => rest);
    const [check = ""] = inLast("HEALTHCHECK").map(({ rest }) => rest.replace(/^CMD\s+/, ""));
    for (const command of [...commands, check]) assert.ok(execForm(command), command);
    const [entry = [], command = []] = ["ENTRYPOINT", "CMD"].map((name) => execForm(inLast(name)[0]?.rest ?? ""));
    const options = botOptions.map((option) => option.replace(pathToFileURL(root).href, "/app"));
    assert.deepEqual(entry, ["/nodejs/bin/node", ...options]);
    const fill = all.find(({ name, rest }) => name === "RUN" && rest.includes("warm-cache"))?.rest ?? "";
    assert.deepEqual(execForm(fill), [...entry, "/app/src/deploy/warm-cache.js"], "each set of options has a cache");
    const started = [...(entry ?? []), ...(command ?? []), ...(execForm(check) ?? [])];
    for (const path of started.filter((word) => word.startsWith("/app/")))
      assert.equal(globSync(path.slice("/app/".length), { cwd: root }).length, 1, path);
    assert.equal(execForm("node src/main.ts"), undefined);
  });

  test("copies what exists and what .dockerignore lets through, and no secret", () => {
    const sources = all.flatMap(({ name, flags, rest }) =>
      name === "COPY" && flags["from"] === undefined ? rest.split(/\s+/).slice(0, -1) : [],
    );
    assert.deepEqual(sources.toSorted(), ["LICENSE", "package-lock.json", "package.json", "src"]);
    for (const source of sources) assert.equal(globSync(source, { cwd: root }).length, 1, source);
    const ignore = read(".dockerignore").split("\n");
    assert.equal(
      ignore.find((line) => line !== "" && !line.startsWith("#")),
      "*",
    );
    assert.deepEqual(
      ignore
        .filter((line) => line.startsWith("!"))
        .map((line) => line.slice(1))
        .toSorted(),
      sources.toSorted(),
    );
    assert.doesNotMatch(read("Dockerfile"), secrets);
    assert.deepEqual(
      all.filter(({ name }) => name === "ARG"),
      [],
    );
  });

  test("sets only settings that exist, and checks the port that it sets", () => {
    const names = inLast("ENV").flatMap(({ rest }) => [...rest.matchAll(/(\w+)=/g)].map(([, name = ""]) => name));
    const known: readonly string[] = [...variables, "NODE_ENV", ...Object.keys(botEnvironment)];
    assert.deepEqual(
      names.filter((name) => !known.includes(name)),
      [],
    );
    assert.ok(names.includes("OPS_PORT"));
    for (const pair of Object.entries(botEnvironment))
      assert.ok(
        inLast("ENV").some(({ rest }) => rest.split(" ").includes(pair.join("="))),
        pair[0],
      );
  });
});

const serviceSchema = z.object({
  image: z.string(),
  environment: z.record(z.string(), z.string()),
  secrets: z.array(z.string()),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  deploy: z.object({ replicas: z.number() }).optional(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  ulimits: z.object({ core: z.number() }).optional(),
  stop_grace_period: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
});

describe("compose.yml", () => {
  const compose = z
    .object({
      services: z.object({ database: serviceSchema, bot: serviceSchema }),
      secrets: z.record(z.string(), z.object({ file: z.string() })),
    })
    .parse(parse(read("compose.yml")));
  const { database, bot } = compose.services;

  test("runs two instances on one PostgreSQL, once it is healthy, with every image pinned by a tag", () => {
    assert.equal(bot.deploy?.replicas, 2);
    assert.match(database.image, /^postgres:/);
    for (const { image } of [database, bot]) assert.ok(isPinned(image), image);
    assert.deepEqual(bot.depends_on, { database: { condition: "service_healthy" } });
    assert.equal(database.healthcheck?.test[0], "CMD");
  });

  test("gives the bot a root file system that it cannot write to, no rights, and no core dumps", () => {
    assert.equal(bot.read_only, true);
    assert.deepEqual(bot.cap_drop, ["ALL"]);
    assert.deepEqual(bot.security_opt, ["no-new-privileges:true"]);
    assert.deepEqual(bot.ulimits, { core: 0 });
  });

  test("publishes no port, and waits longer than the bot takes to stop", () => {
    for (const service of [bot, database]) assert.equal(service.ports, undefined);
    assert.equal(bot.environment["OPS_HOST"], "0.0.0.0");
    const [, stopWithinMs = ""] = /const stopWithinMs = ([\d_]+);/.exec(read("src/main.ts")) ?? [];
    assert.ok(Number.parseInt(bot.stop_grace_period ?? "", 10) * 1_000 > Number(stopWithinMs.replaceAll("_", "")));
  });

  test("names settings that exist, and gives secrets as files alone, each of which is declared", () => {
    const files = secretVariables.map((name) => `${name}_FILE`);
    const known: readonly string[] = [...variables, ...files];
    const names = Object.keys(bot.environment);
    assert.deepEqual(
      names.filter((name) => !known.includes(name)),
      [],
    );
    assert.deepEqual(
      names.filter((name) => secretVariables.some((secret) => secret === name)),
      [],
    );
    for (const { environment, secrets: mounted } of [bot, database]) {
      const used = Object.values(environment).flatMap((value) => /^\/run\/secrets\/(.+)$/.exec(value)?.[1] ?? []);
      assert.deepEqual(used.toSorted(), mounted.toSorted());
      for (const name of used) assert.ok(compose.secrets[name], name);
    }
    assert.doesNotMatch(read("compose.yml"), secrets);
    const ignored = read(".gitignore").split("\n");
    for (const { file } of Object.values(compose.secrets)) assert.ok(ignored.includes(`${file.split("/")[0]}/`), file);
  });

  test("starts the bot with valid settings, once the files and the values are there", (t) => {
    const folder = mkdtempSync(join(tmpdir(), "receipt-compose-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const contents: Record<string, string> = {
      database_url: "postgres://receipts:password@database/receipts",
      slack_bot_token: "xoxb-1-bot\n",
      slack_app_token: "xapp-1-app\n",
      wechatpay_private_key: merchantKeyPem,
      wechatpay_public_key: platformPublicKeyPem,
    };
    const values: Record<string, string> = {
      WECHATPAY_MCHID: "1900000001",
      WECHATPAY_SERIAL_NO: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
      WECHATPAY_PUBLIC_KEY_ID: "PUB_KEY_ID_0119000000012026112300000000000001",
      RECEIPT_ADMINS: "U0CAROL001",
    };
    const filled = Object.entries(bot.environment).map(([name, value]) => {
      const [, secret] = /^\/run\/secrets\/(.+)$/.exec(value) ?? [];
      const [, wanted = "", byDefault = ""] = /^\$\{(\w+):(?:\?|-(.*))\}$/.exec(value) ?? [];
      if (secret === undefined) return [name, wanted === "" ? value : (values[wanted] ?? byDefault)];
      const path = join(folder, secret);
      writeFileSync(path, contents[secret] ?? "");
      return [name, path];
    });
    const result = readSettings(Object.fromEntries(filled));
    assert.ok(result.ok, JSON.stringify(result.ok || result.problems));
    assert.deepEqual(result.warnings, []);
    assert.equal(result.settings.DATABASE_URL.engine, "postgres");
  });
});
