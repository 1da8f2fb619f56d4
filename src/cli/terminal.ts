/** What a command of the terminal says: results on standard output, and why it did nothing on standard error. */

export function say(words: string): void {
  process.stdout.write(`${words}\n`);
}

/** Says why, and returns false: the command did not do what was asked. */
export function refuse(words: string): false {
  process.stderr.write(`${words}\n`);
  return false;
}
