/** One keep-alive HTTP/1.1 connection that sends ready-made bytes, so that loading a server costs next to nothing. */
import { connect } from "node:net";

export interface Answer {
  status: number;
  /** Whether there was nothing in its body. */
  isEmpty: boolean;
  /** Head and body as they came, for a message about what should not have come. */
  text: string;
}

export interface Connection {
  /** One request at a time: the next after `answered` was called. */
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

/** Undefined until the answer's last byte is there. */
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
