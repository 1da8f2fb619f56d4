/** Nothing that Slack sends stays without an acknowledgement, whether or not anybody here listens to it. */
import type { App, Receiver, ReceiverEvent } from "@slack/bolt";
import type { Logger } from "pino";

/**
 * A receiver whose payloads are acknowledged once the listeners have had them, if none of them did so: a press on a link,
 * a button of an older version, a payload that Bolt itself cannot read. Else whoever pressed is shown a warning after
 * three seconds, and Slack sends it again.
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
        log.info({ type: event.body["type"] }, "nobody listens to what Slack sent");
        await event.ack();
      };
      // All that a receiver needs of an app.
      receiver.init({ processEvent } as App);
    },
    start: (...given) => receiver.start(...given),
    stop: (...given) => receiver.stop(...given),
  };
}
