"""Notes on records: quoted words put on one, and words behind it without a colon. Without a model."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from agent.planning.proposal import Words
from agent.planning.task import Verdict
from agent.resolve.rules.grammar.orders.texts import tells_that
from agent.resolve.rules.grammar.reader import Reader
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.contract import parse
from tests.unit.own_worlds import NOW, read_words, world

NOTE = parse(
    {
        "schema": "opsiq/contract/v1", "name": "lending.note_fine", "title": "Add a note to a fine",
        "description": "Write a note on a fine, for the desk.", "surfaces": ["admin"], "roles": ["owner"],
        "endpoint": {"url": "http://lending.example/act"}, "aliases": ["jot down"],
        "examples": ["note on fine F-231: she pays on Monday"],
        "annotations": {"fine_id": {"record": "fine"}, "text": {"label": "Note", "ask": "What should it say?"}},
        "parameters": {
            "type": "object", "additionalProperties": False, "required": ["fine_id", "text"],
            "properties": {"fine_id": {"type": "integer"}, "text": {"type": "string", "maxLength": 200}},
        },
    }
)  # fmt: skip


async def verdict_of(text: str) -> Verdict:
    return await read_words(text, world("lending", NOTE))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ('put "paid half" on F-231', "paid half"),
        ('add "ask Bo" to fine F-231', "ask Bo"),
        ("note on F-231 the saw came back blunt", "the saw came back blunt"),
        ("note on F-231 - leave it until spring", "leave it until spring"),
        ("note on F-231 saying ask Bo", "ask Bo"),
        ("jot down on F-231 that the saw came back blunt", "the saw came back blunt"),
        ("add a note to fine F-231 that the new shelf is 4471", "the new shelf is 4471"),
        ("note on F-231 - she rang, two of them are blunt", "she rang, two of them are blunt"),
        ("note on F-231: the saw is blunt, use oil", "the saw is blunt, use oil"),
        ("note on F-231: the saw is blunt, don't lend it out", "the saw is blunt, don't lend it out"),
        ("add a note to Ines Duarte's fine that she rang", "she rang"),
        ("put a note on the fine F-231 that two blades are blunt", "two blades are blunt"),
        ("add a note to F-231, she rang (from her office!)", "she rang (from her office!)"),
        ("note that F-231 came back blunt", "F-231 came back blunt"),
        ("note on F-231, ring the bell at the side door", "ring the bell at the side door"),
        ("note on F-231, she rang, two of them are blunt", "she rang, two of them are blunt"),
    ],
)
async def test_words_for_a_record_are_a_note_on_it(text: str, note: str) -> None:
    made = await verdict_of(text)
    assert isinstance(made, Plan), made
    (step,) = made.steps
    assert step.action == "lending.note_fine"
    assert {each.param: each.value for each in step.filled}["text"] == note


async def test_quoted_words_are_put_on_each_record() -> None:
    made = await verdict_of('put "paid half" on F-231 and F-232')
    assert isinstance(made, Plan), made
    assert [step.action for step in made.steps] == ["lending.note_fine"] * 2


@pytest.mark.parametrize("text", ['put "vip" on Ines Duarte', 'put "paid half" on Ines Duarte\'s loan'])
async def test_quoted_words_put_on_something_are_no_message_to_its_owner(text: str) -> None:
    assert not isinstance(await verdict_of(text), Plan)


@pytest.mark.parametrize(
    "text",
    [
        "add a note to F-231", "note on F-231 for the desk", "note on F-231 and waive it", "F-231 blunt",
        "note on the fine that was waived", "note on F-231, waive it", "note on F-231, use the yard",
        "note on F-231, tell Ines Duarte", "note on F-231, not on F-232",
    ],
)  # fmt: skip
async def test_other_words_behind_a_record_are_no_note(text: str) -> None:
    made = await verdict_of(text)
    assert not isinstance(made, Plan), made


async def test_the_word_before_a_note_on_several_records_is_no_part_of_it() -> None:
    made = await verdict_of("put a note on F-231 and F-232 saying blunt")
    assert isinstance(made, Plan), made
    assert {each.value for step in made.steps for each in step.filled if each.param == "text"} == {"blunt"}


@pytest.mark.parametrize(
    "text",
    [
        "note on F-231 the saw came back blunt",
        "note on F-231 - it is blunt, she rang",
        "jot down on F-231 that it is blunt",
        "note on F-231: it is blunt, short strokes only",
    ],
)
async def test_a_note_that_a_model_may_word_is_read_like_any_other(text: str) -> None:
    notes = dict(NOTE.annotations) | {"text": NOTE.annotation("text").model_copy(update={"compose": True})}
    made = await read_words(text, world("lending", NOTE.model_copy(update={"annotations": notes})))
    assert isinstance(made, Plan), made
    assert [step.action for step in made.steps] == ["lending.note_fine"]


@pytest.mark.parametrize("verb", ["leave", "pop", "stick", "scribble"])
async def test_any_verb_puts_a_note_on_something(verb: str) -> None:
    made = await verdict_of(f"{verb} a note on F-231: the saw came back blunt")
    assert isinstance(made, Plan), made
    assert [step.action for step in made.steps] == ["lending.note_fine"]
    assert not any("you also wrote" in why for why in made.held)


@pytest.mark.parametrize("verb", ["cancel", "remove", "read", "don't leave"])
async def test_a_verb_that_takes_a_note_away_or_looks_at_it_puts_none(verb: str) -> None:
    made = await verdict_of(f"{verb} a note on F-231: the saw came back blunt")
    assert not isinstance(made, Plan), made


@pytest.mark.parametrize(
    "text",
    [
        "note on F-231: the saw is blunt, waive it",
        "note on F-231: the saw is blunt, add 3 days",
    ],
)
async def test_what_may_be_an_order_is_no_part_of_a_note(text: str) -> None:
    made = await verdict_of(text)
    notes = (
        [each.value for step in made.steps for each in step.filled if each.param == "text"]
        if isinstance(made, Plan)
        else []
    )
    assert notes in ([], ["the saw is blunt"]), made
    assert not (isinstance(made, Plan) and not made.held)


async def test_what_things_are_put_on_says_nothing_of_a_note() -> None:
    put = NOTE.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {
        "name": "lending.hand_fine", "title": "Hand over a fine", "description": "Say which member pays a fine.",
        "aliases": ["put on"], "examples": [],
        "annotations": {"fine_id": {"record": "fine"}, "member_id": {"record": "member"}},
        "parameters": {
            "type": "object", "additionalProperties": False, "required": ["fine_id", "member_id"],
            "properties": {"fine_id": {"type": "integer"}, "member_id": {"type": "integer"}},
        },
    }  # fmt: skip
    made = await read_words("put a note on the fine F-231 that Ines Duarte rang", world("lending", NOTE, parse(put)))
    assert isinstance(made, Plan), made
    assert [step.action for step in made.steps] == ["lending.note_fine"]


_ON_MEMBER = NOTE.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {
    "name": "lending.note_member", "title": "Add a note to a member", "description": "Write a note in a member's file.",
    "aliases": ["jot down"], "examples": [],
    "annotations": {"member_id": {"record": "member"}, "note": {"label": "Note", "compose": True}},
    "parameters": {
        "type": "object", "additionalProperties": False, "required": ["member_id", "note"],
        "properties": {"member_id": {"type": "integer"}, "note": {"type": "string", "maxLength": 200}},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("jot down that Ines Duarte has moved", "Ines Duarte has moved"),
        ("add a note to Ines Duarte that she has moved", "she has moved"),
        ("note for Ines Duarte: has moved", "has moved"),
    ],
)
async def test_a_note_is_written_on_somebody_too_where_a_verb_says_so(text: str, note: str) -> None:
    made = await read_words(text, world("lending", parse(_ON_MEMBER)))
    assert isinstance(made, Plan), made
    assert [each.value for step in made.steps for each in step.filled if each.param == "note"] == [note]


async def test_what_somebody_is_written_is_no_note_on_them() -> None:
    there = world("lending")
    only = WorkspaceContext("own", Catalogue([parse(_ON_MEMBER)]), there.kinds, there.kinds)
    made = await read_words("write Ines Duarte a welcome letter", only)
    assert not isinstance(made, Plan), made


@pytest.mark.parametrize("more", ["not the short one", "all of them", "until Friday"])
async def test_brackets_that_change_something_are_no_part_of_a_note(more: str) -> None:
    made = await verdict_of(f"note on F-231 she rang ({more})")
    texts = [each.value for each in made.steps[0].filled] if isinstance(made, Plan) else []
    assert not any(more in str(each) for each in texts), made


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("add a note to Ines Duarte that she has moved", True),
        ("note for Ines that her fine is due", True),
        ("write to Ines Duarte that her fine is due", False),  # she is told, and nothing of hers
        ("write on F-231 that her dog ate it", True),
    ],
)
def test_what_somebody_is_told_is_no_note_on_what_is_theirs(text: str, told: bool) -> None:
    kinds = [*world("lending").kinds]
    reader = Reader(text, kinds, NOW, lambda start, end: Words(text=text[start:end], start=start))
    that = next(at for at in range(len(reader.tokens)) if reader.low(at) == "that")
    assert tells_that(reader, 0, that) is told


@pytest.mark.parametrize("name", ["garage", "hotel", "riding", "foodbank"])
@pytest.mark.parametrize(
    "text", ["open a job: brakes squeal, urgent,", "new task: lamp is broken,", "a note: lame, high, ,"]
)
async def test_a_comma_that_ends_a_text_ends_no_list(name: str, text: str) -> None:
    assert await read_words(text, world(name)) is not None
