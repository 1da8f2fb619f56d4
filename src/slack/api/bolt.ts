/**
 * The parts of Bolt that the bot uses, from their own files: Bolt's index also loads Express and a receiver for AWS
 * Lambda, which takes a tenth of the start and 6 MB of memory. Nothing promises that these files keep their place, so
 * the lock file pins the version, and without them nothing starts.
 */
import app from "@slack/bolt/dist/App.js";
import http from "@slack/bolt/dist/receivers/HTTPReceiver.js";
import socketMode from "@slack/bolt/dist/receivers/SocketModeReceiver.js";

export const App = app.default;
export type App = InstanceType<typeof App>;
export const HTTPReceiver = http.default;
export const SocketModeReceiver = socketMode.default;
export type SocketModeReceiver = InstanceType<typeof SocketModeReceiver>;
