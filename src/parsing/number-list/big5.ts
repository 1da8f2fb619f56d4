/**
 * Tells Big5, in which Excel saves CSV in Taiwan and Hong Kong, from GB 18030. Nearly all bytes are valid in both, but
 * traditional Chinese in Big5 looks in GB 18030 like text with a private character in every fourth place.
 */

export interface Big5Check {
  add(bytes: Uint8Array): void;
  /** Whether the bytes are Big5 rather than GB 18030; they can contain a pair without a character all the same. */
  isBig5(): boolean;
}

/** Fewer can be characters that someone has added to a font. */
const privateMin = 2;

export function createBig5Check(): Big5Check {
  let [pairs, common, privates] = [0, 0, 0];
  let isValid = true;
  /** The first byte of a pair whose second one is still to come. */
  let lead: number | undefined;
  return {
    add(bytes) {
      if (!isValid) return;
      for (const byte of bytes) {
        if (lead === undefined) {
          if (byte >= 0x80) lead = byte;
          continue;
        }
        isValid &&= isSecond(byte);
        pairs += 1;
        if (isCommon(lead, byte)) common += 1;
        if (isPrivate(lead, byte)) privates += 1;
        lead = undefined;
      }
    },
    // In simplified Chinese of GB 18030, half of the pairs would be rare characters of Big5.
    isBig5: () => isValid && privates >= privateMin && privates * 10 >= pairs && common * 20 >= pairs * 19,
  };
}

function isSecond(byte: number): boolean {
  return (byte >= 0x40 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xfe);
}

/** Punctuation and the 5,401 characters of everyday use in Big5. */
function isCommon(lead: number, second: number): boolean {
  return lead >= 0xa1 && (lead < 0xc6 || (lead === 0xc6 && second <= 0x7e));
}

/** The three areas that GB 18030 leaves to its users. */
function isPrivate(lead: number, second: number): boolean {
  if (lead >= 0xa1 && lead <= 0xa7) return second <= 0xa0;
  return ((lead >= 0xaa && lead <= 0xaf) || lead >= 0xf8) && second >= 0xa1;
}
