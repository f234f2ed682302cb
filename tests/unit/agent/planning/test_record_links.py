"""Entity linking: which words of a request name records, by live data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning import linked_plans, record_links
from agent.planning.linked_plans import ONLY_FIT
from agent.planning.propose import propose
from agent.planning.record_links import find_links
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.records.located import RecordScope
from core.actor import Actor
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import define, list_rows, offer, refer
from tests.unit.own_worlds import NOW, OWNER, world

_NUMBER = {"type": "integer", "minimum": 1}
_RAW: dict[str, Any] = {
        "contracts": [
            offer("seat", "Set the places of a class", "Say how many may come to a class.", {
                "class_id": _NUMBER, "places": _NUMBER}, {"class_id": refer("class"), "places": {"unit": "count",
                "replaces": {"parameter": "class_id", "field": "places"}}}),
            offer("teach", "Give a class to a teacher", "Say who holds a class.", {
                "class_id": _NUMBER, "teacher_id": _NUMBER}, {"class_id": refer("class"),
                "teacher_id": {**refer("teacher"), "replaces": {"parameter": "class_id", "field": "teacher_id"}}}),
            {**offer("close_hall", "Close a room", "Say that a room is closed.", {"room_id": _NUMBER}, {
                "room_id": refer("room")}), "roles": ["owner"]},
        ],
        "kinds": [
            define("class", ["class", "classes"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "title", "search": "name"}, {"name": "teacher_id", "type": "id"},
                {"name": "room_id", "type": "id"}, {"name": "day", "type": "date", "ranged": True},
                {"name": "town"}, {"name": "places", "type": "integer"}], label="{title}", order="day",
                relations=[{"kind": "teacher", "via": "teacher_id"}, {"kind": "room", "via": "room_id"}]),
            define("teacher", ["teacher", "teachers"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "name", "search": "name"}], label="{name}"),
            define("room", ["room", "rooms"], [{"name": "id", "type": "id"}, {"name": "code", "search": "number"}],
                label="room {code}"),
        ],
        "records": {
            "class": list_rows("id title teacher_id room_id day town places",
                (31, "Slow Yoga", 1, 5, "2026-11-26", "Ashford", 12), (32, "Slow Yoga", 2, 6, "2026-12-03", "Deal", 12),
                (33, "Tap for Beginners", 2, 5, "2026-12-04", "Deal", 20)),
            "teacher": list_rows("id name", (1, "Marion Okello"), (2, "Piet Haan"), (20, "Runa Voss")),
            "room": list_rows("id code", (5, "B-20"), (6, "B-21")),
        },
}  # fmt: skip
_HALL = FrozenWorld(_RAW)
_LEVEL = offer("level", "Set the level of a class", "Say how hard it is.", {"class_id": _NUMBER, "level": _NUMBER}, {
    "class_id": refer("class"), "level": {"unit": "count"}})  # fmt: skip
_CLOSED = FrozenWorld({**_RAW, "contracts": [*_RAW["contracts"], {**_LEVEL, "roles": ["owner"]}]})


def make_task(text: str, actor: Actor = OWNER, there: FrozenWorld = _HALL) -> Task:
    return Task(Request(text=text, now=NOW), actor, there.context(there.provider({})), "run_00000000000000000000000001")


async def link(text: str) -> list[tuple[str, tuple[str, ...]]]:
    task = make_task(text)
    kinds = task.workspace_context.kinds
    found = await find_links(text, RecordScope(kinds, OWNER, "admin"), [*kinds])
    return [(text[each.start : each.end], each.kinds) for each in found]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("slow yoga for 15", [("slow yoga", ("class",))]),
        ("marion's tap for beginners", [("marion", ("teacher",)), ("tap for beginners", ("class",))]),
        ("marions class", [("marions", ("teacher",))]),
        ("the beginers class", [("beginers", ("class",))]),  # a letter is missing
        ("B-21 is cold", [("B-21", ("room",))]),
        ("class 31 is full", [("31", ("class",))]),  # the noun is no part of what it is called
        ("the class in Deal", [("Deal", ("class",))]),  # no name, but a text that it has
        ("20 for it", [("20", ("teacher", "room"))]),
        ("20.50 for it", []),
        ("beginners for tap", [("beginners", ("class",)), ("tap", ("class",))]),  # not in the order of the name
        ("the class and the room", []),  # only what kinds of thing they are
        ("later ada " * 9, []),  # too long to be looked up word by word
    ],
)
async def test_words_are_linked_to_the_kinds_whose_records_have_them(
    text: str, links: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert await link(text) == links


async def test_of_many_records_those_are_looked_at_that_a_search_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_links, "PAGE", 1)
    monkeypatch.setattr(record_links, "MOST_RECORDS", 2)
    assert await link("runa for slow yoga") == [("runa", ("teacher",)), ("slow yoga", ("class",))]


async def plan(text: str) -> tuple[str, dict[str, Any]]:
    made = (await propose(make_task(text), RuleResolver())).verdict
    assert isinstance(made, Plan), made
    assert ONLY_FIT in made.held
    return made.steps[0].action, {each.param: each.value for each in made.steps[0].filled}


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("tap for beginners 25 from now on", "marina.seat", {"class_id": 33, "places": 25}),
        ("piet's slow yoga for 15 now", "marina.seat", {"class_id": 32, "places": 15}),
        ("thursday's slow yoga with runa", "marina.teach", {"class_id": 31, "teacher_id": 20}),
        ("slow yoga in B-21 for 14 now", "marina.seat", {"class_id": 32, "places": 14}),
    ],
)
async def test_what_the_words_name_and_the_values_fill_one_action(
    text: str, action: str, values: dict[str, Any]
) -> None:
    assert await plan(text) == (action, values)


@pytest.mark.parametrize(
    "text",
    [
        "tap with marion instead of runa",  # it isn't Runa's
        "slow yoga with tap",
        "tap for beginners",  # nothing is said to become of it
        "tap with marion and piet",
        "tap marion to piet",  # Piet has it now, and shall have it
        "slow yoga and B-21 for 14 now",  # both are meant
    ],
)
async def test_what_does_not_fit_the_records_is_no_plan(text: str) -> None:
    assert not isinstance((await propose(make_task(text), RuleResolver())).verdict, Plan)


async def test_several_records_are_asked_about() -> None:
    made = (await propose(make_task("slow yoga 15 from now on"), RuleResolver())).verdict
    assert isinstance(made, Question), made
    assert {each.id for each in made.candidates} == {"31", "32"}


async def test_what_an_action_of_another_role_has_a_place_for_too_is_no_plan() -> None:
    text, admin = "slow yoga in B-21 for 14 now", replace(OWNER, role="admin")
    assert isinstance((await propose(make_task(text, admin), RuleResolver())).verdict, Plan)
    assert not isinstance((await propose(make_task(text, admin, _CLOSED), RuleResolver())).verdict, Plan)


async def test_a_long_text_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("looked through")

    monkeypatch.setattr(linked_plans, "find_first_links", fail)
    await propose(make_task(f"runa {'9' * linked_plans.MOST_CHARACTERS} tap"), RuleResolver())


@pytest.mark.parametrize("text", ["Annika Berg to next saturday", "Annika Berg next saturday instead"])
async def test_nothing_new_is_made_of_one_name_and_a_day(text: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("riding"), "run_00000000000000000000000001")
    made = (await propose(task, RuleResolver())).verdict
    assert not isinstance(made, Plan) or made.steps[0].action != "riding.book_lesson", made
