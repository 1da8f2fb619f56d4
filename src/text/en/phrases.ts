/** Phrases that several groups of texts share, in English. */
import { figure } from "../figure.ts";

/** @param more how many there are beside those in `numbers` */
export const some = (numbers: string, more: number) => (more > 0 ? `${numbers} and ${figure(more)} more` : numbers);

export const merchants = (count: number) => (count === 1 ? "1 sub-merchant" : `${figure(count)} sub-merchants`);

export const inBrackets = (link: string | undefined) => (link ? ` (${link})` : "");
