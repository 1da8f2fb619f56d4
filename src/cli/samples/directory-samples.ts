/** Sample values for the texts about the merchant directory. */
import type { Texts } from "../../text/en/catalogue.ts";

export function directorySamples(texts: Texts): Record<string, readonly unknown[]> {
  const named = "`1900000109` 蓝海火锅";
  return {
    "nameNotes.given": ["红海火锅"],
    "nameNotes.merchant": [named],
    "nameNotes.merchants": [`${named} · ${named}`],
    "nameNotes.numbers": ["`1900000109` · `1900000110`"],
    "unknownMerchants.numbers": ["`1900000109`"],
    "unknownMerchants.command": ["/shop"],
    "find.text": ["火锅"],
    "find.merchant": [named],
    "find.note": ["总店"],
    "find.command": [`/shop ${texts.typed.verb.find} 火锅`],
    "find.noDirectory.command": ["/shop"],
    "find.ambiguous.example": [`/shop ${texts.typed.verb.status} 1900000109`],
    "find.notAllCompared.example": [`/shop ${texts.typed.verb.status} 1900000109`],
    "find.notAllCompared.find": [`/shop ${texts.typed.verb.find} 火锅`],
    "directoryImport.first": ["商户名称"],
    "directoryImport.second": ["特约商户名称"],
    "directoryImport.name": ["蓝海火锅"],
    "directoryImport.earlier": ["红海火锅", "蓝海火锅"],
    "directoryImport.number": ["1900000109"],
    "directoryImport.length": [140],
    "directoryImport.max": [128],
    "directoryImport.tooMany.max": ["1000000"],
    "namesForm.entries": [1, 1_000],
    "namesForm.added": [12],
    "namesForm.changed": [3],
    "namesForm.removed": [0],
    "namesForm.max": [2],
    "namesForm.before": [named],
    "namesForm.after": ["红海火锅"],
    "names.file": ["/srv/names.csv"],
    "names.why": ["EACCES"],
    "names.cannotOpen.why": [texts.start.database("DATABASE_URL", { kind: "address" })],
    entries: ["1000"],
    added: ["12"],
    changed: ["3"],
    removed: ["0"],
  };
}
