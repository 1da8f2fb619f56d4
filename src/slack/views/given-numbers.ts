/** The numbers of the form's input: a pasted text, or an uploaded file. */
import { readListFile } from "../../parsing/number-list/files/list-file.ts";
import { type ListRead, readNumberList } from "../../parsing/number-list/number-list.ts";
import type { SlackContext } from "../context.ts";
import type { RequestSubmission, UploadedFile } from "../payloads/forms.ts";
import { readUploadedFile, whyNotRead } from "./uploaded-file.ts";

/** The numbers with their problems, or the problem of each input, by the input's name. */
export type Given = { list: ListRead } | { errors: Record<string, string> };

export function createGivenNumbers(context: SlackContext) {
  const { texts, settings, log } = context;
  const { form } = texts;
  const options = ({ change: { action } }: RequestSubmission) => ({ ours: settings.WECHATPAY_MCHID, action });

  async function ofFile(file: UploadedFile, submission: RequestSubmission): Promise<Given> {
    const read = await readUploadedFile(context, file, (bytes) =>
      readListFile(bytes, { ...options(submission), isFile: true }),
    );
    if (read.kind === "read") return read;
    if ("error" in read) log.error({ err: read.error }, "the thread that read a file in a form ended early");
    return { errors: { file: whyNotRead(read.kind, texts) } };
  }

  return async (submission: RequestSubmission): Promise<Given> => {
    const { numbers, file } = submission;
    const isTyped = numbers.trim() !== "";
    if (isTyped && file) return { errors: { file: form.bothGiven } };
    if (file) return ofFile(file, submission);
    return isTyped
      ? { list: readNumberList(numbers, options(submission)) }
      : { errors: { numbers: form.nothingGiven } };
  };
}
