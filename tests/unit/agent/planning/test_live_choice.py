"""What live records settle of a request that was read without a model: over a car workshop."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.pipeline import Plan, Proposed, Question, Request, Resolved, Trace
from agent.planning.proposal import Call, Find, PlanResult, Proposal, RecordArgument, Words
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task
from agent.resolve.rules.resolver import RuleResolver
from core.errors import PlatformUnavailable
from evals.cases import frozen_world
from registry.connector import ContextProvider
from registry.offers.shortlist import Shortlist
from registry.records import Query, Record, RecordKind
from tests.unit.own_worlds import NOW, OWNER, WORLDS, world


async def came_of(text: str) -> Outcome:
    task = Task(Request(text=text, now=NOW), OWNER, world("garage"), "run_00000000000000000000000001")
    return await propose(task, RuleResolver())


async def planned(text: str) -> list[tuple[str, dict[str, object]]]:
    verdict = (await came_of(text)).verdict
    assert isinstance(verdict, Plan), verdict
    return [(step.action, {each.param: each.value for each in step.filled}) for step in verdict.steps]


async def test_records_tell_which_of_several_actions_is_meant() -> None:
    assert await planned("807 → Bruno") == [("garage.assign_mechanic", {"job_id": 807, "mechanic_id": 1})]


async def test_money_that_no_verb_speaks_of_is_asked_about() -> None:
    verdict = (await came_of("15 eur R-5101")).verdict
    assert isinstance(verdict, Question)
    assert verdict.slot == "action"


async def test_a_name_is_looked_for_in_another_kind_where_nobody_is_called_so() -> None:
    ((action, values),) = await planned("mark the Toyota Yaris's job as collected")
    assert (action, values["job_id"]) == ("garage.set_stage", 804)


async def test_who_has_it_now_is_never_who_shall_have_it() -> None:
    verdict = (await came_of("assign a mechanic to job 802")).verdict
    assert isinstance(verdict, Question)
    assert verdict.param == "mechanic_id"


async def test_a_name_found_where_it_was_looked_for_is_not_looked_for_elsewhere() -> None:
    outcome = await came_of("resend Greta's invoice")
    assert isinstance(outcome.verdict, Plan)


class Unlisted:
    """A platform that lists no records of one kind."""

    def __init__(self, within: ContextProvider, kind: str) -> None:
        self.within, self.kind = within, kind

    def kinds(self) -> Sequence[RecordKind]:
        return self.within.kinds()

    async def search(self, query: Query) -> Sequence[Record]:
        if query.kind == self.kind:
            raise PlatformUnavailable("Forbidden.")
        return await self.within.search(query)

    async def get(self, kind: str, record_id: str) -> Record | None:
        return await self.within.get(kind, record_id)


class Guesses:
    """Reads words as either of two actions on the record of that number."""

    name = "guesses"

    async def resolve(self, request: Request, _shortlist: Shortlist, _kinds: Sequence[RecordKind]) -> Resolved:
        words = Words(text=request.text.split()[-1], start=request.text.rindex(" ") + 1)
        made = [
            Proposal(result=PlanResult(calls=(Call(action=action, arguments={name: argument}),)))
            for action, name, argument in (
                ("garage.resend_invoice", "invoice_id", RecordArgument(reference=Find(record="invoice", said=words))),
                ("garage.cancel_job", "job_id", RecordArgument(reference=Find(record="job", said=words))),
            )
        ]
        return Resolved(resolution=Proposed(proposal=made[0], instead=(made[1],)), trace=Trace(resolver=self.name))


async def guessed(text: str, unlisted: str) -> Outcome:
    found = frozen_world.load(WORLDS / "garage.json")
    there = found.context(Unlisted(found.provider({}), unlisted))
    return await propose(Task(Request(text=text, now=NOW), OWNER, there, "run_00000000000000000000000001"), Guesses())


async def test_a_list_that_only_a_guess_needs_is_no_hindrance() -> None:
    verdict = (await guessed("cancel 807", "invoice")).verdict
    assert isinstance(verdict, Plan)
    assert verdict.steps[0].action == "garage.cancel_job"


async def test_where_no_guess_works_the_list_that_failed_is_told() -> None:
    with pytest.raises(PlatformUnavailable):
        await guessed("cancel 99807", "invoice")
