/** The ledger: every function that reads or writes it, bound to one context. */
import { auditTrail } from "./audit/audit-export.ts";
import { createCallCheck } from "./audit/keys/call-check.ts";
import { note } from "./audit/refusals.ts";
import { newestEvent, newestSeal, sealNext } from "./audit/sealing.ts";
import { decide } from "./decisions.ts";
import { currentDirectory } from "./directory/current-directory.ts";
import { givenNames, notesOfRequest } from "./directory/given-names.ts";
import { adopt, changesOf } from "./directory/imports.ts";
import { latestOperations } from "./directory/latest-operations.ts";
import { merchantOf, merchantsOf } from "./directory/merchants.ts";
import { find, merchantNamed } from "./directory/search.ts";
import { type StagedRows, stage } from "./directory/staging.ts";
import { pruneVersions } from "./directory/version-deletion.ts";
import { exclude } from "./exclusions.ts";
import { expireDue } from "./expiry.ts";
import { followClock } from "./holding/clock-set-back.ts";
import { beat } from "./holding/heartbeat.ts";
import { holdStale } from "./holding/hold.ts";
import { cancelHeld, carryOut, expireHeld } from "./holding/release.ts";
import { type LedgerContext, onceCommitted } from "./ledger-context.ts";
import { claimDue, handBack, slowDown } from "./operations/operations.ts";
import { createConclude } from "./operations/results.ts";
import { retry } from "./operations/retry.ts";
import { nextDue } from "./operations/statements.ts";
import { stop } from "./operations/stop.ts";
import {
  addressTo,
  claim,
  drop,
  dueChannels,
  extendLease,
  postpone,
  recordMessageTs,
  recordShown,
} from "./outbox/outbox.ts";
import { isRefusalReportedElsewhere, recordRefusal } from "./outbox/refusals.ts";
import { resultOfRound } from "./queries/attempt-results.ts";
import { endedSince, failures, retryable } from "./queries/bulk/outcomes.ts";
import { previousResults } from "./queries/bulk/previous-results.ts";
import { notStarted } from "./queries/bulk/resubmission.ts";
import { results } from "./queries/bulk/results.ts";
import { retriesLeft } from "./queries/bulk/retries-left.ts";
import { firstExcluded, firstMerchants, firstNumbers } from "./queries/bulk/sub-merchants.ts";
import { reopening, withoutGoldPlan } from "./queries/goldplan/closings.ts";
import { goldPlanKey } from "./queries/goldplan/follow-ups.ts";
import { page, requestPage } from "./queries/history.ts";
import { isUnconfirmed } from "./queries/holds.ts";
import { failed, requestedBy, toDecide } from "./queries/overview.ts";
import { pendingPage } from "./queries/pending.ts";
import { requestsPage } from "./queries/request-history.ts";
import { findByNumber, findRequest } from "./queries/request-view.ts";
import { previousResults as previousOfOne, status } from "./queries/status.ts";
import { dueReminders, expediteEscalations, recordReminders } from "./reminders.ts";
import { createSubmit, isRecorded } from "./requests/requests.ts";
import { lastPruning, pruningOf } from "./retention/last-pruning.ts";
import { pruneEvents, pruneRequests } from "./retention/prune.ts";

export type Ledger = ReturnType<typeof createLedger>;

export function createLedger(context: LedgerContext) {
  const withContext = binder(context);
  const withDb = binder(context.store.db);
  /** For functions that run one transaction and report to the metrics what they did in it. */
  const counted =
    <A extends unknown[], R>(run: (context: LedgerContext, ...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      onceCommitted(context, (counting) => run(counting, ...args));
  return {
    requests: {
      submit: createSubmit(context),
      isRecorded: withDb(isRecorded),
      find: withDb(findRequest),
      findByNumber: withDb(findByNumber),
      decide: counted(decide),
      exclude: counted(exclude),
      expireDue: withContext(expireDue),
      stop: counted(stop),
    },
    reminders: {
      due: withContext(dueReminders),
      record: withContext(recordReminders),
      expediteEscalations: withContext(expediteEscalations),
    },
    operations: {
      claimDue: withContext(claimDue),
      conclude: createConclude(context),
      handBack: withContext(handBack),
      slowDown: withContext(slowDown),
      retry: withContext(retry),
      nextDue: withDb(nextDue),
      isApproved: createCallCheck(context.store.db),
      resultOfRound: withDb(resultOfRound),
    },
    holding: {
      beat: withContext(beat),
      followClock: withContext(followClock),
      holdStale: withContext(holdStale),
      carryOut: counted(carryOut),
      cancel: counted(cancelHeld),
      expireDue: withContext(expireHeld),
      isUnconfirmed: withDb(isUnconfirmed),
    },
    outbox: {
      dueChannels: withContext(dueChannels),
      claim: withContext(claim),
      extendLease: withContext(extendLease),
      recordShown: withContext(recordShown),
      drop: withContext(drop),
      isRefusalReportedElsewhere: withContext(isRefusalReportedElsewhere),
      addressTo: withContext(addressTo),
      postpone: withContext(postpone),
      recordRefusal: withContext(recordRefusal),
      recordMessageTs: withContext(recordMessageTs),
    },
    bulk: {
      firstNumbers: withDb(firstNumbers),
      firstMerchants: withDb(firstMerchants),
      firstExcluded: withDb(firstExcluded),
      notStarted: withDb(notStarted),
      previousResults: withDb(previousResults),
      failures: withDb(failures),
      retriesLeft: withDb(retriesLeft),
      retryable: withDb(retryable),
      endedSince: withDb(endedSince),
      results: withDb(results),
    },
    history: {
      status: withDb(status),
      previous: withDb(previousOfOne),
      page: withDb(page),
      requests: withDb(requestsPage),
      ofRequest: withDb(requestPage),
    },
    goldplan: { reopening: withDb(reopening), without: withDb(withoutGoldPlan), keyOfNext: withDb(goldPlanKey) },
    retention: {
      pruneRequests: withContext(pruneRequests),
      pruneEvents: withContext(pruneEvents),
      last: withDb(lastPruning),
      of: withDb(pruningOf),
    },
    pending: { page: withContext(pendingPage) },
    overview: {
      toDecide: withContext(toDecide),
      requestedBy: withContext(requestedBy),
      failed: withContext(failed),
    },
    directory: {
      current: withDb(currentDirectory),
      stage: <Problem extends { line: number }>(rows: StagedRows<Problem>) => stage(context, rows),
      changes: withDb(changesOf),
      adopt: withContext(adopt),
      prune: withContext(pruneVersions),
      find: withDb(find),
      named: withDb(merchantNamed),
      latest: withDb(latestOperations),
      merchant: withDb(merchantOf),
      merchants: withDb(merchantsOf),
      given: withDb(givenNames),
      notesOf: withDb(notesOfRequest),
    },
    trail: auditTrail(context),
    refusals: { note: withContext(note) },
    sealing: { sealNext: withContext(sealNext), newest: withDb(newestSeal), newestEvent: withDb(newestEvent) },
  };
}

/** Binds functions to their first argument. */
function binder<C>(context: C) {
  return <A extends unknown[], R>(run: (context: C, ...args: A) => R) =>
    (...args: A): R =>
      run(context, ...args);
}
