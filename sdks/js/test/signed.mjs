// What is signed and what is believed, by the vectors that the server and all SDKs share (tests/vectors/README.md).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import * as sdk from "../dist/esm/index.js";
import { newNonce } from "../dist/esm/signing.js";
import { caught } from "./wire.mjs";

export const vectors = (name) => JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}.json`, import.meta.url), "utf8"));

/** Its tests, with whatever cryptography the runtime has by now. */
export function signed() {
  describe("signing requests", () => {
    for (const each of vectors("opsiq1").good) {
      test(each.name, async () => {
        const request = { ...each, idempotencyKey: each.idempotency_key };
        assert.equal(await sdk.stringToSign(request), each.string_to_sign);
        assert.equal(await sdk.sign(each.secret, each.string_to_sign), each.signature);
        assert.equal(await sdk.authorization(each.secret, request), each.authorization);
      });
    }
  });

  test("of a thousand nonces no two are alike", async () => {
    const made = new Set();
    for (let n = 0; n < 1000; n++) made.add(await newNonce());
    assert.equal(made.size, 1000);
    for (const each of made) assert.match(each, /^[A-Za-z0-9_-]{21}[AQgw]$/);
  });

  describe("receiving", () => {
    const { now, tolerance_s, good, bad, secrets_refused } = vectors("verify");
    const check = (each) => {
      const body = each.body_base64 === undefined ? each.body : Buffer.from(each.body_base64, "base64");
      return sdk.verify({ headers: each.headers, body }, { secrets: each.secrets, toleranceS: each.tolerance_s ?? tolerance_s, now: () => now });
    };
    for (const each of good) test(`good: ${each.name}`, async () => { assert.equal((await check(each)).id, each.id); });
    for (const each of bad) {
      test(`bad: ${each.name}`, async () => {
        const error = await caught(check(each));
        assert.ok(error instanceof sdk.WebhookVerificationError, error.stack);
        assert.equal(error.reason, each.reason);
      });
    }
    for (const { name, secret } of [...secrets_refused, { name: "an empty list", secret: [] }]) {
      test(`no secret: ${name}`, () => {
        const unquoted = (error) => error instanceof sdk.ConfigurationError && !(secret.length > 6 && error.message.includes(secret));
        assert.throws(() => new sdk.Receiver({ secrets: secret }), unquoted);
      });
    }

    const old = vectors("webhook");
    for (const each of old.good) {
      for (const [at, secret] of each.secrets.entries()) {
        test(`signed by the server: ${each.name}, secret ${at + 1}`, async () => {
          const headers = { "webhook-id": each.id, "webhook-timestamp": String(each.timestamp), "webhook-signature": each.signature };
          const message = await sdk.verify({ headers, body: each.body }, { secrets: secret, now: () => each.timestamp });
          assert.equal(message.id, each.id);
        });
      }
    }
    for (const each of old.bad.cases) {
      test(`not believed: ${each.name}`, async () => {
        const error = await caught(sdk.verify({ headers: each.headers, body: old.bad.body }, { secrets: old.bad.secrets, now: () => old.bad.now }));
        assert.ok(error instanceof sdk.WebhookVerificationError);
      });
    }
  });
}
