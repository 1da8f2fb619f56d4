/** `/receipt export`: acknowledged with a sentence, and carried out afterwards. */
import { mayExport, type Person } from "../../domain/policy.ts";
import { dayMs } from "../../domain/time/beijing-time.ts";
import type { DateInput } from "../../parsing/command/date-input.ts";
import type { ExportCommand } from "../../parsing/command/queries.ts";
import type { DeniedAttempt, SlackContext } from "../context.ts";
import { refuse } from "../replies/refuse.ts";
import { spanWords } from "../reporter/audit-upload.ts";

export async function exportTrail(
  context: SlackContext,
  attempt: DeniedAttempt,
  person: Person,
  wanted: ExportCommand,
): Promise<string> {
  const { settings, ledger, exporter, texts, clock, log } = context;
  const verdict = mayExport(person);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  const now = clock.now();
  const from = wanted.from ? beginningOf(wanted.from, now) : 0;
  const to = Math.min(wanted.to ? endOf(wanted.to, now) : now, now);
  const span = { from, to };
  if (from >= to) {
    const example = `${settings.SLACK_COMMAND} ${texts.typed.verb.export} 2026-11-01 2026-11-15`;
    return from > now ? texts.trail.notYet(example) : texts.trail.backwards(example);
  }
  if (!(await ledger.trail.hasEvents(span))) return texts.trail.nothing(spanWords(span, texts));
  const outcome = exporter.begin({ userId: person.id, origin: attempt.origin, span, texts });
  log.info({ by: person.id, ...span, outcome }, "export");
  return outcome === "begun" ? texts.trail.begun(spanWords(span, texts)) : texts.trail.busy;
}

function beginningOf(input: DateInput, now: number): number {
  return input.kind === "day" ? input.startsAt : now - input.ms;
}

/** A span includes its whole last day. */
function endOf(input: DateInput, now: number): number {
  return input.kind === "day" ? input.startsAt + dayMs : now - input.ms;
}
