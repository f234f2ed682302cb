/** The client: `new OpsIQ({ publicKey, secretKey })`. */
import { ConfigurationError } from "./errors.js";
import { refuseUnknown } from "./options.js";
import { Catalogue, Connectors, Contracts, Customers, Events, MyKey, Tickets } from "./resources.js";
import { Actions, Runs } from "./runs.js";
import { type ActOptions, type Clock, type Log, type QueryValues, systemClock, Transport } from "./transport.js";
import { Webhooks } from "./webhooks.js";

export interface OpsIQOptions {
  /** `pk_…` and `sk_…` of one pair; where neither is given, the variables OPSIQ_KEY and OPSIQ_SECRET. */
  publicKey?: string | undefined;
  secretKey?: string | undefined;
  /** The variable OPSIQ_URL where absent, else http://127.0.0.1:8080, where `opsiq serve` listens. */
  baseUrl?: string | undefined;
  /** For one try; 30 where absent. */
  timeoutS?: number | undefined;
  /** Tries after the first; 3 where absent. */
  maxRetries?: number | undefined;
  /** Hears of every try. No secret, header, body or query is in it. */
  log?: Log | undefined;
  fetch?: typeof fetch | undefined;
  /** For tests. */
  clock?: Partial<Clock> | undefined;
}

const OPTIONS: Record<keyof OpsIQOptions, true> = {
  publicKey: true, secretKey: true, baseUrl: true, timeoutS: true, maxRetries: true, log: true, fetch: true, clock: true,
};
const HOW = "Make a pair with `opsiq keys create`, and see that the variable it is kept in is set.";

export class OpsIQ {
  readonly events: Events; readonly actions: Actions; readonly runs: Runs;
  readonly customers: Customers; readonly tickets: Tickets; readonly webhooks: Webhooks;
  readonly catalogue: Catalogue; readonly connectors: Connectors; readonly contracts: Contracts; readonly me: MyKey;
  readonly #transport: Transport;

  constructor(options: OpsIQOptions = {}) {
    refuseUnknown(options, OPTIONS);
    // Never one half from here and the other from there: they would be of two pairs.
    const fromEnvironment = options.publicKey === undefined && options.secretKey === undefined;
    const keys = fromEnvironment ? { publicKey: environment("OPSIQ_KEY"), secretKey: environment("OPSIQ_SECRET") } : options;
    const { publicKey = "", secretKey = "" } = keys;
    const { timeoutS = 30, maxRetries = 3, log, clock } = options;
    // A swapped pair would send the secret in a header, so the forms are checked here and never repeated in a message.
    if (!/^pk_[A-Za-z0-9_-]{1,96}$/.test(publicKey)) throw new ConfigurationError(`publicKey must be an API key's public half, pk_…. ${HOW}`);
    if (!/^sk_[A-Za-z0-9_-]{1,96}$/.test(secretKey)) throw new ConfigurationError(`secretKey must be an API key's secret half, sk_…. ${HOW}`);
    const modes = [publicKey, secretKey].map((each) => /^.k_(test|live)_/.exec(each)?.[1]);
    if (modes[0] !== modes[1]) throw new ConfigurationError("publicKey and secretKey are of two pairs: one is for tests, the other is live.");
    if (!(timeoutS > 0) || !(maxRetries >= 0)) throw new ConfigurationError("timeoutS is above 0, maxRetries 0 or more.");
    const baseUrl = address(options.baseUrl ?? environment("OPSIQ_URL") ?? "http://127.0.0.1:8080");
    // Some runtimes refuse a fetch that is called as a method of something else.
    const given = options.fetch ?? globalThis.fetch;
    const settings = { publicKey, baseUrl, timeoutS, maxRetries, log, clock: { ...systemClock, ...clock }, fetch: (...args: Parameters<typeof fetch>) => given(...args) };
    const http = (this.#transport = new Transport(settings, secretKey));
    this.events = new Events(http);
    this.runs = new Runs(http);
    this.actions = new Actions(http, this.runs);
    this.customers = new Customers(http);
    this.tickets = new Tickets(http);
    this.webhooks = new Webhooks(http);
    this.catalogue = new Catalogue(http);
    this.connectors = new Connectors(http);
    this.contracts = new Contracts(http);
    this.me = new MyKey(http);
  }
  /** Anything else of the API, signed and retried alike: `ops.request("GET", "/v1/history", { query: { limit: 10 } })`. */
  async request(method: string, path: string, parts: { query?: QueryValues; body?: unknown } = {}, options?: ActOptions): Promise<unknown> {
    refuseUnknown(parts, { query: true, body: true });
    const verb = method.toUpperCase();
    return this.#transport.send(verb, path, { ...parts, acts: verb !== "GET", removes: verb === "DELETE" }, options);
  }

  toJSON(): { publicKey: string; baseUrl: string } {
    const { publicKey, baseUrl } = this.#transport.settings;
    return { publicKey, baseUrl };
  }
}

function address(given: string): string {
  try {
    if (/^https?:\/\/[^/?#@\s]+\/?$/.test(given)) return new URL(given).origin;
  } catch {
    // said below
  }
  throw new ConfigurationError("baseUrl is http or https and a host, without a path or more: https://opsiq.example.com");
}

function environment(name: string): string | undefined {
  try {
    const value = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.[name];
    return value === "" ? undefined : value;
  } catch {
    return undefined; // a runtime that asks before it lets one look
  }
}
