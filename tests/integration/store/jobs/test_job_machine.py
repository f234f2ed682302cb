"""Durable work against a model of it, in every order: the model is a dict, the store is a real SQLite file."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from store.database import Database
from store.jobs import enqueue, jobs
from store.jobs.jobs import Job

T = TypeVar("T")


class WorkMachine(RuleBasedStateMachine):
    """``state`` is what each key must be in; ``holder`` is the one claim that may settle it, all earlier ones are
    zombies."""

    template: Path
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.state: dict[str, str] = {}
        self.attempts: dict[str, int] = {}
        self.holder: dict[str, Job] = {}
        self.folder = Path(tempfile.mkdtemp())
        self.loop = asyncio.new_event_loop()

    def run(self, awaited: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(awaited)

    @initialize()
    def open(self) -> None:
        shutil.copy(self.template, self.folder / "opsiq.db")
        self.database = self.run(Database.open(f"sqlite+aiosqlite:///{self.folder / 'opsiq.db'}"))

    @rule(key=st.sampled_from("abcd"))
    def put(self, key: str) -> None:
        async def put() -> bool:
            async with self.database.begin() as session:
                return await enqueue.enqueue(session, key=key, kind="call", workspace="ws_1", payload={"key": key})

        assert self.run(put()) is (key not in self.state)
        self.state.setdefault(key, "ready")
        self.attempts.setdefault(key, 0)

    @rule(target=claims, owner=st.sampled_from(["w1", "w2"]), limit=st.integers(1, 3))
    def claim(self, owner: str, limit: int) -> Any:
        async def claim() -> list[Job]:
            async with self.database.begin() as session:
                return await jobs.claim(session, owner=owner, kinds=("call",), lease_s=60.0, limit=limit)

        claimed = self.run(claim())
        due = {key for key, state in self.state.items() if state in ("ready", "over")}
        assert len(claimed) == min(limit, len(due))
        for one in claimed:
            assert one.key in due
            self.attempts[one.key] += 1
            assert one.attempt == self.attempts[one.key]
            self.state[one.key] = "held"
            self.holder[one.key] = one
        return multiple(*claimed)

    @rule()
    def leases_run_out(self) -> None:
        async def run_out() -> None:
            async with self.database.begin() as session:
                await session.execute(text("UPDATE work SET due_ms = 0 WHERE state = 'claimed'"))

        self.run(run_out())
        self.state = {key: "over" if state == "held" else state for key, state in self.state.items()}

    @rule()
    def time_comes_for_what_waits(self) -> None:
        async def make_due() -> None:
            async with self.database.begin() as session:
                await session.execute(text("UPDATE work SET due_ms = 0, turn_ms = 0 WHERE state = 'ready'"))

        self.run(make_due())
        self.state = {key: "ready" if state == "waits" else state for key, state in self.state.items()}

    @rule(claim=claims, how=st.sampled_from(["ack", "later", "bury", "renew"]))
    def settle(self, claim: Job, how: str) -> None:
        async def settle() -> bool:
            async with self.database.begin() as session:
                if how == "ack":
                    return await jobs.ack(session, claim)
                if how == "later":
                    return await jobs.reschedule(session, claim, 3600.0, "again")
                if how == "bury":
                    return await jobs.mark_dead(session, claim, "never")
                return await jobs.renew(session, claim, 60.0)

        may = self.holder.get(claim.key) == claim and self.state[claim.key] in ("held", "over")
        assert self.run(settle()) is may
        if may:
            self.state[claim.key] = {"ack": "done", "later": "waits", "bury": "dead", "renew": "held"}[how]

    @rule(claim=consumes(claims))
    def worker_dies(self, claim: Job) -> None:
        """Nobody will settle this claim."""

    @invariant()
    def the_store_is_as_the_model_says(self) -> None:
        if not hasattr(self, "database"):
            return

        async def states() -> dict[str, str]:
            async with self.database.read() as session:
                rows = await session.execute(text("SELECT key, state FROM work"))
                return {row.key: row.state for row in rows}

        stored = {"held": "claimed", "over": "claimed", "waits": "ready"}
        assert self.run(states()) == {key: stored.get(state, state) for key, state in self.state.items()}

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.run(self.database.close())
        self.loop.close()
        shutil.rmtree(self.folder)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_in_any_order_a_claim_settles_once_and_a_zombie_never(sqlite_template: Path) -> None:
    machine = type("Machine", (WorkMachine,), {"template": sqlite_template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
