export const VERSION = "0.1.0";

/** `opsiq-js/0.1.0 node/20.20.2` */
export function userAgent(): string { return (known ??= told()); }

let known: string | undefined;
function told(): string {
  const { process, navigator } = globalThis as { process?: { versions?: Record<string, string | undefined> }; navigator?: { userAgent?: string } };
  const name = ["bun", "deno", "node"].find((each) => process?.versions?.[each]);
  const runtime = name ? `${name}/${process?.versions?.[name] ?? ""}` : (navigator?.userAgent ?? "");
  return `opsiq-js/${VERSION} ${runtime}`.trim();
}
