/** JSON, strictly. */
import { ConfigurationError } from "./errors.js";

/** Throws ConfigurationError for what would silently become something else. */
export function written(value: unknown): string {
  try {
    const text = JSON.stringify(value);
    if (!text.includes("null")) return text; // which is what a number that JSON can't hold becomes
  } catch { /* looked at below */ }
  return JSON.stringify(value, (name, each: unknown) => {
    const odd = (typeof each === "number" && !Number.isFinite(each)) || typeof each === "bigint";
    if (odd) throw new ConfigurationError(`${name || "The body"} is ${String(each)}, which JSON can't hold.`);
    return each;
  });
}

/** Undefined for what is no JSON in UTF-8. */
export function parsed(raw: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof raw === "string" ? raw : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw));
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** RFC 8785 of what `parsed` gives; undefined for what is nested deeper than anything that OpsIQ sends. */
export function canonical(value: unknown, depth = 200): string | undefined {
  if (depth === 0) return undefined;
  const inner = Array.isArray(value) ? value.map((each) => canonical(each, depth - 1)) : undefined;
  if (inner) return inner.includes(undefined) ? undefined : `[${inner.join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort().map((name) => [JSON.stringify(name), canonical(value[name], depth - 1)]);
  return members.some(([, each]) => each === undefined) ? undefined : `{${members.map((each) => each.join(":")).join(",")}}`;
}
