// The package as a stranger gets it: packed, installed into an empty project, used from ESM, CommonJS and TypeScript, as the documents say.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";
import { Webhook } from "standardwebhooks";
import ts from "typescript";
import * as sdk from "../../dist/esm/index.js";
import { client } from "../wire.mjs";

const here = fileURLToPath(new URL("../..", import.meta.url));
const repository = new URL("../../../../", import.meta.url);
const environment = process.env;
const run = (file, words, options) => promisify(execFile)(file, words, { env: environment, ...options });
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const project = realpathSync(mkdtempSync(join(tmpdir(), "stranger-")));
let packed;
before(async () => {
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", project], { cwd: here });
  [packed] = JSON.parse(stdout);
  writeFileSync(join(project, "package.json"), "{}\n");
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(project, packed.filename)], { cwd: project });
  for (const each of ["express", "fastify"]) symlinkSync(join(here, "node_modules", each), join(project, "node_modules", each));
  mkdirSync(join(project, "node_modules/@types"));
  symlinkSync(join(here, "node_modules/@types/node"), join(project, "node_modules/@types/node"));
});
after(() => rmSync(project, { recursive: true, force: true }));

const write = (name, text) => (writeFileSync(join(project, name), text), join(project, name));
const node = (file, more = {}) => run(process.execPath, [file], { cwd: project, env: { ...environment, ...more }, timeout: 60_000 });

const SEED = `
const ops = new OpsIQ({
publicKey: process.env.OPSIQ_KEY,
secretKey: process.env.OPSIQ_SECRET,
});
// Fire an event from your backend
await ops.events.fire("order.shipped", {
customer_id: 421,
order_ref: "NB-9182",
carrier: "DHL",
});
// Run a contracted action
const result = await ops.actions.run("saas.send_kb_link", {
ticket_id: 5519,
article: "how-to-reset-password",
});
`;
const TELL = `if (result.held) await result.confirm(); console.log(JSON.stringify({ id: result.id, state: (await result.wait({ timeoutS: 60 })).state, action: result.run.card.calls[0].action }));`;
const CARRIED_OUT = (stdout) => {
  const { id, state, action } = JSON.parse(stdout);
  assert.match(id, /^run_/);
  assert.deepEqual([state, action], ["succeeded", "saas.send_kb_link"]);
};

describe("in a stranger's project", () => {
  test("the seed's lines run as they are, from ESM", async () => {
    CARRIED_OUT((await node(write("seed.mjs", `import { OpsIQ } from"@opsiq/sdk";${SEED}${TELL}`))).stdout);
  });

  test("… and from CommonJS", async () => {
    CARRIED_OUT((await node(write("seed.cjs", `const { OpsIQ } = require("@opsiq/sdk");(async () => {${SEED}${TELL}})();`))).stdout);
  });

  test("it brings nothing along, and only what is needed", () => {
    const names = packed.files.map((each) => each.path);
    assert.ok(names.every((each) => each.startsWith("dist/") || ["package.json", "README.md"].includes(each)), names.join());
    assert.deepEqual(readdirSync(join(project, "node_modules")).filter((each) => !each.startsWith(".")).sort(), ["@opsiq", "@types", "express", "fastify"]);
  });

  const options = { strict: true, noEmit: true, exactOptionalPropertyTypes: true, target: "ES2022", skipLibCheck: false };
  const settings = {
    "Node, ESM": { module: "NodeNext", lib: ["ES2022"], types: ["node"] },
    "Node, CommonJS": { module: "CommonJS", moduleResolution: "Node10", lib: ["ES2022"], types: ["node"] },
    "a bundler for the edge": { module: "ESNext", moduleResolution: "Bundler", lib: ["ES2022", "DOM", "DOM.Iterable"], types: [] },
  };
  // What the compiler says of the stranger's file and of the package; what it says of its own library is its own affair.
  const faults = (config) => {
    const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, project, {}, join(project, "tsconfig.json"));
    const program = ts.createProgram(fileNames, options);
    const files = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(project) && !fileName.includes("/@types/"));
    assert.ok(files.length > 10, "the stranger's file and the package's declarations");
    const said = [errors, program.getOptionsDiagnostics(), program.getGlobalDiagnostics(), ...files.flatMap((each) => [program.getSyntacticDiagnostics(each), program.getSemanticDiagnostics(each)])];
    return said.flat().map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
  };
  for (const [name, more] of Object.entries(settings)) {
    test(`TypeScript takes it, and tells the types apart: ${name}`, async () => {
      const file = name === "Node, ESM" ? "strange.mts" : "strange.ts";
      write(file, `${more.types.length ? "" : "declare const process: { env: Record<string, string | undefined> };\n"}${readFileSync(new URL("strange.ts", import.meta.url), "utf8")}`);
      assert.deepEqual(faults({ compilerOptions: { ...options, ...more }, files: [file] }), []);
    });
  }

  test("its types need no newest compiler", () => {
    for (const each of packed.files.filter(({ path }) => path.endsWith(".d.ts"))) {
      assert.doesNotMatch(readFileSync(join(here, each.path), "utf8"), /Uint8Array</, each.path);
    }
  });
});

describe("the documents", () => {
  const pages = { "README.md": new URL("sdks/js/README.md", repository), "sdk-js.md": new URL("docs/reference/sdk-js.md", repository) };
  const examples = Object.entries(pages).flatMap(([name, url]) =>
    [...readFileSync(url, "utf8").matchAll(/(?:<!-- runs(?:: (\w+))? -->\n)?```js\n(.*?)```/gs)].map(([whole, how, code], at) => ({ name: `${name}, example ${at + 1}`, whole, how, code })));

  test("every example says how it is run", () => {
    assert.ok(examples.length >= 7);
    for (const each of examples) assert.ok(each.whole.startsWith("<!-- runs"), each.name);
  });

  for (const [at, { name, how, code }] of examples.entries()) {
    test(`${name} runs${how ? ` (${how})` : ""}`, async () => {
      const file = write(`example${at}.mjs`, code);
      if (!how) return void (await node(file));
      if (how === "records") {
        const [said, ...records] = (await node(file)).stdout.trim().split("\n");
        assert.ok(records.length > 20, said);
        return void assert.equal(records.length, parseInt(said, 10));
      }
      if (how === "fetch" || how === "verify") {
        const body = how === "fetch" ? CALL(7) : EVENT;
        const { stdout } = await node(write(`example${at}.run.mjs`, `import { POST } from "./example${at}.mjs";
          const answer = await POST(new Request("https://example.com/opsiq", { method: "POST", body: ${JSON.stringify(body)}, headers: ${JSON.stringify(signed(body))} }));
          const forged = await POST(new Request("https://example.com/opsiq", { method: "POST", body: "{}", headers: ${JSON.stringify(signed(body))} }));
          console.log(answer.status, await answer.text(), forged.status);`), { OPSIQ_ACTION_SECRET: OTHER, OPSIQ_WEBHOOK_SECRET: SECRET });
        assert.match(stdout, how === "fetch" ? /^200 {"refunded":7} 401$/m : /^204 {2}401$/m);
        return;
      }
      const port = await free();
      const server = spawn(process.execPath, [file], { cwd: project, env: { ...environment, PORT: String(port), OPSIQ_ACTION_SECRET: SECRET }, stdio: ["ignore", "ignore", "inherit"] });
      try {
        const send = (invoice) => post(`http://127.0.0.1:${port}/opsiq`, CALL(invoice));
        const answers = [await send(7), await send(7), ...(how === "fastify" ? [await send(13)] : [])];
        assert.deepEqual(answers.slice(0, 2).map((each) => [each.status, each.said, each.replayed]), [[200, { refunded: 7 }, null], [200, { refunded: 7 }, "true"]]);
        if (how === "fastify") assert.deepEqual([answers[2].status, answers[2].said.code], [409, "already_refunded"]);
      } finally {
        server.kill();
      }
    });
  }

  test("a checkout installs as the README says, and is built by that", async () => {
    const lines = [...readFileSync(pages["README.md"], "utf8").matchAll(/^ {4}npm .* path\/to\/opsiq\/sdks\/js$/gm)].map(([line]) => line.trim());
    assert.deepEqual(lines.map((line) => line.split(" ")[1]), ["ci", "install"]);
    const [checkout, folder] = ["checkout", "installer"].map((name) => join(project, name));
    cpSync(here, checkout, { recursive: true, filter: (from) => !["node_modules", "dist", "coverage"].includes(basename(from)) });
    symlinkSync(realpathSync(join(here, "node_modules")), join(checkout, "node_modules")); // stands for the first line, which asks a registry
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), "{}\n");
    const words = lines[1].replace("path/to/opsiq/sdks/js", checkout).split(" ").slice(1);
    await run("npm", [...words, "--offline", "--no-audit", "--no-fund"], { cwd: folder });
    writeFileSync(join(folder, "use.mjs"), 'import { OpsIQ } from "@opsiq/sdk"; console.log(typeof OpsIQ);');
    assert.equal((await run(process.execPath, ["use.mjs"], { cwd: folder })).stdout, "function\n");
  });

  test("declaring a handler takes fewer than ten lines", () => {
    for (const how of ["express", "fetch"]) assert.ok(examples.find((each) => each.how === how).code.split("\n").filter(Boolean).length < 10);
  });

  test("every method, option and error stands in the reference, and nothing else", () => {
    const page = readFileSync(pages["sdk-js.md"], "utf8");
    const ops = client("http://127.0.0.1:1");
    const methods = (owner) => Object.getOwnPropertyNames(Object.getPrototypeOf(owner)).filter((each) => !["constructor", "toJSON", "http", "listed"].includes(each) && typeof owner[each] === "function");
    const parts = { "": ops, ...Object.fromEntries(Object.entries(ops).filter(([, each]) => typeof each === "object").map(([name, each]) => [`${name}.`, each])) };
    for (const [name, each] of Object.entries(ops.webhooks)) parts[`webhooks.${name}.`] = each;
    const table = page.slice(page.indexOf("| method |"), page.indexOf("Answers are typed"));
    const rows = table.split("\n").flatMap((row) => {
      const calls = [...(row.split(" | ")[0] ?? "").matchAll(/`([\w.]+)\(/g)].map(([, call]) => call);
      const owner = calls[0]?.replace(/\w+$/, "");
      return calls.map((call) => (call.startsWith(".") ? owner + call.slice(1) : call));
    });
    const real = Object.entries(parts).flatMap(([owner, each]) => methods(each).map((method) => owner + method));
    assert.deepEqual(rows.sort(), real.sort());
    for (const name of Object.keys(sdk)) assert.ok(page.includes(name) || name === "VERSION" || name === "Listing", `${name} is not in the reference`);
  });
});

describe("the source", () => {
  const files = readdirSync(join(here, "src")).filter((each) => each.endsWith(".ts"));

  test("is fewer than 1,200 lines of code, but for generated types", () => {
    const code = (name) => readFileSync(join(here, "src", name), "utf8").split("\n").filter((line) => !/^\s*(\/\*\*|\*|\/\/|$)/.test(line));
    const lines = files.flatMap(code).length;
    assert.ok(lines < 1200, `${lines} lines`);
  });

  test("needs nothing of Node's own", () => {
    for (const each of files) assert.doesNotMatch(readFileSync(join(here, "src", each), "utf8"), /(from|require\() ?"node:|\bBuffer\b|\b__dirname\b/, each);
  });

  test("runs where there is nothing but what the web has", async () => {
    const web = { fetch, URL, Headers, Request, Response, AbortController, AbortSignal, TextEncoder, TextDecoder, btoa, atob, crypto, setTimeout, clearTimeout, Uint8Array, ArrayBuffer };
    const realm = createContext({ ...web, navigator: { userAgent: "Edge/1" } });
    const loaded = new Map();
    const load = (name) => {
      assert.match(name, /^\.\/[\w/]+\.js$/, "only its own files are asked for");
      if (!loaded.has(name)) {
        const module = { exports: {} };
        loaded.set(name, module);
        runInContext(`(function (require, module, exports) {${readFileSync(join(here, "dist/cjs", name), "utf8")}\n})`, realm)(load, module, module.exports);
      }
      return loaded.get(name).exports;
    };
    const edge = load("./index.js");
    const sent = [];
    const ops = new edge.OpsIQ({ publicKey: "pk_test_1", secretKey: "sk_test_1", fetch: async (url, options) => (sent.push([url, options]), new Response("{}")) });
    await ops.events.fire("order.shipped", { order_ref: "NB-9182" });
    assert.equal(sent[0][0], "http://127.0.0.1:8080/v1/events/fire");
    assert.match(sent[0][1].headers["User-Agent"], /^opsiq-js\/[\d.]+ Edge\/1$/);
    assert.match(sent[0][1].headers.Authorization, /^OPSIQ1-HMAC-SHA256 key=pk_test_1,/);
    const event = await edge.verifyEvent({ headers: signed(EVENT), body: EVENT }, { secrets: SECRET });
    assert.equal(event.type, "invoice.paid");
  });

  test("the lock file names no address", () => {
    const lock = readFileSync(join(here, "package-lock.json"), "utf8");
    assert.ok(!lock.includes("://") && !lock.includes('"resolved"'));
    assert.deepEqual(JSON.parse(readFileSync(join(here, "package.json"), "utf8")).dependencies, undefined);
  });
});

function CALL(invoice) {
  return JSON.stringify({ action: "saas.refund_invoice", actor: { id: "mem_1", name: "Zoë", role: "owner" }, contract_version: 1, id: `act_${invoice}`, params: { invoice_id: invoice }, run_id: "run_1", workspace: "ws_1" });
}

const EVENT = JSON.stringify({ data: { amount: 1 }, id: "evt_1", timestamp: "2026-11-24T12:00:00.000000Z", type: "invoice.paid" });

function signed(body) {
  const now = new Date();
  const { id } = JSON.parse(body);
  return { "content-type": "application/json", "webhook-id": id, "webhook-timestamp": String(Math.floor(now / 1000)), "webhook-signature": new Webhook(SECRET).sign(id, now, body) };
}

/** Until somebody listens. */
async function post(url, body) {
  for (let left = 300; ; left--) {
    try {
      const answer = await fetch(url, { method: "POST", body, headers: signed(body) });
      return { status: answer.status, said: await answer.json(), replayed: answer.headers.get("idempotency-replayed") };
    } catch (error) {
      if (!left) throw error;
      await new Promise((soon) => setTimeout(soon, 100));
    }
  }
}

function free() {
  return new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => found(port)); });
  });
}

