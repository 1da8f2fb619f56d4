/**
 * Loaded before the code, with `--import`, so that a start is fast: imports are resolved without a search, and Node
 * caches the compiled code, so that a later start neither compiles it again nor loads the type stripper. This file is
 * plain JavaScript, because types would load the stripper for it. The cache stands beside the packages, where only
 * those who may change the code can write; without write access every start is like the first.
 */
import "./node-version.js";
import "./deploy/direct-imports.js";
// The whole module: an old Node lacks `enableCompileCache`, and would refuse to load an import by that name.
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

nodeModule.enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/compiled/", import.meta.url)));
