"""Records that are named by their owner alone, by their place among the owner's, by how many, or but for one."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, offer, refer

_NUMBER = {"type": "integer", "minimum": 1}
_HARBOUR = FrozenWorld(
    {
        "contracts": [
            offer("cancel_sailing", "Cancel a sailing", "Take a sailing off the timetable.", {"sailing_id": _NUMBER}, {
                "sailing_id": refer("sailing", status=["planned"])}, aliases=["call off"]),
            offer("shift_sailing", "Shift a sailing", "Put a sailing on another day.", {
                "sailing_id": _NUMBER, "day": {"type": "string", "format": "date"}}, {
                "sailing_id": refer("sailing", status=["planned"]), "day": {}}, aliases=["move"]),
            offer("grant_trips", "Grant trips", "Give a ferry extra trips.", {
                "ferry_id": _NUMBER, "trips": {"type": "integer", "minimum": 1}}, {
                "ferry_id": refer("ferry"), "trips": {"unit": "count"}}, aliases=["give extra trips"]),
        ],
        "kinds": [
            define("ferry", ["ferry", "ferries"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("sailing", ["sailing", "sailings"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "ferry_id", "type": "id"}, {"name": "day", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["planned", "cancelled"]}],
                relations=[{"kind": "ferry", "via": "ferry_id"}], order="day",
                states={"planned": {"status": ["planned"]}}),
        ],
        "records": {
            "ferry": list_rows("id name", (1, "Puffin"), (2, "Grey Seal")),
            "sailing": list_rows("id ferry_id day status", (81, 1, "2026-11-27", "planned"),
                (82, 2, "2026-11-26", "planned"), (83, 1, "2026-12-04", "planned"), (84, 2, "2026-12-09", "planned"),
                (85, 1, "2026-12-11", "planned")),
        },
    }
)  # fmt: skip


async def verdict_of(text: str) -> Any:
    return (await ask(_HARBOUR, text)).verdict


@pytest.mark.parametrize(
    ("text", "sailings"),
    [
        ("call off the last Puffin", {85}),
        ("call off the first Puffin", {81}),
        ("cancel the second puffin", {83}),
        ("cancel the next Grey Seal", {82}),
        ("cancel both Grey Seals", {82, 84}),
        ("cancel every Puffin", {81, 83, 85}),
        ("cancel all Puffin sailings but the first", {83, 85}),
        ("cancel all Puffin sailings except the last", {81, 83}),
        ("cancel every Puffin but the last", {81, 83}),
    ],
)
async def test_which_of_an_owners_records_are_meant(text: str, sailings: set[int]) -> None:
    made = await verdict_of(text)
    assert isinstance(made, Plan), made
    assert {one.value for each in made.steps for one in each.filled} == sailings


async def test_the_first_of_an_owners_is_shifted() -> None:
    made = await verdict_of("move the first Puffin to 30 november")
    assert isinstance(made, Plan), made
    assert [one.value for one in made.steps[0].filled] == [81, "2026-11-30"]


@pytest.mark.parametrize(
    "text", ["cancel the first Puffin evening", "cancel the last Walrus", "cancel the last resort", "cancel the Puffin"]
)
async def test_what_stays_unclear_is_asked(text: str) -> None:
    assert isinstance(await verdict_of(text), Question)


@pytest.mark.parametrize("text", ["grant Puffin a trip", "grant Grey Seal an extra trip"])
async def test_a_thing_with_an_article_is_one_and_is_checked(text: str) -> None:
    made = await verdict_of(text)
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[1].value == 1
    assert made.held


@pytest.mark.parametrize("text", ["grant Puffin a few trips", "grant Puffin a trip or two", "grant Puffin a trip card"])
async def test_an_article_before_anything_else_counts_nothing(text: str) -> None:
    assert isinstance(await verdict_of(text), Question)


async def test_half_a_thing_is_not_one() -> None:
    made = await verdict_of("grant Puffin half a trip")
    assert not isinstance(made, Plan)
    assert "Yes, without that" not in [each.label for each in getattr(made, "candidates", ())]
