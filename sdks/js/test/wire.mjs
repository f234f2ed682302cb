// Real HTTP on loopback: a server that answers as it was told and remembers what came; a clock that is told the time.
import { createServer } from "node:http";
import { OpsIQ } from "../dist/esm/index.js";

export const PUBLIC = "pk_test_1";
export const SECRET = "sk_test_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/** `answers`: {status, headers, body | problem}, or {transport: connect | dropped | timeout}. After the last one it answers 200 {}. */
export async function scripted(answers = []) {
  const got = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (each) => chunks.push(each));
    request.on("end", () => {
      const [path, query = ""] = request.url.split(/\?(.*)/s);
      got.push({ method: request.method, path, query, headers: request.headers, raw: request.rawHeaders, body: Buffer.concat(chunks) });
      const answer = answers[got.length - 1] ?? { status: 200, body: "{}" };
      if (answer.transport === "timeout") return;
      if (answer.transport) return void request.socket.destroy();
      const headers = Object.entries(answer.headers ?? {}).map(([name, value]) => [name, Buffer.from(value).toString("latin1")]);
      response.writeHead(answer.status, headers.flat());
      response.end(answer.problem ? JSON.stringify(answer.problem) : (answer.body ?? ""));
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    got,
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Reads of `seconds` one after the other: each sleep goes on to the next. `pauses` are the milliseconds slept. */
export function told(seconds) {
  const pauses = [];
  return {
    pauses,
    now: () => seconds[Math.min(pauses.length, seconds.length - 1)] * 1000,
    async sleep(ms) { pauses.push(ms); },
  };
}

export function client(baseUrl, options = {}) {
  return new OpsIQ({ publicKey: PUBLIC, secretKey: SECRET, baseUrl, ...options });
}

/** `webhooks.endpoints.list` of a client, called with positional `args` and options named as in the vectors. */
export function call(ops, name, args = [], options) {
  const names = name.split(".");
  const method = names.pop();
  const owner = names.reduce((each, part) => each[part], ops);
  return owner[method](...args, ...(options ? [...owned(name, args), camel(name, options)] : []));
}

/** Between the arguments and the options stands `data` or `params`, where it is left out. */
function owned(name, args) {
  return ["events.fire", "actions.run"].includes(name) && args.length < 2 ? [undefined] : [];
}

/** Filters of lists are the API's own names; options of calls are JavaScript's. */
function camel(name, options) {
  if (name.endsWith(".list")) return options;
  return Object.fromEntries(Object.entries(options).map(([each, value]) => [each.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), value]));
}

export async function caught(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it should have failed");
}
