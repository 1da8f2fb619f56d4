/** The listener for operators: whether the process lives, whether it can work, and how much it has to do. */
import { createServer } from "node:http";
import { sql } from "kysely";
import type { Clock } from "./domain/clock.ts";
import type { Store } from "./storage/schema.ts";

export interface OpsServer {
  close(): Promise<void>;
}

/** The longest that the database may take to answer before the bot counts as not ready, in milliseconds. */
const readyWithinMs = 2_000;

/**
 * `/healthz` answers while the process runs, `/readyz` while the database answers too, `/metrics` in Prometheus' text
 * format. @throws when the port is taken.
 */
export async function startOpsServer(needs: { port: number; store: Store; clock: Clock }): Promise<OpsServer> {
  const { port, store, clock } = needs;
  const pages: Record<string, () => Promise<{ status: number; body: string }>> = {
    "/healthz": async () => ({ status: 200, body: "ok\n" }),
    "/readyz": async () =>
      (await answers(store, clock))
        ? { status: 200, body: "ready\n" }
        : { status: 503, body: "the database is away\n" },
    "/metrics": async () => ({ status: 200, body: await metrics(store) }),
  };
  const server = createServer(async (request, response) => {
    const page = pages[request.url?.split("?")[0] ?? ""];
    const { status, body } = page
      ? await page().catch(() => ({ status: 503, body: "the database is away\n" }))
      : { status: 404, body: "there is /healthz, /readyz and /metrics\n" };
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(body);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, resolve));
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function answers({ db }: Store, clock: Clock): Promise<boolean> {
  const inTime = new AbortController();
  const asked = sql`select 1`.execute(db).then(
    () => true,
    () => false,
  );
  const answered = await Promise.race([asked, clock.sleep(readyWithinMs, inTime.signal).then(() => false)]);
  inTime.abort();
  return answered;
}

async function metrics({ db }: Store): Promise<string> {
  const operations = await db
    .selectFrom("operations")
    .select(["state", (row) => row.fn.countAll<number>().as("count")])
    .where("state", "in", ["waiting", "queued", "running"])
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
    "# HELP receipt_posts_waiting Changes that Slack does not show yet.",
    "# TYPE receipt_posts_waiting gauge",
    `receipt_posts_waiting ${posts.count}`,
    "# HELP process_resident_memory_bytes Resident memory.",
    "# TYPE process_resident_memory_bytes gauge",
    `process_resident_memory_bytes ${rss}`,
    "",
  ].join("\n");
}
