/** Slack's first message on each Socket Mode connection, which contains the app's number of connections. */
import type { SocketModeReceiver } from "@slack/bolt";
import { z } from "zod";
import { json } from "../../payloads/json.ts";

/** See "Using Socket Mode", the hello message. */
export const helloMessage = z.object({ type: z.literal("hello"), num_connections: z.number() });
/** The hello message is short; longer messages are skipped. */
const lengthMax = 2_000;

/** Calls back with the number of connections, the new one included, whenever one opens. */
export function onHello({ client }: SocketModeReceiver, hello: (connections: number) => void): void {
  client.on("ws_message", (data: unknown, isBinary: boolean) => {
    const connections = connectionsIn(isBinary ? "" : String(data));
    if (connections !== undefined) hello(connections);
  });
}

/** The app's number of connections, according to a hello message; undefined for any other message. */
export function connectionsIn(text: string): number | undefined {
  if (text.length > lengthMax || !text.includes('"hello"')) return undefined;
  // Bolt logs messages that are not JSON.
  return json.pipe(helloMessage).safeParse(text).data?.num_connections;
}
