/** Slack's first message on each Socket Mode connection: which app it is for, and how many connections the app has. */
import type { SocketModeReceiver } from "@slack/bolt";
import { z } from "zod";
import { json } from "../../payloads/json.ts";

/** See "Using Socket Mode", the hello message. */
export const helloMessage = z.object({
  type: z.literal("hello"),
  num_connections: z.number(),
  connection_info: z.object({ app_id: z.string().optional() }).optional(),
});

export interface Greeting {
  /** The app's number of connections, this one included. */
  connections: number;
  /** The app-level token's app, `A…`. */
  app: string | undefined;
}

/** The hello message is short; longer messages are skipped. */
const lengthMax = 2_000;

/** Calls back whenever a connection opens. */
export function onHello({ client }: SocketModeReceiver, hello: (greeting: Greeting) => void): void {
  client.on("ws_message", (data: unknown, isBinary: boolean) => {
    const greeting = greetingIn(isBinary ? "" : String(data));
    if (greeting) hello(greeting);
  });
}

/** Undefined for any message that is not a hello. */
export function greetingIn(text: string): Greeting | undefined {
  if (text.length > lengthMax || !text.includes('"hello"')) return undefined;
  // Bolt logs messages that are not JSON.
  const hello = json.pipe(helloMessage).safeParse(text).data;
  return hello && { connections: hello.num_connections, app: hello.connection_info?.app_id };
}
