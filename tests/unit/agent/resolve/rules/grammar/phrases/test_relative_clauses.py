"""Relative clauses of a set: what they are about, and each of their predicates, narrows it down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Question, Request
from agent.planning.proposal import BelongsTo, Except, Find, Has, StateIs, Words
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.resolver import RuleResolver
from registry.records import RecordKind
from tests.unit.own_worlds import NOW, OWNER, world


def read(text: str, kinds: tuple[RecordKind, ...]) -> tuple[Find, str]:
    """What an order's phrase finds, and the words that it leaves."""
    reader = Reader(text, kinds, NOW, lambda start, end: Words(text=text[start:end], start=start))
    phrase = read_phrase(reader, 0, len(reader.tokens), None)
    assert phrase is not None, text
    return phrase.find, " ".join(each.text for each in reader.tokens[phrase.last :])


def owners(find: Find) -> list[tuple[str, str | None, list[str]]]:
    """What the records that somebody has are of: kind, name, states."""
    related = [each.related for each in find.where if isinstance(each, Has) and isinstance(each.related, Find)]
    owned = [each.owner for one in related for each in one.where if isinstance(each, BelongsTo)]
    return [
        (each.record, each.said.text if each.said else None, [s.state for s in each.where if isinstance(s, StateIs)])
        for each in owned
        if isinstance(each, Find)
    ]


@pytest.mark.parametrize(
    ("text", "name", "told", "left"),
    [
        ("guests who cancelled the lavender", "hotel", [("room", "lavender", [])], ""),
        ("everyone who cancelled the lavender 20 euros", "hotel", [("room", "lavender", [])], "20 euros"),
        ("everyone who cancelled a suite 20 euros", "hotel", [("room", None, ["suite"])], "20 euros"),
        ("everyone who has a booking in the lavender", "hotel", [("room", "lavender", [])], ""),
        ("riders who cancelled the moonlight", "riding", [("horse", "moonlight", [])], ""),
        ("riders with a lesson of the moonlight", "riding", [("horse", "moonlight", [])], ""),
        ("riders who cancelled a lesson", "riding", [], ""),
    ],
)
def test_the_object_of_a_deed_narrows_a_set_down(
    text: str, name: str, told: list[tuple[str, str | None, list[str]]], left: str
) -> None:
    find, rest = read(text, tuple(world(name).kinds))
    assert any(isinstance(each, Has) for each in find.where), text
    assert (owners(find), rest) == (told, left)


@pytest.mark.parametrize(
    ("text", "name", "conditions", "left"),
    [
        ("guests who cancelled the lavender and have an open charge", "hotel", 2, ""),
        ("members who are paused and have an unpaid fine", "lending", 2, ""),
        ("members who are paused and who have an unpaid fine", "lending", 2, ""),
        ("horses that are injured and are resting today", "riding", 2, "today"),
        ("members who are paused and charge Piet", "lending", 1, "and charge Piet"),
    ],
)
def test_each_predicate_of_a_clause_narrows_a_set_down(text: str, name: str, conditions: int, left: str) -> None:
    find, rest = read(text, tuple(world(name).kinds))
    assert (len(find.where), rest) == (conditions, left)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("the next booking of the lavender", True),
        ("the last lesson of the moonlight", True),
        ("all lessons of the moonlight", False),
        ("every booking in the lavender", False),
    ],
)
def test_a_thing_narrows_a_place_or_all_of_them_down(text: str, order: bool) -> None:
    find, rest = read(text, tuple(world("riding" if "lesson" in text else "hotel").kinds))
    owned = [each.owner for each in find.where if isinstance(each, BelongsTo)]
    said = [each.said.text for each in owned if isinstance(each, Find) and each.said]
    assert (said, rest, find.order is not None) == ([text.split()[-1]], "", order)


@pytest.mark.parametrize(
    ("text", "name", "owner"),
    [
        ("everyone with an unpaid fee except joris", "riding", "rider"),
        ("members with an unpaid fine except piet", "lending", "member"),
        ("everyone who has an open charge except diego", "hotel", "guest"),
    ],
)
def test_somebody_is_left_out_of_those_who_have_something(text: str, name: str, owner: str) -> None:
    find, rest = read(text, tuple(world(name).kinds))
    left = [each.left_out for each in find.where if isinstance(each, Except)]
    assert (find.record, rest) == (owner, "")
    assert [(each.record, each.said.text) for each in left if isinstance(each, Find) and each.said] == [
        (owner, text.split()[-1])
    ]


@pytest.mark.parametrize("word", ["former", "previous", "recent", "original"])
def test_a_state_of_the_kind_is_no_position(word: str) -> None:
    kinds = tuple(
        replace(each, states={**each.states, word: {"status": ("paused",)}}) if each.name == "member" else each
        for each in world("lending").kinds
    )
    for text in (f"{word} members", f"all {word} members"):
        find, _ = read(text, kinds)
        assert (find.where, find.order, find.pick) == ((StateIs(state=word),), None, "all")
    assert read(f"the {word} member", tuple(world("lending").kinds))[0].order is not None


@pytest.mark.parametrize(
    "text",
    [
        "message everyone who joined in 2026 and is very nice: hello",
        "message everyone who joined in 2026 and has a dog: hello",
        "write off fees of riders who joined in 2026 and have a dog",
        "cancel lessons of riders who joined in 2023 and who have a dog",
    ],
)
async def test_a_predicate_that_cannot_be_read_is_asked_about(text: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("riding"), "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Question), verdict
    assert text.split(":")[0].split(" and ")[1] in verdict.text
