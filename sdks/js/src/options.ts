/** Options by name, where JavaScript itself would pass a misspelt one over in silence. */
import { ConfigurationError } from "./errors.js";

/** Throws ConfigurationError for an option that is none of `known`. */
export function refuseUnknown(options: object, known: Readonly<Record<string, true>>): void {
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) throw new ConfigurationError(`There is no option ${unknown.join(", ")}. Names are written as in idempotencyKey.`);
}
