/** OPSIQ1-HMAC-SHA256 (docs/reference/wire.md §1), and the little cryptography it needs: WebCrypto alone. */
import { ConfigurationError } from "./errors.js";

export const SCHEME = "OPSIQ1-HMAC-SHA256";
const ASCII = /^[\x20-\x7e]*$/;
const utf8 = new TextEncoder();

/** Each exactly as sent; `ts` is unix seconds. */
export interface Signable { ts: number; nonce: string; key: string; method: string; path: string; query?: string; idempotencyKey?: string; body?: string | Uint8Array }

/** The nine lines. Throws ConfigurationError for what no request line can carry. */
export async function stringToSign(request: Signable): Promise<string> {
  const { ts, nonce, key, method, path, query = "", idempotencyKey = "", body = "" } = request;
  if (![nonce, key, method, path, query, idempotencyKey].every((each) => ASCII.test(each))) {
    throw new ConfigurationError("Method, path, query and Idempotency-Key are printable ASCII.");
  }
  return [SCHEME, String(ts), nonce, key, method, path, query, idempotencyKey, await sha256(bytes(body))].join("\n");
}

export async function sha256(body: Uint8Array): Promise<string> { return hex(await (await webCrypto()).subtle.digest("SHA-256", body as BufferSource)); }

/** 64 hex digits. The whole secret is the key, as text. */
export async function sign(secret: string, text: string): Promise<string> {
  return hex(await hmac(utf8.encode(secret), utf8.encode(text)));
}

/** The Authorization header of one request. Each try needs a fresh `ts` and `nonce`. */
export async function authorization(secret: string, request: Signable): Promise<string> {
  const sig = await sign(secret, await stringToSign(request));
  return `${SCHEME} key=${request.key},ts=${String(request.ts)},nonce=${request.nonce},sig=${sig}`;
}

/** 22 characters of base64url: 128 random bits. */
export async function newNonce(): Promise<string> {
  const random = (await webCrypto()).getRandomValues(new Uint8Array(16));
  return base64(random).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export async function hmac(key: Uint8Array, text: Uint8Array): Promise<ArrayBuffer> {
  const { subtle } = await webCrypto();
  const held = await subtle.importKey("raw", key as BufferSource, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return subtle.sign("HMAC", held, text as BufferSource);
}

export function bytes(value: string | Uint8Array): Uint8Array { return typeof value === "string" ? utf8.encode(value) : new Uint8Array(value); }
export function base64(value: Uint8Array): string { return btoa(String.fromCharCode(...value)); }
function hex(value: ArrayBuffer): string { return Array.from(new Uint8Array(value), (each) => each.toString(16).padStart(2, "0")).join(""); }

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

/** Node 18 has it, but not as a global. */
async function webCrypto(): Promise<Crypto> {
  const here = (globalThis as { crypto?: Crypto }).crypto;
  if (here) return here;
  const name = "node:crypto";
  return ((await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as { webcrypto: Crypto }).webcrypto;
}
