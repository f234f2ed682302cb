/** SHA-256, HMAC and chance: Node's own where there is such, since it answers at once; WebCrypto everywhere else. */

interface Hashing { update(data: Uint8Array): Hashing; digest(): Uint8Array }
interface NodeCrypto { hash?(name: string, data: Uint8Array, form: "buffer"): Uint8Array; createHash(name: string): Hashing; createHmac(name: string, key: Uint8Array): Hashing; webcrypto: Crypto }
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

export async function sha256(body: Uint8Array): Promise<Uint8Array> {
  const { node, web } = found ?? (await here());
  if (!node) return new Uint8Array(await web.subtle.digest("SHA-256", body as BufferSource));
  return node.hash?.("sha256", body, "buffer") ?? node.createHash("sha256").update(body).digest();
}

/** HMAC-SHA-256 by one key, which is made ready once. */
export function hmacBy(key: Uint8Array): (text: Uint8Array) => Promise<Uint8Array> {
  let held: CryptoKey | undefined;
  return async (text) => {
    const { node, web } = found ?? (await here());
    if (node) return node.createHmac("sha256", key).update(text).digest();
    held ??= await web.subtle.importKey("raw", key as BufferSource, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await web.subtle.sign("HMAC", held, text as BufferSource));
  };
}

/** So many bytes that nobody foresees. They are drawn in advance, since one draw costs as much as a signature. */
export async function random(count: number): Promise<Uint8Array> {
  if (drawn.length < count) drawn = (found ?? (await here())).web.getRandomValues(new Uint8Array(1024));
  const taken = drawn.subarray(0, count);
  drawn = drawn.subarray(count);
  return taken;
}
