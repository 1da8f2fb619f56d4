/** Parses what a PostgreSQL client sends: just enough of the protocol to recognize statements. */

export interface ClientMessage {
  /** The SQL of a Query or a Parse message. */
  text: string | undefined;
  /** The complete message, for forwarding. */
  raw: Buffer;
}

/** Takes the bytes of one connection in any pieces, and returns the messages completed so far. */
export function createMessageReader(): (bytes: Buffer) => ClientMessage[] {
  let rest: Buffer = Buffer.alloc(0);
  // Only the first message has no type before its length, which is 4 bytes and includes itself.
  let isFirst = true;

  function next(): ClientMessage | undefined {
    const typeBytes = isFirst ? 0 : 1;
    if (rest.length < typeBytes + 4) return undefined;
    const length = typeBytes + rest.readUInt32BE(typeBytes);
    if (rest.length < length) return undefined;
    const raw = rest.subarray(0, length);
    rest = rest.subarray(length);
    const text = isFirst ? undefined : statementOf(raw);
    isFirst = false;
    return { text, raw };
  }

  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const messages: ClientMessage[] = [];
    for (let message = next(); message; message = next()) messages.push(message);
    return messages;
  };
}

function statementOf(raw: Buffer): string | undefined {
  const type = String.fromCharCode(raw[0] ?? 0);
  const strings = raw.subarray(5).toString("utf8").split("\0");
  // A Query contains its SQL; a Parse contains the statement's name and then its SQL.
  if (type === "Q") return strings[0];
  return type === "P" ? strings[1] : undefined;
}
