/** OPSIQ1-HMAC-SHA256 (docs/reference/wire.md §1). */
import { hmacBy, random, sha256 } from "./crypto.js";
import { bytes } from "./encoding.js";
import { ConfigurationError } from "./errors.js";

export const SCHEME = "OPSIQ1-HMAC-SHA256";
const NINE_LINES = /^(?:[\x20-\x7e]*\n){8}[0-9a-f]{64}$/;
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Each exactly as sent; `ts` is unix seconds. */
export interface Signable { ts: number; nonce: string; key: string; method: string; path: string; query?: string; idempotencyKey?: string; body?: string | Uint8Array }

/** The nine lines. Throws ConfigurationError for what no request line can carry. */
export async function stringToSign(request: Signable): Promise<string> {
  const { ts, nonce, key, method, path, query = "", idempotencyKey = "", body = "" } = request;
  const text = [SCHEME, String(ts), nonce, key, method, path, query, idempotencyKey, await sha256(body)].join("\n");
  if (NINE_LINES.test(text)) return text;
  throw new ConfigurationError("Method, path, query and Idempotency-Key are printable ASCII.");
}

/** 64 hex digits. The whole secret is the key, as text. */
export async function sign(secret: string, text: string): Promise<string> {
  return hmacBy(bytes(secret))(text, "hex");
}

/** The Authorization header of one request. Each try needs a fresh `ts` and `nonce`. */
export function authorization(secret: string, request: Signable): Promise<string> { return signer(secret)(request); }

/** The same, for many requests with one secret. */
export function signer(secret: string): (request: Signable) => Promise<string> {
  const hmac = hmacBy(bytes(secret));
  return async (request) => {
    const sig = await hmac(await stringToSign(request), "hex");
    return `${SCHEME} key=${request.key},ts=${String(request.ts)},nonce=${request.nonce},sig=${sig}`;
  };
}

/** 22 characters of base64url: 128 random bits, the last character's lower four being none of them. */
export async function newNonce(): Promise<string> {
  let text = "";
  for (const byte of await random(22)) text += BASE64URL.charAt(byte & (text.length < 21 ? 63 : 48));
  return text;
}
