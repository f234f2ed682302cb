/** What every part of the client has: the way out; and lists that come page by page. */
import type { RequestOptions, Transport } from "./transport.js";

export interface Page<T> { data: T[]; next: string | number | null }

/** Nothing is asked for before somebody iterates: over items, or over `pages()`. */
export class Listing<T> implements AsyncIterable<T> {
  readonly #fetch: (cursor: string | number | undefined) => Promise<Page<T>>;
  constructor(fetch: (cursor: string | number | undefined) => Promise<Page<T>>) { this.#fetch = fetch; }
  /** The first page alone. Its `next` is the `cursor` (or `before`) of the one after it. */
  page(): Promise<Page<T>> { return this.#fetch(undefined); }

  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    for (let cursor: string | number | null | undefined; cursor !== null; ) {
      const page: Page<T> = await this.#fetch(cursor);
      yield page;
      cursor = page.next;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }
}

type Listed = "/v1/runs" | "/v1/events" | "/v1/webhooks/deliveries" | "/v1/tickets" | "/v1/runs/{run_id}/records";

export class Resource {
  readonly #transport: Transport;
  constructor(transport: Transport) { this.#transport = transport; }
  /** A getter, so that it is not printed with the client. */
  protected get http(): Transport { return this.#transport; }
  /** `name` is the parameter that the `next` of a page goes into. */
  protected listed<T>(path: Listed, name: "before" | "cursor" | "start", query: object, options?: RequestOptions, place?: Record<string, string>): Listing<T> {
    const { limit, [name]: start, ...filters } = query as Record<string, unknown>;
    return new Listing(async (from) => {
      const asked = { ...filters, limit, [name]: from ?? start };
      return (await this.#transport.call("get", path, place as never, { query: asked }, options)) as unknown as Page<T>;
    });
  }
}
