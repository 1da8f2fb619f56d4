/** Acknowledges every payload that Slack sends, even if no listener handles it. */
import type { App, Receiver, ReceiverEvent } from "@slack/bolt";
import type { Logger } from "pino";

/**
 * A receiver that acknowledges a payload after the listeners, if none of them did: a click on a link, a button of an
 * older version, a payload that Bolt cannot read. Otherwise Slack warns the person after three seconds and retries.
 */
export function acknowledging(receiver: Receiver, log: Logger): Receiver {
  return {
    init(app) {
      const processEvent = async (event: ReceiverEvent) => {
        let isAcknowledged = false;
        const ack: ReceiverEvent["ack"] = (response) => {
          isAcknowledged = true;
          return event.ack(response);
        };
        try {
          await app.processEvent({ ...event, ack });
        } catch (error) {
          log.error({ err: error }, "a payload could not be read");
        }
        if (isAcknowledged) return;
        log.info({ type: event.body["type"] }, "no listener handles this payload");
        await event.ack();
      };
      // Everything that a receiver needs from an app.
      receiver.init({ processEvent } as App);
    },
    start: (...given) => receiver.start(...given),
    stop: (...given) => receiver.stop(...given),
  };
}
