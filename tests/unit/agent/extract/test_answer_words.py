"""Words around an answer: what may stand beside a value or a name, and what may not."""

from __future__ import annotations

import pytest

from agent.extract.answer_words import list_cores
from agent.pipeline import Span
from agent.validate.slots import Parameter, Read, VerifiedSpan, read_words
from registry.contract import Annotation
from tests.unit.agent.extract.test_closed_sets import NOW

NIGHTS = Parameter("nights", "Nights", {"type": "integer"}, Annotation())


def read(words: str, origin: int = 1) -> object:
    span = Span(origin=origin, start=0, end=len(words), text=words)
    made = read_words(NIGHTS, VerifiedSpan(words, (span,)), NOW)
    return made.value if isinstance(made, Read) else None


@pytest.mark.parametrize(
    ("words", "nights"),
    [
        ("make it four", 4),
        ("four, please", 4),
        ("only 12 of it", 12),
        ("I'd give them fourteen", 14),
        ("nine should do", 9),
        ("make it one", 1),
    ],
)
def test_light_words_may_stand_around_the_value_of_an_answer(words: str, nights: int) -> None:
    assert read(words) == nights
    assert read(words, origin=0) is None


@pytest.mark.parametrize(
    "words",
    [
        "not four",
        "four or five",
        "at most four",
        "four if he agrees",
        "four but only once",
        "no more than four",
        "as four as it gets",
    ],
)
def test_a_word_that_changes_an_answer_is_never_passed_over(words: str) -> None:
    assert read(words) is None


def test_the_core_of_an_answer_stands_as_it_was_typed() -> None:
    assert list(list_cores("give it to Zoë"))[-1] == "Zoë"
    assert list(list_cores("not Zoë")) == []
