export { OpsIQ, type OpsIQOptions } from "./client.js";
export {
  ApiError, AuthenticationError, ClockSkewError, ConfigurationError, ConflictError, ForbiddenError, IdempotencyInFlightError, IdempotencyKeyReusedError,
  InvalidRequestError, NotFoundError, OpsIQError, RateLimitedError, ServerError, TimedOutError, TransportError, UnavailableError, UnprocessableError,
  UnreadableAnswerError, type VerificationReason, WebhookVerificationError,
} from "./errors.js";
export type { HeaderValues, Incoming } from "./incoming.js";
export { Listing, type Page } from "./pages.js";
export { type Claim, MemoryStore, Receiver, type ReceiverOptions, Refuse, type Reply, type Store } from "./receiver.js";
export type { Catalogue, Connectors, Contracts, Customers, Events, FireOptions, MyKey, TicketQuery, Tickets } from "./resources.js";
export { type Actions, Held, type RunOptions, type Runs, Started, type WaitOptions } from "./runs.js";
export { authorization, sign, type Signable, stringToSign } from "./signing.js";
export { type ActOptions, type Clock, type Log, type LogEntry, type QueryValues, requestIdOf, type RequestOptions } from "./transport.js";
export type * from "./types.js";
export { type ActionCall, type Message, type ReplayStore, verify, verifyActionCall, verifyEvent, type VerifyOptions, type WebhookEvent } from "./verify.js";
export { VERSION } from "./version.js";
export type { Deliveries, EndpointChanges, EndpointOptions, Endpoints, Webhooks } from "./webhooks.js";
