// Node 18 has WebCrypto, but not as a global, and its own cryptography, but not without an import.
import assert from "node:assert/strict";
import { test } from "node:test";

delete process.getBuiltinModule;
delete globalThis.crypto;
const { signed } = await import("./signed.mjs");

signed();

test("there was none", () => { assert.deepEqual([process.getBuiltinModule, globalThis.crypto], [undefined, undefined]); });
