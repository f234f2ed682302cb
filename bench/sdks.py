"""What each SDK costs beside the HTTP call it makes: ``python -m bench.sdks``.

*bare* is a POST of the same body under the same headers by the same HTTP client, given address, headers and body anew
but over a connection that is kept, to a FastAPI route on this machine that does nothing; its answer is read as JSON
too. *work* is all that the SDK does for one call (build, sign, read the answer) with sending left out; *whole* is its
call over the wire. The three are made in turn. Times are medians. The goal: work under 10 % of a bare call, by the
medians and by the tenth percentiles, which a busy machine disturbs least.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI

ROOT = Path(__file__).parents[1]
GOAL = 0.10
TIMES = 2000
HEADERS = {
    "Accept": "application/json",
    "Authorization": f"OPSIQ1-HMAC-SHA256 key=pk_test_1,ts=1700000000,nonce={'A' * 22},sig={'0' * 64}",
    "Idempotency-Key": "A" * 22,
    "User-Agent": "bare/0.1.0",
}
"""Of a bare call: as many and as long as a signed one's."""

PYTHON = """
import json, sys, time
import httpx, opsiq
from opsiq import core, types
url, body, times = sys.argv[1], sys.argv[2].encode(), int(sys.argv[3])
data = json.loads(body)["data"]
ops = opsiq.OpsIQ("pk_test_1", "sk_test_" + "A" * 43, base_url=url)
http = httpx.Client()
headers = {"Content-Type": "application/json", **json.loads(sys.argv[4])}
answer = core.Answer(202, {}, b'{"id":"evt_1","event":"order.shipped"}')
def work():
    sent = core.body(event="order.shipped", data=data)
    exchange = ops._core.begin(core.Call("POST", "/v1/events/fire", types.Accepted, "", sent, True))
    exchange.outgoing(); exchange.took(answer, 0.0)
def bare():
    http.post(url + "/v1/events/fire", content=body, headers=headers).json()
def whole():
    ops.events.fire("order.shipped", data)
acts, took = {"bare": bare, "work": work, "whole": whole}, {"bare": [], "work": [], "whole": []}
for _ in range(times):
    for name, act in acts.items():
        began = time.perf_counter()
        act()
        took[name].append((time.perf_counter() - began) * 1e6)
print(json.dumps({name: [sorted(each)[times // 10], sorted(each)[times // 2]] for name, each in took.items()}))
"""

NODE = """
const { OpsIQ } = await import(process.argv[2]);
const [url, body, times] = [process.argv[3], process.argv[4], Number(process.argv[5])];
const data = JSON.parse(body).data;
const keys = { publicKey: "pk_test_1", secretKey: "sk_test_" + "A".repeat(43), baseUrl: url };
const text = '{"id":"evt_1","event":"order.shipped"}';
const stub = async () => ({ ok: true, status: 202, headers: { get: () => null }, text: async () => text });
const [wired, stubbed] = [new OpsIQ(keys), new OpsIQ({ ...keys, fetch: stub })];
const headers = { "Content-Type": "application/json", ...JSON.parse(process.argv[6]) };
const acts = {
  bare: async () => (await fetch(url + "/v1/events/fire", { method: "POST", body, headers })).json(),
  work: () => stubbed.events.fire("order.shipped", data),
  whole: () => wired.events.fire("order.shipped", data),
};
const took = { bare: [], work: [], whole: [] };
for (let n = 0; n < times; n++) {
  for (const [name, act] of Object.entries(acts)) {
    await new Promise(setImmediate); // what the act before has left for later is not this one's
    const began = performance.now();
    await act();
    took[name].push((performance.now() - began) * 1000);
  }
}
const marks = (each) => (each.sort((a, b) => a - b), [each[Math.floor(times / 10)], each[Math.floor(times / 2)]]);
console.log(JSON.stringify(Object.fromEntries(Object.entries(took).map(([name, each]) => [name, marks(each)]))));
process.exit(0);
"""

PHP = """<?php
require $argv[1];
[, , $url, $body, $times, $more] = $argv;
$headers = ['Content-Type: application/json', 'Expect:'];
foreach (json_decode($more, true) as $name => $value) {
    $headers[] = "$name: $value";
}
$data = json_decode($body, true)['data'];
$keys = ['public_key' => 'pk_test_1', 'secret_key' => 'sk_test_' . str_repeat('A', 43), 'base_url' => $url];
$stub = new class implements OpsIQ\\Http\\Transport {
    public function send(OpsIQ\\Http\\Request $request): OpsIQ\\Http\\Answer
    {
        return new OpsIQ\\Http\\Answer(202, [], '{"id":"evt_1","event":"order.shipped"}');
    }
};
$wired = new OpsIQ\\Client($keys);
$stubbed = new OpsIQ\\Client($keys + ['http_client' => $stub]);
$curl = curl_init();
curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_NOPROXY => '*']);
$acts = [
    'bare' => static function () use ($curl, $url, $body, $headers) {
        curl_setopt_array($curl, [CURLOPT_URL => "$url/v1/events/fire", CURLOPT_POSTFIELDS => $body, CURLOPT_HTTPHEADER => $headers]);
        return json_decode(curl_exec($curl), true);
    },
    'work' => static fn () => $stubbed->events->fire('order.shipped', $data),
    'whole' => static fn () => $wired->events->fire('order.shipped', $data),
];
$took = [];
for ($n = 0; $n < $times; $n++) {
    foreach ($acts as $name => $act) {
        $began = hrtime(true);
        $act();
        $took[$name][] = (hrtime(true) - $began) / 1000;
    }
}
$marks = static function (array $each) use ($times): array {
    sort($each);
    return [$each[intdiv((int) $times, 10)], $each[intdiv((int) $times, 2)]];
};
echo json_encode(array_map($marks, $took)), "\\n";
"""  # noqa: E501


def serve() -> None:
    """The bare server, in a process of its own."""
    app = FastAPI()

    @app.post("/v1/events/fire", status_code=202)
    async def fire() -> dict[str, str]:
        return {"id": "evt_01JD8X4T5C6K7M8N9PQRSTVWXY", "event": "order.shipped"}

    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    server = uvicorn.Server(uvicorn.Config(app, http="h11", log_config=None, access_log=False))
    asyncio.run(server.serve(sockets=[listening]))


def command(name: str) -> tuple[list[str], str] | None:
    """The program and its text, None where the language or the SDK's build is not here."""
    if name == "python":
        return [sys.executable, "-"], PYTHON
    found = shutil.which({"js": "node", "php": "php"}[name])
    built = ROOT / "sdks/js/dist/esm/index.js"
    if found is None or (name == "js" and not built.exists()):
        return None
    if name == "js":
        return [found, "--input-type=module", "-", str(built)], NODE
    return [found, "--", str(ROOT / "sdks/php/autoload.php")], PHP


def measured(url: str) -> int:
    data = {"customer_id": 421, "order_ref": "NB-9182", "carrier": "DHL"}
    body = json.dumps({"event": "order.shipped", "data": data}, separators=(",", ":"))
    headers = json.dumps(HEADERS)
    mine = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    mine["PYTHONPATH"] = str(ROOT / "sdks/python/src")
    print("sdk       bare us   work us   work/bare   ... tenth   whole us   whole/bare")
    for name in ("python", "js", "php"):
        how = command(name)
        if how is None:
            print(f"{name:<8}  not here: make setup-js setup-php, and npm run build in sdks/js")
            continue
        program = [*how[0], url, body, str(TIMES), headers]
        done = subprocess.run(program, input=how[1], stdout=subprocess.PIPE, text=True, check=True, env=mine)
        tenth, median = zip(*(json.loads(done.stdout)[each] for each in ("bare", "work", "whole")), strict=True)
        ratios = [job / bare for bare, job, _ in (median, tenth)]
        bare, job, whole = median
        said = "" if max(ratios) < GOAL else "   over the goal"
        print(
            f"{name:<8}{bare:>9.0f} {job:>9.0f} {ratios[0]:>11.1%} {ratios[1]:>11.1%} {whole:>10.0f} "
            f"{whole / bare:>12.2f}{said}",
            flush=True,
        )
    return 0


def main() -> int:
    command = [sys.executable, "-m", "bench.sdks", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            return measured(process.stdout.readline().strip())
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(serve() if "--serve" in sys.argv else main())
