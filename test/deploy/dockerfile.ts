/** Reads a Dockerfile as far as the one of this repository needs: stages of instructions with their arguments. */

export interface Instruction {
  name: string;
  /** Options such as `--from=packages`, by name. */
  flags: Readonly<Record<string, string>>;
  /** Everything after the name and the options. */
  rest: string;
}

export interface Stage {
  image: string;
  name: string | undefined;
  instructions: Instruction[];
}

/** @throws Error for a line that is no instruction, and for one before the first FROM */
export function readDockerfile(text: string): Stage[] {
  const stages: Stage[] = [];
  const lines = text
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  for (const line of lines) {
    const [, name, flags = "", rest = ""] = /^([A-Z]+)\s+((?:--\S+\s+)*)(.*)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`no instruction: ${line}`);
    if (name === "FROM") {
      const [image = "", , as] = rest.split(/\s+/);
      stages.push({ image, name: as, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (!stage) throw new Error(`before the first FROM: ${line}`);
    const pairs = [...flags.matchAll(/--([\w-]+)=(\S+)/g)].map(([, flag = "", value = ""]) => [flag, value]);
    stage.instructions.push({ name, flags: Object.fromEntries(pairs), rest });
  }
  return stages;
}

/** The words of a command in exec form; undefined for one that a shell would run. */
export function execForm(text: string): string[] | undefined {
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : undefined;
  } catch {
    // Not JSON, so the shell form.
    return undefined;
  }
}
