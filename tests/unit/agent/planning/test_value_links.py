"""Values that stand apart from the words of their action, or are told by what becomes of a record: a guest house."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan
from agent.planning.linked_plans import ONLY_FIT
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, offer, refer

_NUMBER = {"type": "integer", "minimum": 1}
_DAY = {"type": "string", "format": "date"}
_STATES = ["expected", "checked_in", "checked_out"]
_PLACES = ["yard", "barn", "off_road"]
_ID = {"name": "id", "type": "id", "search": "number"}
_NAME = {"name": "name", "search": "name"}
INN = FrozenWorld(
    {
        "contracts": [
            offer("set_state", "Set the state of a guest", "Say whether a guest is there.", {
                "guest_id": _NUMBER, "state": {"type": "string", "enum": _STATES}}, {
                "guest_id": refer("guest"), "state": {"replaces": {"parameter": "guest_id", "field": "state"},
                    "words": {"checked_in": ["arrived", "check in"], "checked_out": ["gone home", "check out"]}}}),
            offer("set_arrival", "Change the arrival of a guest", "Let a guest come on another day.", {
                "guest_id": _NUMBER, "arrives_on": _DAY}, {"guest_id": refer("guest"), "arrives_on": {
                    "label": "Arrives", "replaces": {"parameter": "guest_id", "field": "arrives_on"}}}),
            offer("set_departure", "Change the departure of a guest", "Let a guest go on another day.", {
                "guest_id": _NUMBER, "leaves_on": _DAY}, {"guest_id": refer("guest"), "leaves_on": {
                    "label": "Leaves", "replaces": {"parameter": "guest_id", "field": "leaves_on"}}}),
            offer("add_treat", "Add a treat", "Put a treat on a guest's bill.", {
                "guest_id": _NUMBER, "treat": {"type": "string", "enum": ["foot_bath", "massage", "evening_meal"]},
                "day": _DAY, "portions": {**_NUMBER, "default": 1}}, {
                "guest_id": refer("guest"), "treat": {"words": {"evening_meal": ["dinner"]}}, "day": {},
                "portions": {"unit": "count"}}, optional=("day", "portions")),
            offer("drop_guest", "Cancel a guest", "Take a guest off the list.", {"guest_id": _NUMBER}, {
                "guest_id": refer("guest")}, aliases=["take off the list"], risk="irreversible"),
            offer("park", "Change the place of a car", "Put a car where it belongs.", {
                "car_id": _NUMBER, "place": {"type": "string", "enum": _PLACES}}, {
                "car_id": refer("car"), "place": {"replaces": {"parameter": "car_id", "field": "place"}}}),
            offer("drive", "Give a car to a driver", "Say who drives a car.", {
                "car_id": _NUMBER, "driver_id": _NUMBER}, {"car_id": refer("car"), "driver_id": {
                    **refer("driver"), "replaces": {"parameter": "car_id", "field": "driver_id"}}}),
        ],
        "kinds": [
            define("guest", ["guest", "guests"], [_ID, _NAME, {"name": "state", "type": "enum", "values": _STATES},
                {"name": "arrives_on", "type": "date", "ranged": True},
                {"name": "leaves_on", "type": "date", "ranged": True}], label="{name}", order="arrives_on"),
            define("driver", ["driver", "drivers"], [_ID, _NAME], label="{name}"),
            define("car", ["car", "cars"], [_ID, _NAME, {"name": "place", "type": "enum", "values": _PLACES},
                {"name": "driver_id", "type": "id"}], label="{name}",
                relations=[{"kind": "driver", "via": "driver_id"}]),
        ],
        "records": {
            "guest": list_rows("id name state arrives_on leaves_on",
                (501, "Nell Brook", "expected", "2026-11-25", "2026-11-30"),
                (502, "Bill Marsh", "expected", "2026-11-26", "2026-11-29")),
            "driver": list_rows("id name", (41, "Rudi Kern"), (42, "Vera Lenz")),
            "car": list_rows("id name place driver_id", (71, "Vivaro", "barn", 42), (72, "Astra", "yard", 42)),
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("check nell in", [("set_state", {"guest_id": 501, "state": "checked_in"})]),
        ("nell has gone home", [("set_state", {"guest_id": 501, "state": "checked_out"})]),
        ("shift the vivaro to the yard", [("park", {"car_id": 71, "place": "yard"})]),
        ("vivaro off the road", [("park", {"car_id": 71, "place": "off_road"})]),
        ("swap the vivaro to the yard", [("park", {"car_id": 71, "place": "yard"})]),
        ("rudi is taking over the vivaro", [("drive", {"car_id": 71, "driver_id": 41})]),
        ("swap the vivaro over to rudi", [("drive", {"car_id": 71, "driver_id": 41})]),
    ],
)  # fmt: skip
async def test_values_are_found_apart_from_what_the_action_is_called(
    text: str, calls: list[tuple[str, dict[str, Any]]]
) -> None:
    made = (await ask(INN, text)).verdict
    assert isinstance(made, Plan), made
    assert ONLY_FIT in made.held, "it waits although its policy would let it go"
    assert [
        (step.action.partition(".")[2], {each.param: each.value for each in step.filled}) for step in made.steps
    ] == calls


@pytest.mark.parametrize(
    "text",
    [
        "check if nell is in",
        "check nell in and bill out",
        "check nell or bill out",
        "check nell in at 5",
        "check nell in if the room is free",
        "don't check nell in",
        "nell hasn't gone home",
        "nell was going home",
        "nell never arrives on friday",
        "nell arrives on friday or saturday",
        "a massage or dinner for nell on the 28th",
        "no dinner for nell on the 28th",
        "dinner for nell on the 28th at 40 euros",
        "swap the vivaro from the yard",
        "put the vivaro behind the yard",
        "rudi and vera take over the vivaro",  # one has it, not two in turn
        "rudi can't take over the vivaro",
        "rudi took over the vivaro",
        "nell stayed two nights longer",
        "nell stays two nights too long",
        "nell stays two nights longer every year",
        "swap the vivaro with rudi's",
    ],
)
async def test_what_says_more_or_other_than_the_values_is_no_plan(text: str) -> None:
    made = (await ask(INN, text)).verdict
    assert not isinstance(made, Plan), made


@pytest.mark.parametrize(
    ("text", "action"),
    [("nell comes a day later", "marina.set_arrival"), ("nell leaves a day later", "marina.set_departure")],
)
async def test_of_two_days_the_one_that_the_verb_tells_is_moved(text: str, action: str) -> None:
    made = (await ask(INN, text)).verdict
    assert isinstance(made, Plan), made
    assert [step.action for step in made.steps] == [action]
    assert made.held
