/**
 * The Slack app's manifest, in English: what people read of the app in Slack, and the notes for the person who installs
 * it.
 */
export const manifest = {
  /** The first lines, before how HTTP mode is set up. */
  paste: [
    "The Slack app's manifest. Paste it at api.slack.com/apps -> Create New App -> From a manifest.",
    "This file is for Socket Mode. For HTTP mode, start with the same file, because Slack verifies the address only while the bot is running:",
  ],
  /** How HTTP mode is set up, in this order; the lines to add follow. */
  httpSteps: [
    "Create the app from this file as it is, install it, and copy the bot token and the signing secret.",
    "Start the bot with both and without an app-level token, and check that its address is reachable from the internet.",
    "Under App Manifest, set socket_mode_enabled to false, add these lines with your own host and HTTP_PATH, and save.",
    "If Slack says that an address is not verified, verify it there. The bot answers Slack's check.",
  ],
  readOnlyTab: "The bot does not read direct messages, which would require im:history. Its own messages still arrive.",
  app: {
    name: "Receipts",
    description: "Opens and closes WeChat Pay merchant receipts after a colleague approves",
  },
  command: {
    description: "Open or close a merchant's receipts (商家小票)",
    usageHint: "open 1900000109 new store, or nothing for a form",
  },
  shortcut: {
    name: "Open or close receipts",
    global: "Submit a request to open or close receipts (商家小票) for many merchants, in a form",
    message: "Submit a request to open or close receipts (商家小票) for many merchants, in this channel",
  },
};
