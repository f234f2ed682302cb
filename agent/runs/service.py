"""Run service: accepts requests and reads runs, for the console, the API and the command line. ``decisions`` holds what
is decided about a run. All faces use only these two."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.runs.calls
import store.runs.runs
from agent.extract.limits import MAX_TEXT
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import RunState
from agent.planning.planner import resolve_work
from agent.runs import repository
from agent.runs.direct_calls import DirectCalls
from agent.runs.obstacles import find_obstacle
from agent.runs.progress import Progress, RunWakeups, wait_for_event
from agent.runs.run import MOVING, Run
from agent.runs.states import Held, as_held
from agent.runs.test_mode import is_test
from agent.workspace import authority, principals
from agent.workspace.context import WorkspaceContexts
from core import ids
from core.actor import OWNER, Actor, Surface
from core.clock import Clock
from core.errors import Forbidden, InvalidInput, NotFound
from executors.jobs.inline_dispatcher import BeginJob
from registry.catalogue import Catalogue
from store.database import Database
from store.transaction_hook import TransactionHook, no_hook

LOOKS: Final = 100
MOST_LOOKS: Final = 1_000
"""So many held cards are read at once, and for one page of those that wait."""
LOOK_S: Final = 0.25
"""Seconds between looks at a run that is waited for, in case another process moves it."""
THREAD: Final = 30
"""Most requests of a thread that are shown together."""


@dataclass(frozen=True)
class RunService:
    database: Database
    contexts: WorkspaceContexts
    clock: Clock
    run_wakeups: RunWakeups
    begin: BeginJob
    direct: DirectCalls
    progress: Progress
    zone: str = "UTC"
    """Time zone for the words of requests (``Run.zone``)."""

    async def ask(
        self,
        actor: Actor,
        text: str,
        *,
        surface: Surface = "admin",
        session_id: str,
        thread_id: str | None = None,
        request_id: str | None = None,
        now: datetime | None = None,
        in_transaction: TransactionHook[Run] = no_hook,
    ) -> Run:
        """Accepts a request, which is durable when this returns. ``wait_until_idle`` waits for its result.

        ``thread_id`` (any run of a thread) continues that thread. Raises InvalidInput, and NotFound for a thread that
        isn't the actor's. ``in_transaction``, here and in decisions, runs in the transaction of the change, so that an
        idempotency record commits with its effect.
        """
        words = text.strip()
        if not words:
            raise InvalidInput("Type what you want to be done.")
        if len(words) > MAX_TEXT:
            raise InvalidInput(f"A request has at most {MAX_TEXT} characters; this one has {len(words)}.")
        thread = await self._find_thread(actor, surface, thread_id) if thread_id is not None else None
        at = self.clock()
        run_id = ids.make_id("run")
        run = Run(
            id=run_id,
            workspace=actor.workspace,
            session_id=session_id,
            actor=actor,
            surface=surface,
            text=words,
            now=now or at,
            zone=self.zone,
            mode=actor.mode,
            thread_id=thread or run_id,
            request_id=request_id,
            created_at=at,
            updated_at=at,
        )
        async with self.database.begin() as session:
            await repository.insert(session, run)
            await recorder.record(session, run, EntryType.PROMPT, at, text=words)
            await self.begin(session, resolve_work(run))
            await in_transaction(session, run)
        return run

    async def _find_thread(self, actor: Actor, surface: Surface, run_id: str) -> str:
        async with self.database.read() as session:
            with contextlib.suppress(NotFound):
                run = await repository.get(session, actor.workspace, run_id)
                if authority.continues(actor, surface, run):
                    return run.thread
        raise NotFound(f"There is no thread {run_id} of yours, in this role and on this surface.")

    async def thread_of(self, actor: Actor, run: Run) -> list[Run]:
        """The newest runs of its thread that the actor may continue, oldest first. Only the run itself if the thread
        isn't theirs."""
        if not authority.continues(actor, run.surface, run):
            return [run]
        async with self.database.read() as session:
            return await repository.list_thread(session, actor, run, limit=THREAD)

    async def wait_until_idle(
        self, actor: Actor, run_id: str, *, wait_s: float = 30.0, passing: frozenset[RunState] = MOVING
    ) -> Run:
        """The run once it waits for a person or is over, or as it is after ``wait_s`` seconds. ``passing`` are the
        states to wait through. Raises what ``show`` and ``show_again`` raise."""
        deadline = asyncio.get_running_loop().time() + wait_s
        show = self.show
        with self.run_wakeups.watch(run_id) as moved, self.run_wakeups.pace(actor) as pace:
            while True:
                moved.clear()
                run = await show(actor, run_id)
                left = deadline - asyncio.get_running_loop().time()
                if run.state not in passing or left <= 0:
                    return run
                await wait_for_event(moved, min(left, pace.slow_down(LOOK_S)))
                show = self.show_again

    async def show_again(self, actor: Actor, run_id: str) -> Run:
        """A run, for somebody who has waited for it since they were authenticated. Raises Forbidden if their access has
        changed meanwhile, and what ``show`` raises."""
        async with self.database.read() as session:
            current = await principals.find_current_actor(session, actor, self.clock())
            if current is None or current.role != actor.role:
                raise Forbidden("Your access here has changed meanwhile, so the request is not shown.")
            run = await self._read(session, actor.workspace, run_id)
        return await self._admit(actor, run)

    async def show(self, actor: Actor, run_id: str) -> Run:
        """A run, for anyone whom ``authority.sees`` admits. Raises NotFound for others, and Forbidden if the same
        person asked for it in another role."""
        async with self.database.read() as session:
            run = await self._read(session, actor.workspace, run_id)
        return await self._admit(actor, run)

    async def _read(self, session: AsyncSession, workspace: str, run_id: str) -> Run:
        """A run, with its calls as far as they have come."""
        run = await repository.get(session, workspace, run_id)
        if run.state not in ("executing", "unknown"):
            return run
        calls = await store.runs.calls.of_run(session, workspace, run_id)
        took = await store.runs.calls.took_ms(session, workspace, run_id)
        made = (recorder.make_outcome(call, duration_ms=took.get(call.call_id, 0.0)) for call in calls)
        return run.with_(outcomes=tuple(made))

    async def _admit(self, actor: Actor, run: Run) -> Run:
        if authority.sees_unread(actor, run) or authority.sees(
            actor, run, (await self.contexts.of(run.workspace)).catalogue
        ):
            return run
        if authority.is_same_person(run.actor, actor):
            raise Forbidden(
                f"This was asked as {run.actor.role}; you act as {actor.role}, which may not run what it is about."
            )
        raise NotFound(f"There is no run {run.id}.")

    async def list_runs(self, actor: Actor, *, limit: int = 50) -> list[Run]:
        """The runs that the actor asked for in the present role, newest first. All runs for an owner."""
        return (await self.list_page(actor, limit=limit))[0]

    async def list_page(
        self,
        actor: Actor,
        *,
        thread_id: str | None = None,
        states: Collection[RunState] = (),
        own: bool = False,
        before: str | None = None,
        limit: int = 50,
    ) -> tuple[list[Run], str | None]:
        """A page of ``list_runs`` and the id ``before`` which the next one begins, None for the last page. ``states``
        selects runs in one of them, and ``own`` those that the actor may answer or edit. A page is short where this
        version can't read a row. Raises NotFound for an unknown id."""
        owner = actor.role == OWNER
        person, role = None if owner and not own else actor.person, None if owner else actor.role
        async with self.database.read() as session:
            rows = await store.runs.runs.listed(
                session,
                actor.workspace,
                states=states,
                person=person,
                role=role,
                thread_id=thread_id,
                last=before,
                limit=limit + 1,
            )
        return repository.list_readable(rows[:limit]), rows[limit - 1].id if len(rows) > limit else None

    async def list_awaiting(
        self, actor: Actor, *, after: str | None = None, limit: int = 50
    ) -> tuple[list[Run], str | None]:
        """Live cards that others asked for and this actor could approve now, without those that nobody can confirm any
        more, oldest first. With them the id ``after``
        which the next page begins, None for the last page. A page is short where ``MOST_LOOKS`` held cards have no
        more. Raises NotFound for an unknown id."""
        catalogue = (await self.contexts.of(actor.workspace)).catalogue
        found: list[Run] = []
        last: store.runs.runs.RunRow | str | None = after
        for _ in range(MOST_LOOKS // LOOKS):
            rows = await self._list_held(actor, LOOKS, last=last, oldest_first=True)
            for run in await self._keep_awaiting(actor, catalogue, rows):
                if authority.owns(actor, run):
                    continue
                if len(found) == limit:
                    return found, found[-1].id
                found.append(run)
            if len(rows) < LOOKS:
                return found, None
            last = rows[-1]
        return found, last.id if isinstance(last, store.runs.runs.RunRow) else last

    async def list_newest_awaiting(self, actor: Actor, *, looks: int) -> tuple[list[Run], bool]:
        """Those of the ``looks`` newest held cards that this actor could approve now, newest first, and whether there
        are older ones that were not looked at."""
        catalogue = (await self.contexts.of(actor.workspace)).catalogue
        rows = await self._list_held(actor, looks + 1)
        return await self._keep_awaiting(actor, catalogue, rows[:looks]), len(rows) > looks

    async def find_obstacle(self, run: Run) -> str:
        """Why nobody can confirm the run's card any more. Empty if it waits for nobody's, or can be confirmed."""
        return (await self.find_obstacles([run])).get(run.id, "")

    async def find_obstacles(self, runs: Sequence[Run]) -> dict[str, str]:
        """Why nobody can confirm these runs' cards any more, by run. Absent are those that can be confirmed, or wait
        for nobody's yes. All are of one workspace."""
        cards = [held for run in runs if (held := as_held(run)) is not None]
        if not cards:
            return {}
        catalogue = (await self.contexts.of(cards[0].run.workspace)).catalogue
        requesters = await self._find_requesters(cards)
        told = {held.run.id: find_obstacle(held, requesters[_name_asker(held)], catalogue) for held in cards}
        return {run_id: why for run_id, why in told.items() if why}

    async def _find_requesters(self, cards: Sequence[Held]) -> dict[tuple[str, str], Actor | None]:
        """Who asked for these cards, as they are now, each looked up once. None for who may not act any more."""
        found: dict[tuple[str, str], Actor | None] = {}
        now = self.clock()
        async with self.database.read() as session:
            for held in cards:
                if _name_asker(held) not in found:
                    found[_name_asker(held)] = await principals.find_current_actor(session, held.run.actor, now)
        return found

    async def _list_held(
        self,
        actor: Actor,
        limit: int,
        *,
        last: store.runs.runs.RunRow | str | None = None,
        oldest_first: bool = False,
    ) -> list[store.runs.runs.RunRow]:
        async with self.database.read() as session:
            return await store.runs.runs.listed(
                session, actor.workspace, states=("held",), last=last, oldest_first=oldest_first, limit=limit
            )

    async def _keep_awaiting(
        self, actor: Actor, catalogue: Catalogue, rows: Sequence[store.runs.runs.RunRow]
    ) -> list[Run]:
        mine = {contract.name for contract in catalogue if actor.role in contract.roles}
        now = self.clock()
        live = (  # columns first, because a run's document is large
            row
            for row in rows
            if mine.issuperset(row.actions.split()) and (row.expires_at is None or row.expires_at > now)
        )
        kept = [
            held
            for run in repository.list_readable(live)
            if not is_test(run)  # a test run is sent nowhere, so nobody needs to approve it
            and (held := as_held(run)) is not None
            and authority.may_run(catalogue, actor, held.plan) is None
            and authority.find_approval(actor, run) is None
        ]
        requesters = await self._find_requesters(kept)
        return [held.run for held in kept if not find_obstacle(held, requesters[_name_asker(held)], catalogue)]


def _name_asker(held: Held) -> tuple[str, str]:
    return held.run.actor.kind, held.run.actor.id
