/**
 * Loaded by compile-cache.js: resolves imports whose specifier alone determines the module's location and type. For
 * every import, Node searches the disk for the file and for the package.json that determines the type; for about 750
 * modules, that is an eighth of a start. Plain JavaScript, like everything that loads before the cache is available.
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
