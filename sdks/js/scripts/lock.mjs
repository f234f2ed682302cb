// package-lock.json without addresses: `npm install --package-lock-only`, then this. Registries and sponsors are nobody's business here.
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));
for (const each of Object.values(lock.packages)) {
  delete each.funding;
  delete each.resolved;
}
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
