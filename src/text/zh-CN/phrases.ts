/** Phrases that several groups of texts share, in Chinese. */

/** @param more how many there are beside those in `numbers` */
export const some = (numbers: string, more: number) => (more > 0 ? `${numbers} 等，另有 ${more} 个` : numbers);

export const inBrackets = (link: string | undefined) => (link ? `（${link}）` : "");
