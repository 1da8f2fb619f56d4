/** What can be wrong with a key of WeChat Pay's API. */

/** What can be wrong with PEM text before anyone looks at what it holds. */
export const pemProblems = [
  /** Nothing, or only blanks. */
  "empty",
  /** Bytes that are no text: a .p12, or a key in DER. */
  "binary",
  /** The name of a file where its content belongs. */
  "path",
  /** Backslash and n where line breaks belong. */
  "literal-line-breaks",
  /** All on one line. */
  "one-line",
  /** Base64 without the BEGIN and END lines. */
  "no-armour",
  /** Lines that begin with blanks, as after pasting into YAML. */
  "indented",
  /** The end is missing. */
  "cut",
  /** Encrypted with a passphrase. */
  "encrypted",
  /** None of these, and still not to be read. */
  "unreadable",
] as const;

export type PemProblem = (typeof pemProblems)[number];

/** Everything that can be wrong with a key; each has its own advice. */
export const keyProblems = [
  ...pemProblems,
  /** A certificate (apiclient_cert.pem, or a platform certificate alone) where a key belongs. */
  "certificate",
  /** A public key where a private one belongs. */
  "public-key",
  /** A private key where WeChat Pay's public one belongs. */
  "private-key",
  /** The provider's own key where WeChat Pay's belongs. */
  "own-key",
  /** The provider's own certificate beside, or in place of, WeChat Pay's. */
  "own-certificate",
  /** PKCS#1 between PKCS#8's BEGIN and END lines. */
  "wrong-armour",
  /** Another kind than RSA. */
  "not-rsa",
  /** RSA, but not of 2048 bits. */
  "not-2048-bits",
  /** More keys than one. */
  "several-keys",
] as const;

export type KeyProblem = (typeof keyProblems)[number];
