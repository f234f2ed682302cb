// src/generated/openapi.ts from the server's OpenAPI document: the operations this SDK calls, and the schemas they reach; and
// src/generated/events.ts from the catalogue of universal events (registry/events of the repository).
//
//   node scripts/generate.mjs DOCUMENT.json           writes it
//   node scripts/generate.mjs DOCUMENT.json --check   fails where it is not what would be written
//
// The document is what a server answers to GET /openapi.json.
import { readdir, readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const OPENAPI = new URL("../src/generated/openapi.ts", import.meta.url);
const EVENTS = new URL("../src/generated/events.ts", import.meta.url);
const CATALOGUE = new URL("../../../registry/events/", import.meta.url);
const TAGS = ["actions", "connectors", "contracts", "customers", "deliveries", "events", "me", "runs", "tickets", "tools", "webhooks"];
/** What the schemas are called by who uses the SDK. */
const NAMES = {
  Accepted: "AcceptedView", CallOutcome: "CallOutcome", Candidate: "Candidate", Card: "CardView", Connector: "ConnectorView", Contract: "ContractView", ContractSummary: "ContractSummary",
  ContractVersion: "VersionView", Delivery: "DeliveryView", DeliveryDetail: "DeliveryDetail", DeliveryPage: "DeliveryPage", Endpoint: "EndpointView",
  EndpointWithSecret: "EndpointWithSecret", EventDetail: "EventDetail", EventPage: "EventPage", EventType: "EventTypeView", EventView: "EventView", Me: "MeView", Question: "QuestionView",
  RecordPage: "RecordPage", RecordView: "RecordView", Refusal: "RefusalView", Registered: "RegisteredView", Retired: "RetiredView", Run: "RunView",
  RunPage: "RunPage", Span: "SpanView", ToolList: "ToolList",
};
const HEAD = "// Generated from the server's OpenAPI document by scripts/generate.mjs. Do not edit.\n\n";

export async function generated(document) {
  const paths = {};
  for (const [path, operations] of Object.entries(document.paths)) {
    const wanted = Object.entries(operations).filter(([, each]) => TAGS.includes(String(each.operationId).split(".")[0]));
    if (wanted.length) paths[path] = Object.fromEntries(wanted.map(([method, each]) => [method, bare(each)]));
  }
  const schemas = {};
  const reach = (value) => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name in schemas) continue;
      schemas[name] = plain(document.components.schemas[name]);
      reach(schemas[name]);
    }
  };
  reach(paths);
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  const small = { openapi: document.openapi, info: { title: "OpsIQ", version: "" }, paths, components: { schemas: sorted } };
  const names = Object.entries(NAMES).map(([name, schema]) => `export type ${name} = components["schemas"][${JSON.stringify(schema)}];\n`);
  return `${HEAD}${astToString(await openapiTS(small, { alphabetize: true }))}\n${names.join("")}`;
}

async function eventNames() {
  const files = (await readdir(CATALOGUE)).filter((each) => each.endsWith(".json") && each !== "opsiq.json").sort(); // those of opsiq. nobody else fires
  const types = await Promise.all(files.map(async (each) => JSON.parse(await readFile(new URL(each, CATALOGUE), "utf8")).types));
  const names = types.flat().map(({ name }) => `  | ${JSON.stringify(name)}\n`).join("");
  return `// Generated from the catalogue of universal events by scripts/generate.mjs. Do not edit.\n\n/** Names of the universal events. */\nexport type EventName =\n${names.trimEnd()};\n`;
}

// Without titles and examples: they say nothing of the shape, and change more often.
function plain(value, names = false) {
  if (Array.isArray(value)) return value.map((each) => plain(each));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => names || !["title", "example", "examples"].includes(name));
  return Object.fromEntries(kept.map(([name, each]) => [name, plain(each, !names && name === "properties")]));
}

// What types need of an operation: its parameters, its body, what it answers when all is well.
function bare({ operationId, parameters = [], requestBody, responses }) {
  const good = Object.entries(responses).filter(([status]) => status < "400");
  const named = parameters.filter((each) => each.in !== "header");
  const answers = good.map(([status, { description, content }]) => [status, { description, ...(content ? { content } : {}) }]);
  return plain({ operationId, parameters: named, ...(requestBody ? { requestBody } : {}), responses: Object.fromEntries(answers) });
}

const [file, flag] = process.argv.slice(2);
if (!file) throw new Error("usage: node scripts/generate.mjs DOCUMENT.json [--check]");
const made = [[OPENAPI, await generated(JSON.parse(await readFile(file, "utf8")))], [EVENTS, await eventNames()]];
for (const [target, fresh] of made) {
  if (flag !== "--check") await writeFile(target, fresh);
  else if (fresh !== (await readFile(target, "utf8"))) {
    console.error(`${target.pathname.replace(/.*\/src/, "src")} is not what the server says. Run: node scripts/generate.mjs DOCUMENT.json`);
    process.exitCode = 1;
  }
}
