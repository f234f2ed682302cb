/** OPSIQ1-HMAC-SHA256 (docs/reference/wire.md §1). */
import { hmacBy, random, sha256 } from "./crypto.js";
import { ConfigurationError } from "./errors.js";

export const SCHEME = "OPSIQ1-HMAC-SHA256";
const NINE_LINES = /^(?:[\x20-\x7e]*\n){8}[0-9a-f]{64}$/;
const HEX = Array.from({ length: 256 }, (_, each) => each.toString(16).padStart(2, "0"));
const utf8 = new TextEncoder();

/** Each exactly as sent; `ts` is unix seconds. */
export interface Signable { ts: number; nonce: string; key: string; method: string; path: string; query?: string; idempotencyKey?: string; body?: string | Uint8Array }

/** The nine lines. Throws ConfigurationError for what no request line can carry. */
export async function stringToSign(request: Signable): Promise<string> {
  const { ts, nonce, key, method, path, query = "", idempotencyKey = "", body = "" } = request;
  const text = [SCHEME, String(ts), nonce, key, method, path, query, idempotencyKey, hex(await sha256(bytes(body)))].join("\n");
  if (NINE_LINES.test(text)) return text;
  throw new ConfigurationError("Method, path, query and Idempotency-Key are printable ASCII.");
}

/** 64 hex digits. The whole secret is the key, as text. */
export async function sign(secret: string, text: string): Promise<string> {
  return hex(await hmacBy(utf8.encode(secret))(utf8.encode(text)));
}

/** The Authorization header of one request. Each try needs a fresh `ts` and `nonce`. */
export function authorization(secret: string, request: Signable): Promise<string> { return signer(secret)(request); }

/** The same, for many requests with one secret. */
export function signer(secret: string): (request: Signable) => Promise<string> {
  const hmac = hmacBy(utf8.encode(secret));
  return async (request) => {
    const sig = hex(await hmac(utf8.encode(await stringToSign(request))));
    return `${SCHEME} key=${request.key},ts=${String(request.ts)},nonce=${request.nonce},sig=${sig}`;
  };
}

/** 22 characters of base64url: 128 random bits. */
export async function newNonce(): Promise<string> {
  return base64(await random(16)).slice(0, 22).replaceAll("+", "-").replaceAll("/", "_");
}

export function bytes(value: string | Uint8Array): Uint8Array { return typeof value === "string" ? utf8.encode(value) : new Uint8Array(value); }
export function base64(value: Uint8Array): string { return btoa(String.fromCharCode(...value)); }

export function hex(value: Uint8Array): string {
  let text = "";
  for (const each of value) text += HEX[each] ?? "";
  return text;
}

/** Undefined for what is not standard base64; padding may be absent. */
export function unbase64(text: string): Uint8Array | undefined {
  const bare = text.replace(/={0,2}$/, "");
  if (!/^[A-Za-z0-9+/]*$/.test(bare) || bare.length % 4 === 1) return undefined;
  return Uint8Array.from(atob(bare), (each) => each.charCodeAt(0));
}

/** Takes as long wherever the two differ. */
export function sameText(a: string, b: string): boolean {
  let differ = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) differ |= a.charCodeAt(at) ^ b.charCodeAt(at % Math.max(b.length, 1));
  return differ === 0;
}
