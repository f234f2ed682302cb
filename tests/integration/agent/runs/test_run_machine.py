"""Runs under any order of asking, editing, yes and no, time passing, crashes and verdicts: what is promised of each of
them holds."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

import store.history.log
from agent.pipeline import FINAL
from agent.runs.run import MOVING, Run
from core.errors import Conflict, Forbidden, NotFound
from tests.integration.agent.agent_harness import (
    CLOSE,
    CREDIT,
    EMAIL,
    ERROR,
    LOST,
    NO,
    OK,
    REPLY,
    SUSPEND,
    UNREACHED,
    AgentHarness,
    WorkerDied,
    open_harness,
)

T = TypeVar("T")
PEOPLE = st.sampled_from(["olivia", "oscar", "amir", "ada", "sara"])
ORDERS = st.lists(
    st.sampled_from([CREDIT, EMAIL, SUSPEND, REPLY, CLOSE]), min_size=1, max_size=2, unique_by=lambda each: each[1]
)
SAYS_SO = {
    "held": "held",
    "asked": "asked",
    "refused": "refused",
    "rejected": "rejected",
    "expired": "expired",
    "abstained": "abstained",
}
ALSO_SAYS_SO = {"rejected": ("cancelled",)}


class RunMachine(RuleBasedStateMachine):
    template: Path
    runs: Bundle[str] = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        self.stack = AsyncExitStack()
        self.over: dict[str, str] = {}

    def do(self, what: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(what)

    @initialize()
    def open(self) -> None:
        shutil.copy(self.template, self.folder / "opsiq.db")
        self.harness: AgentHarness = self.do(
            self.stack.enter_async_context(open_harness(f"sqlite+aiosqlite:///{self.folder / 'opsiq.db'}"))
        )

    @rule(target=runs, person=PEOPLE, orders=ORDERS)
    def ask(self, person: str, orders: list[Any]) -> str:
        words = " and then ".join(each[0] for each in orders)
        return self.do(self.harness.run_service.ask(self.harness.people[person], words, session_id="s")).id

    @rule(run_id=runs, answers=st.lists(st.sampled_from([OK, OK, ERROR, NO, LOST, UNREACHED, None]), max_size=3))
    def job(self, run_id: str, answers: list[Any]) -> None:
        """A worker takes the run up, and may die after the bytes have left."""
        self.harness.signed_client.answers = [WorkerDied() if each is None else each for each in answers]
        with suppress(WorkerDied):
            self.do(self.harness.job(run_id))

    @rule(run_id=runs, person=PEOPLE, old=st.booleans())
    def confirm(self, run_id: str, person: str, old: bool) -> None:
        run = self.run_of(run_id)
        digest = "sha256:" + "0" * 64 if old else run.digest or ""
        with suppress(NotFound):
            self.do(self.harness.decisions.confirm(self.harness.people[person], run_id, digest))

    @rule(run_id=runs, person=PEOPLE)
    def reject(self, run_id: str, person: str) -> None:
        with suppress(NotFound):
            self.do(self.harness.decisions.reject(self.harness.people[person], run_id))

    @rule(run_id=runs, person=PEOPLE)
    def cancel(self, run_id: str, person: str) -> None:
        with suppress(NotFound):
            self.do(self.harness.decisions.cancel(self.harness.people[person], run_id))

    @rule(run_id=runs, amount=st.sampled_from(["30 EUR", "700 EUR"]))
    def edit(self, run_id: str, amount: str) -> None:
        run = self.run_of(run_id)
        if run.plan is None or run.plan.steps[0].action != "saas.apply_credit":
            return
        person = next(each for each in self.harness.people.values() if each.person == run.actor.person)
        self.do(self.harness.decisions.edit(person, run_id, run.digest or "", {"0.amount": amount}))

    @rule(seconds=st.sampled_from([1, 60, 100_000]))
    def time_passes(self, seconds: int) -> None:
        self.harness.clock.advance(seconds=seconds)
        self.do(self.harness.decisions.expire_due())

    @rule(company=st.sampled_from(["Lind", "Lind & Co"]))
    def a_record_changes(self, company: str) -> None:
        self.harness.platform.row("customer", 3)["company"] = company

    @rule(run_id=runs)
    def given_up(self, run_id: str) -> None:
        self.do(self.harness.buried(run_id))

    @rule(run_id=runs, person=PEOPLE, verdict=st.sampled_from(["resend", "happened", "did_not_happen"]))
    def decide(self, run_id: str, person: str, verdict: Any) -> None:
        with suppress(NotFound, Forbidden, Conflict):
            self.do(self.harness.decisions.decide(self.harness.people[person], run_id, verdict))

    def run_of(self, run_id: str) -> Run:
        return self.do(self.harness.run(run_id))

    @invariant()
    def what_is_promised_holds(self) -> None:
        if hasattr(self, "harness"):
            self.do(self._promised())

    async def _promised(self) -> None:
        harness = self.harness
        async with harness.database.read() as session:
            assert (await store.history.log.verify(session, harness.workspace)).ok
            rows = (await session.execute(text("SELECT id FROM runs"))).scalars().all()
            open_work = {
                json.loads(payload)["run_id"]
                for payload in (await session.execute(text("SELECT payload FROM work WHERE state = 'ready'"))).scalars()
            }
        bodies: dict[str, set[bytes]] = {}
        for each in harness.signed_client.posted:
            bodies.setdefault(each.key, set()).add(each.body)
        assert all(len(different) == 1 for different in bodies.values()), "one key, one body, for ever"
        for run_id in rows:
            await self._of_one(await harness.run(run_id), bodies, open_work)

    async def _of_one(self, run: Run, bodies: dict[str, set[bytes]], open_work: set[str]) -> None:
        entries = await self.harness.entries(run.id)
        kinds = [entry.kind for entry in entries]
        if run.state in SAYS_SO:
            assert {SAYS_SO[run.state], *ALSO_SAYS_SO.get(run.state, ())} & set(kinds)
        if run.state in ("succeeded", "failed", "unknown"):
            assert "finished" in kinds
        if run.state in MOVING:
            assert run.id in open_work, "nobody would ever take it up"
        if run.id in self.over:
            assert run.state == self.over[run.id], "what is over stays as it is"
        if run.state in FINAL:
            self.over[run.id] = run.state
        mine = {key for key in bodies if json.loads(next(iter(bodies[key])))["run_id"] == run.id}
        if run.state in ("rejected", "expired", "refused", "abstained"):
            assert not mine
        if not mine:
            return
        assert run.plan
        assert mine <= {step.call_id for step in run.plan.steps}, "only the calls of the plan that was agreed to"
        for step in run.plan.steps:
            assert bodies.get(step.call_id, {step.payload.encode()}) == {step.payload.encode()}
        agreed = [json.loads(entry.data) for entry in entries if entry.kind == "confirmed"]
        if run.plan.held:
            assert run.plan.digest in [each["digest"] for each in agreed]
            assert len({each.person for each in run.approvals}) >= run.plan.approvals
            assert {each.digest for each in run.approvals} == {run.plan.digest}
        else:
            assert "auto_confirmed" in kinds
        assert kinds.index("call_begun") > kinds.index("confirmed" if run.plan.held else "auto_confirmed")

    def teardown(self) -> None:
        self.do(self.stack.aclose())
        self.loop.close()
        shutil.rmtree(self.folder)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_in_any_order_nothing_is_sent_without_its_yes_and_nothing_gets_stuck(sqlite_template: Path) -> None:
    machine = type("Machine", (RunMachine,), {"template": sqlite_template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
