/** `/receipt export`: acknowledged with a sentence, and done afterwards. */
import { dayMs } from "../../domain/beijing-time.ts";
import { mayExport, type Person } from "../../domain/policy.ts";
import type { DateInput } from "../../parsing/command/date-input.ts";
import type { ExportCommand } from "../../parsing/command/queries.ts";
import type { SlackContext } from "../context.ts";
import { type CommandPayload, commandOrigin } from "../payloads/payloads.ts";
import { createRefuse, typed } from "../replies/refuse.ts";
import { spanWords } from "../reporter/audit-exporter.ts";

export function createExportHandler(context: SlackContext) {
  const { settings, ledger, exporter, texts, clock, log } = context;
  const { SLACK_COMMAND: command } = settings;
  const refuse = createRefuse(context);

  async function exportTrail(payload: CommandPayload, person: Person, asked: ExportCommand): Promise<string> {
    const verdict = mayExport(person);
    if (verdict.kind === "refuse") return refuse(verdict, typed(payload));
    const now = clock.now();
    const from = asked.from ? beginningOf(asked.from, now) : 0;
    const to = Math.min(asked.to ? endOf(asked.to, now) : now, now);
    const span = { from, to };
    if (from >= to) return texts.trail.backwards(`${command} ${texts.typed.verb.export} 2026-11-01 2026-11-15`);
    if (!(await ledger.trail.hasEvents(span))) return texts.trail.nothing(spanWords(span, texts));
    const begun = exporter.begin({ userId: person.id, origin: commandOrigin(payload), span });
    log.info({ by: person.id, ...span, outcome: begun }, "export");
    return begun === "begun" ? texts.trail.begun(spanWords(span, texts)) : texts.trail.busy;
  }

  return exportTrail;
}

function beginningOf(moment: DateInput, now: number): number {
  return moment.kind === "day" ? moment.startsAt : now - moment.ms;
}

/** A day counts whole. */
function endOf(moment: DateInput, now: number): number {
  return moment.kind === "day" ? moment.startsAt + dayMs : now - moment.ms;
}
