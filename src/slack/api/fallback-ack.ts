/** Acknowledges every payload that Slack sends, even if no listener handles it. */
import type { App, Receiver, ReceiverEvent } from "@slack/bolt";
import type { Logger } from "pino";
import type { Clock } from "../../domain/clock.ts";
import type { Metrics, PayloadType } from "../../domain/telemetry/metrics.ts";

export interface AcknowledgingNeeds {
  log: Logger;
  clock: Pick<Clock, "monotonic">;
  metrics: Pick<Metrics, "acknowledged">;
  /** Called with the app for which a payload is, if the payload names it. */
  arrived?(app: string): void;
}

/**
 * A receiver that acknowledges a payload after the listeners, if none of them did: a click on a link, a button of an
 * older version, a payload that Bolt cannot read. Otherwise Slack warns the person after three seconds and retries.
 */
export function acknowledging(receiver: Receiver, { log, clock, metrics, arrived }: AcknowledgingNeeds): Receiver {
  return {
    init(app) {
      const processEvent = async (event: ReceiverEvent) => {
        const from = clock.monotonic();
        let isAcknowledged = false;
        // Over Socket Mode, a payload can be anything that JSON can write.
        const body = (event.body ?? {}) as ReceiverEvent["body"];
        const { api_app_id: appId } = body;
        if (typeof appId === "string") arrived?.(appId);
        const ack: ReceiverEvent["ack"] = (response) => {
          isAcknowledged = true;
          metrics.acknowledged(typeOf(body), clock.monotonic() - from);
          return event.ack(response);
        };
        try {
          await app.processEvent({ ...event, body, ack });
        } catch (error) {
          log.error({ err: error }, "a payload could not be read");
        }
        if (isAcknowledged) return;
        log.info({ type: body["type"] }, "no listener handles this payload");
        await ack(undefined);
      };
      // Everything that a receiver needs from an app.
      receiver.init({ processEvent } as App);
    },
    start: (...given) => receiver.start(...given),
    stop: (...given) => receiver.stop(...given),
  };
}

function typeOf({ command, type }: ReceiverEvent["body"]): PayloadType {
  if (command !== undefined) return "command";
  return typesInSlack.get(type) ?? "other";
}

/** The field `type` of Slack's payloads. */
const typesInSlack: ReadonlyMap<unknown, PayloadType> = new Map([
  ["block_actions", "click"],
  ["view_submission", "form"],
  ["shortcut", "shortcut"],
  ["message_action", "shortcut"],
  ["event_callback", "event"],
]);
