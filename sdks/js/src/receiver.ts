/** The other side: your code for actions and events, each message verified and done once. */
import { sha256 } from "./crypto.js";
import { WebhookVerificationError } from "./errors.js";
import type { Incoming } from "./incoming.js";
import { refuseUnknown } from "./options.js";
import { type ActionCall, callOf, eventOf, jsonOf, keysOf, type Message, OPTIONS, verify, type VerifyOptions, type WebhookEvent } from "./verify.js";

export interface Reply { status: number; headers: Record<string, string>; body: string }

/** "fresh": it is yours to do. "busy": somebody is at it. "reused": the id stands for another body. Else the kept reply. */
export type Claim = "fresh" | "busy" | "reused" | Reply;

/** Remembers by `webhook-id` what was answered. Keep it where all your processes reach it; MemoryStore is for one. */
export interface Store {
  /** In one step: of two that come at once, one gets "fresh". `fingerprint` is of the body. */
  claim(id: string, fingerprint: string): Claim | Promise<Claim>;
  /** It is done; this is what every repeat gets. */
  keep(id: string, reply: Reply): void | Promise<void>;
  /** It was not done: the next attempt may try. */
  release(id: string): void | Promise<void>;
}

export class MemoryStore implements Store {
  readonly #known = new Map<string, { fingerprint: string; reply?: Reply }>();
  constructor(readonly most = 10_000) {}

  claim(id: string, fingerprint: string): Claim {
    const known = this.#known.get(id);
    if (known) return known.fingerprint === fingerprint ? (known.reply ?? "busy") : "reused";
    this.#known.set(id, { fingerprint });
    if (this.#known.size > this.most) for (const [each, { reply }] of this.#known) if (reply) { this.#known.delete(each); break; }
    return "fresh";
  }
  keep(id: string, reply: Reply): void { this.#known.set(id, { fingerprint: "", ...this.#known.get(id), reply }); }
  release(id: string): void { this.#known.delete(id); }
}

/** Thrown by a handler: no, and for good. OpsIQ does not try again; AI History shows the words. */
export class Refuse extends Error {
  constructor(message: string, readonly status = 422, readonly code = "refused") { super(message); }
}

export interface ReceiverOptions extends VerifyOptions {
  store?: Store | undefined;
  /** Hears of what a handler or the store threw, and of messages that were not believed; console.error where absent. */
  onError?: ((error: unknown, message: Message | undefined) => void) | undefined;
}

type Handler<T> = (what: T, message: Message) => unknown;
/** What Express, Next.js pages and node:http call a response. */
interface NodeResponse { statusCode: number; setHeader(name: string, value: string): unknown; end(body: string): unknown }

interface FastifyReply { code(status: number): FastifyReply; headers(values: Record<string, string>): FastifyReply; send(body: string): unknown }
/** As much of a Fastify instance as `fastify()` needs. */
export interface FastifyApp {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(type: string, options: { parseAs: "buffer" }, parser: (request: unknown, body: Uint8Array, done: (error: Error | null, body?: Uint8Array) => void) => void): unknown;
  post(path: string, handler: (request: Incoming, reply: FastifyReply) => Promise<unknown>): unknown;
}

export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #store: Store;
  readonly #actions = new Map<string, Handler<never>>();
  readonly #events: [pattern: RegExp, handler: Handler<never>][] = [];

  /** Throws ConfigurationError for a secret that is none, and for an unknown option. */
  constructor(options: ReceiverOptions) {
    refuseUnknown(options, OPTIONS);
    keysOf(options.secrets);
    this.#options = options;
    this.#store = options.store ?? new MemoryStore();
  }
  /** What is done for an action. What it returns is the answer (JSON); what it throws lets OpsIQ try again, but for Refuse. */
  action<P = Record<string, unknown>>(name: string, handler: Handler<ActionCall<P>>): this {
    this.#actions.set(name, handler);
    return this;
  }
  /** What is done for events: `invoice.paid`, `invoice.*`, `*`. The first that fits gets it; others are thanked for and dropped. */
  event<D = Record<string, unknown>>(pattern: string, handler: Handler<WebhookEvent<D>>): this {
    this.#events.push([expression(pattern), handler]);
    return this;
  }
  /** For Express, Next.js pages and node:http. The route must leave the body raw. */
  express(): (request: Incoming, response: NodeResponse) => Promise<void> {
    return async (request, response) => {
      const { status, headers, body } = await this.handle(request);
      response.statusCode = status;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.end(body);
    };
  }
  /** For everything that speaks Fetch: Next.js app router, Hono, Deno, Bun, Workers. */
  fetch(): (request: Request) => Promise<Response> {
    return async (request) => {
      const { status, headers, body } = await this.handle(request);
      return new Response(body || null, { status, headers });
    };
  }
  /** A Fastify plugin: `app.register(opsiq.fastify("/opsiq"))`. Bodies stay raw inside it, and as they were for the rest of the app. */
  fastify(path: string): (app: FastifyApp) => Promise<void> {
    // eslint-disable-next-line @typescript-eslint/require-await -- Fastify waits for it
    return async (app) => {
      app.removeAllContentTypeParsers();
      app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => { done(null, body); });
      app.post(path, async (request, reply) => {
        const { status, headers, body } = await this.handle(request);
        return reply.code(status).headers(headers).send(body);
      });
    };
  }
  /** For every other framework: what to answer. Never throws. */
  async handle(request: Incoming): Promise<Reply> {
    let message: Message | undefined;
    try {
      message = await verify(request, this.#options);
      const work = this.#work(message);
      return typeof work === "function" ? await this.#once(message, work) : work;
    } catch (error) {
      this.#tell(error, message);
      if (!(error instanceof WebhookVerificationError)) return problem(503, "unavailable", "Try again later.", { "Retry-After": "5" });
      return problem({ too_large: 413, not_expected: 400 }[error.reason as string] ?? 401, error.reason, error.message);
    }
  }
  /** What is to be done, or what to answer where nothing is. */
  #work(message: Message): (() => unknown) | Reply {
    if ("action" in jsonOf(message)) {
      const call = callOf<never>(message);
      const handler = this.#actions.get(call.action);
      return handler ? () => handler(call as never, message) : problem(404, "unknown_action", "This platform does not know the action.");
    }
    const event = eventOf<never>(message);
    const found = this.#events.find(([pattern]) => pattern.test(event.type));
    return found ? () => found[1](event as never, message) : answer(undefined);
  }

  async #once(message: Message, work: () => unknown): Promise<Reply> {
    const claim = await this.#store.claim(message.id, await sha256(message.body));
    if (claim === "busy") return problem(503, "in_flight", "An earlier attempt is still at work.", { "Retry-After": "1" });
    if (claim === "reused") return problem(422, "webhook_id_reused", "This webhook-id came with another body before.");
    if (claim !== "fresh") return { ...claim, headers: { ...claim.headers, "Idempotency-Replayed": "true" } };
    let reply: Reply;
    try {
      reply = answer(await work());
    } catch (error) {
      if (!(error instanceof Refuse)) {
        this.#tell(error, message);
        await this.#store.release(message.id);
        return problem(500, "failed", "The handler failed.");
      }
      reply = problem(error.status, error.code, error.message);
    }
    try {
      await this.#store.keep(message.id, reply);
    } catch (error) {
      this.#tell(error, message); // it is done: saying so matters more than remembering it
    }
    return reply;
  }

  #tell(error: unknown, message: Message | undefined): void {
    if (this.#options.onError) this.#options.onError(error, message);
    // Its bytes are the customers', and no log's.
    else console.error(error, message && { id: message.id, event: message.event, deliveryId: message.deliveryId, attempt: message.attempt });
  }
}

function answer(value: unknown): Reply {
  if (value === undefined) return { status: 204, headers: {}, body: "" };
  return { status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) };
}

function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { "Content-Type": "application/problem+json", ...headers }, body: JSON.stringify({ status, code, detail }) };
}

/** `*` is one word, as the last word all that follow (docs/guide/webhooks.md). */
function expression(pattern: string): RegExp {
  const words = pattern.split(".").map((word, at, all) => (word === "*" ? (at === all.length - 1 ? ".+" : "[^.]+") : word.replace(/[^A-Za-z0-9_]/g, "\\$&")));
  return new RegExp(`^${words.join("\\.")}$`);
}
