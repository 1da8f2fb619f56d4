/**
 * Loaded before compile-cache.js by what starts the bot, with new space of a fixed size: keeps its memory small. Plain
 * JavaScript, as everything that has to load before the cache is there. A V8 without these flags only says so: as
 * options of Node they would end the start.
 */
import { setFlagsFromString } from "node:v8";

// Otherwise V8 lets the heap grow to several times what is in use before it frees anything.
setFlagsFromString("--heap-growing-percent=30");
// Otherwise V8 learns from a moment of load that objects live long, and puts the next ones into old space at once.
// There they keep alive all that they refer to, down to whole requests, until V8 collects old space too.
setFlagsFromString("--no-allocation-site-pretenuring");
