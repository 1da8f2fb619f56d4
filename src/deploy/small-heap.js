/**
 * Loaded before compile-cache.js by what starts the bot, with new space of a fixed size: keeps its memory small. Otherwise
 * V8 lets the heap grow to several times what is in use before it frees anything. Plain JavaScript, as everything that
 * has to load before the cache is there. A V8 without this flag only says so: as an option of Node it would end the start.
 */
import { setFlagsFromString } from "node:v8";

setFlagsFromString("--heap-growing-percent=40");
