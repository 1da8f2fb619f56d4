/** The serial numbers of certificates, which one side writes and the other compares. */

/**
 * Whether two texts are one serial number in hexadecimal: it is a number, and some tools write it in lower case or
 * without its leading zeros. IDs of public keys, which stand in the same places, begin with a letter that no zero
 * precedes.
 */
export function isSameSerialNumber(one: string, other: string): boolean {
  const [a, b] = [one, other].map((serialNo) => serialNo.replace(/^0+/, "").toUpperCase());
  return a === b;
}
