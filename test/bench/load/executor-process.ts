/** An instance of the bot without Slack, in a process of its own: carries out operations of a ledger while it runs. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import type { Worker } from "../../../src/jobs/worker.ts";
import { type DatabaseAddress, openStore } from "../../../src/storage/open.ts";
import type { Store } from "../../../src/storage/schema.ts";
import { ourWeChatPay, type Provider } from "../baselines/call-clients.ts";
import { answer } from "../side-process.ts";
import { createBenchExecutor, createBenchLedger } from "./approved-work.ts";

export type ExecutorQuestion =
  | { kind: "open"; address: DatabaseAddress; provider: ProviderTexts; weChatPayUrl: string }
  | { kind: "run" }
  | { kind: "pause" }
  | { kind: "close" };

/** The provider without the keys that only exist in memory. */
export type ProviderTexts = Pick<
  Provider,
  "mchid" | "serialNo" | "merchantPrivateKeyPem" | "publicKeyId" | "publicKeyPem"
>;

let opened: { store: Store; client: ReturnType<typeof ourWeChatPay> } | undefined;
let executor: Worker | undefined;

answer<ExecutorQuestion, string>(async (question) => {
  switch (question.kind) {
    case "open": {
      const { provider, weChatPayUrl, address } = question;
      const merchantPrivateKey = createPrivateKey(provider.merchantPrivateKeyPem);
      const publicKey = createPublicKey(provider.publicKeyPem);
      const client = ourWeChatPay({ ...provider, merchantPrivateKey, publicKey }, weChatPayUrl);
      opened = { store: await openStore(address), client };
      break;
    }
    case "run":
      if (!opened) throw new Error("the ledger is not open");
      executor = await createBenchExecutor(createBenchLedger(opened.store), opened.client);
      executor.start();
      break;
    case "pause":
      await executor?.stop();
      break;
    case "close":
      await opened?.client.close();
      await opened?.store.close();
      break;
    default:
      question satisfies never;
  }
  return question.kind;
});
