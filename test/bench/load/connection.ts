/** One keep-alive HTTP/1.1 connection that sends prepared bytes, so that the load costs next to nothing. */
import { connect } from "node:net";

export interface Answer {
  status: number;
  /** Whether the body is empty. */
  isEmpty: boolean;
  /** Header and body as received, for error messages. */
  text: string;
}

export interface Connection {
  /** Sends one request at a time: the next only after `answered` was called. */
  send(request: Buffer, answered: (answer: Answer) => void): void;
  close(): void;
}

export function openConnection(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    let waiting: ((answer: Answer) => void) | undefined;
    socket.setNoDelay(true);
    socket.once("error", reject);
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      const answer = wholeAnswer(received);
      if (!answer || !waiting) return;
      const answered = waiting;
      received = "";
      waiting = undefined;
      answered(answer);
    });
    socket.once("close", () => waiting?.({ status: 0, isEmpty: true, text: "the connection was closed" }));
    socket.once("connect", () =>
      resolve({
        send(request, answered) {
          waiting = answered;
          socket.write(request);
        },
        close: () => socket.destroy(),
      }),
    );
  });
}

/** Returns undefined until the answer is complete. */
function wholeAnswer(text: string): Answer | undefined {
  const bodyAt = text.indexOf("\r\n\r\n") + 4;
  if (bodyAt < 4) return undefined;
  const head = text.slice(0, bodyAt);
  const body = text.slice(bodyAt);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const isWhole = length === undefined ? body.endsWith("0\r\n\r\n") : body.length >= Number(length);
  if (!isWhole) return undefined;
  return { status: Number(text.slice(9, 12)), isEmpty: body === "" || body === "0\r\n\r\n", text };
}
