"""What a text holds that is none of it: other addressees, orders, places, members of a list."""

from __future__ import annotations

from typing import Final

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.questions import REST
from evals.cases.frozen_world import FrozenWorld
from tests.unit.agent.resolve.rules.grammar.test_directions import calls_of, verdict_of
from tests.unit.marina import define, list_rows, offer, refer
from tests.unit.own_worlds import NOW, OWNER

_ID: Final = {"name": "id", "type": "id", "search": "number"}
_NAME: Final = {"name": "name", "search": "name"}
_NUMBER: Final = {"type": "integer", "minimum": 1}
_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 200}
_CONTRACTS: Final = [
    offer("report_fault", "Report a fault", "Write down what is broken in a room.", {
        "room_id": _NUMBER, "fault": _TEXT, "haste": {"type": "string", "enum": ["calm", "soon", "grave"],
        "default": "soon"}}, {"room_id": refer("room"), "fault": {}, "haste": {}}, optional=("haste",)),
    offer("close_room", "Close a room", "Let nobody use it.", {"room_id": _NUMBER}, {"room_id": refer("room")},
        examples=["close the music attic"]),
]  # fmt: skip
_KINDS: Final = [
    define("room", ["room", "rooms"], [_ID, _NAME], label="{name}"),
    define("parent", ["parent", "parents"], [_ID, _NAME, {"name": "email", "type": "email", "search": "email"}]),
]
_RECORDS: Final = {
    "room": list_rows("id name", (11, "Green Hall"), (12, "Music Attic"), (13, "Science Wing")),
    "parent": list_rows("id name email", (21, "Ines Roth", "ines@post.example")),
}
_SCHOOL: Final = FrozenWorld({"contracts": _CONTRACTS, "kinds": _KINDS, "records": _RECORDS})


async def _report(text: str) -> Verdict:
    task = Task(Request(text=text, now=NOW), OWNER, _SCHOOL.context(_SCHOOL.provider({})), "run_" + "0" * 25 + "1")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    "text",
    [
        "text greta falk that her bill is 64 and tomasz nowak that his is 210",
        "text greta falk that her bill is 64 and will marek that his is 90",
        "text greta falk that we come at 9 and ivo that we come at 10",
        "text greta falk: come at 9, and ivo marek: come at 10",
        "text greta falk: pepper is well and remind her of bill 811",
        "text greta falk: pepper is well, then discount her bill by 5 euros",
    ],
)
async def test_what_is_for_somebody_else_is_not_sent_silently(text: str) -> None:
    asked = await verdict_of(text, "vet")
    assert isinstance(asked, Question)
    assert asked.slot == REST


@pytest.mark.parametrize(
    "message",
    [
        "pepper is well and the best that we have",
        "we close early and hope that she agrees",
        "bring him and call us at 9",
    ],
)
async def test_a_message_keeps_what_is_its_own(message: str) -> None:
    assert await calls_of(f"text greta falk: {message}", "vet") == [{"client_id": 1, "text": message}]


@pytest.mark.parametrize(
    "text",
    [
        "report room 11: grave - no light",
        "report room 11: lamp is broken; calm haste",
        "report room 11: lamp is broken and it is grave",
    ],
)
async def test_a_member_said_by_itself_is_not_overridden_by_the_default(text: str) -> None:
    asked = await _report(text)
    assert isinstance(asked, Question), asked
    assert "grave" in asked.text or "calm" in asked.text


async def test_a_member_within_a_text_or_the_default_itself_is_not_asked_about() -> None:
    for text in ("report room 11: grave crack in the wall", "report room 11: lamp broken, soon"):
        made = await _report(text)
        assert isinstance(made, Plan), made
        assert [each.value for each in made.steps[0].filled if each.param == "haste"] in ([], ["soon"])


async def test_a_place_is_no_text() -> None:
    asked = await _report("report room 11 at the window")
    assert isinstance(asked, Question)
    assert asked.slot == REST


async def test_words_of_an_example_are_a_things_name_beside_another() -> None:
    made = await _report("close the science wing and the music attic")
    assert isinstance(made, Plan), made
    assert [step.filled[0].value for step in made.steps] == [13, 12]
