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
    "directoryImport.tooMany.max": [1_000_000],
    "namesForm.max": [2],
    "namesForm.before": [named],
    "namesForm.after": ["红海火锅"],
    "names.file": ["/srv/names.csv"],
    "names.why": ["EACCES"],
    "names.maxMb": [256],
    "names.cannotOpen.why": [texts.start.database("DATABASE_URL", { kind: "address" })],
    "names.exporting.cannotOpen.why": [texts.start.database("DATABASE_URL", { kind: "address" })],
    entries: [1, 12_345],
    added: [12, 12_345],
    changed: [3, 12_345],
    removed: [0, 12_345],
  };
}
