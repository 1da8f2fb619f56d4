/** Injects faults: what the local Slack does instead of answering, for tests of how the bot copes. */

export type Behaviour =
  | { readonly status: number }
  | { readonly error: string }
  | { readonly rateLimited: number }
  | { readonly hang: true }
  | { readonly dropAfterActing: true };

export type Fault =
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "error"; readonly error: string }
  | { readonly kind: "rate-limited"; readonly seconds: number }
  /** No answer until `restore` or `close`. */
  | { readonly kind: "hang" }
  /** The call takes effect, and then the connection breaks. */
  | { readonly kind: "drop-after-acting" };

export type Faults = ReturnType<typeof createFaults>;

export function createFaults() {
  const active = new Map<string, { fault: Fault; left: number }>();
  return {
    /** @param times the number of calls that fail; default: all calls until `restore` */
    set(method: string, behaviour: Behaviour, times = Number.POSITIVE_INFINITY): void {
      active.set(method, { fault: faultOf(behaviour), left: times });
    },

    clear(method?: string): void {
      if (method === undefined) active.clear();
      else active.delete(method);
    },

    /** The fault for this call, if any; counts it down. A method's own fault takes precedence over that of `*`. */
    take(method: string): Fault | undefined {
      const key = active.has(method) ? method : "*";
      const entry = active.get(key);
      if (entry === undefined) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) active.delete(key);
      return entry.fault;
    },
  };
}

function faultOf(behaviour: Behaviour): Fault {
  if ("status" in behaviour) return { kind: "status", status: behaviour.status };
  if ("error" in behaviour) return { kind: "error", error: behaviour.error };
  if ("rateLimited" in behaviour) return { kind: "rate-limited", seconds: behaviour.rateLimited };
  return "hang" in behaviour ? { kind: "hang" } : { kind: "drop-after-acting" };
}
