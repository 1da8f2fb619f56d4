/** People's actions in a history, with the answers they got. */
import type { Button } from "../plans/planned.ts";

/** A request as the person who submitted it remembers it. */
export interface Submission {
  /** Used as the request's reason, so that the request can be identified. */
  name: string;
  by: string;
  /** When they typed it. */
  at: number;
  subMchids: readonly string[];
  deliveries: Delivery[];
}

export interface Press {
  submission: string;
  button: Button;
  by: string;
  /** The round in the button. */
  round: number;
  /** What to exclude. */
  leaves: readonly string[];
  deliveries: Delivery[];
}

/** A payload on its way to an instance. */
export interface Delivery {
  on: string;
  at: number;
  /** The answer and its time; undefined if none came in time or at all. */
  answer?: { at: number; text: string | undefined };
}
