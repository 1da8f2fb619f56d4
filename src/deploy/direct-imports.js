/**
 * Loaded by compile-cache.js: imports whose text alone tells the place and the kind of the module. For every import, Node
 * searches the disk for the file and for the package.json that tells the kind; for some 750 modules, that is an eighth of
 * a start. Plain JavaScript, as everything that has to load before the cache is there.
 */
// The whole module: an old Node lacks `registerHooks`, and would refuse to load an import by that name.
import * as nodeModule from "node:module";

/** Packages of ES modules alone, many of them. */
const modulePackage = /\/node_modules\/(?:kysely|zod)\//;

/**
 * The module that a file imports, in the words of Node's `resolve` hook; undefined if Node has to search for it.
 * @param {string} specifier as written in the import
 * @param {string | undefined} parentURL the URL of the importing file
 */
export function direct(specifier, parentURL) {
  if (!specifier.startsWith(".") || parentURL === undefined) return undefined;
  const format = specifier.endsWith(".ts")
    ? "module-typescript"
    : specifier.endsWith(".js") && modulePackage.test(parentURL)
      ? "module"
      : undefined;
  return format && { url: new URL(specifier, parentURL).href, format, shortCircuit: true };
}

nodeModule.registerHooks({
  resolve: (specifier, context, next) => direct(specifier, context.parentURL) ?? next(specifier, context),
});
