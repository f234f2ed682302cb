"""How far a request is, and stopping it: told by the real steps, seen from another process, and never acted on afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from agent.pipeline import Phase, Refusal, Request, Resolved
from agent.runs.notifier import RunNotifier
from agent.runs.progress import Progress
from agent.runs.run import Run
from registry.records import RecordKind
from registry.shortlist import Shortlist
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


def slow(bureau: AgentHarness) -> Slow:
    resolver = Slow()
    bureau.planner = replace(bureau.planner, resolver=resolver)
    return resolver


async def asked(bureau: AgentHarness) -> Run:
    return await bureau.desk.ask(bureau.people["amir"], CREDIT[0], session_id="s")


async def elsewhere(bureau: AgentHarness, run_id: str) -> Phase:
    """What a process says that does not work the run out itself."""
    return Progress(bureau.sessions, RunNotifier()).phase(await bureau.run(run_id))


async def becomes(look: Callable[[], Awaitable[object]], wanted: object) -> None:
    while await look() != wanted:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def test_each_step_is_told_as_it_begins_and_seen_from_another_process_while_it_lasts(
    bureau: AgentHarness,
) -> None:
    resolver = slow(bureau)
    heard: list[Phase] = []
    here = bureau.planner.progress
    noted = here.note
    here.note = lambda run, phase: (heard.append(phase), noted(run, phase))[1]  # type: ignore[method-assign]
    run = await asked(bureau)
    assert here.phase(run) == "choosing"
    go_on = asyncio.Event()

    async def looked_up() -> None:
        await go_on.wait()

    bureau.platform.while_searching = looked_up
    working = asyncio.ensure_future(bureau.work(run.id))
    await resolver.asked.wait()
    assert heard == ["choosing"]
    resolver.let.set()
    await becomes(lambda: elsewhere(bureau, run.id), "looking")
    assert here.phase(run) == "looking"
    go_on.set()
    done = await working
    assert done.state == "succeeded"
    assert heard[:3] == ["choosing", "looking", "checking"]
    assert (await bureau.run(run.id)).phase is None


async def test_what_is_cancelled_while_a_model_is_asked_is_given_up_and_never_acts(bureau: AgentHarness) -> None:
    resolver = slow(bureau)
    run = await asked(bureau)
    working = asyncio.ensure_future(bureau.planner.plan(run.workspace, run.id))
    await resolver.asked.wait()
    cancelled = await bureau.decisions.cancel(bureau.people["amir"], run.id)
    assert isinstance(cancelled, Run)
    await working
    assert resolver.dropped
    assert (await bureau.work(run.id)).state == "rejected"
    assert await bureau.kinds(run.id) == ["prompt", "cancelled"]
    entry = (await bureau.entries(run.id))[-1]
    assert '"phase":"choosing"' in entry.data.replace(" ", "")
    assert bureau.hand.posted == []


async def test_a_cancel_that_comes_while_records_are_looked_up_wins_over_the_plan(bureau: AgentHarness) -> None:
    run = await asked(bureau)

    async def meanwhile() -> None:
        assert isinstance(await bureau.decisions.cancel(bureau.people["amir"], run.id), Run)

    bureau.platform.while_searching = meanwhile
    assert (await bureau.work(run.id)).state == "rejected"
    assert await bureau.kinds(run.id) == ["prompt", "cancelled"]
    assert bureau.hand.posted == []


async def test_what_is_worked_out_is_cancelled_no_more(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", SUSPEND)
    assert run.state == "held"
    late = await bureau.decisions.cancel(bureau.people["amir"], run.id)
    assert isinstance(late, Refusal)
    assert (await bureau.run(run.id)).state == "held"


async def test_a_cancel_from_another_process_is_noticed_too(bureau: AgentHarness) -> None:
    resolver = slow(bureau)
    run = await asked(bureau)
    working = asyncio.ensure_future(bureau.planner.plan(run.workspace, run.id))
    await resolver.asked.wait()
    there = replace(bureau.decisions, watch=RunNotifier())  # its watch wakes nobody here
    assert isinstance(await there.cancel(bureau.people["amir"], run.id), Run)
    await working
    assert resolver.dropped


async def test_a_resolver_that_fails_fails_as_before(bureau: AgentHarness) -> None:
    class Broken(ScriptedResolver):
        async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
            raise ZeroDivisionError

    bureau.planner = replace(bureau.planner, resolver=Broken())
    run = await asked(bureau)
    with pytest.raises(ZeroDivisionError):
        await bureau.planner.plan(run.workspace, run.id)
    assert (await bureau.run(run.id)).state == "received"


async def test_who_waits_for_the_card_is_woken_by_the_move_and_not_by_every_step(bureau: AgentHarness) -> None:
    resolver = slow(bureau)
    watch = bureau.desk.watch
    bureau.planner = replace(bureau.planner, changed=watch.changed, progress=bureau.desk.progress)
    run = await asked(bureau)
    with watch.watching(run.id) as moved, watch.watching(run.id, steps=True) as stepped:
        working = asyncio.ensure_future(bureau.planner.plan(run.workspace, run.id))
        await resolver.asked.wait()
        assert stepped.is_set()
        assert not moved.is_set()
        resolver.let.set()
        await working
        assert moved.is_set()


async def test_what_comes_of_planning_is_stored_with_the_transaction_it_is_handed_to(bureau: AgentHarness) -> None:
    woken: list[str] = []
    bureau.planner = replace(bureau.planner, wake=lambda: woken.append("wake"))
    run = await asked(bureau)
    record = await bureau.planner.plan_and_commit(run.workspace, run.id)
    assert record is not None

    async def rolled_back() -> None:
        async with bureau.sessions.begin() as session:
            await record(session)
            raise KeyError

    with pytest.raises(KeyError):
        await rolled_back()
    assert (await bureau.run(run.id)).state == "received"
    assert woken == []
    async with bureau.sessions.begin() as session:
        await record(session)
    stored = await bureau.run(run.id)
    assert woken == (["wake"] if stored.state == "confirmed" else [])
    assert await bureau.planner.plan_and_commit(run.workspace, run.id) is None
    async with (
        bureau.sessions.begin() as session
    ):  # the same record again, as after a lost settle: nothing is written twice
        await record(session)
    assert (await bureau.run(run.id)).revision == stored.revision
