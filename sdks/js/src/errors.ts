/**
 * What can go wrong. Decide by `code` (docs/reference/errors.md), or by class:
 *
 *     OpsIQError
 *     ├── ConfigurationError          this program's own mistake: an option, an id, a value JSON can't hold
 *     ├── WebhookVerificationError    a message that is not to be believed; `reason` says why
 *     ├── TransportError              no answer came
 *     │   └── TimedOutError           … in time
 *     └── ApiError                    an answer that is no success: status, faults, request id
 *         ├── UnreadableAnswerError   a success that can't be read
 *         ├── InvalidRequestError     400, 405, 413, 415
 *         ├── AuthenticationError     401
 *         │   └── ClockSkewError
 *         ├── ForbiddenError          403
 *         ├── NotFoundError           404
 *         ├── ConflictError           409
 *         │   └── IdempotencyInFlightError
 *         ├── UnprocessableError      422
 *         │   └── IdempotencyKeyReusedError
 *         ├── RateLimitedError        429
 *         └── ServerError             5xx
 *             └── UnavailableError    503
 */
import type { Fault } from "./types.js";

export class OpsIQError extends Error {
  /** Absent where an answer is no problem document. */
  readonly code: string | undefined;
  /** Found again in the server's log and in AI History. Absent where no answer came. */
  readonly requestId: string | undefined;
  /** Whether the same again may go well. The client has tried by then. */
  readonly retryable: boolean;

  constructor(code: string | undefined, message: string, more: { requestId?: string | undefined; retryable?: boolean; cause?: unknown } = {}) {
    super(message, "cause" in more ? { cause: more.cause } : undefined);
    Object.defineProperty(this, "name", { value: new.target.name });
    this.code = code;
    this.requestId = more.requestId;
    this.retryable = more.retryable ?? false;
  }

  toJSON(): Record<string, unknown> {
    return Object.assign({ name: this.name, message: this.message } as Record<string, unknown>, this);
  }
}

export class ConfigurationError extends OpsIQError {
  constructor(message: string) { super("configuration", message); }
}

export class TransportError extends OpsIQError {
  constructor(message: string, { code = "transport", ...more }: { cause?: unknown; code?: string; requestId?: string | undefined } = {}) {
    super(code, message, { ...more, retryable: true });
  }
}

export class TimedOutError extends TransportError {
  constructor(message: string, requestId?: string) { super(message, { code: "timed_out", requestId }); }
}

export type VerificationReason =
  | "missing_header" | "duplicate_header" | "malformed" | "too_old" | "too_new" | "no_match" | "reserialised" | "not_raw" | "replayed"
  | "too_large" | "not_expected";

export class WebhookVerificationError extends OpsIQError {
  constructor(readonly reason: VerificationReason, message: string) { super("webhook_verification", message); }
}

/** Its message holds the server's sentence (`detail`), the code, the request id, and each fault by its place. */
export class ApiError extends OpsIQError {
  /** The server's sentence alone. */
  declare readonly detail: string;
  declare readonly status: number;
  /** What is wrong, value by value, by JSON Pointer. */
  declare readonly errors: readonly Fault[];
  /** The run that history tells of, where an action was refused. */
  declare readonly runId: string | undefined;
  /** Seconds to wait, and the server's clock (unix seconds), where the server said so. */
  declare readonly retryAfterS: number | undefined;
  declare readonly serverTime: number | undefined;

  constructor(told: Told, detail: string) {
    const faults = told.errors.map((each) => `\n  ${each.pointer}: ${each.detail} [${each.code}]`).join("");
    super(told.code, `${detail} [${told.code ?? "no code"}, ${String(told.status)}, request ${told.requestId ?? "unknown"}]${faults}`, told);
    Object.assign(this, told, { detail });
  }
}

export class UnreadableAnswerError extends ApiError {}
export class InvalidRequestError extends ApiError {}
export class AuthenticationError extends ApiError {}
export class ClockSkewError extends AuthenticationError {}
/**
 * Known, but not allowed: the role, the key's scopes or the surface don't reach, only a person in the console may confirm it (`person_required`; the
 * message says where), or a test key was used for what has effects (`wrong_mode`).
 */
export class ForbiddenError extends ApiError {}
export class NotFoundError extends ApiError {}
export class ConflictError extends ApiError {}
export class IdempotencyInFlightError extends ConflictError {}
export class UnprocessableError extends ApiError {}
export class IdempotencyKeyReusedError extends UnprocessableError {}
export class RateLimitedError extends ApiError {}
export class ServerError extends ApiError {}
export class UnavailableError extends ServerError {}

/** What an answer says: the members that have the type they must have. */
export type Told = Pick<ApiError, "status" | "code" | "requestId" | "retryable" | "retryAfterS" | "errors" | "runId" | "serverTime">;

const CLASSES: readonly [typeof ApiError, codes: string, ...statuses: number[]][] = [
  [InvalidRequestError, "invalid_request not_canonical idempotency_key_required body_too_large unsupported_media_type method_not_allowed", 400, 405, 413, 415],
  [AuthenticationError, "invalid_signature bad_assertion", 401],
  [ClockSkewError, "clock_skew"],
  [ForbiddenError, "forbidden wrong_mode same_person person_required wrong_surface", 403],
  [NotFoundError, "not_found no_match", 404],
  [ConflictError, "conflict expired stale already_decided drifted condition_unmet not_authentic", 409],
  [IdempotencyInFlightError, "idempotency_in_flight"],
  [UnprocessableError, "invalid unsigned invalid_contract bad_contract_signature event_loop too_complex", 422],
  [IdempotencyKeyReusedError, "idempotency_key_reused"],
  [RateLimitedError, "rate_limited", 429],
  [UnavailableError, "unavailable platform_unavailable model_unavailable", 503],
  [ServerError, "model_misbehaved connector_broken bad_setting error internal"],
];

/** What only OpsIQ can say of a thing of the workspace: without a code of its own it has not. */
const OF_A_THING = [404, 409, 422];

/** The code decides; a code to come takes its status's class. */
export function apiError(told: Told, detail: string): ApiError {
  const { code, status } = told;
  const known = CLASSES.find(([, codes]) => code !== undefined && codes.split(" ").includes(code));
  const counts = code !== undefined || !OF_A_THING.includes(status);
  const byStatus = CLASSES.find(([, , ...statuses]) => counts && statuses.includes(status));
  const found = known ?? byStatus ?? [status >= 500 ? ServerError : ApiError];
  return new found[0](told, detail);
}
