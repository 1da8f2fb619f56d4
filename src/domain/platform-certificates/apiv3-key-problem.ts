/** Mistakes with the APIv3 key, which people set on the partner platform: exactly 32 characters. */
export const apiV3KeyProblems = [
  /** A key or a certificate in PEM. */
  "pem",
  /** The name of a file instead of its content. */
  "path",
  /** 40 hexadecimal digits, as serial numbers have. */
  "serial",
  /** 64 hexadecimal digits instead of the 32 characters that they encode. */
  "hex",
  /** Base64 of 32 characters instead of the characters. */
  "base64",
  /** Something else that does not have 32 characters. */
  "length",
  /** 32 characters, but not all are printable ASCII. */
  "characters",
] as const;

export type ApiV3KeyProblem = (typeof apiV3KeyProblems)[number];
