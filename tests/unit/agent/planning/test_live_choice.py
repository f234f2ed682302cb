"""What live records settle of a request that was read without a model: over a car workshop."""

from __future__ import annotations

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


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
