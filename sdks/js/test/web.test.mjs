// Where the runtime has nothing but WebCrypto: browsers, Workers, the edge.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.crypto ??= (await import("node:crypto")).webcrypto; // Node 18's is no global
process.getBuiltinModule = () => undefined;
const digest = test.mock.method(crypto.subtle, "digest");
const { signed } = await import("./signed.mjs");

signed();

test("it is WebCrypto that was asked", () => { assert.ok(digest.mock.callCount() > 5); });
