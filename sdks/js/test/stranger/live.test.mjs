// Against the real server (test/world.mjs): the whole surface, and messages the server made itself.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { ConflictError, ForbiddenError, Held, NotFoundError, OpsIQ, Receiver, requestIdOf, Started, UnprocessableError, verifyEvent } from "../../dist/esm/index.js";
import { caught } from "../wire.mjs";

const ops = new OpsIQ({ publicKey: process.env.OPSIQ_KEY, secretKey: process.env.OPSIQ_SECRET });
const arrived = [];
let hear = (request, response) => response.writeHead(204).end();
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const each of request) chunks.push(each);
  request.rawBody = Buffer.concat(chunks);
  arrived.push({ path: request.url, headers: request.headers, body: request.rawBody });
  await hear(request, response);
});
let here;
before(async () => {
  assert.ok(process.env.OPSIQ_URL && process.env.OPSIQ_KEY, "run these by `npm run test:stranger`");
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  here = `http://127.0.0.1:${server.address().port}`;
});
after(() => new Promise((closed) => { server.closeAllConnections(); server.close(closed); }));

async function until(found) {
  for (let left = 600; left; left--) {
    const value = await found();
    if (value) return value;
    await new Promise((soon) => setTimeout(soon, 50));
  }
  throw new Error("it did not come");
}

test("the first call says who one is", async () => {
  const me = await ops.me.get();
  assert.equal(me.key.public, process.env.OPSIQ_KEY);
  assert.equal(me.role, "owner");
  assert.match(requestIdOf(me), /^req_/);
});

test("an event is fired, found again, and fired once under one key", async () => {
  const options = { idempotencyKey: "js-order-9182", occurredAt: new Date("2026-11-24T06:00:00Z") };
  const fired = await ops.events.fire("order.shipped", { customer_id: 421, order_ref: "NB-9182", carrier: "DHL" }, options);
  const again = await ops.events.fire("order.shipped", { customer_id: 421, order_ref: "NB-9182", carrier: "DHL" }, options);
  assert.equal(again.id, fired.id);
  const event = await ops.events.get(fired.id);
  assert.equal(event.data.order_ref, "NB-9182");
  assert.match(event.occurred_at, /^2026-11-24T06:00:00/);
  const { data } = await ops.events.list({ event: "order.shipped", limit: 1 }).page();
  assert.equal(data.length, 1);
});

test("an action without a card is on its way, and comes to an end", async () => {
  const started = await ops.actions.run("saas.set_ticket_priority", { ticket_id: 5519, priority: "high" });
  assert.ok(started instanceof Started);
  const run = await started.wait({ timeoutS: 60 });
  assert.deepEqual([run.state, run.outcomes[0].state], ["succeeded", "succeeded"]);
});

test("a held action waits for its yes, and to another card it is none", async () => {
  const held = await ops.actions.run("saas.apply_credit", { customer_id: 421, amount: 900000, currency: "EUR" }, { session: "js-1" });
  assert.ok(held instanceof Held && held.card.calls[0].action === "saas.apply_credit", JSON.stringify(held.run));
  const stale = await caught(ops.runs.confirm(held.id, `sha256:${"0".repeat(64)}`));
  assert.ok(stale instanceof ConflictError && stale.code === "stale" && stale.requestId);
  const [run] = await Promise.all([held.wait({ timeoutS: 60 }), held.confirm()]);
  assert.equal(run.state, "succeeded");
});

test("a held action can be turned down", async () => {
  const held = await ops.actions.run("saas.apply_credit", { customer_id: 421, amount: 900000, currency: "EUR" }, { session: "js-2" });
  const run = await held.reject({ reason: "Wrong customer" });
  assert.deepEqual([run.state, run.reason], ["rejected", "Wrong customer"]);
  const late = await caught(held.confirm());
  assert.ok(late instanceof ConflictError, late.stack);
});

test("values that won't do are named one by one, and history knows the run", async () => {
  const error = await caught(ops.actions.run("saas.apply_credit", { customer_id: 421, colour: "red" }));
  assert.ok(error instanceof UnprocessableError);
  assert.ok(error.errors.some((each) => each.pointer === "/params/colour" && each.code === "unknown_parameter"));
  assert.match(error.runId, /^run_/);
  assert.match(error.requestId, /^req_/);
});

test("asked in words, it asks back, is answered, edited, and turned down", async () => {
  const run = await ops.runs.wait((await ops.runs.ask("refund Adam's last invoice")).id);
  assert.equal(run.state, "asked");
  await ops.runs.answer(run.id, run.question.slot, { choice: run.question.candidates[0].id });
  const held = await ops.runs.get(run.id, { waitS: 20 });
  assert.equal(held.state, "held");
  assert.equal((await ops.runs.reject(run.id)).state, "rejected");
  const some = [];
  for await (const each of ops.runs.list({ limit: 1 })) if (some.push(each) === 2) break;
  assert.equal(new Set(some.map((each) => each.id)).size, 2);
});

test("safe data: a customer, tickets page by page, connectors", async () => {
  const customer = await ops.customers.get(421);
  assert.deepEqual([customer.kind, customer.id], ["customer", "421"]);
  const seen = new Set();
  for await (const page of ops.tickets.list({ status: ["open", "pending"], limit: 2 }).pages()) page.data.forEach((each) => seen.add(each.id));
  const all = [];
  for await (const each of ops.tickets.list({ status: ["open", "pending"], limit: 50 })) all.push(each.id);
  assert.deepEqual([...seen].sort(), all.sort());
  assert.ok(all.length > 2);
  assert.ok((await ops.connectors.list()).some((each) => each.name === "saas"));
  assert.ok((await caught(ops.customers.get("a/../b"))) instanceof NotFoundError);
});

test("what the server sends is believed by this SDK and by the published library alike", async () => {
  const endpoint = await ops.webhooks.endpoints.create(`${here}/hooks`, ["order.*"], { description: "js", headers: { "X-Team": "ledger" }, perMinute: 600 });
  const arriving = (attempt) => until(() => arrived.find((each) => each.path === "/hooks" && each.headers["opsiq-attempt"] === String(attempt)));
  const test = await ops.webhooks.test(endpoint.id, "order.shipped");
  const first = await arriving(1);
  const event = await verifyEvent(first, { secrets: endpoint.secret });
  assert.equal(event.type, "order.shipped");
  assert.deepEqual(new Webhook(endpoint.secret).verify(first.body, first.headers), event);
  assert.equal(first.headers["x-team"], "ledger");

  const rotated = await ops.webhooks.endpoints.rotate(endpoint.id);
  await ops.webhooks.deliveries.resend(test.id);
  const again = await arriving(2);
  assert.ok(again.body.equals(first.body) && again.headers["webhook-id"] === first.headers["webhook-id"]);
  for (const secret of [endpoint.secret, rotated.secret]) {
    assert.equal((await verifyEvent(again, { secrets: secret })).id, event.id);
    assert.equal(new Webhook(secret).verify(again.body, again.headers).id, event.id);
  }
  const delivery = await until(async () => { const each = await ops.webhooks.deliveries.get(test.id); return each.attempt_log.length === 2 && each; });
  assert.equal(delivery.body, first.body.toString());
  assert.equal((await ops.webhooks.deliveries.list({ endpoint: endpoint.id, limit: 1 }).page()).data[0].id, test.id);

  assert.deepEqual((await ops.webhooks.endpoints.update(endpoint.id, { events: ["invoice.paid"], perMinute: null })).events, ["invoice.paid"]);
  assert.equal((await ops.webhooks.endpoints.pause(endpoint.id)).state, "paused");
  assert.equal((await ops.webhooks.endpoints.resume(endpoint.id)).state, "active");
  const since = new Date(Date.now() - 3_600_000);
  assert.equal((await ops.webhooks.endpoints.recover(endpoint.id, since)).endpoint, endpoint.id);
  assert.equal((await ops.webhooks.endpoints.replay(endpoint.id, since, { until: new Date() })).endpoint, endpoint.id);
  assert.equal((await ops.webhooks.endpoints.get(endpoint.id)).per_minute, null);
  assert.ok((await ops.webhooks.endpoints.list()).some((each) => each.id === endpoint.id));
  await ops.webhooks.endpoints.delete(endpoint.id);
  assert.ok((await caught(ops.webhooks.endpoints.get(endpoint.id))) instanceof NotFoundError);
});

test("a contract of one's own: registered, run, its call received, verified, done once; then retired", async () => {
  const name = "jsshop.restock";
  const properties = { sku: { type: "string", maxLength: 40, description: "The article." } };
  const [registered] = await ops.contracts.register([{
    schema: "opsiq/contract/v1", name, title: "Restock an article", description: "Order more of an article.", surfaces: ["admin"], roles: ["owner"],
    parameters: { type: "object", additionalProperties: false, required: ["sku"], properties }, endpoint: { url: `${here}/restock` }, confirmation: { policy: "never" },
  }]);
  assert.ok((await ops.contracts.list()).some((each) => each.name === name));
  assert.equal((await ops.contracts.get(name)).signature.verified, true);
  const done = [];
  const receiver = new Receiver({ secrets: registered.secret }).action(name, ({ params, id }) => { done.push(id); return { ordered: params.sku }; });
  const answering = receiver.express();
  let lose = true;
  hear = async (request, response) => {
    if (request.url !== "/restock") return response.writeHead(204).end();
    if (!lose) return answering(request, response);
    lose = false;
    await receiver.handle(request); // it is done, and the answer is lost on the way
    response.writeHead(503).end();
  };
  const result = await ops.actions.run(name, { sku: "B-7" });
  if (result.held) await result.confirm();
  const run = await result.wait({ timeoutS: 60 });
  assert.deepEqual([run.state, run.outcomes[0].answer, run.outcomes[0].attempts], ["succeeded", '{"ordered":"B-7"}', 2]);
  assert.equal(done.length, 1);
  assert.equal((await ops.contracts.retire(name)).state, "retired");
  assert.equal((await ops.contracts.versions(name)).length, 1);
  assert.ok((await caught(ops.actions.run(name, { sku: "B-7" }))) instanceof NotFoundError);
});

test("anything else: history, keys; and a key that may not says so", async () => {
  const history = await ops.request("GET", "/v1/history", { query: { limit: 1 } });
  assert.equal(history.data.length, 1);
  const { key, secret } = await ops.request("POST", "/v1/keys", { body: { name: "js", scopes: ["me:read"] } });
  const small = new OpsIQ({ publicKey: key.public, secretKey: secret });
  await small.me.get();
  const error = await caught(small.contracts.list());
  assert.ok(error instanceof ForbiddenError && error.code === "forbidden");
});

test("a clock that is an hour off is mended by the server's", async () => {
  const late = new OpsIQ({ publicKey: process.env.OPSIQ_KEY, secretKey: process.env.OPSIQ_SECRET, clock: { now: () => Date.now() - 3_600_000 } });
  assert.equal((await late.me.get()).role, "owner");
});
