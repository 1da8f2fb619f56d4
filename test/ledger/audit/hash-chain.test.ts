/** The hash of a link, as another program computes it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { genesisHash, linkHash } from "../../../src/ledger/audit/hash-chain.ts";

test("a link has the hash that Python's json and hashlib compute", () => {
  // json.dumps([previous, …columns], ensure_ascii=False, separators=(",", ":")), hashlib.sha256
  const first = linkHash(genesisHash, {
    seq: "7",
    at: "1764000000000",
    actor: "UANN",
    what: "asked",
    request_id: "r-1",
    operation_id: "o-1",
    detail_json: String.raw`{"action":"OPEN","reason":"线上 \"😀\"\n"}`,
    origin: "command COPS",
  });
  assert.equal(first, "170db990adbd714ad9060cb2f1b443301c5459af24b586e404c12a638a27d3a1");
  const second = linkHash(first, {
    seq: "5",
    at: "1764000000001",
    actor: "bot\u001f\t\u007f",
    what: "expired",
    request_id: "r-2",
    operation_id: null,
    detail_json: null,
    origin: null,
  });
  assert.equal(second, "3308a9211ae13f452ff9c33380eecfd4632a56f76878e1cedf8730a86f18dea3");
});
