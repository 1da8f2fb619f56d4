/** Facts about the process that need no counting: its build, memory and time, and its connection to Slack. */
import { readdirSync } from "node:fs";
import { Counter, Gauge, type Registry } from "@prometheus-io/client";

export interface ProcessNeeds {
  registry: Registry;
  version: string;
  /** Lines of the log that standard output did not accept. */
  linesLost(): number;
  /** Calls that Slack refuses until the operator acts. */
  slackRefusals(): number;
  /** Whether the Socket Mode connection is up; undefined in HTTP mode. */
  isSocketConnected(): boolean | undefined;
  /** How long the newest platform certificate is still valid, in milliseconds; undefined without an APIv3 key. */
  certificateEndsInMs(): number | undefined;
  /**
   * How long the provider's own certificate is still valid, in milliseconds; undefined without WECHATPAY_CERTIFICATE.
   */
  ownCertificateEndsInMs(): number | undefined;
}

export function createProcessGauges(needs: ProcessNeeds): void {
  const {
    registry,
    version,
    linesLost,
    slackRefusals,
    isSocketConnected,
    certificateEndsInMs,
    ownCertificateEndsInMs,
  } = needs;
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const build = { name: "receipt_build_info", help: "The version of the bot and of Node.js; always 1." };
  new Gauge({ ...build, labelNames: ["version", "node"], registers: [registry] }).set(
    { version, node: process.versions.node },
    1,
  );
  gauge("receipt_slack_refused", "Calls that Slack refuses until the operator acts.", slackRefusals);
  gauge("receipt_socket_mode_connected", "Whether the Socket Mode connection is up: 1, or 0; NaN in HTTP mode.", () =>
    Number(isSocketConnected()),
  );
  gauge(
    "receipt_wechatpay_certificate_expiry_seconds",
    "Time until WeChat Pay's newest platform certificate expires, 0 without one; NaN without WECHATPAY_APIV3_KEY.",
    () => (certificateEndsInMs() ?? Number.NaN) / 1_000,
  );
  gauge(
    "receipt_provider_certificate_expiry_seconds",
    "Time until the provider's API certificate expires, 0 afterwards; NaN without WECHATPAY_CERTIFICATE.",
    () => (ownCertificateEndsInMs() ?? Number.NaN) / 1_000,
  );
  gauge("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss());
  gauge("process_open_fds", "Open file descriptors; NaN where the system does not list them.", openFiles);
  const startedAt = Date.now() / 1_000 - process.uptime();
  gauge("process_start_time_seconds", "Start time since the epoch.", () => startedAt);
  counter("process_cpu_seconds_total", "User and system CPU time.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  counter("receipt_log_lines_lost_total", "Lines of the log that standard output did not accept.", linesLost);
}

function openFiles(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return Number.NaN;
  }
}
