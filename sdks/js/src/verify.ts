/** Webhooks and action calls from OpsIQ (docs/reference/wire.md §2): Standard Webhooks `v1`, without sharp edges. */
import { hmacBy } from "./crypto.js";
import { bytes, sameText, unbase64 } from "./encoding.js";
import { ConfigurationError, WebhookVerificationError } from "./errors.js";
import { bodyOf, headersOf, type Incoming, joined } from "./incoming.js";
import { canonical, isObject, parsed } from "./json.js";
import { refuseUnknown } from "./options.js";

/** Remembers what came, so that the very same message is not believed twice. `key` is `<id>.<timestamp>`: a genuine retry has another. */
export interface ReplayStore {
  /** False where the key was there already. In one step: of two that come at once, one gets true. */
  add(key: string, ttlS: number): boolean | Promise<boolean>;
}

export interface VerifyOptions {
  /** `whsec_…`; several while one rotates. Absent ones are passed over, but one must be there. */
  secrets: string | undefined | readonly (string | undefined)[];
  /** Seconds that the timestamp may be from now, either way; 300 where absent. */
  toleranceS?: number | undefined;
  replay?: ReplayStore | undefined;
  /** Unix seconds. */
  now?: (() => number) | undefined;
}

/** Those of a receiver too: one object serves both. */
export const OPTIONS: Record<keyof VerifyOptions | "store" | "onError", true> = { secrets: true, toleranceS: true, replay: true, now: true, store: true, onError: true };

/** What was verified. `id` is the idempotency key: the same for every attempt and resend. */
export interface Message { id: string; timestamp: number; attempt: number | undefined; event: string | undefined; deliveryId: string | undefined; body: Uint8Array }
/** `timestamp` is when it happened. */
export interface WebhookEvent<D = Record<string, unknown>> { id: string; type: string; timestamp: string; data: D }
export interface ActionCall<P = Record<string, unknown>> {
  id: string; action: string; params: P; actor: { id: string; name: string; role: string };
  contract_version: number; run_id: string; workspace: string;
}

/** Throws WebhookVerificationError for anything a sender can do wrong, ConfigurationError for a secret that is none. */
export async function verify(input: Incoming, options: VerifyOptions): Promise<Message> {
  refuseUnknown(options, OPTIONS);
  const { toleranceS = 300, replay, now = () => Date.now() / 1000 } = options;
  const keys = keysOf(options.secrets);
  const found = headersOf(input);
  const { "webhook-id": id = "", "webhook-timestamp": ts = "", "webhook-signature": signatures = "" } = found;
  if (!/^[\x21-\x2d\x2f-\x7e]{1,255}$/.test(id) || !/^(0|[1-9][0-9]{0,10})$/.test(ts)) {
    throw new WebhookVerificationError("malformed", "The webhook-id or the webhook-timestamp is malformed.");
  }
  const ageS = Math.floor(now()) - Number(ts);
  if (!(Math.abs(ageS) <= toleranceS)) {
    const hint = `signed more than ${String(toleranceS)} s ${ageS < 0 ? "ahead" : "ago"}: it is a replay, or a clock is wrong.`;
    throw new WebhookVerificationError(ageS < 0 ? "too_new" : "too_old", `The message was ${hint}`);
  }
  const body = await bodyOf(input);
  const head = bytes(`${id}.${ts}.`);
  const fitting = await fit(keys, joined(head, body), signatures);
  if (fitting === undefined) {
    // What OpsIQ sends is canonical. Where that form of this body fits, somebody parsed it and wrote it again.
    const form = canonical(parsed(body));
    const again = form !== undefined && (await fit(keys, joined(head, bytes(form)), signatures)) !== undefined;
    if (again) throw new WebhookVerificationError("reserialised", "The body was parsed and written as JSON again. Verify the raw bytes as they came.");
    const hint = [options.secrets].flat().length > keys.length ? " One of the secrets given is not set." : "";
    throw new WebhookVerificationError("no_match", `No signature on this message was made with a secret we share.${hint}`);
  }
  if (replay && !(await replay.add(`${id}.${ts}`, 2 * toleranceS))) throw new WebhookVerificationError("replayed", "This very message has come before.");
  const attempt = Number(found["opsiq-attempt"] ?? Number.NaN) || undefined;
  return { id, timestamp: Number(ts), attempt, event: found["opsiq-event"], deliveryId: found["opsiq-delivery-id"], body };
}

/** A webhook's event, verified. */
export async function verifyEvent<D = Record<string, unknown>>(input: Incoming, options: VerifyOptions): Promise<WebhookEvent<D>> { return eventOf<D>(await verify(input, options)); }
/** A call of one of your actions, verified. */
export async function verifyActionCall<P = Record<string, unknown>>(input: Incoming, options: VerifyOptions): Promise<ActionCall<P>> { return callOf<P>(await verify(input, options)); }

export function eventOf<D>(message: Message): WebhookEvent<D> {
  return checked(message, "event", { type: isText, timestamp: isText, data: isObject }) as unknown as WebhookEvent<D>;
}

export function callOf<P>(message: Message): ActionCall<P> {
  const shape = { action: isText, params: isObject, actor: isObject, contract_version: Number.isInteger, run_id: isText, workspace: isText };
  return checked(message, "action call", shape) as unknown as ActionCall<P>;
}

/** The body, if it has these members and the id of the header. */
function checked(message: Message, kind: string, shape: Record<string, (value: unknown) => boolean>): Record<string, unknown> {
  const body = jsonOf(message);
  const wrong = Object.entries(shape).flatMap(([name, fits]) => (fits(body[name]) ? [] : [name]));
  if (body["id"] !== message.id) wrong.push("id");
  if (wrong.length === 0) return body;
  throw new WebhookVerificationError("not_expected", `It is signed, and no ${kind}: it lacks ${wrong.join(", ")}, or has it in another form.`);
}

function isText(value: unknown): boolean { return typeof value === "string"; }

export function jsonOf({ body }: Message): Record<string, unknown> {
  const value = parsed(body);
  if (isObject(value)) return value;
  throw new WebhookVerificationError("not_expected", "It is signed, and its body is no JSON object in UTF-8.");
}

/** ConfigurationError unless every secret is `whsec_` and base64 of 16 bytes or more. */
export function keysOf(given: VerifyOptions["secrets"]): Uint8Array[] {
  const secrets = [given].flat().filter((each): each is string => (each ?? undefined) !== undefined);
  if (secrets.length === 0) throw new ConfigurationError("There is no secret to verify with. Is the environment variable it is kept in set?");
  return secrets.map((secret) => {
    const key = secret.startsWith("whsec_") ? unbase64(secret.slice(6)) : undefined;
    if (key && key.length >= 16) return key;
    throw new ConfigurationError("A webhook secret is whsec_ and standard base64 of at least 16 bytes.");
  });
}

/** The signature that one of the keys made. Every key and part is compared, whatever fits first. */
async function fit(keys: readonly Uint8Array[], text: Uint8Array, signatures: string): Promise<string | undefined> {
  let fitting: string | undefined;
  for (const key of keys) {
    const expected = `v1,${await hmacBy(key)(text, "base64")}`;
    for (const part of signatures.split(" ")) if (sameText(expected, part)) fitting = expected;
  }
  return fitting;
}
