// The vectors that the server and all SDKs share (tests/vectors/README.md).
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { describe, test } from "node:test";
import * as sdk from "../dist/esm/index.js";
import { signed, vectors } from "./signed.mjs";
import { call, caught, client, scripted, SECRET, told } from "./wire.mjs";

const PATIENT = 10;
const HASTY = 0.5;
const listed = (listing) => (listing instanceof sdk.Listing ? listing.page() : listing);

signed();

describe("calls to requests", () => {
  const { cases, refused } = vectors("requests");
  for (const each of cases) {
    test(each.name, async () => {
      const server = await scripted([{ status: 200, body: '{"data":[],"next":null}' }]);
      try {
        await listed(call(client(server.url), each.call, each.args, each.options));
        const [{ method, path, query, body, headers }] = server.got;
        assert.deepEqual({ method, path, query }, { method: each.method, path: each.path, query: each.query });
        assert.equal(each.body === null && body.length === 0 ? null : body.toString(), each.body);
        assert.equal(headers["content-type"], each.body === null ? undefined : "application/json");
        assert.equal(headers["idempotency-key"] !== undefined, each.idempotent);
        assert.ok(wellSigned(server.got[0]));
      } finally {
        await server.stop();
      }
    });
  }
  for (const each of refused) {
    test(`${each.name} is refused before anything is sent`, async () => {
      const error = await caught(call(client("http://127.0.0.1:1"), each.call, each.args, each.options));
      assert.ok(error instanceof sdk.ConfigurationError);
    });
  }
});

describe("send it again?", () => {
  const { now, max_retries, cases } = vectors("retries");
  for (const each of cases) {
    test(each.name, async () => {
      const before = Array.from({ length: each.attempt - 1 }, () => ({ transport: "dropped" }));
      if (each.clock_mended) before[before.length - 1] = { status: 401, problem: { code: "clock_skew", detail: "x", server_time: now } };
      const server = await scripted([...before, each]);
      const clock = told([now]);
      const timeoutS = each.transport === "timeout" ? HASTY : PATIENT;
      try {
        const ops = client(server.url, { clock, maxRetries: each.max_retries ?? max_retries, timeoutS });
        if (!each.retry) {
          const error = await caught(ops.me.get());
          assert.equal(server.got.length, each.attempt);
          assert.ok(error instanceof sdk.OpsIQError);
          if ("retry_after_s" in each) assert.equal(error.retryAfterS, each.retry_after_s);
          return;
        }
        await ops.me.get();
        assert.equal(server.got.length, each.attempt + 1);
        const pause = clock.pauses[each.attempt - 1] / 1000;
        assert.ok(pause >= each.min_s && pause <= each.max_s, `${pause} is not in ${each.min_s} … ${each.max_s}`);
        if ("clock_offset_s" in each) assert.equal(timestamp(server.got.at(-1)), now + each.clock_offset_s);
      } finally {
        await server.stop();
      }
    });
  }

  test("pauses differ from one another", async () => {
    const server = await scripted(Array.from({ length: 20 }, () => ({ transport: "dropped" })));
    const clock = told([now]);
    await client(server.url, { clock, maxRetries: 20 }).me.get();
    await server.stop();
    assert.ok(new Set(clock.pauses.slice(5)).size > 5);
  });
});

describe("answers to errors", () => {
  const { tree, cases, call: name } = vectors("errors");
  for (const [each, parent] of Object.entries(tree)) {
    test(`${each} is ${parent ? `a ${parent}` : "the root"}`, () => {
      assert.equal(Object.getPrototypeOf(sdk[each]), parent ? sdk[parent] : Error);
    });
  }
  for (const each of cases) {
    test(each.name, async () => {
      const server = await scripted([each]);
      try {
        const url = each.transport === "connect" ? await closed() : server.url;
        const timeoutS = each.transport === "timeout" ? HASTY : PATIENT;
        const error = await caught(call(client(url, { maxRetries: 0, timeoutS }), name, ["order.shipped"]));
        assert.equal(error.constructor, sdk[each.class], error.stack);
        const names = { request_id: "requestId", run_id: "runId", retry_after_s: "retryAfterS", server_time: "serverTime" };
        for (const [field, value] of Object.entries(each.fields)) assert.deepEqual(error[names[field] ?? field] ?? null, value, field);
        if (each.body) assert.ok(!error.message.includes(each.body));
        assert.doesNotMatch(error.message, /hotel/);
        if (typeof each.problem?.code !== "string") assert.ok(error.message.includes(url) && error.message.includes("POST /v1/events/fire"), error.message);
      } finally {
        await server.stop();
      }
    });
  }
});

describe("one call, several attempts", () => {
  const { cases, keys_refused } = vectors("idempotency");
  for (const each of cases) {
    test(each.name, async () => {
      const server = await scripted(each.answers);
      const timeoutS = each.answers.some((answer) => answer.transport === "timeout") ? 0.5 : PATIENT;
      try {
        const outcome = call(client(server.url, { clock: told(each.clock), timeoutS }), each.call, each.args, each.options);
        if (each.expect.result === "ok") await outcome;
        else assert.equal((await caught(outcome)).constructor, sdk[each.expect.result]);
        assert.equal(server.got.length, each.expect.requests);
        assert.deepEqual(server.got.map(timestamp), each.expect.ts);
        const keys = new Set(server.got.map((request) => request.headers["idempotency-key"] ?? null));
        assert.equal(keys.size, 1);
        if (each.expect.key === "made") assert.match([...keys][0], /^[A-Za-z0-9_.:-]{16,255}$/);
        else assert.equal([...keys][0], each.expect.key);
        assert.equal(new Set(server.got.map((request) => /nonce=([^,]+)/.exec(request.headers.authorization)[1])).size, server.got.length);
        assert.ok(server.got.every(wellSigned));
      } finally {
        await server.stop();
      }
    });
  }
  for (const each of keys_refused) {
    test(`refused as a key: ${each.name}`, async () => {
      const error = await caught(client("http://127.0.0.1:1").events.fire("a.b", {}, { idempotencyKey: each.key }));
      assert.ok(error instanceof sdk.ConfigurationError);
    });
  }
});

/** An address nobody listens at. */
async function closed() {
  const server = await scripted();
  await server.stop();
  return server.url;
}

function timestamp(request) {
  return Number(/ts=(\d+)/.exec(request.headers.authorization)[1]);
}

/** By node:crypto, not by the SDK. */
function wellSigned({ method, path, query, headers, body }) {
  const [, key, ts, nonce, sig] = /^OPSIQ1-HMAC-SHA256 key=([^,]+),ts=(\d+),nonce=([\w-]{22}),sig=([0-9a-f]{64})$/.exec(headers.authorization);
  const digest = createHash("sha256").update(body).digest("hex");
  const lines = ["OPSIQ1-HMAC-SHA256", ts, nonce, key, method, path, query, headers["idempotency-key"] ?? "", digest];
  return createHmac("sha256", SECRET).update(lines.join("\n")).digest("hex") === sig;
}
