"""What is said where a request goes no further: what is so already, what is incomplete, and no more than that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Answer, Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from evals.cases.frozen_world import FrozenWorld
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import SAAS, Platform, town
from tests.unit.marina import ask, define, list_rows, offer
from tests.unit.own_worlds import NOW, OWNER


async def asked(text: str) -> str:
    kinds = Kinds([Platform(town())])
    context = WorkspaceContext("shop", Catalogue(SAAS), kinds, kinds)
    task = Task(Request(text=text, now=NOW), OWNER, context, "run_00000000000000000000000001")
    question = (await propose(task, RuleResolver())).verdict
    assert isinstance(question, Question), question
    return question.text


@pytest.mark.parametrize("part", ["berta@post", "berta.l@"])
async def test_a_part_of_an_address_is_told_before_the_whole_is_asked_for(part: str) -> None:
    assert (await asked(f"change Berta Lind's email to {part}")).startswith(f"‘{part}’ is no complete e-mail address. ")


async def test_nothing_is_said_of_an_address_where_none_was_begun() -> None:
    assert "complete" not in await asked("change Berta Lind's email")


_NUMBER = {"type": "integer", "minimum": 1}
BAYS = FrozenWorld(
    {
        "contracts": [
            offer("shift_van", "Shift a van to a bay", "Put a van into another bay.",
                {"van_id": _NUMBER, "bay_id": _NUMBER}, {"van_id": {"record": "van"}, "bay_id": {"record": "bay"}})
        ],
        "kinds": [
            define("driver", ["driver", "drivers"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("bay", ["bay", "bays"], [{"name": "id", "type": "id"},
                {"name": "code", "search": "number", "pattern": "^([A-C][1-4]|YARD)$"}], label="{code}"),
            define("van", ["van", "vans"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "driver_id", "type": "id"}, {"name": "bay_id", "type": "id"}], label="{name}",
                relations=[{"kind": "driver", "via": "driver_id"}, {"kind": "bay", "via": "bay_id"}]),
        ],
        "records": {
            "driver": list_rows("id name", (1, "Ines Duarte"), (2, "Olga Brandt")),
            "bay": list_rows("id code", (5, "A1"), (6, "YARD")),
            "van": list_rows("id name driver_id bay_id", (8, "Bluebell", 1, 5)),
        },
    }
)  # fmt: skip


@pytest.mark.parametrize("code", ["yard", "YARD", "bay yard"])
async def test_a_code_of_letters_is_no_owners_name(code: str) -> None:
    plan = (await ask(BAYS, f"shift Bluebell to {code}")).verdict
    assert isinstance(plan, Plan), plan
    assert {each.param: each.value for each in plan.steps[0].filled} == {"van_id": 8, "bay_id": 6}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("reopen ticket 5519 and suspend Berta Lind for fraud", "Should I do "),
        ("reopen ticket 5519, suspend Berta Lind for fraud and give Berta Lind 5 EUR credit", "Should I do the rest?"),
    ],
)
async def test_what_can_be_done_of_a_request_is_offered_with_why_a_part_cannot(text: str, says: str) -> None:
    said = await asked(text)
    assert "is open already; nothing was done. " in said, said
    assert says in said, said


async def test_other_orders_that_go_no_further_either_are_told() -> None:
    said = await asked("reopen ticket 5519 and suspend Nobody Atall for fraud")
    assert said.endswith("already; nothing was done. “Suspend a customer” was not done either."), said


@pytest.mark.parametrize(
    ("text", "amount", "value"),
    [("give Berta Lind some credit", "20", 2000), ("give Berta Lind a bit of credit", "30 euros", 3000)],
)
async def test_a_vague_amount_is_what_was_told_when_asked(text: str, amount: str, value: int) -> None:
    kinds = Kinds([Platform(town())])
    context = WorkspaceContext("shop", Catalogue(SAAS), kinds, kinds)
    task = Task(Request(text=text, now=NOW), OWNER, context, "run_00000000000000000000000001")
    made = await propose(task, RuleResolver())
    assert isinstance(made.verdict, Question)
    answers = (Answer(slot=made.verdict.slot, text=amount),)
    again = replace(task, request=task.request.model_copy(update={"answers": answers}), proposal=made.proposal)
    plan = (await propose(again, RuleResolver())).verdict
    assert isinstance(plan, Plan), plan
    assert [each.value for each in plan.steps[0].filled if each.param == "amount"] == [value]
