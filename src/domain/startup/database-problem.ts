/** Why a database cannot be opened, by causes that the person who starts the bot can fix. */
export type DatabaseProblem =
  /**
   * The address cannot be parsed, for example because of an unescaped `#` in the password. No part of the address is
   * ever shown.
   */
  | { kind: "address" }
  | { kind: "no-folder"; folder: string }
  /** The file or its folder cannot be read or written, or the path is not a file. */
  | { kind: "file"; path: string; why: string }
  /** The file's disk has no room. */
  | { kind: "full"; path: string }
  /** The file is not a SQLite database, or it is damaged. */
  | { kind: "damaged"; path: string; why: string }
  /** The file is there without its write-ahead log, in which the newest commits were; see separated-files.ts. */
  | { kind: "without-log"; path: string }
  /** The write-ahead log is there, but its file is missing or empty. */
  | { kind: "log-alone"; path: string }
  /** Another program holds the file's lock. */
  | { kind: "locked"; path: string }
  /** The address requires TLS, but the server does not offer it. */
  | { kind: "no-tls" }
  /** The server accepts TLS only, and the address does not ask for it. */
  | { kind: "tls-required" }
  /** The server's certificate is not trusted, belongs to another host, or is not valid now. */
  | { kind: "certificate"; fault: "issuer" | "host" | "date"; why: string }
  /** A file of certificates or a key that the address names cannot be read. */
  | { kind: "tls-file"; path: string; why: string }
  /** The server does not answer, or is starting or stopping. */
  | { kind: "unreachable"; why: string }
  | { kind: "too-many-connections"; why: string }
  | { kind: "no-right"; why: string }
  | { kind: "no-schema" }
  /** Triggers are off in the user's sessions, and only an administrator may turn them on. */
  | { kind: "no-triggers" }
  | { kind: "encoding"; encoding: string }
  /** A connection pooler does not accept a parameter of the address. */
  | { kind: "pooler"; why: string }
  /** The database contains no ledger, and only a start of the bot may create one. */
  | { kind: "no-ledger" }
  /** The schema lacks this step and perhaps later ones, and only a start of the bot may apply them. */
  | { kind: "older"; step: string }
  /** A newer version of the bot has applied this step to the schema. */
  | { kind: "newer"; step: string }
  /** The database does not exist, refuses the user, or fails in another way. */
  | { kind: "away"; why: string };
