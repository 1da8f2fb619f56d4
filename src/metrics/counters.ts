/** Counters of this instance: one metric for each kind of event that the parts of the bot report. */
import type { Registry } from "@prometheus-io/client";
import { actions } from "../domain/attempt-result.ts";
import { objects, steps } from "../domain/goldplan/objects.ts";
import { topics } from "../domain/guidance.ts";
import {
  type InteractionType,
  interactionResults,
  interactionTypes,
  type Metrics,
  payloadTypes,
  requestMoves,
} from "../domain/telemetry/metrics.ts";
import { closedCounter, closedHistogram } from "./closed-labels.ts";

/** The names that become label values; another one counts as `other`. */
export interface MetricNames {
  interactions: Readonly<Record<InteractionType, readonly string[]>>;
  /** Base URLs, in the order of their indexes. */
  endpoints: readonly string[];
  slackMethods: readonly string[];
  /** Slack's error codes. */
  slackErrors: readonly string[];
}

const noAnswer = "none";
const noSignature = "unsigned";
const statuses = ["200", "204", "400", "401", "403", "404", "429", "500", "502", "503", "504", noAnswer, noSignature];

/** Upper bounds of the buckets, in seconds. Slack waits 3 seconds, and a call to WeChat Pay takes at most 8. */
const acknowledgedUpTo = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 3, 5];
const calledUpTo = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8];
const ledgerUpTo = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5];
const carriedOutUpTo = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400];

export function createCounters(registry: Registry, names: MetricNames): Metrics {
  const interactions = closedCounter({
    registry,
    name: "receipt_interactions_total",
    help: "Commands, clicks, forms and shortcuts that this instance answered, by result.",
    values: {
      type: interactionTypes,
      name: Object.values(names.interactions).flat(),
      result: interactionResults,
    },
    combinations: interactionTypes.flatMap((type) =>
      [...names.interactions[type], "other"].flatMap((name) =>
        interactionResults.map((result) => ({ type, name, result })),
      ),
    ),
  });
  const acknowledgements = closedHistogram({
    registry,
    name: "receipt_acknowledgement_seconds",
    help: "Time until a Slack payload was acknowledged.",
    values: { type: payloadTypes },
    secondsUpTo: acknowledgedUpTo,
  });
  const requests = closedCounter({
    registry,
    name: "receipt_requests_total",
    help: "Requests that this instance moved into a state; done once for each round.",
    values: { object: objects, action: actions, state: requestMoves },
    isComplete: true,
  });
  const operations = closedCounter({
    registry,
    name: "receipt_operations_total",
    help: "Operations that this instance concluded, by outcome and, where they failed, by fault.",
    values: {
      object: objects,
      action: actions,
      outcome: ["succeeded", "failed", "uncertain", "cancelled"],
      fault: [noAnswer, ...topics],
    },
    combinations: objects.flatMap((object) =>
      actions.flatMap((action) => endings.map((ending) => ({ object, action, ...ending }))),
    ),
  });
  const carriedOut = closedHistogram({
    registry,
    name: "receipt_approval_to_outcome_seconds",
    help: "Time from the approval, Retry or Carry out to the outcome of an operation.",
    values: { object: objects, action: actions },
    secondsUpTo: carriedOutUpTo,
  });
  const attempts = closedCounter({
    registry,
    name: "receipt_attempts_total",
    help: "Calls to WeChat Pay, by what they switch, endpoint and HTTP status; none: no answer; unsigned: the call was not signed.",
    values: { endpoint: names.endpoints, status: statuses, call: steps },
    combinations: [...names.endpoints, "other"].flatMap((endpoint) =>
      [...statuses, "other"].flatMap((status) => steps.map((call) => ({ endpoint, status, call }))),
    ),
  });
  const attemptTimes = closedHistogram({
    registry,
    name: "receipt_attempt_seconds",
    help: "Duration of a call to WeChat Pay.",
    values: { endpoint: names.endpoints },
    secondsUpTo: calledUpTo,
  });
  const leasesLost = closedCounter({
    registry,
    name: "receipt_leases_lost_total",
    help: "Attempts that came back to find that another attempt holds their lease.",
    values: {},
  });
  const rateLimits = closedCounter({
    registry,
    name: "receipt_rate_limits_total",
    help: "Answers that report too many calls.",
    values: { api: ["wechatpay", "slack"] },
    isComplete: true,
  });
  const slackCalls = closedCounter({
    registry,
    name: "receipt_slack_calls_total",
    help: "Calls to Slack, by method and error: none, no-answer, or Slack's code.",
    values: { method: names.slackMethods, error: ["none", "no-answer", ...names.slackErrors] },
  });
  const slackTimes = closedHistogram({
    registry,
    name: "receipt_slack_call_seconds",
    help: "Duration of a call to Slack.",
    values: { method: names.slackMethods },
    secondsUpTo: calledUpTo,
  });
  const futureRequests = closedCounter({
    registry,
    name: "receipt_slack_future_requests_total",
    help: "Correctly signed requests refused because their timestamp is in the future.",
    values: {},
  });
  const unverifiedRequests = closedCounter({
    registry,
    name: "receipt_slack_unverified_requests_total",
    help: "Signed requests refused because their signature is wrong or their timestamp too old.",
    values: {},
  });
  const statements = closedHistogram({
    registry,
    name: "receipt_ledger_statement_seconds",
    help: "Duration of a statement on the ledger.",
    values: {},
    secondsUpTo: ledgerUpTo,
  });
  const commits = closedHistogram({
    registry,
    name: "receipt_ledger_commit_seconds",
    help: "Duration of a commit; on SQLite, transactions that arrive together share one.",
    values: { result: ["committed", "failed", "unsure"] },
    isComplete: true,
    secondsUpTo: ledgerUpTo,
  });
  return {
    interaction: (type, name, result) => interactions.increase({ type, name, result }),
    acknowledged: (type, ms) => acknowledgements.observe({ type }, ms),
    requestMoved: ({ object, action }, state) => requests.increase({ object, action, state }),
    operationsCancelled: ({ object, action }, count) =>
      operations.increase({ object, action, outcome: "cancelled", fault: noAnswer }, count),
    operationEnded({ object, action, outcome, fault = noAnswer, sinceApprovalMs }) {
      operations.increase({ object, action, outcome, fault });
      if (sinceApprovalMs !== undefined) carriedOut.observe({ object, action }, sinceApprovalMs);
    },
    leaseLost: () => leasesLost.increase({}),
    attempted(call, index, status, ms) {
      const endpoint = names.endpoints[index % names.endpoints.length] ?? "";
      attempts.increase({ endpoint, status: String(status), call });
      attemptTimes.observe({ endpoint }, ms);
    },
    rateLimited: (api) => rateLimits.increase({ api }),
    slackCalled(method, error, ms) {
      slackCalls.increase({ method, error });
      slackTimes.observe({ method }, ms);
    },
    futureRequestRefused: () => futureRequests.increase({}),
    unverifiedRequestRefused: () => unverifiedRequests.increase({}),
    ledgerStatement: (ms) => statements.observe({}, ms),
    ledgerCommit: (result, ms) => commits.observe({ result }, ms),
  };
}

/** How operations can end. */
const endings = [
  { outcome: "succeeded", fault: noAnswer },
  { outcome: "cancelled", fault: noAnswer },
  ...["failed", "uncertain"].flatMap((outcome) => [...topics, "other"].map((fault) => ({ outcome, fault }))),
];
