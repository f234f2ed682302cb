/** One request as it really goes: signed afresh at each try, retried where that can help, bounded in time. */
import { type ApiError, apiError, ConfigurationError, OpsIQError, TimedOutError, type Told, TransportError, UnreadableAnswerError } from "./errors.js";
import { authorization, bytes, newNonce } from "./signing.js";
import type { Answer, Body, Fault, Method, PathsOf, Place } from "./types.js";
import { userAgent } from "./version.js";

export interface RequestOptions {
  /** Ends the request, its waits and retries too; what it throws is the signal's reason. */
  signal?: AbortSignal | undefined;
  /** For one try. */
  timeoutS?: number | undefined;
  /** Tries after the first. */
  maxRetries?: number | undefined;
}

export interface ActOptions extends RequestOptions {
  /** Made where absent. Give one to what must happen once however often your program runs: `order-9182-shipped`. */
  idempotencyKey?: string | undefined;
}

/** One try, as the `log` option hears of it. No header, no body, no query. */
export interface LogEntry {
  method: string;
  path: string;
  attempt: number;
  durationMs: number;
  status?: number | undefined;
  code?: string | undefined;
  requestId?: string | undefined;
  /** Set where the same is tried again, after so long. */
  retryInMs?: number | undefined;
}

/** Milliseconds since 1970, and how to let some pass. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

export interface Settings {
  readonly publicKey: string;
  readonly baseUrl: string;
  readonly timeoutS: number;
  readonly maxRetries: number;
  readonly fetch: typeof fetch;
  readonly log: ((entry: LogEntry) => void) | undefined;
  readonly clock: Clock;
}

type Value = string | number | boolean;
export type QueryValues = Readonly<Record<string, Value | readonly Value[] | null | undefined>>;
interface Parts<B = unknown> {
  query?: object | undefined;
  body?: B;
  /** Whether an Idempotency-Key is sent. */
  acts?: boolean;
}

const IDEMPOTENCY_KEY = /^[A-Za-z0-9_.:-]{1,255}$/;
const WORTH_RETRYING = [408, 425, 429, 500, 502, 503, 504];
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 8_000;
/** A server that asks for more patience than this is not waited for: the error says how long. */
const MAX_RETRY_AFTER_S = 60;
const requestIds = new WeakMap<object, string>();

/** The request id of an answer that this SDK gave: found again in the server's log and in AI History. */
export function requestIdOf(answer: object): string | undefined {
  return requestIds.get(answer);
}

export class Transport {
  readonly #sign: (request: Omit<Parameters<typeof authorization>[1], "key">) => Promise<string>;
  /** Our clock plus this is the server's. */
  #offsetS = 0;

  constructor(readonly settings: Settings, secretKey: string) {
    this.#sign = (request) => authorization(secretKey, { ...request, key: settings.publicKey });
  }

  /** An operation of the API's document: what goes in and what comes out are its types. */
  async call<M extends Method, P extends PathsOf<M>>(
    method: M, path: P, at: Place<M, P>, parts: Parts<Body<M, P>> = {}, options?: ActOptions,
  ): Promise<Answer<M, P>> {
    const named = (at ?? {}) as Record<string, string | number>;
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => segment(name, named[name]));
    return (await this.send(method.toUpperCase(), filled, { acts: method === "post", ...parts }, options)) as Answer<M, P>;
  }

  /** Any request. Throws an OpsIQError, or the reason of `options.signal`. */
  async send(method: string, path: string, parts: Parts, options: ActOptions = {}): Promise<unknown> {
    const { clock, maxRetries } = this.settings;
    const url = new URL(this.settings.baseUrl + path);
    url.search = queryString(parts.query as QueryValues | undefined);
    const body = parts.body === undefined ? undefined : bytes(json(parts.body));
    const key = parts.acts ? (options.idempotencyKey ?? (await newNonce())) : "";
    if (parts.acts && !IDEMPOTENCY_KEY.test(key)) throw new ConfigurationError("An idempotencyKey is 1 to 255 characters of A-Z a-z 0-9 _ . : -");
    let mended = false;
    for (let attempt = 1; ; attempt++) {
      options.signal?.throwIfAborted();
      const started = clock.now();
      const entry: LogEntry = { method, path: url.pathname, attempt, durationMs: 0 };
      try {
        const answer = await this.#try(method, url, key, body, Math.floor(started / 1000), options, entry);
        this.#log(entry, started);
        return answer;
      } catch (error) {
        if (options.signal?.aborted) throw options.signal.reason;
        if (!(error instanceof OpsIQError)) throw error;
        const next = decide(error, { attempt, maxRetries: options.maxRetries ?? maxRetries, mended });
        entry.code = error.code;
        entry.retryInMs = next?.pauseMs;
        this.#log(entry, started);
        if (!next) throw error;
        if (next.serverTime !== undefined) {
          this.#offsetS = next.serverTime - Math.floor(started / 1000);
          mended = true;
        }
        await clock.sleep(next.pauseMs, options.signal);
      }
    }
  }

  async #try(method: string, url: URL, key: string, body: Uint8Array<ArrayBuffer> | undefined, nowS: number, options: RequestOptions, entry: LogEntry): Promise<unknown> {
    const { fetch, timeoutS: usual } = this.settings;
    const query = url.search.slice(1);
    const signed = { ts: nowS + this.#offsetS, nonce: await newNonce(), method, path: url.pathname, query, idempotencyKey: key, body: body ?? "" };
    const headers = {
      Authorization: await this.#sign(signed),
      Accept: "application/json",
      "User-Agent": userAgent(),
      ...(key ? { "Idempotency-Key": key } : {}),
      ...(body ? { "Content-Type": "application/json" } : {}),
    };
    const timeoutS = options.timeoutS ?? usual;
    const stop = new AbortController();
    const abort = (): void => { stop.abort(); };
    const timer = setTimeout(abort, timeoutS * 1000);
    options.signal?.addEventListener("abort", abort, { once: true });
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(url.href, { method, headers, body: body ?? null, redirect: "manual", signal: stop.signal });
      text = await answer.text();
    } catch (error) {
      if (stop.signal.aborted) throw new TimedOutError(`${method} ${url.pathname}: no answer within ${String(timeoutS)} s.`);
      throw new TransportError(`${method} ${url.pathname}: ${url.origin} can't be reached, or closed the connection.`, { cause: error });
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
    }
    return read(answer, text, entry, this.settings.clock.now());
  }

  #log(entry: LogEntry, started: number): void {
    entry.durationMs = this.settings.clock.now() - started;
    try {
      this.settings.log?.(entry);
    } catch {
      // A broken logger must not break requests.
    }
  }
}

function read(answer: Response, text: string, entry: LogEntry, nowMs: number): unknown {
  const { status, headers } = answer;
  entry.status = status;
  entry.requestId = headers.get("x-request-id") ?? undefined;
  if (answer.ok && text === "") return undefined;
  const said = objectIn(text);
  if (answer.ok && said) {
    if (entry.requestId) requestIds.set(said, entry.requestId);
    return said;
  }
  const told = toldBy(said ?? {}, status, entry.requestId, retryAfter(headers.get("retry-after"), nowMs));
  entry.requestId = told.requestId;
  throw answer.ok ? new UnreadableAnswerError(told) : apiError(told);
}

/** A member of the wrong type counts as absent. The text of what is no problem document is not quoted. */
function toldBy(said: Record<string, unknown>, status: number, requestId: string | undefined, retryAfterS: number | undefined): Told {
  const text = (name: string): string | undefined => (typeof said[name] === "string" ? said[name] : undefined);
  const what = status < 300 ? "can't be read" : status < 400 ? "is a redirect, and those are not followed" : "is no problem document";
  return {
    status,
    code: status < 300 ? "unreadable_answer" : text("code"),
    detail: text("detail") ?? text("title") ?? `The answer (${String(status)}) ${what}. Is baseUrl the address of an OpsIQ server?`,
    requestId: text("request_id") ?? requestId,
    retryable: typeof said["retryable"] === "boolean" ? said["retryable"] : WORTH_RETRYING.includes(status),
    retryAfterS,
    errors: Array.isArray(said["errors"]) ? (said["errors"] as Fault[]) : [],
    runId: text("run_id"),
    serverTime: Number.isSafeInteger(said["server_time"]) ? (said["server_time"] as number) : undefined,
  };
}

/** Whether the same is sent again and after how long; by which clock, where ours was found wrong (tests/vectors/README.md). */
export function decide(error: OpsIQError, { attempt, maxRetries, mended }: { attempt: number; maxRetries: number; mended: boolean }): { pauseMs: number; serverTime?: number } | undefined {
  const { serverTime, retryAfterS = 0 } = error as Partial<ApiError>;
  if (attempt > maxRetries) return undefined;
  if (error.code === "clock_skew" && serverTime !== undefined && !mended) return { pauseMs: 0, serverTime };
  if (!error.retryable || retryAfterS > MAX_RETRY_AFTER_S) return undefined;
  const most = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), MAX_PAUSE_MS);
  return { pauseMs: Math.max(retryAfterS * 1000, most * (0.5 + Math.random() / 2)) };
}

/** Seconds of a Retry-After header in either form; undefined for none, or one that can't be read. */
export function retryAfter(value: string | null, nowMs: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^[0-9]{1,12}$/.test(text)) return Number(text);
  const at = /^[A-Za-z]{3,9},? .*GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, (at - nowMs) / 1000);
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => { clearTimeout(timer); reject(signal?.reason as Error); };
      const timer = setTimeout(() => { signal?.removeEventListener("abort", stop); resolve(); }, ms);
      if (signal?.aborted) stop();
      else signal?.addEventListener("abort", stop, { once: true });
    }),
};

/** Everything but the unreserved marks, in upper-case hex. */
function encoded(value: Value): string {
  return encodeURIComponent(String(value)).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function segment(name: string, value: string | number | undefined): string {
  const text = encoded(value ?? "");
  // "." and ".." would be resolved away on the way out: another path than the one that was meant.
  if (/^\.{0,2}$/.test(text)) throw new ConfigurationError(`${name} can't be ${JSON.stringify(value)}.`);
  return text;
}

function queryString(values: QueryValues = {}): string {
  const pairs = Object.entries(values).flatMap(([name, value]) => [value].flat<(Value | readonly Value[] | null | undefined)[]>().map((each) => [name, each] as const));
  return pairs.flatMap(([name, each]) => (each === undefined || each === null ? [] : [`${encoded(name)}=${encoded(each)}`])).join("&");
}

function json(value: unknown): string {
  return JSON.stringify(value, (name, each: unknown) => {
    const odd = (typeof each === "number" && !Number.isFinite(each)) || typeof each === "bigint";
    if (odd) throw new ConfigurationError(`${name || "The body"} is ${String(each)}, which JSON can't hold.`);
    return each;
  });
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
