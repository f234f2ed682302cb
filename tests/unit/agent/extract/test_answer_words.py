"""Words around an answer: what may stand beside a value or a name, and what may not."""

from __future__ import annotations

import pytest

from agent.extract.answer_words import list_cores, split_exclusion
from agent.pipeline import Span
from agent.validate.slots import Parameter, Read, Unread, VerifiedSpan, read_words
from registry.contract import Annotation, Unit
from tests.unit.agent.extract.test_closed_sets import NOW

NIGHTS = Parameter("nights", "Nights", {"type": "integer"}, Annotation())
DAYS = Parameter("days", "Days", {"type": "integer"}, Annotation(unit=Unit.DAYS))
PRICE = Parameter(
    "price", "Price", {"type": "integer", "minimum": 100, "maximum": 5000}, Annotation(unit=Unit.MONEY_MINOR), "EUR"
)


def read(words: str, origin: int = 1, parameter: Parameter = NIGHTS) -> object:
    made = read_or_explain(words, parameter, origin)
    return made.value if isinstance(made, Read) else None


def read_or_explain(words: str, parameter: Parameter, origin: int = 1) -> Read | Unread:
    span = Span(origin=origin, start=0, end=len(words), text=words)
    return read_words(parameter, VerifiedSpan(words, (span,)), NOW)


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


@pytest.mark.parametrize(
    "words",
    [
        *(
            "-12",
            "- 12",
            "– 12",
            "12-",
            "-12 EUR",
            "- €12",
            "no - 12",
            "12%",
            "<12",
            ">12",
            "~12",
            "≤ 12",
            "+12",
            "12+",
        ),
        *("12+", "±12", "12?", "is it 12?", "about 12", "around 12", "make it about 12", "$12", "12 / 2"),
    ],
)
def test_a_mark_or_word_that_changes_a_figure_is_never_passed_over(words: str) -> None:
    assert read(words, parameter=PRICE) in (None, -1200)  # which no bound lets through
    assert read(words, parameter=DAYS) in (None, -12)


@pytest.mark.parametrize(
    "words", ["12,-", "12.", "12!", "“12”", "no, 12", "12 - please", "exactly 12", "€12", "12 EUR"]
)
def test_a_mark_that_changes_nothing_may_stand_beside_a_figure(words: str) -> None:
    assert read(words, parameter=PRICE) == 1200


def test_a_pause_is_no_minus() -> None:
    assert "Zoë" in list(list_cores("no - Zoë"))
    assert "Z-12" in list(list_cores("no – Z-12"))


def test_why_an_answer_is_not_exact_is_told() -> None:
    made = read_or_explain("about 12", PRICE)
    assert isinstance(made, Unread)
    assert made.why == "‘about 12’ leaves it open. Say it without ‘about’."


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("88888888888888888888", "‘88888888888888888888’ is too large an amount. How much should it be?"),
        ("0.125", "‘0.125’ has more decimals than EUR has. How much should it be?"),
    ],
)
def test_an_amount_that_can_not_be_sent_is_told_apart_from_one_that_can_not_be_read(words: str, why: str) -> None:
    made = read_or_explain(words, PRICE)
    assert isinstance(made, Unread)
    assert made.why == why


@pytest.mark.parametrize(("words", "value"), [("0.20", 20), ("70", 7000), ("70 euros", 7000)])
def test_an_amount_beyond_the_bounds_is_read_so_that_they_can_be_told(words: str, value: int) -> None:
    assert read(words, parameter=PRICE) == value


def test_what_is_denied_may_stand_behind_what_is_named() -> None:
    assert split_exclusion("not Ada, Bo") == ("Ada", "Bo")
    assert split_exclusion("Bo, not Ada.") == ("Ada", "Bo")
    assert split_exclusion("Bo and not Ada") == ("Ada", "Bo")
    assert split_exclusion("Bo, as he has not paid for the last three weeks") is None
    assert split_exclusion("Bo") is None
