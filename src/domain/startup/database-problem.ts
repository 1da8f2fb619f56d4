/** Why a database cannot be opened, as far as the person who starts the bot can do something about it. */
export type DatabaseProblem =
  /** The address cannot be read, as with an unescaped `#` in the password. Nothing of it is ever shown. */
  | { kind: "address" }
  | { kind: "no-folder"; folder: string }
  /** The file or its folder may not be read or written, or it is no file. */
  | { kind: "file"; path: string; why: string }
  /** The file is no database of SQLite, or a damaged one. */
  | { kind: "damaged"; path: string; why: string }
  /** Another program holds the file's lock. */
  | { kind: "locked"; path: string }
  /** The address asks for TLS, and the server has none. */
  | { kind: "no-tls" }
  | { kind: "too-many-connections"; why: string }
  | { kind: "no-right"; why: string }
  | { kind: "no-schema" }
  | { kind: "encoding"; encoding: string }
  /** A connection pooler does not pass a parameter of the address on. */
  | { kind: "pooler"; why: string }
  /** A newer version of the bot has applied this step to the schema. */
  | { kind: "newer"; step: string }
  /** It is not there, refuses the user, or fails in a way of its own. */
  | { kind: "away"; why: string };
