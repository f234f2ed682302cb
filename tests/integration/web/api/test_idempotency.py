"""Idempotency through the real app: whatever clients repeat, mix up or lose, each key acts once and is answered the
same."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.integration.web.api.shop import InstalledShop, Shop, open_shop

T = TypeVar("T")
KEYS = st.sampled_from(["k1", "k2", '"k1"', "K:3.x-_"])
TEXTS = st.sampled_from(["close ticket 5519", "refund invoice 1"])
BY = st.sampled_from(["olivia", "second", "eve"])


def bare(key: str) -> str:
    return key.strip('"')


class Clients(RuleBasedStateMachine):
    """The model: for each caller and key, the text it was first sent with and what was answered."""

    template: InstalledShop

    @initialize()
    def open(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="opsiq-idempotency-"))
        self.opened = open_shop(self.folder / "data", self.template)
        self.shop: Shop = self.do(self.opened.__aenter__())
        self.shop.keys["second"] = self.do(self.shop.key_of("olivia", name="second"))
        self.known: dict[tuple[str, str], tuple[str, str, float]] = {}
        self.made: dict[str, int] = {"olivia": 0, "eve": 0}

    def do(self, job: Awaitable[T]) -> T:
        return self.loop.run_until_complete(asyncio.ensure_future(job, loop=self.loop))

    def workspace(self, by: str) -> str:
        return "eve" if by == "eve" else "olivia"

    @rule(by=BY, key=KEYS, text=TEXTS)
    def post(self, by: str, key: str, text: str) -> None:
        answer = self.do(self.shop.call("POST", "/v1/runs", {"text": text}, by=by, idempotency_key=key))
        at = self.shop.clock().timestamp()
        known = self.known.get((by, bare(key)))
        if known is not None and at - known[2] <= 24 * 3600:
            if known[0] != text:
                assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
                return
            assert (answer.status_code, answer.text) == (202, known[1])
            assert answer.headers["idempotency-replayed"] == "true"
            return
        assert answer.status_code == 202, answer.text
        assert "idempotency-replayed" not in answer.headers
        self.known[by, bare(key)] = (text, answer.text, at)
        self.made[self.workspace(by)] += 1

    @rule(key=KEYS, text=TEXTS)
    def post_twice_at_once(self, key: str, text: str) -> None:
        async def both() -> list[Any]:
            sent = (self.shop.call("POST", "/v1/runs", {"text": text}, idempotency_key=key) for _ in range(2))
            return list(await asyncio.gather(*sent))

        before = self.known.get(("olivia", bare(key)))
        answers = self.do(both())
        fresh = before is None or self.shop.clock().timestamp() - before[2] > 24 * 3600
        statuses = sorted(each.status_code for each in answers)
        if not fresh:
            assert len(set(statuses)) == 1
            return
        assert statuses in ([202, 202], [202, 409])
        good = [each for each in answers if each.status_code == 202]
        assert len({each.text for each in good}) == 1
        self.known["olivia", bare(key)] = (text, good[0].text, self.shop.clock().timestamp())
        self.made["olivia"] += 1

    @rule(key=KEYS)
    def post_what_is_refused(self, key: str) -> None:
        """A body that can't be read begins no work, so its key stays free."""
        answer = self.do(self.shop.call("POST", "/v1/runs", {"text": ""}, by="eve", idempotency_key=key))
        assert answer.status_code == 400

    @rule(key=st.sampled_from(["", "a b", "ü", "x" * 256, '"unclosed']))
    def post_with_a_key_that_is_none(self, key: str) -> None:
        if not key.isascii():
            return
        answer = self.do(self.shop.call("POST", "/v1/runs", {"text": "hi"}, idempotency_key=key))
        assert answer.status_code == 400

    @rule(hours=st.sampled_from([1, 25]))
    def time_passes(self, hours: int) -> None:
        self.shop.clock.advance(hours=hours)

    @invariant()
    def there_are_as_many_runs_as_acts(self) -> None:
        if not hasattr(self, "made"):
            return
        for person, count in self.made.items():
            page = self.do(self.shop.call("GET", "/v1/runs", by=person, query="limit=100")).json()
            assert len(page["data"]) == count, json.dumps([each["id"] for each in page["data"]])

    def teardown(self) -> None:
        if hasattr(self, "opened"):
            self.do(self.opened.__aexit__(None, None, None))
            self.loop.close()
            shutil.rmtree(self.folder)


def test_each_key_acts_once_whatever_clients_do(template: InstalledShop) -> None:
    Clients.template = template
    run_state_machine_as_test(
        Clients,
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )  # type: ignore[no-untyped-call]
