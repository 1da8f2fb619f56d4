/** Decodes answers that something in between has compressed: WeChat Pay signs the bytes that it wrote. */
import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";
import type { Answer } from "./errors.ts";
import { bodyBytesMax } from "./exchange.ts";
import { tokenOf } from "./headers.ts";

type Decode = (encoded: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const decoders = new Map<string, Decode>([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
  ["zstd", promisify(zstdDecompress)],
]);

const nothing = Buffer.alloc(0);

/**
 * The answer with its body as it was before the encoding that its headers name. Some servers in between name one that
 * the body does not have, so text stays as it is; any other body that cannot be decoded is left out, because nobody can
 * read it.
 */
export async function decoded<T extends Answer & { cut: boolean }>(answer: T): Promise<T> {
  const encoding = tokenOf(answer.headers, "content-encoding")?.toLowerCase() ?? "identity";
  if (encoding === "identity" || answer.body.byteLength === 0) return answer;
  const decode = answer.cut ? undefined : decoders.get(encoding);
  const body = await decode?.(answer.body, { maxOutputLength: bodyBytesMax }).catch(() => undefined);
  return { ...answer, body: body ?? (isUtf8(answer.body) ? answer.body : nothing) };
}
