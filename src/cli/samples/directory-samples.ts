/** Sample values for the texts about the directory of merchants. */
import type { Texts } from "../../text/en/catalogue.ts";

export function directorySamples(texts: Texts): Record<string, readonly unknown[]> {
  return {
    "directoryImport.first": ["商户名称"],
    "directoryImport.second": ["特约商户名称"],
    "directoryImport.name": ["蓝海火锅"],
    "directoryImport.earlier": ["红海火锅", "蓝海火锅"],
    "directoryImport.number": ["1900000109"],
    "directoryImport.length": [140],
    "directoryImport.max": [128],
    "directoryImport.tooMany.max": ["1000000"],
    "names.file": ["/srv/names.csv"],
    "names.why": ["EACCES"],
    "names.cannotOpen.why": [texts.start.database("DATABASE_URL", { kind: "address" })],
    entries: ["1000"],
    added: ["12"],
    changed: ["3"],
    removed: ["0"],
  };
}
