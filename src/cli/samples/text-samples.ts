/**
 * Sample values for every parameter of a text: the catalogue test tries them all, and `npm run texts` prints with them.
 */
import { actions } from "../../domain/attempt-result.ts";
import { objects, payScenes, type SwitchObject, steps } from "../../domain/goldplan/objects.ts";
import type { Topic } from "../../domain/guidance.ts";
import { roles, standings } from "../../domain/policy.ts";
import { type Verb, verbNames } from "../../parsing/command/command.ts";
import { example } from "../../slack/blocks/example-commands.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { directorySamples } from "./directory-samples.ts";
import { doctorTextSamples } from "./doctor-samples.ts";
import { inputSamples, sampleCommand } from "./input-samples.ts";
import { sampleEvent, terminalSamples } from "./terminal-samples.ts";

const requestLink = "<https://local.slack.com/archives/C1/p1|#1042>";
export const longestNumber = "1".repeat(32);
const opening = { action: "OPEN", object: "receipt" } as const;
const sceneOf = (object: SwitchObject) => (object === "receipt" ? undefined : "JSAPI_AND_MINIPROGRAM");

/** Keyed by the English parameter name; `section.name` and `whole.path.name` take precedence over the bare name. */
export function samplesOf(texts: Texts): Record<string, readonly unknown[]> {
  const person = ["<@U1>"];
  const topics = Object.keys(texts.guidance) as Topic[];
  const verbs = Object.keys(verbNames) as Verb[];
  const examples = (["optional", "required"] as const).flatMap((reason) =>
    verbs.map((verb) => example(verb, { command: sampleCommand, reason, goldplan: "on", ticket: undefined, texts })),
  );
  const shorts = (first: Topic) =>
    [first, ...topics.filter((topic) => topic !== first)].map((topic) => texts.guidance[topic].short);
  const when = ["<!date^1764000000^{date_short_pretty} {time}|2026-11-24 16:00 UTC>"];
  return united(terminalSamples(texts), doctorTextSamples(texts), directorySamples(texts), inputSamples(texts), {
    action: actions,
    change: actions.flatMap((action) => objects.map((object) => ({ action, object, scene: sceneOf(object) }))),
    object: objects,
    scene: payScenes,
    "goldplan.workingOn.step": steps,
    closed: when,
    without: [0, 1, 3],
    ago: when,
    admins: ["<@U1>", `<@U1>${texts.refusal.or}<@U2>`, undefined],
    approver: ["<@U2>"],
    approvers: ["<@U1>", `<@U1>${texts.list}<@U2>`, undefined],
    submitter: person,
    bar: ["████░░░░"],
    attempt: [2],
    operations: [0, 1, 3],
    requests: [1, 2, 12_345],
    bytes: [1_048_576],
    app: ["A0RECEIPT1", undefined],
    bot: ["receipt"],
    by: ["<@U2>"],
    before: [texts.roles.forGood, [texts.roles.everything, texts.roles.until("X")].join(texts.list)],
    channel: ["<#C1>"],
    channels: ["<#C1>", `<#C1>${texts.list}<#C2>`],
    character: ["O", "元", "/"],
    command: [sampleCommand],
    "answer.otherCommand.typed": ["/shops"],
    count: [1, 3, 12_345],
    // These are never shown for one.
    "approvals.needed.count": [2],
    "home.toDecide.more.count": [1, 12_345, undefined],
    "approvals.oneOfSeveral.count": [2],
    "bulk.answer.allOpen.count": [3, 12_345],
    days: [7, 12_345],
    "home.days": [7],
    digits: [33],
    done: [1],
    facts: [
      { host: "`a.example`", proxy: "`proxy:3128`", code: "ECONNRESET", status: 403, date: "2026-11-12" },
      { host: "`a.example`", proxy: undefined, code: undefined, status: undefined, date: undefined },
    ],
    failed: [0, 2, 12_345],
    uncertain: [0, 1],
    "bulk.resubmittedAs.person": person,
    "bulk.thread.noFiles.code": ["file_uploads_disabled"],
    "bulk.thread.numbersThatFit.example": [`${sampleCommand} ${texts.typed.verb.history} #1042`],
    "bulk.thread.numbersThatFit.count": [1_200],
    shown: [900],
    "bulk.onlyRetries.next": when,
    "bulk.thread.leftOut.people": ["Dan", `Dan${texts.list}Eve`],
    "bulk.thread.notStarted.by": ["Dan"],
    "notices.roleGranted.terms": [texts.roles.until("X"), undefined],
    now: [[texts.roles.everything, texts.roles.until("X")].join(texts.list)],
    "history.unknownRequest.number": ["#1042"],
    "problem.unknownFilter.request": [`${sampleCommand} ${texts.typed.verb.history} #1042`],
    "problem.wrongAction.instead": [`${sampleCommand} ${texts.typed.verb.status} 1900000109`, undefined],
    "history.request.line": [`\`1900000109\` ${texts.history.outcome.succeeded(opening)}`],
    direction: ["ahead", "behind"],
    error: ["invalid_auth"],
    expected: ["0".repeat(64)],
    id: ["019a0c"],
    events: [1, 12_345],
    "trail.part.events": [50_000],
    example: examples,
    ticket: ["OPS-4711"],
    "needsTicket.example": [
      example("open", { command: sampleCommand, reason: "required", goldplan: "on", ticket: "OPS-4711", texts }),
    ],
    "trail.example": [
      example("export", { command: sampleCommand, reason: "optional", goldplan: "on", ticket: undefined, texts }),
    ],
    open: [example("open", { command: sampleCommand, reason: "required", goldplan: "on", ticket: undefined, texts })],
    close: [example("close", { command: sampleCommand, reason: "required", goldplan: "on", ticket: undefined, texts })],
    filters: ["", `\`1900000109\` · ${texts.history.filter.failed}`],
    first: ["1900000109"],
    from: when,
    "refusal.needsRole.to": [undefined, "be-notified", "see-roles", "stop"],
    "trail.span.from": [...when, undefined],
    since: when,
    group: ["@support-team", "<!subteam^S1>"],
    groups: ["@support-team", `@support-team${texts.list}<!subteam^S1>`],
    left: [194, 12_345],
    leftOut: [texts.bulk.leftOut(2, "<@U2>"), texts.bulk.leftOut(2, `<@U1>${texts.list}<@U2>`)],
    "bulk.thread.remaining.leftOut": [1, 7],
    ledger: [texts.start.owner("T0DEMO0001", "A0RECEIPT1", "1900000100")],
    length: [3_001, 12_345],
    list: [["`1900000109`"], ["`1900000109`", "`19000*`"]],
    line: [12],
    link: [requestLink, undefined],
    "request.inChannel.link": [requestLink],
    "bulk.inChannel.link": [requestLink],
    "bulk.resubmittedAs.link": [requestLink],
    "bulk.thread.resubmitted.link": [requestLink],
    "bulk.answer.resubmittedBefore.link": [requestLink],
    message: ["特约商户被处罚中"],
    minutes: [1, 7],
    "bulk.file.excludedBy.name": ["Dan", undefined],
    more: [0, 5, 12_345],
    max: [32, 12_345],
    mchid: ["1900000100"],
    "request.tryingAgain.max": [6],
    newest: ["0".repeat(64)],
    next: [sampleEvent, undefined],
    number: ["`1900000109`"],
    own: [texts.start.owner("T0DEMO0001", undefined, "1900000200")],
    people: [
      ...(["approved", "rejected"] as const).map((kind) => texts.request.people[kind]("<@U1>", "<@U2>")),
      texts.request.people.requestedBy("<@U1>"),
      texts.request.people.brokeGlass("<@U1>"),
      texts.request.people.brokeGlass("<@U1>", "<@U2>"),
    ],
    "approvals.lapsed.people": ["<@U1>", `<@U1>${texts.list}<@U2>`],
    percent: [50],
    numbers: [texts.roles.numbers(["`1900000109`", "`19000*`"], 0), texts.roles.numbers(["`1900000109`"], 3)],
    "decisionForms.leaveOut.notUnderstood.first": [
      texts.form.line(2, texts.form.problem.range("1900000511 - 1900000513").replaceAll("`", "")),
    ],
    "decisionForms.leaveOut.notInIt.numbers": ["1900000109", `1900000109${texts.list}1900000110`],
    "decisionForms.leaveOut.before.numbers": ["1900000109", `1900000109${texts.list}1900000110`],
    only: [texts.roles.numbers(["`19000*`"], 0)],
    "refusal.restricted.numbers": [texts.roles.numbers(["`2100000001`"], 0)],
    joint: ["-", "至"],
    label: ["order no", "手机"],
    several: [`${sampleCommand} ${texts.typed.verb.open} 1900000109 1900000110`],
    "history.entry.number": ["`1900000109`", texts.home.many(3)],
    "pending.numbers": ["`1900000109` `1900000110`", `\`1900000109\` ${texts.pending.more(2)}`],
    outcome: [
      texts.history.outcome.failed({ action: "CLOSE", object: "both" }, texts.guidance.unknown.short),
      texts.history.outcome.succeeded(opening),
    ],
    part: [2],
    person,
    position: [7],
    place: [9],
    port: [3_000],
    "unverified.serial": ["`5157F09EFDC096DE`"],
    "unverified.kind": ["public-key", "platform-certificate"],
    "unverified.encoding": ["`gzip`"],
    role: roles,
    roles: [["requester"], ["requester", "approver"]],
    sealed: [0, 1, 12],
    seq: [12],
    second: ["1900000110"],
    seconds: [12, 600],
    self: person,
    span: [texts.trail.span(undefined, when[0] ?? ""), texts.trail.span(when[0], when[0] ?? "")],
    standing: standings.filter((standing) => standing !== "member"),
    succeeded: [1, 12_345],
    subMchid: ["1900000109", longestNumber],
    team: ["T0DEMO0001", undefined],
    terms: [
      texts.roles.until("X"),
      [texts.roles.only(texts.roles.numbers(["`19000*`"], 0)), texts.roles.until("X")].join(texts.list),
    ],
    "answer.granted.terms": [texts.roles.until("X"), undefined],
    text: ["19000001O9"],
    title: [texts.request.title(opening, "1900000109")],
    to: when,
    until: when,
    "notices.notPosted.until": [...when, undefined],
    unsealed: [0, 3],
    verb: Object.values(texts.typed.action),
    when,
    what: [texts.form.problem.noNumber("x"), texts.form.problem.tooShort("12")],
    whom: [texts.held.whomOne("1900000109"), texts.held.whom(2)],
    missing: [1, 2],
    who: ["<@U1>", "@support-team"],
    why: shorts("sub-merchant-penalised"),
    "notices.notPosted.why": [
      texts.notices.refusedBecause.archived,
      texts.notices.refusedBecause.content("invalid_blocks"),
    ],
    "notices.notUpdated.why": [texts.notices.refusedBecause.restricted],
    "status.notShown.why": [
      texts.notices.refusedBecause.archived,
      texts.notices.refusedBecause.content("invalid_blocks"),
    ],
    "bulk.thread.example.details": [texts.thread.mayHaveActedBefore],
    "thread.wait.until": when,
    "request.notCertain.why": shorts("unverified"),
    "request.sentence.uncertain.why": shorts("unverified"),
    "request.tryingAgain.why": shorts("rate-limited"),
    "history.outcome.uncertain.why": shorts("unverified"),
    differences: [1, 3],
    variable: ["LEDGER_KEY"],
    file: ["/srv/receipts/receipts.db"],
    "refusal.requesterCannot.why": [
      ...(["guest", "deactivated", "bot", "stranger", "needsRole"] as const).map(
        (why) => texts.refusal.requesterNow[why],
      ),
      texts.refusal.requesterNow.restricted("`19000*`", "`1900000109`"),
    ],
  });
}

/** @throws Error if two parts have samples for the same parameter: one of them would never be used */
function united(...parts: readonly Record<string, readonly unknown[]>[]): Record<string, readonly unknown[]> {
  const names = parts.flatMap(Object.keys);
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  if (twice.length > 0) throw new Error(`two samples for the same parameter: ${twice.join(", ")}`);
  return Object.assign({}, ...parts);
}
