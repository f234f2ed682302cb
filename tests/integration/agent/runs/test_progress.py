"""How far a request is, and stopping it: told by the real steps, seen from another process, and never acted on
afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, fields, replace

import pytest

from agent.pipeline import Phase, Refusal, Request, Resolved
from agent.runs.progress import LOOKS_PER_S, Progress, RunWakeups
from agent.runs.run import Run
from agent.runs.service import RunService
from core.actor import Actor
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind
from tests.integration.agent.agent_harness import CREDIT, SUSPEND, AgentHarness, ScriptedResolver

Held = Callable[[], Awaitable[None]]


class Slow(ScriptedResolver):
    """Answers when it is let; ``asked`` is set while it is asked, ``dropped`` where nobody waits for it any more."""

    def __init__(self) -> None:
        self.asked, self.let = asyncio.Event(), asyncio.Event()
        self.dropped = False

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        self.asked.set()
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.dropped = True
            raise
        return await super().resolve(request, shortlist, kinds)


def slow(harness: AgentHarness) -> Slow:
    resolver = Slow()
    harness.planner = replace(harness.planner, resolver=resolver)
    return resolver


async def asked(harness: AgentHarness) -> Run:
    return await harness.run_service.ask(harness.people["amir"], CREDIT[0], session_id="s")


async def elsewhere(harness: AgentHarness, run_id: str) -> Phase:
    """What a process says that does not work the run out itself."""
    return Progress(harness.database, RunWakeups()).get_phase(await harness.run(run_id))


async def becomes(look: Callable[[], Awaitable[object]], wanted: object) -> None:
    while await look() != wanted:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def test_each_step_is_told_as_it_begins_and_seen_from_another_process_while_it_lasts(
    harness: AgentHarness,
) -> None:
    resolver = slow(harness)
    heard: list[Phase] = []
    here = harness.planner.progress
    noted = here.note
    here.note = lambda run, phase: (heard.append(phase), noted(run, phase))[1]  # type: ignore[method-assign]
    run = await asked(harness)
    assert here.get_phase(run) == "choosing"
    go_on = asyncio.Event()

    async def looked_up() -> None:
        await go_on.wait()

    harness.platform.while_searching = looked_up
    working = asyncio.ensure_future(harness.job(run.id))
    await resolver.asked.wait()
    assert heard == ["choosing"]
    resolver.let.set()
    await becomes(lambda: elsewhere(harness, run.id), "looking")
    assert here.get_phase(run) == "looking"
    go_on.set()
    done = await working
    assert done.state == "succeeded"
    assert heard[:3] == ["choosing", "looking", "checking"]
    assert (await harness.run(run.id)).phase is None


async def test_what_is_cancelled_while_a_model_is_asked_is_given_up_and_never_acts(harness: AgentHarness) -> None:
    resolver = slow(harness)
    run = await asked(harness)
    working = asyncio.ensure_future(harness.planner.plan(run.workspace, run.id))
    await resolver.asked.wait()
    cancelled = await harness.decisions.cancel(harness.people["amir"], run.id)
    assert isinstance(cancelled, Run)
    await working
    assert resolver.dropped
    assert (await harness.job(run.id)).state == "rejected"
    assert await harness.kinds(run.id) == ["prompt", "cancelled"]
    entry = (await harness.entries(run.id))[-1]
    assert '"phase":"choosing"' in entry.data.replace(" ", "")
    assert harness.signed_client.posted == []


async def test_a_cancel_that_comes_while_records_are_looked_up_wins_over_the_plan(harness: AgentHarness) -> None:
    run = await asked(harness)

    async def meanwhile() -> None:
        assert isinstance(await harness.decisions.cancel(harness.people["amir"], run.id), Run)

    harness.platform.while_searching = meanwhile
    assert (await harness.job(run.id)).state == "rejected"
    assert await harness.kinds(run.id) == ["prompt", "cancelled"]
    assert harness.signed_client.posted == []


async def test_what_is_worked_out_is_cancelled_no_more(harness: AgentHarness) -> None:
    run = await harness.ask("amir", SUSPEND)
    assert run.state == "held"
    late = await harness.decisions.cancel(harness.people["amir"], run.id)
    assert isinstance(late, Refusal)
    assert (await harness.run(run.id)).state == "held"


async def test_a_cancel_from_another_process_is_noticed_too(harness: AgentHarness) -> None:
    resolver = slow(harness)
    run = await asked(harness)
    working = asyncio.ensure_future(harness.planner.plan(run.workspace, run.id))
    await resolver.asked.wait()
    there = replace(harness.decisions, run_wakeups=RunWakeups())  # its watch wakes nobody here
    assert isinstance(await there.cancel(harness.people["amir"], run.id), Run)
    await working
    assert resolver.dropped


async def test_a_resolver_that_fails_fails_as_before(harness: AgentHarness) -> None:
    class Broken(ScriptedResolver):
        async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
            raise ZeroDivisionError

    harness.planner = replace(harness.planner, resolver=Broken())
    run = await asked(harness)
    with pytest.raises(ZeroDivisionError):
        await harness.planner.plan(run.workspace, run.id)
    assert (await harness.run(run.id)).state == "received"


async def test_who_waits_for_the_card_is_woken_by_the_move_and_not_by_every_step(harness: AgentHarness) -> None:
    resolver = slow(harness)
    run_wakeups = harness.run_service.run_wakeups
    harness.planner = replace(
        harness.planner, changed=run_wakeups.notify_changed, progress=harness.run_service.progress
    )
    run = await asked(harness)
    with run_wakeups.watch(run.id) as moved, run_wakeups.watch(run.id, steps=True) as stepped:
        working = asyncio.ensure_future(harness.planner.plan(run.workspace, run.id))
        await resolver.asked.wait()
        assert stepped.is_set()
        assert not moved.is_set()
        resolver.let.set()
        await working
        assert moved.is_set()


async def test_what_comes_of_planning_is_stored_with_the_transaction_it_is_handed_to(harness: AgentHarness) -> None:
    woken: list[str] = []
    harness.planner = replace(harness.planner, wake=lambda: woken.append("wake"))
    run = await asked(harness)
    record = await harness.planner.plan_and_commit(run.workspace, run.id)
    assert record is not None

    async def rolled_back() -> None:
        async with harness.database.begin() as session:
            await record(session)
            raise KeyError

    with pytest.raises(KeyError):
        await rolled_back()
    assert (await harness.run(run.id)).state == "received"
    assert woken == []
    async with harness.database.begin() as session:
        await record(session)
    stored = await harness.run(run.id)
    assert woken == (["wake"] if stored.state == "confirmed" else [])
    assert await harness.planner.plan_and_commit(run.workspace, run.id) is None
    async with (
        harness.database.begin() as session
    ):  # the same record again, as after a lost settle: nothing is written twice
        await record(session)
    assert (await harness.run(run.id)).revision == stored.revision


@dataclass(frozen=True)
class CountingService(RunService):
    """Counts the looks of waiters at their runs."""

    looks: list[str] = field(default_factory=list)

    async def show_again(self, actor: Actor, run_id: str) -> Run:
        self.looks.append(actor.name)
        return await super().show_again(actor, run_id)


def counting(harness: AgentHarness) -> CountingService:
    service = harness.run_service
    return CountingService(**{each.name: getattr(service, each.name) for each in fields(service)})


async def test_many_waiters_of_one_person_look_less_often_and_slow_nobody_else(harness: AgentHarness) -> None:
    slow(harness)
    service, run = counting(harness), await asked(harness)
    amir, olivia = harness.people["amir"], harness.people["olivia"]
    many = 4 * LOOKS_PER_S
    waits = [service.wait_until_idle(amir, run.id, wait_s=1.5) for _ in range(many)]
    await asyncio.gather(service.wait_until_idle(olivia, run.id, wait_s=1.5), *waits)
    assert service.looks.count(amir.name) == many  # only the last look, when the time is up
    assert service.looks.count(olivia.name) > 3


async def test_many_waiters_are_woken_at_once_when_the_run_moves_here(harness: AgentHarness) -> None:
    run = await asked(harness)
    amir = harness.people["amir"]
    waits = [harness.run_service.wait_until_idle(amir, run.id, wait_s=60) for _ in range(10 * LOOKS_PER_S)]
    waiting = asyncio.gather(*waits)
    await asyncio.sleep(0)
    async with asyncio.timeout(9):  # their own looks come 10 s apart
        await harness.decisions.cancel(amir, run.id)
        assert {each.state for each in await waiting} == {"rejected"}
