/** The listener for operators: whether the process runs, whether it can work, and how much work it has. */
import { createServer } from "node:http";
import type { Clock } from "./domain/clock.ts";
import { followConnections } from "./network/server-connections.ts";
import type { Store } from "./storage/schema.ts";
import { whyOf } from "./storage/store-errors.ts";
import { writeProbe } from "./storage/write-probe.ts";

export interface OpsServer {
  /** Stops listening and ends every connection within a second, those first that have nothing to answer. */
  close(): Promise<void>;
}

export interface OpsServerNeeds {
  /** The address and port to listen on: OPS_HOST and OPS_PORT. */
  host: string;
  port: number;
  store: Store;
  clock: Clock;
  /** Why the bot takes nothing from Slack right now, as a sentence; undefined if it does. */
  deliveryProblem(): string | undefined;
  /** The page for Prometheus, in its text format. */
  metrics(): Promise<{ contentType: string; body: string }>;
}

/** The longest that the database may take to answer before the bot counts as not ready, in milliseconds. */
const readyWithinMs = 2_000;
/**
 * How long closing waits for answers, in milliseconds: it comes last in the bot's stop, before the ledger is closed.
 */
const closeWithinMs = 1_000;

const plainText = "text/plain; charset=utf-8";

interface Page {
  status: number;
  contentType?: string;
  body: string;
}

/**
 * `/healthz` answers while the process runs; `/readyz` while the ledger is writable and the bot takes Slack's payloads,
 * and otherwise returns the problem; `/metrics` in Prometheus' text format.
 * @throws when it cannot listen.
 */
export async function startOpsServer(needs: OpsServerNeeds): Promise<OpsServer> {
  const { host, port } = needs;
  let probe: Promise<Page> | undefined;
  const pages: Record<string, () => Promise<Page>> = {
    "/healthz": async () => ({ status: 200, body: "ok\n" }),
    // Simultaneous requests share one write.
    "/readyz": () => (probe ??= readiness(needs).finally(() => (probe = undefined))),
    "/metrics": async () => ({ status: 200, ...(await needs.metrics()) }),
  };
  const server = createServer(async (request, response) => {
    const page = pages[request.url?.split("?")[0] ?? ""];
    const {
      status,
      body,
      contentType = plainText,
    } = page
      ? await page().catch((error: unknown) => ({ status: 500, body: `${whyOf(error)}\n` }) as Page)
      : { status: 404, body: "only /healthz, /readyz and /metrics exist\n" };
    response.writeHead(status, { "content-type": contentType }).end(body);
  });
  const connections = followConnections(server, needs.clock);
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  return {
    close: () => connections.end(new Promise<void>((resolve) => server.close(() => resolve())), closeWithinMs),
  };
}

async function readiness({ store, clock, deliveryProblem }: OpsServerNeeds): Promise<Page> {
  const problems = [await ledgerProblem(store, clock), deliveryProblem()].filter((problem) => problem !== undefined);
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
