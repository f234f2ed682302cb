"""Who uses the site: a publisher of events and people who ask and confirm, over signed REST, patient with every
failure.

Whatever is tried again is signed afresh and carries the same Idempotency-Key.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from core.crypto import request_signature

PATIENCE_S = 240.0
AT_ONCE = {"_fire": 50, "_run": 8}
CUSTOMERS = ("Hugo Bernard", "Emma Fischer", "Nora Lindqvist", "Chiara Ricci", "Mia Keller")
"""Several, since a card is for the record as it was: credit given meanwhile to the same customer asks for another
yes."""
OVER = frozenset({"succeeded", "failed", "unknown", "refused", "rejected", "expired", "abstained"})


@dataclass
class Person:
    """One API key."""

    session: aiohttp.ClientSession
    url: str
    key: str
    secret: str
    trouble: Counter[str] = field(default_factory=Counter)
    server_errors: int = 0
    """How many answers were 5xx."""

    async def get(self, path: str, query: str = "") -> dict[str, Any]:
        return await self._asked("GET", path, query, b"", "")

    async def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Returns only when it was accepted; raises what the server refuses for good."""
        return await self._asked(
            "POST", path, "", json.dumps(body).encode() if body is not None else b"", uuid.uuid4().hex
        )

    async def _asked(self, method: str, path: str, query: str, body: bytes, idempotency_key: str) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE_S
        pause_s = 0.05
        while True:
            authorization = request_signature.make_header(
                self.secret,
                ts=int(time.time()),
                nonce=request_signature.make_nonce(),
                key=self.key,
                method=method,
                path=path,
                query=query,
                idempotency_key=idempotency_key,
                body=body,
            )
            headers = {"Authorization": authorization, "Content-Type": "application/json"}
            if idempotency_key:
                headers["Idempotency-Key"] = idempotency_key
            target = f"{self.url}{path}" + (f"?{query}" if query else "")
            status, said = 0, ""
            try:
                async with self.session.request(method, target, data=body or None, headers=headers) as answer:
                    status, said = answer.status, await answer.text()
                    if status < 300:
                        found: dict[str, Any] = json.loads(said)
                        return found
                    code = _code(said)
                    if status not in (408, 429) and status < 500 and code != "idempotency_in_flight":
                        raise Refused(status, code, said)
                    self.trouble[code or str(status)] += 1
                    self.server_errors += status >= 500
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                self.trouble[type(error).__name__] += 1
            if time.monotonic() > end:
                raise TimeoutError(f"{method} {path} got nowhere in {PATIENCE_S} s; last {status} {said[:300]}")
            await asyncio.sleep(pause_s)
            pause_s = min(1.0, pause_s * 2)


def _code(said: str) -> str:
    """The problem's code; none where a process that is stopping cut the request off."""
    try:
        return str(json.loads(said).get("code", ""))
    except ValueError:
        return ""


class Refused(Exception):
    def __init__(self, status: int, code: str, said: str) -> None:
        super().__init__(f"{status} {code}: {said[:500]}")
        self.status, self.code = status, code


@dataclass
class Promises:
    """What was promised to whoever asked."""

    fired: dict[int, str] = field(default_factory=dict)
    """n → the id of the accepted event."""
    confirmed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Runs that were confirmed, by id: amount or message."""
    complaints: list[str] = field(default_factory=list)
    given_up: int = 0
    """Cards that were still changing when their person had no more patience."""


class Load:
    """Fires ``events_per_s`` and asks for ``runs_per_s`` until stopped; then waits for everything that is under way."""

    def __init__(self, person: Person, *, events_per_s: float, runs_per_s: float) -> None:
        self.promises = Promises()
        self._person = person
        self._events_per_s, self._runs_per_s = events_per_s, runs_per_s
        self._stopping = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._n = 0
        self._amount = 100

    def start(self) -> None:
        self._loops = [
            asyncio.create_task(self._every(1 / self._events_per_s, self._fire)),
            asyncio.create_task(self._every(1 / self._runs_per_s, self._run)),
        ]

    async def stop(self) -> None:
        self._stopping.set()
        await asyncio.gather(*self._loops)
        while self._under_way:
            await asyncio.gather(*list(self._under_way), return_exceptions=True)
            await asyncio.sleep(0)

    async def _every(self, pause_s: float, what: Any) -> None:
        while not self._stopping.is_set():
            if sum(task.get_name() == what.__name__ for task in self._under_way) < AT_ONCE[what.__name__]:
                task = asyncio.create_task(self._told(what), name=what.__name__)
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            await asyncio.sleep(pause_s)

    async def _told(self, what: Any) -> None:
        try:
            await what()
        except Exception as error:
            self.promises.complaints.append(f"{what.__name__}: {type(error).__name__}: {error}")

    async def _fire(self) -> None:
        self._n += 1
        n = self._n
        name = ("faults.happened", "faults.ordered")[n % 2]
        fired = await self._person.post("/v1/events/fire", {"event": name, "data": {"n": n, "note": "x" * 100}})
        self.promises.fired[n] = fired["id"]

    async def _run(self) -> None:
        self._amount += 1
        amount = self._amount
        say = amount % 5 == 0
        customer = CUSTOMERS[amount % len(CUSTOMERS)]
        words = f'reply to ticket 5519: "Answer {amount}."' if say else f"give {customer} {amount} EUR credit"
        run = await self._person.post("/v1/runs", {"text": words})
        run_id = run["id"]
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            run = await self._person.get(f"/v1/runs/{run_id}", "wait_s=5")
            if run["state"] in OVER:
                return
            if run["state"] == "held":
                self.promises.confirmed.pop(
                    run_id, None
                )  # what the yes was given to has changed: another card, another yes
                try:
                    await self._person.post(f"/v1/runs/{run_id}/confirm", {"digest": run["card"]["digest"]})
                except Refused as refused:
                    if refused.status not in (404, 409, 410, 422):
                        raise
                    await asyncio.sleep(0.2)
                    continue  # the card has changed under us: look again
                self.promises.confirmed[run_id] = {"say": say, "amount": amount}
        run = await self._person.get(f"/v1/runs/{run_id}")
        if run["state"] == "held":  # its record changed again and again: nobody's yes stands, and the person gives up
            self.promises.confirmed.pop(run_id, None)
            self.promises.given_up += 1
        elif run["state"] not in OVER:
            self.promises.complaints.append(f"run {run_id} is {run['state']} after {PATIENCE_S} s")
