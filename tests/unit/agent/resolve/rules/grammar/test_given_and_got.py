"""Which record is given and which one gets it, where words alone could be either; and values that stand for records."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def calls_of(text: str, name: str = "hotel") -> list[dict[str, Any]]:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Plan), getattr(made, "text", made)
    return [{each.param: each.value for each in step.filled} for step in made.steps]


@pytest.mark.parametrize(
    ("text", "booking", "room"),
    [
        ("move Yuki to room 304", 5012, 304),
        ("move Beatrice to Clover", 5011, 302),
        ("move booking 5012 to room 304", 5012, 304),
    ],
)
async def test_a_person_who_is_moved_is_no_room(text: str, booking: int, room: int) -> None:
    assert await calls_of(text) == [{"booking_id": booking, "room_id": room}]


@pytest.mark.parametrize("text", ["assign Rasmus the deep clean", "assign the deep clean to Rasmus"])
async def test_whom_a_thing_is_given_to_may_stand_before_it(text: str) -> None:
    assert [each["staff_id"] for each in await calls_of(text)] == [44]


@pytest.mark.parametrize(
    ("text", "charges"),
    [
        ("write off Noor's dinner", [9010]),
        ("waive all open minibars", [9001, 9009, 9006]),
        ("waive every open laundry over 10 EUR", [9003, 9007]),
        ("waive every parking under 20 EUR", [9005]),
    ],
)
async def test_a_value_stands_for_the_records_that_have_it(text: str, charges: list[int]) -> None:
    assert sorted(each["charge_id"] for each in await calls_of(text)) == sorted(charges)


@pytest.mark.parametrize(
    ("text", "rooms"),
    [
        ("block all ready rooms on floor 1", [101, 104]),
        ("close every ready room on floor 3", [304]),
    ],
)
async def test_a_field_and_its_number_narrow_a_set(text: str, rooms: list[int]) -> None:
    assert sorted(each["room_id"] for each in await calls_of(text)) == rooms


async def test_everyone_who_does_something_on_a_day_is_whose_record_says_so() -> None:
    assert sorted(each["booking_id"] for each in await calls_of("mail the bill to everyone who leaves tomorrow")) == [
        5005
    ]
