/** What people wish and press in a history, with what they were told of it. */
import type { Button } from "../plans/planned.ts";

/** What a person asked for, as that person remembers it. */
export interface Wish {
  /** Stands in the request as its reason, so that everybody can tell which it is. */
  name: string;
  by: string;
  subMchids: readonly string[];
  deliveries: Delivery[];
}

export interface Press {
  wish: string;
  button: Button;
  by: string;
  /** The round that stands in the button. */
  round: number;
  /** What is to be left out. */
  leaves: readonly string[];
  deliveries: Delivery[];
}

/** A payload on its way to an instance. */
export interface Delivery {
  on: string;
  at: number;
  /** What the person was told, and when; undefined where nobody told them anything, in time or at all. */
  told?: { at: number; text: string | undefined };
}
