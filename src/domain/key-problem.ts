/** What can be wrong with a key for WeChat Pay's API. */

/** What can be wrong with PEM text, before its content is parsed. */
export const pemProblems = [
  /** Empty, or only white space. */
  "empty",
  /** Binary data: a .p12 file, or a key in DER. */
  "binary",
  /** The path of a file instead of its content. */
  "path",
  /** `\n` written out instead of line breaks. */
  "literal-line-breaks",
  /** All on one line. */
  "one-line",
  /** Base64 without the BEGIN and END lines. */
  "no-armour",
  /** Lines that start with spaces, as after pasting into YAML. */
  "indented",
  /** The end is missing. */
  "cut",
  /** Encrypted with a passphrase. */
  "encrypted",
  /** None of these, and still unreadable. */
  "unreadable",
] as const;

export type PemProblem = (typeof pemProblems)[number];

/** Everything that can be wrong with a key; each has its own advice. */
export const keyProblems = [
  ...pemProblems,
  /** A certificate (apiclient_cert.pem, or a platform certificate alone) instead of a key. */
  "certificate",
  /** A public key instead of a private one. */
  "public-key",
  /** A private key instead of WeChat Pay's public one. */
  "private-key",
  /** The provider's own key instead of WeChat Pay's. */
  "own-key",
  /** The provider's own certificate in addition to WeChat Pay's, or instead of it. */
  "own-certificate",
  /** A PKCS#1 key between the BEGIN and END lines of PKCS#8. */
  "wrong-armour",
  /** Not an RSA key. */
  "not-rsa",
  /** An RSA key, but not of 2048 bits. */
  "not-2048-bits",
  /** More than one key. */
  "several-keys",
] as const;

export type KeyProblem = (typeof keyProblems)[number];
