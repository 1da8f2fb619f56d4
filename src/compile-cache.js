/**
 * Loaded before anything else, with `--import`: Node keeps what it has compiled, so that a later start neither compiles it
 * again nor loads what strips the types. This file has none itself, or that would be loaded for it. What is kept stands
 * beside the packages, where only who may change the code can write; where nobody can, every start is like the first.
 */
import "./node-version.js";
// The whole module: an old Node lacks `enableCompileCache`, and would refuse to load an import by that name.
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

nodeModule.enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/compiled/", import.meta.url)));
