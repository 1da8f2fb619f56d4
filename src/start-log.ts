/** The log entries at a start, which show which bot this is and whether its settings are as intended. */
import { readFileSync } from "node:fs";
import type { Logger } from "pino";
import type { Settings } from "./settings.ts";
import type { DatabaseAddress, OpenedStore } from "./storage/open.ts";

/** Without tokens, keys and passwords; a ledger that was created by this start is announced. */
export function logStart(
  log: Logger,
  settings: Settings,
  { store, instance, mode }: { store: OpenedStore; instance: string; mode: "socket" | "http" },
): void {
  const place = placeOf(settings.DATABASE_URL);
  const fields = {
    version: ownVersion(),
    node: process.versions.node,
    database: { ...place, schema: store.schemaStep },
    command: settings.SLACK_COMMAND,
    mode,
    instance,
    endpoints: settings.WECHATPAY_ENDPOINTS,
    ...(settings.WECHATPAY_SIGNER && { signer: settings.WECHATPAY_SIGNER.name }),
    ratePerSecond: settings.WECHATPAY_RATE,
    admins: settings.RECEIPT_ADMINS,
    channels: settings.RECEIPT_CHANNELS,
  };
  log.info(fields, "starting");
  if (store.isNew)
    log.warn(
      place,
      "a new, empty ledger was created, without roles, requests or history; to use an existing one, check DATABASE_URL",
    );
}

/** The location of a ledger, without user and password. */
export function placeOf(address: DatabaseAddress): Record<string, string> {
  if (address.engine === "sqlite") return { engine: "SQLite", path: address.path };
  const { host, pathname, searchParams } = new URL(address.url);
  // `?host=` may name a socket's folder.
  return {
    engine: "PostgreSQL",
    host: searchParams.get("host") ?? (host || "localhost"),
    name: decodeURIComponent(pathname.slice(1)),
  };
}

/** The bot's version, from package.json. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return String(version);
}
