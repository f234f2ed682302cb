"""Questions with words that nothing here knows: they are refused in those words, and never taken for an order."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def verdict_of(text: str, name: str) -> Verdict:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    ("name", "text", "ids"),
    [
        ("riding", "riders who have fee unpaid", ["12", "14"]),
        ("riding", "riders without fee unpaid", ["11", "13", "15"]),
        ("vet", "clients with bill open", ["1", "2"]),
        ("vet", "list bills open", ["811", "812", "813"]),
    ],
)
async def test_states_behind_their_noun_say_which(name: str, text: str, ids: list[str]) -> None:
    made = await verdict_of(text, name)
    assert isinstance(made, Reply), made
    assert sorted(each.id for each in made.records) == ids


@pytest.mark.parametrize(
    ("name", "text", "unread"),
    [
        ("riding", "riders who like jam", "“who like jam” says of a rider"),
        ("riding", "lessons under the moon", "“under the moon” says of a lesson"),
        ("riding", "lessons that are planned or ridden", "“or ridden” says of a lesson"),
        ("vet", "list animals with fur", "“with fur” says of an animal"),
        ("vet", "how many clients have a garden", "“a garden” says of a client"),
    ],
)
async def test_what_is_not_understood_of_a_set_is_named(name: str, text: str, unread: str) -> None:
    made = await verdict_of(text, name)
    assert not isinstance(made, Reply | Plan), made
    assert unread in str(getattr(made, "detail", ""))


@pytest.mark.parametrize(
    "text", ["cancel every lesson that isn't planned for nobody", "which lessons aren't of no one"]
)
async def test_what_is_denied_twice_is_neither_done_nor_answered(text: str) -> None:
    made = await verdict_of(text, "riding")
    assert not isinstance(made, Reply | Plan), made


async def test_an_order_behind_a_list_is_no_part_of_the_question() -> None:
    made = await verdict_of("find the lessons that Joris Maes has planned and cancel the last one", "riding")
    assert "says of a lesson" not in str(getattr(made, "detail", ""))
