/** Bytes and their texts. */
const utf8 = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, each) => each.toString(16).padStart(2, "0"));

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
