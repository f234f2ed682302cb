"""Orders of something new with a text of its own: what is left of the words is the text, or it is asked."""

from __future__ import annotations

from typing import Any, Final

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, refer
from tests.unit.marina import offer as offer_of_marina

_NUMBER: Final = {"type": "integer", "minimum": 1}
_TEXT: Final = {"type": "string", "maxLength": 400}


def _offer(name: str, title: str, properties: dict[str, Any], notes: dict[str, Any], **more: Any) -> Any:
    made = offer_of_marina(name, title, f"{title}.", properties, notes, **more)
    return {**made, "name": f"farm.{name}", "endpoint": {"url": f"https://platform.invalid/farm.{name}"}}


FARM: Final = FrozenWorld(
    {
        "contracts": [
            _offer("log_grievance", "Log a grievance", {
                "grower_id": _NUMBER, "title": _TEXT, "weight": {"type": "string", "enum": ["light", "heavy"]}}, {
                "grower_id": {**refer("grower"), "ask": "Whose?"}, "title": {"label": "What is wrong"}, "weight": {}},
                aliases=["new grievance"], optional=["weight"]),
            _offer("plan_chore", "Plan a chore", {
                "title": _TEXT, "due_on": {"type": "string", "format": "date"},
                "hand": {"type": "string", "enum": ["Bela", "Cato"]}}, {"title": {}, "due_on": {}, "hand": {}},
                aliases=["new chore"], optional=["hand"]),
            _offer("plan_walk", "Plan a walk", {
                "title": _TEXT, "day": {"type": "string", "format": "date"},
                "time": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"}}, {
                "title": {}, "day": {}, "time": {}}, aliases=["new walk"]),
            _offer("note_grower", "Note something on a grower", {"grower_id": _NUMBER, "note": _TEXT}, {
                "grower_id": {**refer("grower"), "ask": "On whom?"}, "note": {}}),
            _offer("message_grower", "Message a grower", {"grower_id": _NUMBER, "text": _TEXT}, {
                "grower_id": {**refer("grower"), "ask": "Whom?"}, "text": {"compose": True}},
                aliases=["tell"], risk="irreversible"),
            _offer("bar_grower", "Bar a grower", {"grower_id": _NUMBER, "why": _TEXT}, {
                "grower_id": refer("grower"), "why": {"label": "Reason"}}),
            _offer("end_lease", "End a lease", {"grower_id": _NUMBER}, {"grower_id": refer("grower")},
                aliases=["write off"]),
        ],
        "kinds": [
            define("grower", ["grower", "growers"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "email", "type": "email", "search": "email"}], label="{name}"),
        ],
        "records": {
            "grower": list_rows("id name email", (1, "Ada Quist", "ada@farm.example"),
                (2, "Orrin Vale", "orrin@farm.example")),
        },
    }
)  # fmt: skip


async def read_call(text: str) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    made = (await ask(FARM, text)).verdict
    assert isinstance(made, Plan), made
    (step,) = made.steps
    return step.action.removeprefix("farm."), {each.param: each.value for each in step.filled}, made.held


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("jot down a grievance from orrin: mud everywhere, heavy", "log_grievance",
            {"grower_id": 2, "title": "mud everywhere", "weight": "heavy"}),
        ("new chore: oil the gate tomorrow", "plan_chore", {"title": "oil the gate", "due_on": "2026-11-25"}),
        ("please set a chore: oil the gate, hand Cato, due 1 december", "plan_chore",
            {"title": "oil the gate", "due_on": "2026-12-01", "hand": "Cato"}),
        ("new walk: Hedges at Dusk, friday 4:30pm", "plan_walk",
            {"title": "Hedges at Dusk", "day": "2026-11-27", "time": "16:30"}),
        ("jot down on ada: allergic to hay", "note_grower", {"grower_id": 1, "note": "allergic to hay"}),
        ("put down that Ada is allergic to hay", "note_grower", {"grower_id": 1, "note": "Ada is allergic to hay"}),
        ("let orrin know ada's new tractor comes on the 2nd", "message_grower",
            {"grower_id": 2, "text": "ada's new tractor comes on the 2nd"}),
        ("write Ada sorry for monday, the gate was shut", "message_grower",
            {"grower_id": 1, "text": "sorry for monday, the gate was shut"}),
        ("ping Orrin that the lambs are in", "message_grower", {"grower_id": 2, "text": "the lambs are in"}),
    ],
)  # fmt: skip
async def test_what_an_order_leaves_over_is_the_text_and_the_card_waits(
    text: str, action: str, values: dict[str, Any]
) -> None:
    made, filled, held = await read_call(text)
    assert (made, filled) == (action, values)
    assert held


@pytest.mark.parametrize(
    "text",
    [
        "jot down on ada or orrin: allergic to hay",
        "jot down on ada: allergic to hay, and tell orrin to come",
        "open a grievance with orrin about the lane unless it is mended",
        "remind orrin of his lease",
        "message orrin 45 pounds",
        "tell Ada to bring her keys",
        "jot down on ada, tell orrin",
        "bar ada after 12 december, leaks",
        "open the grievance with orrin about the lane",
        "let orrin have the lane for two days",
        "write off Orrin's 180",
        "Ada says jot down the hay is wet",
        "put down that Mirko is allergic to hay",
        "jot down on Mirko: allergic to hay",
        "tell ada's sister the lambs are in",
        "log two grievances from orrin: mud and rust",
        "don't jot down on ada: allergic to hay",
        "jot down on ada 3 lambs",
        "log a grievance from orrin about the lane then bar ada",
        "jot down on ada: allergic to hay. bar orrin for theft",
        "ping orrin that the lambs are in if ada agrees",
        "what note did ada get",
        "remind me that orrin is late",
        "jot down on ada: hay fever, not on orrin",
        "ping Orrin that the lambs are in, or ada",
        "new chore: oil the gate, not tomorrow",
        "new chore: oil the gate by 1/12",
        "new walk: Hedges at Dusk, not friday, 4:30pm",
    ],
)
async def test_an_order_that_is_denied_put_off_doubled_or_for_nobody_known_is_no_text(text: str) -> None:
    assert not isinstance((await ask(FARM, text)).verdict, Plan)


async def test_whom_a_text_is_about_is_asked_where_nobody_known_is_named() -> None:
    asked = (await ask(FARM, "put down that Mirko is allergic to hay")).verdict
    assert isinstance(asked, Question)
    assert asked.param == "grower_id"


async def test_a_condition_behind_a_text_is_no_part_of_it() -> None:
    asked = (await ask(FARM, "new walk: Hedges at Dusk, unless wet, friday 4:30pm")).verdict
    assert isinstance(asked, Question)
    assert asked.text.startswith("I can't check"), "and not asked whether the rest is meant"


@pytest.mark.parametrize("text", ["Ada just rang, log a grievance", "Ada called, log a grievance"])
async def test_what_somebody_did_before_an_order_is_no_title(text: str) -> None:
    asked = (await ask(FARM, text)).verdict
    assert isinstance(asked, Question), asked
    assert asked.param == "title"
