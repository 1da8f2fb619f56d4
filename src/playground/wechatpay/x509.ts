/**
 * Writes X.509 certificates for RSA keys: just enough DER, because Node.js reads certificates but does not create them.
 */
import { type KeyObject, sign } from "node:crypto";

export interface CertificateFields {
  /** Hexadecimal. */
  serialNo: string;
  commonName: string;
  issuerName: string;
  /** Milliseconds since 1970, whole seconds. */
  validFrom: number;
  expiresAt: number;
  publicKey: KeyObject;
}

/** A certificate in PEM, signed with SHA-256 and RSA. */
export function createCertificate(fields: CertificateFields, issuerKey: KeyObject): string {
  const toBeSigned = sequence(
    tagged(0xa0, integer("02")),
    integer(fields.serialNo),
    sha256WithRsa,
    name(fields.issuerName),
    sequence(time(fields.validFrom), time(fields.expiresAt)),
    name(fields.commonName),
    fields.publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = sign("sha256", toBeSigned, issuerKey);
  const der = sequence(toBeSigned, sha256WithRsa, tagged(0x03, Buffer.from([0]), signature));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** Tag, length and contents. */
function tagged(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const { byteLength } = body;
  const length =
    byteLength < 0x80
      ? [byteLength]
      : byteLength < 0x100
        ? [0x81, byteLength]
        : [0x82, byteLength >> 8, byteLength & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function sequence(...contents: Buffer[]): Buffer {
  return tagged(0x30, ...contents);
}

/**
 * A positive number in the fewest bytes, as DER requires (X.690, 8.3.2): OpenSSL refuses leading zeros. A first bit
 * that is set would make it a negative one.
 */
function integer(hex: string): Buffer {
  const digits = hex.replace(/^0+(?=.)/, "");
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return tagged(0x02, ...((bytes[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), bytes);
}

/** 1.2.840.113549.1.1.11, without parameters. */
const sha256WithRsa = sequence(tagged(0x06, Buffer.from("2a864886f70d01010b", "hex")), tagged(0x05));

/** One common name, 2.5.4.3. */
function name(commonName: string): Buffer {
  const attribute = sequence(tagged(0x06, Buffer.from("550403", "hex")), tagged(0x0c, Buffer.from(commonName)));
  return sequence(tagged(0x31, attribute));
}

/** GeneralizedTime from 2050 on, UTCTime before, as RFC 5280 has it. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, "");
  return digits < "2050" ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}
