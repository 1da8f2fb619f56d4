/**
 * Messages over Socket Mode that Slack's client cannot read: it expects an `event` in each payload of the Events API,
 * which the notice of a limit (`app_rate_limited`) has not, and rejects where nobody can catch the error.
 */
import type { SocketModeReceiver } from "@slack/bolt";
import type { Logger } from "pino";
import { z } from "zod";
import { json } from "../../payloads/json.ts";

const envelope = json.pipe(
  z.object({
    envelope_id: z.string(),
    type: z.unknown(),
    payload: z.object({ type: z.unknown() }).nullish().catch(undefined),
  }),
);

/** Acknowledges them, as every other payload, so that Slack does not send them again, and logs what they are. */
export function acknowledgeUnread(client: SocketModeReceiver["client"], log: Logger): void {
  const readers = client.listeners("ws_message");
  client.removeAllListeners("ws_message");
  client.on("ws_message", async (data: unknown, isBinary: boolean) => {
    try {
      for (const read of readers) await read.call(client, data, isBinary);
    } catch (error) {
      const { envelope_id: id, type, payload } = envelope.safeParse(String(data)).data ?? {};
      log.warn({ err: error, type, payloadType: payload?.type }, "a message from Slack could not be read");
      // `send` is not in the client's types.
      if (id !== undefined) await (client as unknown as Sender).send(id).catch(() => {});
    }
  });
}

interface Sender {
  send(envelopeId: string): Promise<void>;
}
