/** The raw bytes and the headers of a request, in whatever shape a framework hands it over. */
import { WebhookVerificationError } from "./errors.js";
import { bytes } from "./encoding.js";

export type HeaderValues = Iterable<readonly [string, string]> | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * A Fetch `Request` (Next.js app router, Hono, Deno, Bun, Workers), what Express, Fastify, Next.js pages and `node:http` call a request,
 * or simply headers and the raw body.
 */
export type Incoming = Request | { headers: HeaderValues | Headers; body?: unknown; rawBody?: unknown };

const MAX_BODY_BYTES = 1024 * 1024;
const NEEDED = ["webhook-id", "webhook-timestamp", "webhook-signature"];

/** By lower-case name. Throws for one of the needed that is missing or stands twice. */
export function headersOf(input: Incoming): Readonly<Record<string, string | undefined>> {
  const found: Record<string, string> = {};
  const twice: string[] = [];
  for (const [given, value] of pairs(input)) {
    const name = given.toLowerCase();
    // A comma and a space is how frameworks join what stood twice; nothing that is ours holds them.
    if (NEEDED.includes(name) && (name in found || (name === "webhook-signature" && /,\s/.test(value)))) twice.push(name);
    found[name] = value;
  }
  for (const name of NEEDED) if (!found[name]) throw new WebhookVerificationError("missing_header", `The header ${name} is missing.`);
  if (twice[0]) throw new WebhookVerificationError("duplicate_header", `The header ${twice[0]} stands twice.`);
  return found;
}

/** Throws where the raw bytes are gone. */
export async function bodyOf(input: Incoming): Promise<Uint8Array> {
  if (isFetch(input)) {
    if (input.bodyUsed) throw notRaw("This request's body was read before.");
    return bounded(new Uint8Array(await input.arrayBuffer()));
  }
  const { body, rawBody } = input;
  for (const each of [rawBody, body]) {
    if (typeof each === "string" || each instanceof Uint8Array) return bounded(bytes(each));
    if (each instanceof ArrayBuffer) return bounded(new Uint8Array(each));
  }
  const stream = [body, input].find(isStream);
  if (stream?.readableEnded) throw notRaw("This request's body was read before.");
  if (stream) return drained(stream);
  throw notRaw(body === undefined || body === null ? "There is no body." : "The body was parsed before.");
}

function* pairs(input: Incoming): Iterable<readonly [string, string]> {
  // Node joins or drops doubled headers; here they still stand as they came.
  const { rawHeaders, raw } = input as { rawHeaders?: string[]; raw?: { rawHeaders?: string[] } };
  const list = rawHeaders ?? raw?.rawHeaders;
  if (list) {
    for (let at = 0; at + 1 < list.length; at += 2) yield [String(list[at]), String(list[at + 1])];
  } else if (Symbol.iterator in input.headers) yield* input.headers as Iterable<readonly [string, string]>;
  else for (const [name, value] of Object.entries(input.headers)) for (const each of [value].flat()) if (each !== undefined) yield [name, each];
}

function isFetch(input: Incoming): input is Request { return typeof (input as Partial<Request>).arrayBuffer === "function"; }
function isStream(value: unknown): value is AsyncIterable<string | Uint8Array> & { readableEnded?: boolean } {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

async function drained(stream: AsyncIterable<string | Uint8Array>): Promise<Uint8Array> {
  let whole: Uint8Array = new Uint8Array();
  for await (const each of stream) whole = joined(bounded(whole), bytes(each));
  return bounded(whole);
}

export function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function bounded(body: Uint8Array): Uint8Array {
  if (body.length <= MAX_BODY_BYTES) return body;
  throw new WebhookVerificationError("too_large", `A body has at most ${String(MAX_BODY_BYTES)} bytes.`);
}

function notRaw(what: string): WebhookVerificationError {
  const hint = `in Express express.raw({ type: "*/*" }) on this route, in Fastify addContentTypeParser("application/json", { parseAs: "buffer" }, …), ` +
    `in Next.js pages config = { api: { bodyParser: false } }.`;
  return new WebhookVerificationError("not_raw", `${what} The signature covers the raw bytes, so they are needed: ${hint}`);
}
