/** Events, safe data, contracts, connectors, and who one is. */
import { type Listing, Resource } from "./pages.js";
import { given } from "./runs.js";
import type { ActOptions, QueryValues, RequestOptions } from "./transport.js";
import type { Accepted, Body, Connector, Contract, ContractSummary, ContractVersion, EventDetail, EventName, EventType, EventView, Me, Query, RecordView, Registered, Retired, ToolList } from "./types.js";
import { iso } from "./webhooks.js";

export interface FireOptions extends ActOptions {
  occurredAt?: Date | string | undefined;
  /** The event, run or call this follows from: it keeps rules from feeding themselves without end. */
  causedBy?: string | undefined;
}

export class Events extends Resource {
  /** Say that something has happened: a universal event, or one of a name of your own. It is kept, and will be reacted to, when this answers. */
  fire(event: EventName | (string & Record<never, never>), data: object = {}, { occurredAt, causedBy, ...options }: FireOptions = {}): Promise<Accepted> {
    const body = given({ event, data: data as Record<string, unknown>, occurred_at: occurredAt && iso(occurredAt), caused_by: causedBy });
    return this.http.call("post", "/v1/events/fire", undefined, { body }, options);
  }
  /** Newest first. */
  list(query: Query<"get", "/v1/events"> = {}, options?: RequestOptions): Listing<EventView> { return this.listed("/v1/events", "before", query, options); }
  /** One event with the reactions to it. */
  get(id: string, options?: RequestOptions): Promise<EventDetail> { return this.http.call("get", "/v1/events/{event_id}", { event_id: id }, {}, options); }
}

/** The universal events: the schema of each one's data, and a sample. */
export class Catalogue extends Resource {
  async list(options?: RequestOptions): Promise<EventType[]> { return (await this.http.call("get", "/v1/event-types", undefined, {}, options)).data; }
  get(name: string, options?: RequestOptions): Promise<EventType> { return this.http.call("get", "/v1/event-types/{name}", { name }, {}, options); }
}

export class Customers extends Resource {
  /** A customer's declared fields, read live. */
  get(id: string | number, options?: RequestOptions): Promise<RecordView> {
    return this.http.call("get", "/v1/customers/{customer_id}", { customer_id: id }, {}, options);
  }
}

/** `limit` and `cursor`, and any declared field with the value, or one of the values, that it must have. */
export interface TicketQuery extends QueryValues {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export class Tickets extends Resource {
  /** Newest first: `for await (const ticket of ops.tickets.list({ status: "open" }))`. */
  list(query: TicketQuery = {}, options?: RequestOptions): Listing<RecordView> { return this.listed("/v1/tickets", "cursor", query, options); }
}

export class Connectors extends Resource {
  async list(options?: RequestOptions): Promise<Connector[]> { return (await this.http.call("get", "/v1/connectors", undefined, {}, options)).data; }
}

export class Contracts extends Resource {
  async list(options?: RequestOptions): Promise<ContractSummary[]> { return (await this.http.call("get", "/v1/contracts", undefined, {}, options)).data; }
  get(name: string, options?: RequestOptions): Promise<Contract> { return this.http.call("get", "/v1/contracts/{name}", { name }, {}, options); }
  /** What this key's role may run, as function tools for a model that you call yourself. A tool's `action` is what `actions.run` takes. */
  tools(query: Query<"get", "/v1/contracts/tools"> = {}, options?: RequestOptions): Promise<ToolList> {
    return this.http.call("get", "/v1/contracts/tools", undefined, { query }, options);
  }
  async versions(name: string, options?: RequestOptions): Promise<ContractVersion[]> {
    return (await this.http.call("get", "/v1/contracts/{name}/versions", { name }, {}, options)).data;
  }
  /** Lint, sign and register: all of them or none. `secret`, where a new endpoint made one, is shown this once. */
  async register(contracts: Body<"post", "/v1/contracts">["contracts"], options?: ActOptions): Promise<Registered[]> {
    return (await this.http.call("post", "/v1/contracts", undefined, { body: { contracts } }, options)).data;
  }
  /** Offer it no more. */
  retire(name: string, options?: ActOptions): Promise<Retired> { return this.http.call("delete", "/v1/contracts/{name}", { name }, { acts: true }, options); }
}

export class MyKey extends Resource {
  /** The key, its workspace, role and scopes: the first call to make with it. */
  get(options?: RequestOptions): Promise<Me> { return this.http.call("get", "/v1/me", undefined, {}, options); }
}
