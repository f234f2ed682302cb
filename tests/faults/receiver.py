"""``python -m tests.faults.receiver FILE``: a webhook receiver that misbehaves one time in five, and notes what it took
in FILE. With ``--steady`` it takes everything.

A delivery counts as taken only when it was answered 2xx. From its fifth attempt on a delivery always gets through, so
that a series ends.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path

from aiohttp import web

FAULTY_ATTEMPTS = 4
HANG_S = 20.0


async def main(path: Path, *, steady: bool = False) -> None:
    jitter = random.Random(7)
    notes = path.open("a", encoding="utf-8")

    async def take(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        attempt = int(request.headers["opsiq-attempt"])
        fate = jitter.random() if attempt <= FAULTY_ATTEMPTS and not steady else 1.0
        if fate < 0.10:
            return web.Response(status=jitter.choice((500, 500, 503)))
        if fate < 0.17:
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=500)
        if fate < 0.18:
            await asyncio.sleep(HANG_S)
        taken = {
            "endpoint": request.path.strip("/"),
            "event": request.headers["webhook-id"],
            "attempt": attempt,
            "delivery": request.headers["opsiq-delivery-id"],
            "n": json.loads(body)["data"].get("n"),
        }
        answer = web.StreamResponse(status=204)
        if fate < 0.20:  # it was taken, and nobody will know
            notes.write(json.dumps(taken) + "\n")
            assert request.transport is not None
            request.transport.abort()
            return answer
        notes.write(json.dumps(taken) + "\n")
        notes.flush()
        return answer

    app = web.Application()
    app.router.add_post("/{endpoint}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(json.dumps({"url": f"http://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), steady="--steady" in sys.argv[2:]))
