/** The listener for operators: whether the process lives, whether it can work, and how much it has to do. */
import { createServer } from "node:http";
import type { Clock } from "./domain/clock.ts";
import type { EndedAs } from "./domain/retry-policy.ts";
import type { Store } from "./storage/schema.ts";
import { whyOf } from "./storage/store-errors.ts";
import { writeProbe } from "./storage/write-probe.ts";

export interface OpsServer {
  close(): Promise<void>;
}

export interface OpsServerNeeds {
  /** The address and port to listen on: OPS_HOST and OPS_PORT. */
  host: string;
  port: number;
  store: Store;
  clock: Clock;
  /** Why nothing can come from Slack just now, as a sentence; undefined where it can. */
  slackProblem(): string | undefined;
  /** Lines about Slack in Prometheus' text format. */
  slackMetrics(): string[];
  /** How many operations this instance has ended, by how. */
  ended: Readonly<Record<EndedAs, number>>;
}

/** The longest that the database may take to answer before the bot counts as not ready, in milliseconds. */
const readyWithinMs = 2_000;

interface Page {
  status: number;
  body: string;
}

/**
 * `/healthz` answers while the process runs; `/readyz` while the ledger can be written to and Slack can be heard, and
 * says what is wrong otherwise; `/metrics` in Prometheus' text format. @throws when it cannot listen.
 */
export async function startOpsServer(needs: OpsServerNeeds): Promise<OpsServer> {
  const { host, port } = needs;
  let probe: Promise<Page> | undefined;
  const pages: Record<string, () => Promise<Page>> = {
    "/healthz": async () => ({ status: 200, body: "ok\n" }),
    // Those who ask at once share one write.
    "/readyz": () => (probe ??= readiness(needs).finally(() => (probe = undefined))),
    "/metrics": async () => ({ status: 200, body: await metrics(needs) }),
  };
  const server = createServer(async (request, response) => {
    const page = pages[request.url?.split("?")[0] ?? ""];
    const { status, body } = page
      ? await page().catch((error: unknown) => ({ status: 503, body: `the ledger cannot be read: ${whyOf(error)}\n` }))
      : { status: 404, body: "there is /healthz, /readyz and /metrics\n" };
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(body);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function readiness({ store, clock, slackProblem }: OpsServerNeeds): Promise<Page> {
  const problems = [await ledgerProblem(store, clock), slackProblem()].filter((problem) => problem !== undefined);
  return problems.length === 0
    ? { status: 200, body: "ready\n" }
    : { status: 503, body: problems.map((problem) => `${problem}\n`).join("") };
}

async function ledgerProblem(store: Store, clock: Clock): Promise<string | undefined> {
  const inTime = new AbortController();
  const written = writeProbe(store, clock.now()).then(
    () => undefined,
    (error: unknown) => `the ledger cannot be written to: ${whyOf(error)}`,
  );
  const late = clock.sleep(readyWithinMs, inTime.signal).then(() => "the database does not answer in time");
  const problem = await Promise.race([written, late]);
  inTime.abort("answered");
  return problem;
}

async function metrics({ store: { db }, slackMetrics, ended }: OpsServerNeeds): Promise<string> {
  const operations = await db
    .selectFrom("operations")
    .select(["state", (row) => row.fn.countAll<number>().as("count")])
    .where("state", "in", ["waiting", "queued", "running", "held"])
    .groupBy("state")
    .execute();
  const posts = await db
    .selectFrom("posts")
    .select((row) => row.fn.countAll<number>().as("count"))
    .whereRef("shown", "<", "wanted")
    .executeTakeFirstOrThrow();
  const { rss } = process.memoryUsage();
  return [
    "# HELP receipt_operations_open Operations that have not ended, by state.",
    "# TYPE receipt_operations_open gauge",
    ...operations.map(({ state, count }) => `receipt_operations_open{state="${state}"} ${count}`),
    "# HELP receipt_operations_total Operations that this instance has ended, by outcome.",
    "# TYPE receipt_operations_total counter",
    ...Object.entries(ended).map(([outcome, count]) => `receipt_operations_total{outcome="${outcome}"} ${count}`),
    "# HELP receipt_posts_waiting Changes that Slack does not show yet.",
    "# TYPE receipt_posts_waiting gauge",
    `receipt_posts_waiting ${posts.count}`,
    "# HELP process_resident_memory_bytes Resident memory.",
    "# TYPE process_resident_memory_bytes gauge",
    `process_resident_memory_bytes ${rss}`,
    ...slackMetrics(),
    "",
  ].join("\n");
}
