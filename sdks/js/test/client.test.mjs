// The client over real HTTP: time limits, what is heard of it, what never leaves it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { format, inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { ConfigurationError, Held, NotFoundError, OpsIQ, OpsIQError, requestIdOf, Started, TimedOutError, TransportError, VERSION } from "../dist/esm/index.js";
import { caught, client, PUBLIC, scripted, SECRET, told } from "./wire.mjs";

const servers = [];
const serve = async (answers) => (servers.push(await scripted(answers)), servers.at(-1));
after(() => Promise.all(servers.map((each) => each.stop())));
const down = { status: 503, headers: { "X-Request-Id": "req_1" }, problem: { code: "unavailable", detail: "Down.", retryable: true } };

test("of other calls too only a removal that answers nothing is done where nothing is found any more", async () => {
  const lost = [{ transport: "dropped" }, { status: 404, problem: { code: "not_found", detail: "No." } }];
  const clock = told([1_700_000_000]);
  const asked = async (act) => act(client((await serve(lost)).url, { clock }));
  const heard = [];
  assert.equal(await client((await serve(lost)).url, { clock, log: (entry) => heard.push(entry) }).request("delete", "/v1/rules/rul_1"), undefined);
  assert.deepEqual(heard.map((each) => [each.status, each.code]), [[undefined, "transport"], [404, "not_found"]]);
  for (const act of [(ops) => ops.contracts.retire("saas.fly"), (ops) => ops.request("GET", "/v1/rules/rul_1")]) {
    assert.ok((await caught(asked(act))) instanceof NotFoundError);
  }
});

test("a signal ends a request, and throws its own reason", async () => {
  const server = await serve([{ transport: "timeout" }]);
  const stop = new AbortController();
  const reason = new Error("the visitor left");
  const outcome = client(server.url).me.get({ signal: stop.signal });
  setTimeout(() => stop.abort(reason), 50);
  assert.equal(await caught(outcome), reason);
});

test("a signal ends the pause before a retry", async () => {
  const server = await serve([{ ...down, headers: { "Retry-After": "60" } }]);
  const stop = new AbortController();
  const outcome = client(server.url, { log: () => setImmediate(() => stop.abort()) }).me.get({ signal: stop.signal });
  assert.equal((await caught(outcome)).name, "AbortError");
  assert.equal(server.got.length, 1);
});

test("a signal that is aborted already sends nothing", async () => {
  const server = await serve();
  assert.equal((await caught(client(server.url).me.get({ signal: AbortSignal.abort() }))).name, "AbortError");
  assert.equal(server.got.length, 0);
});

test("a retry's pause passes by itself", async () => {
  const server = await serve([down]);
  await client(server.url).me.get();
  assert.equal(server.got.length, 2);
});

test("a time limit holds for the body, not for the head alone", async () => {
  const stalling = (url, options) => fetch(url, options).then((answer) => new Response(new ReadableStream({
    start(stream) { options.signal.addEventListener("abort", () => stream.error(options.signal.reason)); },
  }), answer));
  const server = await serve();
  const error = await caught(client(server.url, { fetch: stalling, timeoutS: 0.2, maxRetries: 0 }).me.get());
  assert.ok(error instanceof TimedOutError && error instanceof TransportError);
  assert.match(error.message, /GET \/v1\/me: no answer from http:\/\/127\.0\.0\.1:\d+ within 0\.2 s/);
});

test("a call that waits on the server gets that long in addition", async () => {
  const server = await serve([{ transport: "timeout" }]);
  const error = await caught(client(server.url, { timeoutS: 0.1, maxRetries: 0 }).runs.get("run_1", { waitS: 0.2 }));
  assert.match(error.message, /within 0\.3/);
});

test("every try is heard of: what, how often, what came, when again", async () => {
  const server = await serve([{ transport: "dropped" }, down, { status: 202, headers: { "X-Request-Id": "req_2" }, body: '{"id":"evt_1","event":"a.b"}' }]);
  const heard = [];
  await client(server.url, { clock: told([1700000000]), log: (entry) => heard.push(entry) }).events.fire("a.b", { name: "Zoë" });
  assert.deepEqual(heard.map(({ attempt, status, code, requestId }) => ({ attempt, status, code, requestId })), [
    { attempt: 1, status: undefined, code: "transport", requestId: undefined },
    { attempt: 2, status: 503, code: "unavailable", requestId: "req_1" },
    { attempt: 3, status: 202, code: undefined, requestId: "req_2" },
  ]);
  assert.deepEqual(heard.map((each) => each.retryInMs !== undefined), [true, true, false]);
  assert.ok(heard.every((each) => each.method === "POST" && each.path === "/v1/events/fire" && each.durationMs >= 0));
  assert.doesNotMatch(JSON.stringify(heard), /Zoë|sk_test|sig=|nonce/);
});

test("a logger that throws breaks nothing", async () => {
  const server = await serve();
  await client(server.url, { log: () => { throw new Error("disk full"); } }).me.get();
});

test("the secret is in no print of client, parts and errors", async () => {
  const server = await serve([{ status: 404, problem: { code: "not_found", detail: "No." } }, { transport: "dropped" }]);
  const heard = [];
  const ops = client(server.url, { maxRetries: 0, log: (entry) => heard.push(entry) });
  const errors = [await caught(ops.customers.get("7")), await caught(ops.me.get())];
  const prints = [ops, structuredClone(ops), ops.events, ops.webhooks, ...errors, ...errors.map((each) => each.cause), heard].flatMap((each) => [
    inspect(each, { depth: Infinity, showHidden: true, getters: true }), format("%o %O %j %s", each, each, each, each), JSON.stringify(each) ?? "", String(each), String(each?.stack),
  ]);
  for (const print of prints) assert.ok(!print.includes(SECRET) && !print.includes(SECRET.slice(8)), print);
  assert.deepEqual(JSON.parse(JSON.stringify(ops)), { publicKey: PUBLIC, baseUrl: server.url });
  assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(errors[0]))).slice(0, 3), ["name", "message", "code"]);
});

test("the secret is in nothing that is sent", async () => {
  const server = await serve();
  await client(server.url).events.fire("a.b", {});
  const [{ raw, path, body }] = server.got;
  assert.ok(![...raw, path, body.toString()].some((each) => each.includes(SECRET)));
});

test("options that can't be right are refused, and never quoted", () => {
  const good = { publicKey: PUBLIC, secretKey: SECRET, baseUrl: "https://opsiq.example" };
  for (const wrong of [
    { publicKey: SECRET, secretKey: PUBLIC }, { publicKey: SECRET }, { secretKey: PUBLIC }, { publicKey: undefined }, { secretKey: undefined },
    { secretKey: "" }, { secretKey: `${SECRET}\n` }, { publicKey: "pk_live_1" }, { publicKey: "pk_test_1,ts=1" }, { baseUrl: "opsiq.example" },
    { baseUrl: "ftp://opsiq.example" }, { baseUrl: "http://[::1" }, { baseUrl: "https://a:b@opsiq.example" }, { baseUrl: "https://opsiq.example/api" },
    { baseUrl: "https://opsiq.example/?a" }, { timeoutS: 0 }, { timeoutS: Number.NaN }, { maxRetries: -1 },
  ]) {
    assert.throws(() => new OpsIQ({ ...good, ...wrong }), (error) => error instanceof ConfigurationError && !error.stack.includes(SECRET), JSON.stringify(wrong));
  }
});

test("the address is the option's, the environment's, or this machine's", () => {
  const address = (options) => JSON.parse(JSON.stringify(new OpsIQ({ publicKey: PUBLIC, secretKey: SECRET, ...options }))).baseUrl;
  const before = process.env.OPSIQ_URL;
  try {
    process.env.OPSIQ_URL = "https://opsiq.example/";
    assert.equal(address(), "https://opsiq.example");
    assert.equal(address({ baseUrl: "http://127.0.0.1:9" }), "http://127.0.0.1:9");
    process.env.OPSIQ_URL = "";
    assert.equal(address(), "http://127.0.0.1:8080");
  } finally {
    delete process.env.OPSIQ_URL;
    if (before !== undefined) process.env.OPSIQ_URL = before;
  }
});

test("the keys are the options', or both the environment's where neither is given", () => {
  const before = { ...process.env };
  try {
    Object.assign(process.env, { OPSIQ_KEY: "pk_test_env", OPSIQ_SECRET: SECRET });
    assert.equal(new OpsIQ().toJSON().publicKey, "pk_test_env");
    assert.equal(new OpsIQ({ publicKey: PUBLIC, secretKey: SECRET }).toJSON().publicKey, PUBLIC);
    assert.throws(() => new OpsIQ({ publicKey: PUBLIC }), /secretKey must be/);
    assert.throws(() => new OpsIQ({ secretKey: SECRET }), /publicKey must be/);
    delete process.env.OPSIQ_SECRET;
    assert.throws(() => new OpsIQ(), (error) => error instanceof ConfigurationError && /secretKey must be/.test(error.message));
  } finally {
    for (const name of ["OPSIQ_KEY", "OPSIQ_SECRET"]) {
      delete process.env[name];
      if (before[name] !== undefined) process.env[name] = before[name];
    }
  }
});

test("an environment that may not be looked at counts as empty", () => {
  const env = Object.getOwnPropertyDescriptor(process, "env");
  Object.defineProperty(process, "env", { configurable: true, get() { throw new Error("permission denied"); } });
  try {
    assert.equal(JSON.parse(JSON.stringify(new OpsIQ({ publicKey: PUBLIC, secretKey: SECRET }))).baseUrl, "http://127.0.0.1:8080");
  } finally {
    Object.defineProperty(process, "env", env);
  }
});

test("an option that there is not is refused wherever it is given, before anything is sent", async () => {
  const pair = { publicKey: PUBLIC, secretKey: SECRET };
  for (const wrong of [{ public_key: PUBLIC, secret_key: SECRET }, { ...pair, timeout: 5 }, { ...pair, toString: 1 }]) {
    assert.throws(() => new OpsIQ(wrong), (error) => error instanceof ConfigurationError && error.message.includes(Object.keys(wrong).at(-1)) && !error.message.includes(SECRET));
  }
  const server = await serve();
  const ops = client(server.url);
  const held = new Held({ id: "run_1" }, { digest: "sha256:1" }, ops.runs);
  for (const act of [
    () => ops.runs.ask("which lessons are today?", { thread_id: "run_1" }),
    () => ops.runs.wait("run_1", { timeout_s: 5 }),
    () => ops.runs.list({}, { timeout: 5 }).page(),
    () => ops.actions.run("a.b", {}, { idempotency_key: "k" }),
    () => held.confirm({ idempotency_key: "k" }),
    () => held.reject({ why: "no" }),
    () => ops.events.fire("a.b", {}, { occurred_at: new Date() }),
    () => ops.webhooks.endpoints.create("https://example.com", ["*"], { per_minute: 5 }),
    () => ops.me.get({ retries: 0 }),
    () => ops.request("POST", "/v1/keys", { idempotencyKey: "k" }),
    () => ops.request("POST", "/v1/keys", {}, { key: "k" }),
  ]) {
    const error = await caught(act());
    assert.ok(error instanceof ConfigurationError && /There is no option/.test(error.message), error.stack);
  }
  assert.equal(server.got.length, 0);
});

test("an error's text lists every fault by its place, however it is printed", async () => {
  const errors = [{ pointer: "/data/order_ref", code: "required", detail: "It is missing." }, "none", { pointer: 7, code: "x" }];
  const server = await serve([{ status: 400, problem: { code: "invalid_request", detail: "The data does not fit.", request_id: "req_4", errors } }]);
  const error = await caught(client(server.url).events.fire("order.shipped"));
  const text = "The data does not fit. [invalid_request, 400, request req_4]\n  /data/order_ref: It is missing. [required]\n  :  [x]";
  assert.deepEqual([error.message, String(error), error.detail], [text, `InvalidRequestError: ${text}`, "The data does not fit."]);
  assert.ok(error.stack.includes("/data/order_ref: It is missing."));
  assert.deepEqual(error.errors, [errors[0], { pointer: "", code: "x", detail: "" }]);
});

test("values that JSON can't hold are refused by their name, not sent as something else", async () => {
  const ops = client("http://127.0.0.1:1");
  const refused = [Number.NaN, Infinity, 10n, new Map([["a", 1]]), new Set([1]), Promise.resolve(1), () => 1, Symbol("x"), new Date(Number.NaN), [1, undefined], /x/];
  for (const amount of refused) {
    const error = await caught(ops.events.fire("a.b", { amount }));
    assert.ok(error instanceof ConfigurationError, String(error));
    assert.match(error.message, /^(amount|1) is (NaN|Infinity|undefined|an? (bigint|Map|Set|Promise|function|symbol|invalid date|RegExp)), which JSON/);
  }
  assert.match((await caught(ops.actions.run("a.b", new Map([["a", 1]])))).message, /^params is a Map/);
});

test("what JSON has a form for is sent as it is written", async () => {
  class Parcel { weight = 2; }
  class Nothing {}
  const server = await serve([{ status: 202, body: '{"id":"evt_1"}' }]);
  const sent = [{ a: undefined, b: null, c: [], d: {}, e: Object.create(null), f: new Date(0), g: new Parcel(), h: new Nothing(), i: new Number(3), j: new URL("http://x.test/"), k: runInNewContext("({})") }];
  await client(server.url).events.fire("a.b", { sent });
  assert.equal(server.got[0].body.toString(), '{"event":"a.b","data":{"sent":[{"b":null,"c":[],"d":{},"e":{},"f":"1970-01-01T00:00:00.000Z","g":{"weight":2},"h":{},"i":3,"j":"http://x.test/","k":{}}]}}');
});

test("an id that is not there is told of before anything is sent", async () => {
  const ops = client("http://127.0.0.1:1");
  for (const id of [undefined, null, ""]) {
    for (const ask of [ops.runs.get(id), ops.runs.confirm(id, "x"), ops.webhooks.endpoints.delete(id)]) assert.ok((await caught(ask)) instanceof ConfigurationError);
  }
});

test("anything else of the API goes the same way", async () => {
  const server = await serve([{ status: 200, body: '{"data":[]}' }]);
  const ops = client(server.url);
  assert.deepEqual(await ops.request("get", "/v1/history", { query: { limit: 10, kind: ["a", "b"] } }), { data: [] });
  await ops.request("POST", "/v1/keys", { body: { name: "x" } }, { idempotencyKey: "k" });
  const [read, act] = server.got;
  assert.equal(`${read.method} ${read.path}?${read.query}`, "GET /v1/history?limit=10&kind=a&kind=b");
  assert.deepEqual([act.method, act.headers["idempotency-key"], act.body.toString()], ["POST", "k", '{"name":"x"}']);
  for (const path of ["v1/me", "/v1/me?x", "/v1/a b", "/v1/../x"]) assert.ok((await caught(ops.request("GET", path))) instanceof ConfigurationError, path);
});

test("answers tell their request id", async () => {
  const server = await serve([{ status: 200, headers: { "X-Request-Id": "req_9" }, body: "{}" }]);
  const me = await client(server.url).me.get();
  assert.equal(requestIdOf(me), "req_9");
  assert.equal(requestIdOf({}), undefined);
});

test("who speaks is said", async () => {
  const server = await serve();
  await client(server.url).me.get();
  assert.equal(server.got[0].headers["user-agent"], `opsiq-js/${VERSION} node/${process.versions.node}`);
  assert.equal(server.got[0].headers.accept, "application/json");
  assert.equal(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version, VERSION);
});

test("lists go on until next is null, and no further than asked", async () => {
  const page = (from, next) => ({ status: 200, body: JSON.stringify({ data: [from, from + 1], next }) });
  const server = await serve([page(1, "b"), page(3, "c"), page(5, null), page(1, "b"), page(1, "b")]);
  const tickets = client(server.url).tickets.list({ status: "open" });
  const all = [];
  for await (const each of tickets) all.push(each);
  assert.deepEqual(all, [1, 2, 3, 4, 5, 6]);
  for await (const each of tickets) if (each === 1) break;
  assert.equal((await tickets.page()).next, "b");
  assert.deepEqual(server.got.map((each) => each.query), ["status=open", "status=open&cursor=b", "status=open&cursor=c", "status=open", "status=open"]);
});

test("held and started are told apart by their type", async () => {
  const run = (state, card) => ({ status: 202, body: JSON.stringify({ id: "run_1", state, card }) });
  const server = await serve([run("held", { digest: "sha256:1" }), run("confirmed", { digest: "sha256:1" }), run("confirmed", null), run("rejected", null)]);
  const ops = client(server.url);
  const held = await ops.actions.run("a.b", {});
  assert.ok(held instanceof Held && held.held && held.id === "run_1" && held.card.digest === "sha256:1");
  const started = await ops.actions.run("a.b", {});
  assert.ok(started instanceof Started && !started.held && started.id === "run_1");
  await held.confirm();
  await held.reject({ reason: "no" });
  assert.deepEqual(server.got.slice(2).map(({ path, body }) => [path, body.toString()]), [
    ["/v1/runs/run_1/confirm", '{"digest":"sha256:1"}'], ["/v1/runs/run_1/reject", '{"reason":"no"}'],
  ]);
});

test("waiting asks until the run is over: at once while it moves, after a pause while a person is needed", async () => {
  const run = (state) => ({ status: 200, body: JSON.stringify({ id: "run_1", state, card: { digest: "x" } }) });
  const server = await serve([run("held"), run("held"), run("held"), run("confirmed"), run("executing"), run("succeeded")]);
  const clock = told([1700000000]);
  const held = await client(server.url, { clock }).actions.run("a.b");
  assert.equal((await held.wait()).state, "succeeded");
  assert.deepEqual(clock.pauses, [1000, 1000]);
  assert.deepEqual(new Set(server.got.slice(1).map((each) => each.query)), new Set(["wait_s=20"]));
});

test("waiting ends with its limit, and says what it waited for", async () => {
  const run = { status: 200, headers: { "X-Request-Id": "req_3" }, body: '{"id":"run_1","state":"held"}' };
  const server = await serve([run, run, run, run]);
  const clock = told([0, 10, 29, 30, 31]);
  const error = await caught(client(server.url, { clock }).runs.wait("run_1", { timeoutS: 30 }));
  assert.ok(error instanceof TimedOutError);
  assert.deepEqual([error.message, error.requestId], ["The run run_1 is still held after 30 s.", "req_3"]);
  assert.deepEqual(server.got.map((each) => each.query), ["wait_s=20", "wait_s=20", "wait_s=1", "wait_s=0"]);
});

test("waiting ends with its signal", async () => {
  const server = await serve(Array.from({ length: 9 }, () => ({ status: 200, body: '{"id":"run_1","state":"held"}' })));
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  assert.equal((await caught(client(server.url).runs.wait("run_1", { signal: stop.signal }))).name, "AbortError");
});

test("a question ends the waiting: it needs an answer", async () => {
  const server = await serve([{ status: 200, body: '{"id":"run_1","state":"asked"}' }]);
  assert.equal((await client(server.url).runs.wait("run_1")).state, "asked");
});

test("spans, edits, contracts and bounds are sent as the API has them", async () => {
  const server = await serve();
  const ops = client(server.url);
  await ops.webhooks.endpoints.recover("whe_1", new Date(0));
  await ops.webhooks.endpoints.replay("whe_1", "2026-11-24T06:00:00Z", { until: new Date(1000) });
  await ops.webhooks.endpoints.update("whe_1", { perMinute: null, url: "https://example.com" });
  await ops.runs.edit("run_1", "sha256:1", { "0.amount": "20 dollars" });
  await ops.runs.decide("run_1", "happened");
  await ops.contracts.retire("shop.restock");
  await ops.events.fire("a.b", {}, { occurredAt: new Date(0) });
  assert.deepEqual(server.got.map(({ method, path, body, headers }) => [method, path, body.toString(), headers["idempotency-key"] !== undefined]), [
    ["POST", "/v1/webhooks/endpoints/whe_1/recover", '{"since":"1970-01-01T00:00:00.000Z"}', true],
    ["POST", "/v1/webhooks/endpoints/whe_1/replay", '{"since":"2026-11-24T06:00:00Z","until":"1970-01-01T00:00:01.000Z"}', true],
    ["PATCH", "/v1/webhooks/endpoints/whe_1", '{"url":"https://example.com","per_minute":null}', false],
    ["POST", "/v1/runs/run_1/edit", '{"digest":"sha256:1","changes":{"0.amount":"20 dollars"}}', true],
    ["POST", "/v1/runs/run_1/decide", '{"verdict":"happened"}', true],
    ["DELETE", "/v1/contracts/shop.restock", "", true],
    ["POST", "/v1/events/fire", '{"event":"a.b","data":{},"occurred_at":"1970-01-01T00:00:00.000Z"}', true],
  ]);
});

test("where WebCrypto is no global, as in Node 18, it is found", async () => {
  const { sign } = await import("../dist/esm/index.js");
  const known = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  const here = await sign("secret", "text");
  Object.defineProperty(globalThis, "crypto", { configurable: true, value: undefined });
  try {
    assert.equal(await sign("secret", "text"), here);
  } finally {
    if (known) Object.defineProperty(globalThis, "crypto", known);
    else delete globalThis.crypto;
  }
});

test("what no header can carry is refused before it is signed", async () => {
  const { stringToSign } = await import("../dist/esm/index.js");
  const error = await caught(stringToSign({ ts: 1, nonce: "n", key: "k", method: "GET", path: "/a\nb" }));
  assert.ok(error instanceof ConfigurationError && error instanceof OpsIQError);
});
