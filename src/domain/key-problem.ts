/** Problems that a key for WeChat Pay's API can have. */

/** Problems that any PEM text can have, whatever it contains. */
const pemProblems = [
  /** Nothing, or only spaces. */
  "empty",
  /** Not text: a .p12, or a key in DER. */
  "binary",
  /** The name of a file instead of its content. */
  "path",
  /** Backslash and n instead of line breaks. */
  "literal-line-breaks",
  /** All on one line. */
  "one-line",
  /** Base64 without the BEGIN and END lines. */
  "no-armour",
  /** The whole text in Base64 once more, as in the data of a Kubernetes secret. */
  "base64",
  /** Lines that begin with spaces, as after pasting into YAML. */
  "indented",
  /** Lines are missing. */
  "cut",
  /** Encrypted with a passphrase. */
  "encrypted",
  /** The ID of WeChat Pay's public key, `PUB_KEY_ID_…`, instead of the key. */
  "key-id",
  /** A serial number: 40 hexadecimal digits. */
  "serial",
  /** Something else that does not resemble PEM, such as a token or a word. */
  "not-pem",
  /** None of these, and still unreadable. */
  "unreadable",
] as const;

export type PemProblem = (typeof pemProblems)[number];

/** All problems that a key can have; there is advice for each. */
export const keyProblems = [
  ...pemProblems,
  /** A certificate (apiclient_cert.pem) instead of the private key. */
  "certificate",
  /** Platform certificates without WeChat Pay's public key. */
  "certificate-alone",
  /** A public key instead of the private one. */
  "public-key",
  /** A private key instead of WeChat Pay's public one. */
  "private-key",
  /** The provider's own key instead of WeChat Pay's. */
  "own-key",
  /** The provider's own certificate instead of WeChat Pay's, or in addition to it. */
  "own-certificate",
  /** A private key in PKCS#1 between PKCS#8's BEGIN and END lines. */
  "wrong-armour",
  /** WeChat Pay's public key in PKCS#1 between the BEGIN and END lines of SPKI. */
  "wrong-public-armour",
  /** Something else instead of the provider's certificate (apiclient_cert.pem). */
  "no-certificate",
  /** More than one certificate instead of only the provider's. */
  "several-certificates",
  /** Not an RSA key. */
  "not-rsa",
  /** RSA, but not 2048 bits. */
  "not-2048-bits",
  /** More than one key. */
  "several-keys",
] as const;

export type KeyProblem = (typeof keyProblems)[number];
