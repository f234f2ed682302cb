"""Slips of the pen are read as what was meant, politeness as nothing; what was typed stays what a value is taken
from."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from agent.extract.references.parse import parse
from agent.extract.spans.politeness import strip_politeness
from agent.extract.time import dates
from language.text import Text, read_text
from registry.records import Field, RecordKind

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TASK = RecordKind(
    name="task",
    title="Task",
    nouns=("task", "tasks"),
    fields=(
        Field(name="id", type="id"),
        Field(name="column", type="string"),
        Field(name="due", type="date", ranged=True),
    ),
    states={"in review": {"column": ("In Review",)}, "unfinished": {"column": ("Backlog", "In Review")}},
    order="due",
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("my frst task", "my first task"),
        ("on Wendesday in Febuary", "on Wednesday in February"),
        ("the latset ones, tow lsat", "the latest ones, tow last"),
        ("tomorow at nien", "tomorrow at nine"),
        ("Marta and Julia", "Marta and Julia"),
        ("august@frst.com and #frst", "august@frst.com and #frst"),
        ("more than 5", "more than 5"),
    ],
)
def test_a_slip_in_what_readings_are_made_of_is_put_right(typed: str, read: str) -> None:
    assert Text(typed).plain == read


def test_offsets_and_words_are_those_that_were_typed() -> None:
    text = read_text("move my frst task to wendesdayy please")
    at = {token.low: token for token in text.tokens}
    for low, typed in (("first", "frst"), ("task", "task"), ("wednesday", "wendesdayy"), ("please", "please")):
        start, end = text.span(at[low].start, at[low].end)
        assert text.raw[start:end] == typed == text.original(at[low].start, at[low].end)


def test_a_day_with_a_slip_is_that_day() -> None:
    (found,) = dates.find(read_text("on Decmber 13"), NOW.date())
    assert found.day == date(2026, 12, 13)


def test_a_state_and_a_place_with_slips_narrow_as_they_would_without() -> None:
    right, slipped = parse("my first task in review", TASK, [TASK]), parse("my frst tsak in reveiw", TASK, [TASK])
    assert (slipped.position, slipped.states) == (right.position, right.states) == (1, {"column": ("In Review",)})


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("When you get a moment, call off order 5. Much appreciated.", "call off order 5."),
        ("Quick one for you: refund it. That would help me out.", "refund it."),
        ("Hi there! Hope you're doing well. Refund INV-1", "Refund INV-1"),
        ("refund INV-1 if it's not too much trouble", "refund INV-1"),
        ("cancel it whenever you can, please", "cancel it"),
        ("return #W1: Tablet; Thanks a lot!", "return #W1: Tablet;"),
        ("hey, hope you are having a great Sunday! refund it", "refund it"),
        ("Happy Friday! move it to Monday", "move it to Monday"),
        ("have a nice weekend. refund it", "refund it"),
        ("ok so refund it", "refund it"),
        ("right, so refund it", "refund it"),
        ("refund it if it is open please", "refund it if it is open"),
        ("refund it for me pls", "refund it"),
        ("refund it please thanks", "refund it"),
        ("refund INV-1 thx", "refund INV-1"),
        ("refund INV-1 btw", "refund INV-1"),
        ("cancel the bath svp", "cancel the bath"),
        ("cancel the bath, por favor", "cancel the bath"),
    ],
)
def test_politeness_says_nothing(typed: str, left: str) -> None:
    made = strip_politeness(typed)
    assert (" ".join(made.replace(" ,", "").split()).rstrip(", "), len(made)) == (left, len(typed))


@pytest.mark.parametrize(
    "text",
    [
        "reply to ticket 5519: we fixed it. Thanks a lot!",
        "refund it if you paid twice",
        "if you can't find Adam, stop",
        "refund it, today",
        "ok all open returns",
        "so many are open",
        "assign it to me",
        "tell Ada to come please",
        "send Ada many thanks",
        "verschiebe das Ticket bitte",
        "write “call me please”",
        "refund it, next Friday",
        "Friday: refund it",
        "cancel INV-1, this one",
        "say 'thanks, when you get a moment'",
        "make it 5, sorry 6",
        "when Adam gets a moment, remind him",
        "thanks",
        "",
    ],
)
def test_what_may_say_something_is_kept(text: str) -> None:
    assert strip_politeness(text) == text
