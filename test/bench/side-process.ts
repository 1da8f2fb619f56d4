/** Processes beside the benchmark. Each answers one question at a time over IPC, and ends with the benchmark. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface SideProcess<Question, Answer> extends AsyncDisposable {
  /** @throws Error if the process reports one, or ends without an answer */
  ask(question: Question): Promise<Answer>;
}

type Reply<Answer> = { ok: true; answer: Answer } | { ok: false; error: string };

/**
 * @param file relative to this one; it calls `answer`
 * @param options Node's
 */
export function startSideProcess<Question, Answer>(
  file: string,
  options: readonly string[] = [],
): SideProcess<Question, Answer> {
  const child: ChildProcess = fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv: [...options] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    ask(question) {
      return new Promise((resolve, reject) => {
        const gone = () => reject(new Error(`${file} ended without an answer`));
        child.once("exit", gone);
        child.once("message", (message) => {
          child.off("exit", gone);
          const reply = message as Reply<Answer>;
          if (reply.ok) resolve(reply.answer);
          else reject(new Error(`${file}: ${reply.error}`));
        });
        child.send(question as object);
      });
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended;
    },
  };
}

/** For the process itself: answers every question, and ends with the benchmark. */
export function answer<Question, Answer>(answerTo: (question: Question) => Promise<Answer>): void {
  const send = (reply: Reply<Answer>) => process.send?.(reply);
  process.on("message", (question) => {
    answerTo(question as Question).then(
      (answered) => send({ ok: true, answer: answered }),
      (error: unknown) => send({ ok: false, error: error instanceof Error ? (error.stack ?? error.message) : "" }),
    );
  });
  process.on("disconnect", () => process.exit());
}
