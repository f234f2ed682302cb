"""Values that are told by what a record has: so much later or earlier, "at 7, not 6", and what isn't said and stays."""

from __future__ import annotations

from typing import Any, Final

import pytest

from agent.pipeline import Plan
from evals.cases.frozen_world import FrozenWorld
from tests.unit import pottery
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask, offer, refer

_DAY: Final = {"type": "string", "format": "date"}
_CLOCK: Final = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}


def _replace(parameter: str, field: str) -> dict[str, Any]:
    return {"sources": ["prompt"], "replaces": {"parameter": parameter, "field": field}}


_OFFERS: Final = [
    offer("move_session", "Move a session", "Put a session on another day or at another time.",
        {"session_id": {"type": "integer"}, "day": _DAY, "starts_at": _CLOCK}, {
            "session_id": refer("session", status=["booked"]), "day": _replace("session_id", "day"),
            "starts_at": _replace("session_id", "starts_at")}, optional=("starts_at",), aliases=["put off"]),
    offer("extend_wheel", "Extend the loan of a wheel", "Let a maker keep a wheel until another day.",
        {"wheel_id": {"type": "integer"}, "due_on": _DAY}, {
            "wheel_id": refer("wheel", status=["lent"]), "due_on": _replace("wheel_id", "due_on")}, aliases=["renew"]),
]  # fmt: skip
_SESSIONS: Final = [{**each, "starts_at": "18:00"} for each in pottery._RECORDS["session"]]
_KINDS: Final = [
    {**each, "fields": [*each["fields"], {"name": "starts_at", "type": "string"}]}
    if each["name"] == "session"
    else each
    for each in pottery._KINDS
]
_THERE: Final = FrozenWorld({
    "contracts": [*pottery._CONTRACTS, *_OFFERS], "kinds": _KINDS,
    "records": {**pottery._RECORDS, "session": _SESSIONS},
})  # fmt: skip


async def _plan(world: FrozenWorld, text: str) -> list[tuple[str, dict[str, Any]]] | None:
    verdict = (await ask(world, text)).verdict
    steps = verdict.steps if isinstance(verdict, Plan) else ()
    made = [(step.action.partition(".")[2], {each.param: each.value for each in step.filled}) for step in steps]
    return made or None


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("renew Edda's wheel by two weeks", "2026-12-04"),
        ("Edda needs Kick 2 a week longer", "2026-11-27"),
    ],
)
async def test_what_ends_is_moved_by_a_length_of_time(text: str, due: str) -> None:
    assert await _plan(_THERE, text) == [("extend_wheel", {"wheel_id": 61, "due_on": due})]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("put off session 302 by a week", "2026-12-04"),
        ("put session 302 back a day", "2026-11-28"),
        ("bring session 302 forward by a day", "2026-11-26"),
    ],
)
async def test_a_particle_tells_which_way_a_day_is_moved(text: str, day: str) -> None:
    assert await _plan(_THERE, text) == [("move_session", {"session_id": 302, "day": day})]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("session 302 starts at 19:30 instead", "19:30"),
        ("session 302 is at 19:00 not 18:00", "19:00"),
    ],
)
async def test_a_session_at_another_time_stays_on_its_day(text: str, time: str) -> None:
    made = await _plan(_THERE, text)
    assert made == [("move_session", {"session_id": 302, "day": "2026-11-27", "starts_at": time})]


@pytest.mark.parametrize(
    "text",
    [
        "move session 302 forward by a day",  # sooner or later
        "session 302 is at 19:00 not 17:00",  # it is at 18:00
        "session 302 is not at 19:00",
        "don't put session 302 back by 15 minutes",
        "session 302 ten hours later",
        "session 302 used to start at 19:30",
        "session 302 starts at 19:30 if Bruno is ill",
        "nobody needs Kick 2 a week longer",
    ],
)
async def test_what_is_denied_or_open_moves_nothing(text: str) -> None:
    assert await _plan(_THERE, text) is None


_ARRIVALS: Final = [
    offer("attend", "Set the status of a session", "Say whether a maker has come.",
        {"session_id": {"type": "integer"}, "status": {"type": "string", "enum": ["booked", "held"]}}, {
            "session_id": refer("session", status=["booked"]), "status": {"words": {"held": ["arrives", "comes"]}}}),
    offer("change_arrival", "Change the arrival of a session", "Let a maker come on another day.",
        {"session_id": {"type": "integer"}, "arrives_on": _DAY}, {
            "session_id": refer("session", status=["booked"]), "arrives_on": _replace("session_id", "day")}),
    offer("change_departure", "Change the departure of a session", "Let a maker go on another day.",
        {"session_id": {"type": "integer"}, "leaves_on": _DAY}, {
            "session_id": refer("session", status=["booked"]), "leaves_on": _replace("session_id", "day")}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "action", "day"),
    [
        ("Edda now arrives on Saturday", "arrives_on", "2026-11-28"),
        ("Edda comes on Saturday instead", "arrives_on", "2026-11-28"),
        ("Edda leaves on Saturday instead", "leaves_on", "2026-11-28"),
    ],
)
async def test_an_action_with_a_place_for_every_word_is_meant_and_not_one_that_leaves_a_day(
    text: str, action: str, day: str
) -> None:
    there = FrozenWorld(
        {"contracts": _ARRIVALS, "kinds": _KINDS, "records": {**pottery._RECORDS, "session": _SESSIONS}}
    )
    ((_, values),) = await _plan(there, text) or [("", {})]
    assert values == {"session_id": 302, action: day}


async def test_the_same_action_with_another_value_is_still_asked_about() -> None:
    assert await _plan(LAUNDRY, "set the fee of load 803 to 45 and 60") is None
