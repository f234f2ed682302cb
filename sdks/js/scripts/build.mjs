// dist/esm and dist/cjs from src: the compiler twice, and what tells Node which is which.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}/dist`, { recursive: true, force: true });
for (const project of ["tsconfig.json", "tsconfig.cjs.json"]) {
  execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, "-p", `${root}/${project}`], { stdio: "inherit" });
}
writeFileSync(`${root}/dist/cjs/package.json`, '{ "type": "commonjs" }\n');
writeFileSync(`${root}/dist/esm/package.json`, '{ "type": "module" }\n');
