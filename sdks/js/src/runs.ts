/** Running contracts, and what becomes of a run until it is over. */
import { TimedOutError } from "./errors.js";
import { refuseUnknown } from "./options.js";
import { type Listing, Resource } from "./pages.js";
import { type ActOptions, type RequestOptions, requestIdOf, type Transport } from "./transport.js";
import type { Body, Candidate, Card, Query, Run, RunState, Surface } from "./types.js";

export interface RunOptions extends ActOptions {
  surface?: Surface | undefined;
  /** Groups runs for contracts that are confirmed once in a session. */
  session?: string | undefined;
}

export interface AskOptions extends RunOptions {
  /** Go on from an earlier run: its words and records may be spoken of. */
  threadId?: string | undefined;
}

/** `timeoutS` is 900 where absent. */
export interface WaitOptions { timeoutS?: number | undefined; signal?: AbortSignal | undefined }

const RUN = "/v1/runs/{run_id}";
const UNDER_WAY: readonly RunState[] = ["received", "held", "confirmed", "executing"];
const LONG_POLL_S = 20;
const PAUSE_MS = 1_000;

class Acted {
  readonly #runs: Runs;
  constructor(readonly run: Run, runs: Runs) { this.#runs = runs; }

  get id(): string { return this.run.id; }
  protected get runs(): Runs { return this.#runs; }
  /** The run when it is over, whoever decides about it and however. Throws TimedOutError. */
  wait(options?: WaitOptions): Promise<Run> { return this.#runs.wait(this.id, options); }
}

/** Confirmed, and on its way: `wait()` says what came of it. */
export class Started extends Acted {
  readonly held = false;
}

/** Nothing is sent before a person has confirmed the card. */
export class Held extends Acted {
  readonly held = true;
  constructor(run: Run, readonly card: Card, runs: Runs) { super(run, runs); }
  /** Say yes to exactly this card. */
  confirm(options?: ActOptions): Promise<Run> { return this.runs.confirm(this.id, this.card.digest, options); }
  reject(options?: ActOptions & { reason?: string | undefined }): Promise<Run> { return this.runs.reject(this.id, options); }
}

export class Actions extends Resource {
  readonly #runs: Runs;
  constructor(transport: Transport, runs: Runs) {
    super(transport);
    this.#runs = runs;
  }
  /** Run a contract by name. Throws an ApiError with a `runId` where nothing will be done. */
  async run(action: string, params: object = {}, { surface, session, ...options }: RunOptions = {}): Promise<Held | Started> {
    const body = given({ action, params: params as Record<string, unknown>, surface, session });
    const run = await this.http.call("post", "/v1/actions/run", undefined, { body }, options);
    return run.state === "held" && run.card ? new Held(run, run.card, this.#runs) : new Started(run, this.#runs);
  }
}

export class Runs extends Resource {
  /** Ask for something in plain words. It is durable when this answers; `wait()` for what comes of it. */
  ask(text: string, { surface, session, threadId, ...options }: AskOptions = {}): Promise<Run> {
    return this.http.call("post", "/v1/runs", undefined, { body: given({ text, surface, session, thread_id: threadId }) }, options);
  }
  /** `waitS`: the server answers when the run needs a person or is over, or after so many seconds (at most 60). */
  get(id: string, { waitS, ...options }: RequestOptions & { waitS?: number | undefined } = {}): Promise<Run> {
    const timeoutS = (options.timeoutS ?? this.http.settings.timeoutS) + (waitS ?? 0);
    return this.http.call("get", RUN, { run_id: id }, { query: { wait_s: waitS } }, { ...options, timeoutS });
  }
  /** The key's own runs, newest first; for an owner everybody's. */
  list(query: Query<"get", "/v1/runs"> = {}, options?: RequestOptions): Listing<Run> { return this.listed("/v1/runs", "before", query, options); }
  /** Every record that the answer of the run rests on, read anew, twenty a page from `start`. */
  records(id: string, query: Query<"get", "/v1/runs/{run_id}/records"> = {}, options?: RequestOptions): Listing<Candidate> {
    return this.listed(`${RUN}/records`, "start", query, options, { run_id: id });
  }
  /** Say yes to exactly the card with this digest. */
  confirm(id: string, digest: string, options?: ActOptions): Promise<Run> {
    return this.http.call("post", `${RUN}/confirm`, { run_id: id }, { body: { digest } }, options);
  }
  /** Say no to a held card or an open question. */
  reject(id: string, { reason, ...options }: ActOptions & { reason?: string | undefined } = {}): Promise<Run> {
    return this.http.call("post", `${RUN}/reject`, { run_id: id }, { body: given({ reason }) }, options);
  }
  /** Answer the open question (its `slot`) with a candidate's id (`choice`) or in words (`text`). */
  answer(id: string, slot: string, { choice, text, ...options }: ActOptions & { choice?: string | undefined; text?: string | undefined }): Promise<Run> {
    return this.http.call("post", `${RUN}/answer`, { run_id: id }, { body: given({ slot, choice, text }) }, options);
  }
  /** Change parameters of a held card by words. That is a new card with a new digest. */
  edit(id: string, digest: string, changes: Body<"post", "/v1/runs/{run_id}/edit">["changes"], options?: ActOptions): Promise<Run> {
    return this.http.call("post", `${RUN}/edit`, { run_id: id }, { body: { digest, changes } }, options);
  }
  /** Settle a run whose outcome is `unknown` (owners): you looked at the platform, or have it sent again under the same key. */
  decide(id: string, verdict: Body<"post", "/v1/runs/{run_id}/decide">["verdict"], options?: ActOptions): Promise<Run> {
    return this.http.call("post", `${RUN}/decide`, { run_id: id }, { body: { verdict } }, options);
  }
  /** The run when it is over or asks back: a held one when somebody has decided. Throws TimedOutError; the run goes on. */
  async wait(id: string, { timeoutS = 900, signal, ...unknown }: WaitOptions = {}): Promise<Run> {
    refuseUnknown(unknown, {});
    const { clock } = this.http.settings;
    const until = clock.now() + timeoutS * 1000;
    for (;;) {
      const leftS = Math.max(0, until - clock.now()) / 1000;
      const run = await this.get(id, { waitS: Math.min(LONG_POLL_S, leftS), signal });
      if (!UNDER_WAY.includes(run.state)) return run;
      const leftMs = until - clock.now();
      if (leftMs <= 0) throw new TimedOutError(`The run ${run.id} is still ${run.state} after ${String(timeoutS)} s.`, requestIdOf(run));
      // While the run moves by itself the server waits; while a person is needed it answers at once.
      if (run.state === "held") await clock.sleep(Math.min(PAUSE_MS, leftMs), signal);
    }
  }
}

type Given<T> = { [N in keyof T as undefined extends T[N] ? never : N]: T[N] } & { [N in keyof T as undefined extends T[N] ? N : never]?: Exclude<T[N], undefined> };

/** What is there: absent members and null ones are left out. */
export function given<T extends object>(values: T): Given<T> {
  const there: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(values)) if (each !== undefined && each !== null) there[name] = each;
  return there as Given<T>;
}
