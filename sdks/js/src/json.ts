/** JSON, strictly. */
import { ConfigurationError } from "./errors.js";

/** Throws ConfigurationError for what would silently become something else. An absent member (undefined) is left out. */
export function written(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, name, each: unknown) {
    const odd = oddity(each, this[name], Array.isArray(this));
    if (odd) throw new ConfigurationError(`${name || "The body"} is ${odd}, which JSON can't hold.`);
    return each;
  });
}

/** What this is, if JSON has no form for it; `given` is what it was before its own `toJSON`. */
function oddity(each: unknown, given: unknown, inList: boolean): string | undefined {
  if (typeof each === "number") return Number.isFinite(each) ? undefined : String(each);
  if (each === undefined) return inList ? "undefined" : undefined;
  if (each === null) return given === null || !(given instanceof Date) ? undefined : "an invalid date";
  if (typeof each !== "object") return ["bigint", "function", "symbol"].includes(typeof each) ? `a ${typeof each}` : undefined;
  return emptied(each) ? `a ${tagOf(each)}` : undefined;
}

/** Whether it would be written as {} and is no object of members: a Map, a Set, a promise that nobody awaited. */
function emptied(value: object): boolean {
  const ofMembers = ["Object", "Array", "Number", "Boolean", "String"].includes(tagOf(value));
  return !ofMembers && Object.keys(value).length === 0;
}

/** What the language calls it, whichever realm it is from. */
function tagOf(value: object): string { return Object.prototype.toString.call(value).slice(8, -1); }

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
