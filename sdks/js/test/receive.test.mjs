// Receiving in real frameworks, signed by the published standardwebhooks library.
import assert from "node:assert/strict";
import { createServer, request as httpRequest } from "node:http";
import { after, describe, test } from "node:test";
import express from "express";
import fastify from "fastify";
import { Webhook } from "standardwebhooks";
import { ConfigurationError, MemoryStore, Receiver, Refuse, verify, verifyActionCall, verifyEvent, WebhookVerificationError } from "../dist/esm/index.js";
import { vectors } from "./signed.mjs";
import { caught } from "./wire.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQhIQ==";
const EVENT = '{"data":{"amount":4900,"name":"Zoë"},"id":"evt_1","timestamp":"2026-11-24T12:00:00.000000Z","type":"invoice.paid"}';
const CALL = '{"action":"saas.refund_invoice","actor":{"id":"mem_1","name":"Zoë","role":"owner"},"contract_version":1,"id":"act_1","params":{"invoice_id":1042},"run_id":"run_1","workspace":"ws_1"}';
const quiet = { secrets: SECRET, onError: () => {} };
const closing = [];
after(() => Promise.all(closing.map((close) => close())));

function signed(body, { id = JSON.parse(body).id, secret = SECRET, at = new Date(), more = {} } = {}) {
  return {
    "content-type": "application/json", "webhook-id": id, "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body), ...more,
  };
}

async function listen(handler) {
  const server = createServer(handler);
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  closing.push(() => new Promise((closed) => { server.closeAllConnections(); server.close(closed); }));
  return `http://127.0.0.1:${server.address().port}`;
}

async function post(url, body, headers = signed(body)) {
  const answer = await fetch(url, { method: "POST", body, headers });
  const text = await answer.text();
  return { status: answer.status, said: text && JSON.parse(text), headers: answer.headers };
}

/** Doubled headers, which fetch would join. */
function postRaw(url, body, headers) {
  return new Promise((done, failed) => {
    const sent = httpRequest(url, { method: "POST", headers: [...headers, "host", new URL(url).host, "content-length", String(Buffer.byteLength(body))] }, (answer) => {
      let text = "";
      answer.on("data", (each) => { text += each; }).on("end", () => { done({ status: answer.statusCode, said: JSON.parse(text) }); });
    });
    sent.on("error", failed).end(body);
  });
}

describe("raw bytes and headers, as frameworks hand them over", () => {
  const answering = (verifying) => async (request, response) => {
    try {
      const { id, body } = await verifying(request);
      response.end(JSON.stringify({ id, bytes: body.length }));
    } catch (error) {
      response.statusCode = 401;
      response.end(JSON.stringify({ reason: error.reason ?? error.stack, message: error.message }));
    }
  };
  const good = { status: 200, said: { id: "evt_1", bytes: Buffer.byteLength(EVENT) } };
  const check = async (url) => {
    const { status, said } = await post(url, EVENT);
    assert.deepEqual({ status, said }, good);
    const { "webhook-id": id, "webhook-timestamp": ts, "webhook-signature": signature } = signed(EVENT);
    const twice = await postRaw(url, EVENT, ["content-type", "application/json", "webhook-id", id, "Webhook-Id", id, "webhook-timestamp", ts, "webhook-signature", signature]);
    assert.deepEqual([twice.status, twice.said.reason], [401, "duplicate_header"]);
  };
  const misread = async (url) => {
    const { status, said } = await post(url, EVENT);
    assert.deepEqual([status, said.reason], [401, "not_raw"]);
    assert.match(said.message, /express\.raw.*parseAs.*bodyParser/s);
  };

  test("Express with raw()", async () => {
    const app = express();
    app.post("/", express.raw({ type: "*/*" }), answering((request) => verify(request, quiet)));
    await check(await listen(app));
  });

  test("Express without a parser: the stream is read", async () => {
    const app = express();
    app.post("/", answering((request) => verify(request, quiet)));
    await check(await listen(app));
  });

  test("Express whose json() keeps rawBody", async () => {
    const app = express();
    app.use(express.json({ verify: (request, _, buffer) => { request.rawBody = buffer; } }));
    app.post("/", answering((request) => verify(request, quiet)));
    await check(await listen(app));
  });

  test("Express with json() is told what to do", async () => {
    const app = express();
    app.use(express.json());
    app.post("/", answering((request) => verify(request, quiet)));
    await misread(await listen(app));
  });

  test("a body that was written as JSON again is told from a forged one", async () => {
    const app = express();
    app.use(express.json());
    app.post("/", answering(({ headers, body }) => verify({ headers, body: JSON.stringify(body, null, 1) }, quiet)));
    assert.equal((await post(await listen(app), EVENT)).said.reason, "reserialised");
  });

  test("Fastify with a buffer parser", async () => {
    const app = fastify();
    app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_, body, done) => done(null, body));
    app.post("/", (request, reply) => { reply.hijack(); return answering(() => verify(request, quiet))(request, reply.raw); });
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    closing.push(() => app.close());
    await check(url);
  });

  test("Fastify's plugin gets raw bytes, and the rest of the app is parsed as before", async () => {
    const app = fastify();
    const calls = [];
    const receiver = new Receiver(quiet).action("saas.refund_invoice", ({ id }) => { calls.push(id); return { name: "Zoë" }; });
    app.register(receiver.fastify("/opsiq"));
    app.post("/other", async (request) => ({ parsed: request.body.a }));
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    closing.push(() => app.close());
    const [first, again] = [await post(`${url}/opsiq`, CALL), await post(`${url}/opsiq`, CALL)];
    assert.deepEqual([first.status, first.said, again.said, again.headers.get("idempotency-replayed")], [200, { name: "Zoë" }, { name: "Zoë" }, "true"]);
    assert.deepEqual(calls, ["act_1"]);
    assert.equal((await post(`${url}/opsiq`, CALL.replace("1042", "1043"), signed(CALL))).status, 401);
    assert.deepEqual((await post(`${url}/other`, '{"a":1}', { "content-type": "application/json" })).said, { parsed: 1 });
  });

  test("Fastify as it comes is told what to do", async () => {
    const app = fastify();
    app.post("/", (request, reply) => { reply.hijack(); return answering(() => verify(request, quiet))(request, reply.raw); });
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    closing.push(() => app.close());
    await misread(url);
  });

  test("node:http, and Next.js pages without their parser", async () => {
    await check(await listen(answering((request) => verify(request, quiet))));
  });

  test("a stream that somebody has read", async () => {
    await misread(await listen(async (request, response) => {
      for await (const each of request) assert.ok(each.length);
      await answering((again) => verify(again, quiet))(request, response);
    }));
  });

  test("Fetch: a Request, in Next.js, Hono, Deno, Bun, Workers", async () => {
    const made = (headers = signed(EVENT)) => new Request("https://example.com", { method: "POST", body: EVENT, headers });
    assert.equal((await verify(made(), quiet)).id, "evt_1");
    const read = made();
    await read.text();
    assert.equal((await caught(verify(read, quiet))).reason, "not_raw");
    const twice = new Headers(signed(EVENT));
    twice.append("webhook-signature", "v1,AAAA");
    assert.equal((await caught(verify(made(twice), quiet))).reason, "duplicate_header");
  });

  test("headers and a body of any kind of bytes", async () => {
    const raw = Buffer.from(EVENT);
    const buffer = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length);
    for (const body of [EVENT, raw, new Uint8Array(raw), buffer]) {
      for (const headers of [signed(EVENT), new Headers(signed(EVENT)), Object.entries(signed(EVENT)), new Map(Object.entries(signed(EVENT)))]) {
        assert.equal((await verify({ headers, body }, quiet)).id, "evt_1");
      }
    }
    const lists = Object.fromEntries(Object.entries(signed(EVENT)).map(([name, value]) => [name, [value]]));
    assert.equal((await verify({ headers: { ...lists, cookie: undefined }, body: EVENT }, quiet)).id, "evt_1");
    const doubled = { ...lists, "webhook-id": ["evt_1", "evt_1"] };
    assert.equal((await caught(verify({ headers: doubled, body: EVENT }, quiet))).reason, "duplicate_header");
  });

  test("no bytes at all", async () => {
    for (const body of [undefined, null, 7, {}, []]) {
      assert.equal((await caught(verify({ headers: signed(EVENT), body }, quiet))).reason, "not_raw");
    }
  });

  test("more than any message holds", async () => {
    const long = "x".repeat(1024 * 1024 + 1);
    assert.equal((await caught(verify({ headers: signed(EVENT), body: long }, quiet))).reason, "too_large");
    const url = await listen(answering((request) => verify(request, quiet)));
    assert.equal((await post(url, long, signed(EVENT))).said.reason, "too_large");
  });
});

describe("what was verified", () => {
  test("an event has its type, attempt and delivery", async () => {
    const headers = signed(EVENT, { more: { "opsiq-event": "invoice.paid", "opsiq-delivery-id": "dlv_1", "opsiq-attempt": "3" } });
    const message = await verify({ headers, body: EVENT }, quiet);
    assert.deepEqual([message.id, message.attempt, message.event, message.deliveryId], ["evt_1", 3, "invoice.paid", "dlv_1"]);
    const event = await verifyEvent({ headers, body: EVENT }, quiet);
    assert.deepEqual([event.type, event.data.name], ["invoice.paid", "Zoë"]);
  });

  test("an action call has its params and actor", async () => {
    const call = await verifyActionCall({ headers: signed(CALL), body: CALL }, quiet);
    assert.deepEqual([call.action, call.params, call.actor.role], ["saas.refund_invoice", { invoice_id: 1042 }, "owner"]);
  });

  test("what is signed but not what was expected is one typed error", async () => {
    const reason = async (check, body, id = "evt_1") => {
      const text = typeof body === "string" ? body : Buffer.from(body).toString("latin1");
      const headers = signed(text, { id });
      const raw = Buffer.from(body);
      if (typeof body !== "string") return (await caught(check({ headers: await bySubtle(headers, raw), body: raw }, quiet))).reason;
      return (await caught(check({ headers, body }, quiet))).reason;
    };
    for (const body of ["", "no JSON", "[]", "null", "{}", EVENT.replace("type", "kind")]) assert.equal(await reason(verifyEvent, body), "not_expected", body);
    for (const body of [EVENT, CALL.replace("act_1", "act_2"), CALL.replace("actor", "person")]) assert.equal(await reason(verifyActionCall, body, "act_1"), "not_expected", body);
    assert.equal(await reason(verifyEvent, [0xff, 0xfe, 0x7b]), "not_expected");
  });

  test("either secret does while one rotates, and an absent one is passed over", async () => {
    for (const secret of [SECRET, OTHER]) {
      const headers = signed(EVENT, { secret });
      assert.equal((await verify({ headers, body: EVENT }, { secrets: [OTHER, undefined, SECRET] })).id, "evt_1");
    }
    const unset = await caught(verify({ headers: signed(EVENT), body: EVENT }, { secrets: [OTHER, undefined] }));
    assert.deepEqual([unset.reason, /not set/.test(unset.message)], ["no_match", true]);
    assert.doesNotMatch((await caught(verify({ headers: signed(EVENT), body: EVENT }, { secrets: OTHER }))).message, /not set/);
    for (const secrets of [undefined, null, [], [undefined, null]]) assert.throws(() => new Receiver({ secrets }), /no secret to verify with.*variable/);
  });

  test("no tolerance at all is not every tolerance", async () => {
    for (const toleranceS of [Number.NaN, -1]) {
      assert.match((await caught(verify({ headers: signed(EVENT), body: EVENT }, { ...quiet, toleranceS }))).reason, /too_(old|new)/);
    }
  });

  test("the very same message is not believed twice, another attempt is", async () => {
    const seen = new Set();
    const options = { ...quiet, replay: { add: (key, ttlS) => !seen.has(`${key} ${ttlS}`) && !!seen.add(`${key} ${ttlS}`) } };
    const first = signed(EVENT);
    await verify({ headers: first, body: EVENT }, options);
    assert.equal((await caught(verify({ headers: first, body: EVENT }, options))).reason, "replayed");
    const retried = signed(EVENT, { at: new Date(Date.now() - 5_000) });
    assert.equal((await verify({ headers: retried, body: EVENT }, options)).id, "evt_1");
    assert.deepEqual([...seen][0], `evt_1.${first["webhook-timestamp"]} 600`);
  });

  test("a body nested deeper than any stack is refused like any other", async () => {
    for (const body of ["[".repeat(300_000) + "]".repeat(300_000), '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000)]) {
      assert.equal((await caught(verify({ headers: signed(EVENT), body }, quiet))).reason, "no_match");
    }
  });

  test("a forged message is not remembered", async () => {
    const options = { ...quiet, replay: { add: () => assert.fail("it was not signed by us") } };
    await caught(verify({ headers: signed(EVENT, { secret: OTHER }), body: EVENT }, options));
  });
});

describe("a receiver", () => {
  const refunds = () => {
    const done = [];
    const receiver = new Receiver(quiet).action("saas.refund_invoice", ({ params, id }, message) => {
      done.push([params.invoice_id, id, message.attempt]);
      return { refund: `re_${params.invoice_id}` };
    });
    return { done, receiver };
  };
  const incoming = (body, options) => ({ headers: signed(body, options), body });

  test("in Express does each call once, and answers the same again", async () => {
    const { done, receiver } = refunds();
    const app = express();
    app.post("/opsiq", express.raw({ type: "*/*" }), receiver.express());
    const url = `${await listen(app)}/opsiq`;
    const first = await post(url, CALL, signed(CALL, { more: { "opsiq-attempt": "1" } }));
    assert.deepEqual([first.status, first.said, first.headers.get("idempotency-replayed")], [200, { refund: "re_1042" }, null]);
    const second = await post(url, CALL, signed(CALL, { more: { "opsiq-attempt": "2" } }));
    assert.deepEqual([second.status, second.said, second.headers.get("idempotency-replayed")], [200, { refund: "re_1042" }, "true"]);
    assert.deepEqual(done, [[1042, "act_1", 1]]);
  });

  test("in Fetch too", async () => {
    const { done, receiver } = refunds();
    const handle = receiver.fetch();
    const made = () => new Request("https://example.com/opsiq", { method: "POST", body: CALL, headers: signed(CALL) });
    assert.deepEqual(await (await handle(made())).json(), { refund: "re_1042" });
    assert.equal((await handle(made())).headers.get("idempotency-replayed"), "true");
    assert.equal(done.length, 1);
  });

  test("in Fastify by handle()", async () => {
    const { receiver } = refunds();
    const app = fastify();
    app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_, body, done) => done(null, body));
    app.post("/", async (request, reply) => {
      const { status, headers, body } = await receiver.handle(request);
      return reply.code(status).headers(headers).send(body);
    });
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    closing.push(() => app.close());
    assert.deepEqual((await post(url, CALL)).said, { refund: "re_1042" });
  });

  describe("takes a signed message for what its signed body says", () => {
    const { messages, patterns } = vectors("received");
    for (const each of messages) {
      test(each.name, async () => {
        const got = [];
        const receiver = new Receiver(quiet).action("saas.refund_invoice", () => void got.push("call")).event("*", () => void got.push("event"));
        const body = Buffer.from(each.body ?? each.body_base64, each.body === undefined ? "base64" : "utf8");
        const headers = await bySubtle(signed("", { id: each.id, more: Object.fromEntries(each.headers) }), body);
        const { status } = await receiver.handle({ headers, body });
        assert.deepEqual([got, status], each.kind ? [[each.kind], 204] : [[], 400]);
      });
    }
    for (const { pattern, type, fits } of patterns) {
      test(`${pattern} ${fits ? "takes" : "leaves"} ${type}`, async () => {
        const got = [];
        await new Receiver(quiet).event(pattern, (event) => void got.push(event.type)).handle(incoming(JSON.stringify({ ...JSON.parse(EVENT), type })));
        assert.deepEqual(got, fits ? [type] : []);
      });
    }
  });

  test("refuses an option that there is not, and so does verifying", async () => {
    assert.throws(() => new Receiver({ secrets: SECRET, tolerance_s: 60 }), /There is no option tolerance_s/);
    const error = await caught(verify({ headers: signed(EVENT), body: EVENT }, { secrets: SECRET, tolerance: 60 }));
    assert.ok(error instanceof ConfigurationError && /There is no option tolerance/.test(error.message));
  });

  test("answers nothing for nothing", async () => {
    const handle = new Receiver(quiet).action("saas.refund_invoice", () => undefined).fetch();
    const answer = await handle(new Request("https://example.com", { method: "POST", body: CALL, headers: signed(CALL) }));
    assert.deepEqual([answer.status, await answer.text()], [204, ""]);
  });

  test("believes nobody else, and says why in one form", async () => {
    const told = [];
    const receiver = new Receiver({ ...quiet, onError: (error, message) => told.push([error, message]) });
    const { status, body } = await receiver.handle(incoming(CALL, { secret: OTHER }));
    assert.deepEqual([status, JSON.parse(body).code], [401, "no_match"]);
    assert.ok(told[0][0] instanceof WebhookVerificationError && told[0][1] === undefined);
    const long = { headers: signed(CALL), body: "x".repeat(2 ** 21) };
    assert.equal((await receiver.handle(long)).status, 413);
    assert.equal((await receiver.handle(incoming("[]", { id: "evt_1" }))).status, 400);
  });

  test("tells the log which message failed, and nothing of what is in it", async (context) => {
    const logged = context.mock.method(console, "error", () => {});
    const receiver = new Receiver({ secrets: SECRET }).event("*", () => { throw new Error("no"); });
    assert.equal((await receiver.handle(incoming(EVENT))).status, 500);
    const [error, told] = logged.mock.calls[0].arguments;
    assert.deepEqual([error.message, told.id, "body" in told], ["no", "evt_1", false]);
  });

  test("knows no other action", async () => {
    const { status, body } = await new Receiver(quiet).handle(incoming(CALL));
    assert.deepEqual([status, JSON.parse(body).code], [404, "unknown_action"]);
  });

  test("gives an event to the first handler that fits, and thanks for the others", async () => {
    const got = [];
    const receiver = new Receiver(quiet)
      .event("invoice.voided", () => got.push("voided"))
      .event("invoice.*", ({ data, type }) => { got.push(`${type} ${data.amount}`); })
      .event("*", ({ type }) => { got.push(`other ${type}`); });
    const send = (type, id) => receiver.handle(incoming(EVENT.replace("invoice.paid", type).replace("evt_1", id)));
    assert.equal((await send("invoice.paid", "evt_1")).status, 204);
    await send("invoice.paid", "evt_1");
    await send("invoice.payment.failed", "evt_2");
    await send("order.shipped", "evt_3");
    assert.deepEqual(got, ["invoice.paid 4900", "invoice.payment.failed 4900", "other order.shipped"]);
    const one = new Receiver(quiet).event("*.paid", () => got.push("paid")).event("a-b.*", () => got.push("a-b"));
    assert.equal((await one.handle(incoming(EVENT.replace("invoice.paid", "invoice.x.paid")))).status, 204);
    assert.equal(got.length, 3);
  });

  test("lets a failed call be tried again", async () => {
    let calls = 0;
    const errors = [];
    const receiver = new Receiver({ ...quiet, onError: (error, message) => errors.push([error.message, message.id]) }).action("saas.refund_invoice", () => {
      calls += 1;
      if (calls === 1) throw new Error("the bank is down: token 123");
      return { ok: true };
    });
    const failed = await receiver.handle(incoming(CALL));
    assert.deepEqual([failed.status, failed.body.includes("123")], [500, false]);
    assert.equal((await receiver.handle(incoming(CALL))).status, 200);
    assert.deepEqual(errors, [["the bank is down: token 123", "act_1"]]);
  });

  test("a refusal is final, and the same again", async () => {
    let calls = 0;
    const receiver = new Receiver(quiet).action("saas.refund_invoice", () => {
      calls += 1;
      throw new Refuse("It was refunded before.", 409, "already_refunded");
    });
    for (const replayed of [undefined, "true"]) {
      const { status, headers, body } = await receiver.handle(incoming(CALL));
      assert.deepEqual([status, JSON.parse(body), headers["Idempotency-Replayed"]], [409, { status: 409, code: "already_refunded", detail: "It was refunded before." }, replayed]);
    }
    assert.equal(calls, 1);
  });

  test("a second attempt while the first is at work is put off", async () => {
    let finish;
    const receiver = new Receiver(quiet).action("saas.refund_invoice", () => new Promise((done) => { finish = done; }));
    const first = receiver.handle(incoming(CALL));
    while (!finish) await new Promise(setImmediate);
    const second = await receiver.handle(incoming(CALL));
    assert.deepEqual([second.status, second.headers["Retry-After"]], [503, "1"]);
    finish({ ok: true });
    assert.equal((await first).status, 200);
  });

  test("a store that is down lets nothing be done, one that fails afterwards takes nothing back", async () => {
    let calls = 0;
    const failing = (step) => ({ claim: () => "fresh", keep: () => {}, release: () => {}, [step]: () => { throw new Error("store down"); } });
    const send = (store, work) => new Receiver({ ...quiet, store }).action("saas.refund_invoice", work).handle(incoming(CALL));
    const refused = await send(failing("claim"), () => { calls += 1; });
    assert.deepEqual([refused.status, refused.headers["Retry-After"], calls], [503, "5", 0]);
    assert.equal((await send(failing("keep"), () => ({ ok: true }))).status, 200);
    assert.equal((await send(failing("release"), () => { throw new Error("no"); })).status, 503);
  });

  test("its own store forgets the oldest, never what is at work", () => {
    const store = new MemoryStore(2);
    const reply = { status: 200, headers: {}, body: "" };
    assert.equal(store.claim("a", "1"), "fresh");
    assert.equal(store.claim("b", "1"), "fresh");
    store.keep("b", reply);
    assert.equal(store.claim("c", "1"), "fresh");
    assert.equal(store.claim("a", "1"), "busy");
    assert.equal(store.claim("b", "1"), "fresh");
    store.keep("c", reply);
    assert.equal(store.claim("c", "1"), reply);
    assert.equal(store.claim("c", "2"), "reused");
  });

  test("an id that stands for another body is refused, and nothing is done", async () => {
    const { done, receiver } = refunds();
    await receiver.handle(incoming(CALL));
    const { status, body } = await receiver.handle(incoming(CALL.replace("1042", "1050")));
    assert.deepEqual([status, JSON.parse(body).code, done.length], [422, "webhook_id_reused", 1]);
  });

  test("errors go to the console where nobody else hears them", async (t) => {
    const printed = t.mock.method(console, "error", () => {});
    await new Receiver({ secrets: SECRET }).handle(incoming(CALL, { secret: OTHER }));
    assert.equal(printed.mock.callCount(), 1);
  });
});

/** The library signs text; this signs bytes that are none. */
async function bySubtle(headers, raw) {
  const { createHmac } = await import("node:crypto");
  const key = Buffer.from(SECRET.slice(6), "base64");
  const mac = createHmac("sha256", key).update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`).update(raw).digest("base64");
  return { ...headers, "webhook-signature": `v1,${mac}` };
}
