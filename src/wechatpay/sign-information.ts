/** Finds out why a signature did not match: compares the data that WeChat Pay checked with the data that we signed. */
import { z } from "zod";
import type { Fault } from "../domain/attempt-result.ts";

/** The data that we signed, which WeChat Pay should have received. */
export type SignedRequest = { method: string; path: string; message: Buffer };

/** WeChat Pay's own view of the request, from `detail.sign_information`; every field may be missing. */
export type SignInformation = z.infer<typeof signInformation>;

const text = z.string().optional().catch(undefined);

/** Lenient: a field of another type counts as missing. */
export const signInformation = z.object({
  method: text,
  url: text,
  /** In bytes. */
  sign_message_length: z.coerce.number().int().positive().optional().catch(undefined),
  /** The five lines, with only about 8 characters of the body. */
  truncated_sign_message: text,
});

/**
 * Names the part that differs; undefined if WeChat Pay returned too little. `sign-key` only if everything comparable is
 * equal, including the length: then WeChat Pay received our bytes, and key, serial number and merchant number do not
 * belong together.
 */
export function differenceFromSigned(
  theirs: SignInformation,
  signed: SignedRequest,
): Extract<Fault, "sign-url" | "sign-body" | "sign-header" | "sign-key"> | undefined {
  const ours = linesOf(signed.message.toString("utf8"));
  const seen = theirs.truncated_sign_message === undefined ? undefined : linesOf(theirs.truncated_sign_message);
  if (differs(theirs.method ?? seen?.method, signed.method)) return "sign-url";
  if (differs(theirs.url === undefined ? seen?.path : pathOf(theirs.url), signed.path)) return "sign-url";
  if (differs(seen?.path, signed.path)) return "sign-url";
  // The server reads these two from the header: if they differ, the header was changed in transit.
  if (differs(seen?.timestamp, ours.timestamp) || differs(seen?.nonce, ours.nonce)) return "sign-header";
  if (differs(theirs.sign_message_length, signed.message.byteLength)) return "sign-body";
  if (seen?.body !== undefined && !isStartOf(seen.body, ours.body ?? "")) return "sign-body";
  return theirs.sign_message_length === undefined ? undefined : "sign-key";
}

type Lines = {
  method: string | undefined;
  path: string | undefined;
  timestamp: string | undefined;
  nonce: string | undefined;
  body: string | undefined;
};

function linesOf(message: string): Lines {
  // The documentation shows line feeds as backslash and n; live answers have real ones.
  const lines = (message.includes("\n") ? message : message.replaceAll("\\n", "\n")).split("\n");
  const [method, path, timestamp, nonce, ...body] = lines;
  return { method, path, timestamp, nonce, body: body.length === 0 ? undefined : body.join("\n").replace(/\n$/, "") };
}

function isStartOf(seen: string, body: string): boolean {
  // Truncated in the middle of a character, or marked with dots.
  const prefix = seen.replace(/(\.{3}|…|\uFFFD)$/, "");
  return prefix === "" ? body === "" : body.startsWith(prefix);
}

function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]*/i, "");
}

function differs<T>(theirs: T | undefined, ours: T | undefined): boolean {
  return theirs !== undefined && theirs !== ours;
}
