// `node test/world.mjs COMMAND…`: runs it beside a real server and the demo platform, reached by OPSIQ_URL, OPSIQ_KEY and OPSIQ_SECRET.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = process.env.SERVER_ROOT ?? fileURLToPath(new URL("../../..", import.meta.url));
const python = process.env.SERVER_PYTHON ?? join(root, ".venv/bin/python");
if (!existsSync(python)) throw new Error(`The tests run against a real server, and there is no ${python}: run \`make setup\` at the top of the repository.`);

const data = mkdtempSync(join(tmpdir(), "opsiq-js-"));
const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OPSIQ_")));
const environment = { ...plain, OPSIQ_DATA: data, OPSIQ_LOG_LEVEL: "warning" };
const server = spawn(python, ["-m", "cli.main", "demo", "--port", "0", "--platform-port", "0"], { cwd: root, env: environment, stdio: ["ignore", "ignore", "inherit"] });
const over = new Promise((done) => server.once("exit", done));
let status;
try {
  while (!existsSync(join(data, "cli.json"))) {
    if (server.exitCode !== null) throw new Error("the server did not start");
    await pass(100);
  }
  await pass(50);
  const { url, key, secret } = JSON.parse(readFileSync(join(data, "cli.json"), "utf8"));
  const [command, ...words] = process.argv.slice(2);
  const run = spawn(command, words, { stdio: "inherit", env: { ...process.env, OPSIQ_URL: url, OPSIQ_KEY: key, OPSIQ_SECRET: secret } });
  status = await new Promise((done) => run.once("exit", (code) => done(code ?? 1)));
} finally {
  server.kill("SIGTERM");
  await over;
  rmSync(data, { recursive: true, force: true });
}
process.exitCode = status;
