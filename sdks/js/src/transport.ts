/** One request as it really goes: signed afresh at each try, retried where that can help, bounded in time. */
import { type ApiError, apiError, ConfigurationError, OpsIQError, TimedOutError, TransportError, UnreadableAnswerError } from "./errors.js";
import { isObject, parsed, written } from "./json.js";
import { refuseUnknown } from "./options.js";
import { newNonce, type Signable, signer } from "./signing.js";
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
  method: string; path: string; attempt: number; durationMs: number;
  status?: number | undefined; code?: string | undefined; requestId?: string | undefined;
  /** Set where the same is tried again, after so long. */
  retryInMs?: number | undefined;
}

/** Milliseconds since 1970, and how to let some pass. */
export interface Clock { now(): number; sleep(ms: number, signal: AbortSignal | undefined): Promise<void> }

export type Log = (entry: LogEntry) => void;
export type Settings = Readonly<{ publicKey: string; baseUrl: string; timeoutS: number; maxRetries: number; fetch: typeof fetch; log: Log | undefined; clock: Clock }>;
type Value = string | number | boolean;
export type QueryValues = Readonly<Record<string, Value | readonly Value[] | null | undefined>>;
/** `acts`: an Idempotency-Key is sent. `removes`: that it is not there is good news, where a try before may have removed it. */
interface Parts<B = unknown> { query?: object | undefined; body?: B; acts?: boolean; removes?: boolean }

const OPTIONS: Record<keyof ActOptions, true> = { signal: true, timeoutS: true, maxRetries: true, idempotencyKey: true };
const IDEMPOTENCY_KEY = /^[A-Za-z0-9_.:-]{1,255}$/;
const PATH = /^\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/;
const DOTS = /\/(\.|%2e){1,2}(\/|$)/i;
const WORTH_RETRYING = [408, 425, 429, 500, 502, 503, 504];
const PAUSE_MS = { first: 500, most: 8_000 };
/** A server that asks for more patience than this is not waited for: the error says how long. */
const MAX_RETRY_AFTER_S = 60;
const requestIds = new WeakMap<object, string>();

/** The request id of an answer that this SDK gave: found again in the server's log and in AI History. */
export function requestIdOf(answer: object): string | undefined { return requestIds.get(answer); }

export class Transport {
  readonly #sign: (request: Signable) => Promise<string>;
  /** Our clock plus this is the server's. */
  #offsetS = 0;

  constructor(readonly settings: Settings, secretKey: string) {
    this.#sign = signer(secretKey);
  }
  /** An operation of the API's document: what goes in and what comes out are its types. */
  async call<M extends Method, P extends PathsOf<M>>(
    method: M, path: P, at: Place<M, P>, parts: Parts<Body<M, P>> = {}, options?: ActOptions,
  ): Promise<Answer<M, P>> {
    const named = (at ?? {}) as Record<string, string | number>;
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const given = named[name] ?? "";
      if (given === "") throw new ConfigurationError("An id or name can't be empty.");
      return encoded(given);
    });
    return (await this.send(method.toUpperCase(), filled, { acts: method === "post", ...parts }, options)) as Answer<M, P>;
  }
  /** Any request. Throws an OpsIQError, or the reason of `options.signal`. */
  async send(method: string, path: string, parts: Parts, options: ActOptions = {}): Promise<unknown> {
    const { clock, maxRetries } = this.settings;
    refuseUnknown(options, OPTIONS);
    // What an address resolves away ("..") or encodes would be another path than the one that was meant.
    if (!PATH.test(path) || DOTS.test(path)) throw new ConfigurationError(`${JSON.stringify(path)} can't be sent as it is: a path begins with /, is encoded, and has no . or .. in it; the query is apart.`);
    const query = queryString(parts.query as QueryValues | undefined);
    const body = parts.body === undefined ? undefined : written(parts.body);
    const key = parts.acts ? (options.idempotencyKey ?? (await newNonce())) : "";
    if (parts.acts && !IDEMPOTENCY_KEY.test(key)) throw new ConfigurationError("An idempotencyKey is 1 to 255 characters of A-Z a-z 0-9 _ . : -");
    let mended = false;
    let unsure = false;
    for (let attempt = 1; ; attempt++) {
      options.signal?.throwIfAborted();
      const started = clock.now();
      const entry: LogEntry = { method, path, attempt, durationMs: 0 };
      try {
        const answer = await this.#try(method, path, query, key, body, Math.floor(started / 1000), options, entry);
        this.#log(entry, started);
        return answer;
      } catch (error) {
        if (options.signal?.aborted) throw options.signal.reason;
        if (!(error instanceof OpsIQError)) throw error;
        entry.code = error.code;
        if (unsure && parts.removes && error.code === "not_found") {
          this.#log(entry, started);
          return undefined;
        }
        const { status = 500 } = error as Partial<ApiError>;
        unsure ||= status === 408 || status >= 500;
        const next = decide(error, attempt, options.maxRetries ?? maxRetries, mended);
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

  async #try(method: string, path: string, query: string, idempotencyKey: string, body: string | undefined, nowS: number, options: RequestOptions, entry: LogEntry): Promise<unknown> {
    const { fetch, baseUrl, publicKey, timeoutS: usual } = this.settings;
    const signed = { ts: nowS + this.#offsetS, nonce: await newNonce(), key: publicKey, method, path, query, idempotencyKey, body: body ?? "" };
    const headers: Record<string, string> = { Authorization: await this.#sign(signed), Accept: "application/json", "User-Agent": userAgent() };
    if (idempotencyKey) headers["Idempotency-Key"] = idempotencyKey;
    if (body) headers["Content-Type"] = "application/json";
    const timeoutS = options.timeoutS ?? usual;
    const stop = new AbortController();
    const abort = (): void => { stop.abort(); };
    const timer = setTimeout(abort, timeoutS * 1000);
    options.signal?.addEventListener("abort", abort, { once: true });
    let whole: [Response, string];
    try {
      const answer = await fetch(baseUrl + path + (query && `?${query}`), { method, headers, body: body ?? null, redirect: "manual", signal: stop.signal });
      whole = [answer, await answer.text()];
    } catch (error) {
      if (stop.signal.aborted) throw new TimedOutError(`${method} ${path}: no answer from ${baseUrl} within ${String(timeoutS)} s.`);
      throw new TransportError(`${method} ${path}: ${baseUrl} can't be reached, or closed the connection.`, { cause: error });
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
    }
    return read(...whole, entry, baseUrl, this.settings.clock.now());
  }

  #log(entry: LogEntry, started: number): void {
    entry.durationMs = this.settings.clock.now() - started;
    try { this.settings.log?.(entry); } catch { /* a broken logger must not break requests */ }
  }
}

function read(answer: Response, text: string, entry: LogEntry, baseUrl: string, nowMs: number): unknown {
  const { status, headers } = answer;
  entry.status = status;
  entry.requestId = headers.get("x-request-id") ?? undefined;
  if (answer.ok && text === "") return undefined;
  const value = parsed(text);
  const said = isObject(value) ? value : {};
  if (answer.ok && value === said) {
    if (entry.requestId) requestIds.set(said, entry.requestId);
    return said;
  }
  // A member of the wrong type counts as absent. Without a code it is no word of OpsIQ's, and not quoted.
  const { errors, retryable, server_time: time } = said;
  const member = (name: string): string | undefined => textOf(said, name);
  const code = member("code");
  entry.requestId = member("request_id") ?? entry.requestId;
  const told = {
    status,
    code: answer.ok ? "unreadable_answer" : code,
    requestId: entry.requestId,
    retryable: typeof retryable === "boolean" ? retryable : WORTH_RETRYING.includes(status),
    retryAfterS: retryAfter(headers.get("retry-after"), nowMs),
    errors: Array.isArray(errors) ? errors.filter(isObject).map(faultOf) : [],
    runId: member("run_id"),
    serverTime: Number.isSafeInteger(time) ? (time as number) : undefined,
  };
  const call = `${entry.method} ${entry.path}`;
  if (answer.ok) throw new UnreadableAnswerError(told, `${baseUrl} answered ${call} with success, but the answer can't be read. Is this the address of an OpsIQ server? See baseUrl.`);
  if (code !== undefined) throw apiError(told, member("detail") ?? member("title") ?? `The server answered ${String(status)}, without saying why.`);
  const hint = status < 400 ? "See baseUrl: redirects are not followed." : "See baseUrl.";
  throw apiError(told, `What answers at ${baseUrl} is no OpsIQ server, or a proxy whose server is down: it answered ${call} with ${String(status)} and no problem of OpsIQ's. ${hint}`);
}

function textOf(of: Record<string, unknown>, name: string): string | undefined {
  const value = of[name];
  return typeof value === "string" ? value : undefined;
}

function faultOf(told: Record<string, unknown>): Fault {
  return { pointer: textOf(told, "pointer") ?? "", code: textOf(told, "code") ?? "", detail: textOf(told, "detail") ?? "" };
}

/** Whether the same is sent again and after how long; by which clock, where ours was found wrong (tests/vectors/README.md). */
function decide(error: OpsIQError, attempt: number, maxRetries: number, mended: boolean): { pauseMs: number; serverTime?: number } | undefined {
  const { serverTime, retryAfterS = 0 } = error as Partial<ApiError>;
  if (attempt > maxRetries) return undefined;
  if (error.code === "clock_skew" && serverTime !== undefined && !mended) return { pauseMs: 0, serverTime };
  if (!error.retryable || retryAfterS > MAX_RETRY_AFTER_S) return undefined;
  const most = Math.min(PAUSE_MS.first * 2 ** (attempt - 1), PAUSE_MS.most);
  return { pauseMs: Math.max(retryAfterS * 1000, most * (0.5 + Math.random() / 2)) };
}

/** Seconds of a Retry-After header in either form; undefined for none, or one that can't be read. */
function retryAfter(value: string | null, nowMs: number): number | undefined {
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

function queryString(values: QueryValues | undefined): string {
  if (values === undefined) return "";
  const pairs = Object.entries(values).flatMap(([name, value]) => [value].flat<(Value | readonly Value[] | null | undefined)[]>().map((each) => [name, each] as const));
  return pairs.flatMap(([name, each]) => (each === undefined || each === null ? [] : [`${encoded(name)}=${encoded(each)}`])).join("&");
}
