/** Where events are delivered to, what was delivered, and again. */
import { type Listing, Resource } from "./pages.js";
import { given } from "./runs.js";
import type { ActOptions, RequestOptions, Transport } from "./transport.js";
import type { Delivery, DeliveryDetail, Endpoint, EndpointWithSecret, Query, Span } from "./types.js";

const ONE = "/v1/webhooks/endpoints/{endpoint_id}";
const DELIVERIES = "/v1/webhooks/deliveries";

export interface EndpointOptions {
  description?: string | undefined;
  /** Sent along with each delivery, and never shown again. */
  headers?: Record<string, string> | undefined;
  /** Bounds the attempts. */
  perMinute?: number | null | undefined;
}
export interface EndpointChanges extends EndpointOptions { url?: string | undefined; events?: string[] | undefined }
type SpanOptions = ActOptions & { until?: Date | string | undefined };

export class Webhooks extends Resource {
  readonly endpoints: Endpoints;
  readonly deliveries: Deliveries;

  constructor(transport: Transport) {
    super(transport);
    this.endpoints = new Endpoints(transport);
    this.deliveries = new Deliveries(transport);
  }
  /** Send a sample of the catalogue, once; by default of the first event that the endpoint wants. */
  test(endpoint: string, event?: string, options?: ActOptions): Promise<Delivery> {
    return this.http.call("post", "/v1/webhooks/test", undefined, { body: given({ endpoint, event }) }, options);
  }
}

export class Deliveries extends Resource {
  /** Newest first, kept for 30 days. */
  list(query: Query<"get", typeof DELIVERIES> = {}, options?: RequestOptions): Listing<Delivery> { return this.listed(DELIVERIES, "before", query, options); }
  /** With its body and every attempt. */
  get(id: string, options?: RequestOptions): Promise<DeliveryDetail> {
    return this.http.call("get", `${DELIVERIES}/{delivery_id}`, { delivery_id: id }, {}, options);
  }
  /** One more attempt with the same bytes and the same webhook-id. */
  resend(id: string, options?: ActOptions): Promise<Delivery> {
    return this.http.call("post", `${DELIVERIES}/{delivery_id}/resend`, { delivery_id: id }, {}, options);
  }
}

export class Endpoints extends Resource {
  async list(options?: RequestOptions): Promise<Endpoint[]> { return (await this.http.call("get", "/v1/webhooks/endpoints", undefined, {}, options)).data; }
  get(id: string, options?: RequestOptions): Promise<Endpoint> { return this.http.call("get", ONE, { endpoint_id: id }, {}, options); }
  /** The secret is in this answer and in no other. `events` are patterns: `invoice.paid`, `invoice.*`, `*`. */
  create(url: string, events: string[], { description, headers, perMinute, ...options }: EndpointOptions & ActOptions = {}): Promise<EndpointWithSecret> {
    const body = { url, events, ...given({ description, headers, per_minute: perMinute }) };
    return this.http.call("post", "/v1/webhooks/endpoints", undefined, { body }, options);
  }
  /** Only what is given is changed; a `perMinute` of null takes the bound away. */
  update(id: string, { url, events, description, headers, perMinute, ...options }: EndpointChanges & RequestOptions): Promise<Endpoint> {
    const body = { ...given({ url, events, description, headers }), ...(perMinute === undefined ? {} : { per_minute: perMinute }) };
    return this.http.call("patch", ONE, { endpoint_id: id }, { body }, options);
  }
  async delete(id: string, options?: RequestOptions): Promise<void> { await this.http.call("delete", ONE, { endpoint_id: id }, { removes: true }, options); }
  pause(id: string, options?: ActOptions): Promise<Endpoint> { return this.http.call("post", `${ONE}/pause`, { endpoint_id: id }, {}, options); }
  resume(id: string, options?: ActOptions): Promise<Endpoint> { return this.http.call("post", `${ONE}/resume`, { endpoint_id: id }, {}, options); }
  /** A fresh secret, in this answer and in no other. Both are good for 24 hours. */
  rotate(id: string, options?: ActOptions): Promise<EndpointWithSecret> { return this.http.call("post", `${ONE}/rotate`, { endpoint_id: id }, {}, options); }
  /** One more attempt at every delivery made from `since` to `until` (now where absent) that failed. */
  recover(id: string, since: Date | string, { until, ...options }: SpanOptions = {}): Promise<Span> {
    return this.http.call("post", `${ONE}/recover`, { endpoint_id: id }, { body: given({ since: iso(since), until: until && iso(until) }) }, options);
  }
  /** Deliver the events from `since` to `until` (now where absent) that this endpoint wants and has no delivery of. */
  replay(id: string, since: Date | string, { until, ...options }: SpanOptions = {}): Promise<Span> {
    return this.http.call("post", `${ONE}/replay`, { endpoint_id: id }, { body: given({ since: iso(since), until: until && iso(until) }) }, options);
  }
}

export function iso(at: Date | string): string { return at instanceof Date ? at.toISOString() : at; }
