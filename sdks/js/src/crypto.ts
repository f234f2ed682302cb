/** SHA-256, HMAC and chance: Node's own where there is such, since it answers at once; WebCrypto everywhere else. */

import { base64, bytes, hex } from "./encoding.js";

type Form = "hex" | "base64";
interface Hashing { update(data: string | Uint8Array): Hashing; digest(form: Form): string }
interface NodeCrypto { hash?(name: string, data: string | Uint8Array): string; createHash(name: string): Hashing; createHmac(name: string, key: Uint8Array): Hashing; webcrypto: Crypto }
type Found = Readonly<{ node: NodeCrypto | undefined; web: Crypto }>;

let found: Found | undefined;
let drawn = new Uint8Array();

/** Looked for once, at the first use. It is not imported: bundlers for the edge would look for it too. */
async function here(): Promise<Found> {
  const { crypto, process } = globalThis as { crypto?: Crypto; process?: { getBuiltinModule?: (name: string) => unknown } };
  const name = "node:crypto";
  // Node 18 has neither that door nor WebCrypto as a global.
  const node = process?.getBuiltinModule?.(name) ?? (crypto ? undefined : ((await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as unknown));
  found = { node: node as NodeCrypto | undefined, web: crypto ?? (node as NodeCrypto).webcrypto };
  return found;
}

/** In hex. */
export async function sha256(data: string | Uint8Array): Promise<string> {
  const { node, web } = found ?? (await here());
  if (!node) return hex(new Uint8Array(await web.subtle.digest("SHA-256", bytes(data) as BufferSource)));
  return node.hash?.("sha256", data) ?? node.createHash("sha256").update(data).digest("hex");
}

/** HMAC-SHA-256 by one key, which is made ready once. */
export function hmacBy(key: Uint8Array): (data: string | Uint8Array, form: Form) => Promise<string> {
  let held: CryptoKey | undefined;
  return async (data, form) => {
    const { node, web } = found ?? (await here());
    if (node) return node.createHmac("sha256", key).update(data).digest(form);
    held ??= await web.subtle.importKey("raw", key as BufferSource, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const mac = new Uint8Array(await web.subtle.sign("HMAC", held, bytes(data) as BufferSource));
    return form === "hex" ? hex(mac) : base64(mac);
  };
}

/** So many bytes that nobody foresees. They are drawn in advance, since one draw costs as much as a signature. */
export async function random(count: number): Promise<Uint8Array> {
  if (drawn.length < count) drawn = (found ?? (await here())).web.getRandomValues(new Uint8Array(1024));
  const taken = drawn.subarray(0, count);
  drawn = drawn.subarray(count);
  return taken;
}
