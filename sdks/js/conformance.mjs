// The driver of sdks/conformance/scenario.json for this SDK: one JSON command a line in, one JSON answer a line out.
import { createInterface } from "node:readline";
import { Held, Listing, OpsIQ, Started, verify } from "./dist/esm/index.js";

const clients = new Map();
const held = new Map();

const commands = {
  client({ name, base_url, public_key, secret_key, timeout_s, max_retries, clock_offset_s = 0 }) {
    const clock = { now: () => Date.now() + clock_offset_s * 1000 };
    clients.set(name, new OpsIQ({ publicKey: public_key, secretKey: secret_key, baseUrl: base_url, timeoutS: timeout_s, maxRetries: max_retries, clock }));
    return null;
  },
  async call({ client, call, args = [], options = {}, take = Infinity }) {
    const names = call.split(".");
    const method = names.pop();
    const owner = names.reduce((each, name) => each[name], clients.get(client));
    const answer = await owner[method](...args, call.endsWith(".list") ? options : camel(options));
    if (answer instanceof Listing) return taken(answer, take);
    if (answer instanceof Held) held.set(client, answer);
    return answer instanceof Held || answer instanceof Started ? answer.run : answer;
  },
  held({ client, method, options = {} }) {
    return held.get(client)[method](camel(options));
  },
  async verify({ secrets, headers, body_base64 }) {
    const { id, body } = await verify({ headers, body: Buffer.from(body_base64, "base64") }, { secrets });
    return { ...JSON.parse(new TextDecoder().decode(body)), id };
  },
};

async function taken(listing, most) {
  const items = [];
  for await (const each of listing) if (items.push(each) >= most) break;
  return items;
}

function camel(options) {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), value]));
}

function told(error) {
  const { code = null, status = null, requestId = null, retryable = null, retryAfterS = null, reason = null } = error;
  const message = [error.stack, JSON.stringify(error), error.cause?.stack].join("\n");
  return { class: error.name, code, status, request_id: requestId, retryable, retry_after_s: retryAfterS, reason, message };
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  const answer = await (async () => commands[command.do](command))().then((ok) => ({ ok: ok ?? null }), (error) => ({ error: told(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
