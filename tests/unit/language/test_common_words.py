"""Which everyday word a misspelt one means, and which strange words stay as they are."""

from __future__ import annotations

import pytest

from language.common_words import find_common_word
from language.spell_correction import Speller


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cahir", "chair"),
        ("kithcen", "kitchen"),
        ("widnow", "window"),
        ("hlaf", "half"),
        ("brthday", "birthday"),
        ("mornning", "morning"),
        ("hosptial", "hospital"),
        ("hopsitla", "hospital"),
    ],
)
def test_an_error_or_exchanged_letters_of_a_common_word(typed: str, meant: str) -> None:
    assert find_common_word(typed) == meant


@pytest.mark.parametrize("typed", ["chair", "hlf", "gardener", "größre", "x" * 40, "brwn", "kitchenette"])
def test_words_short_ones_and_other_alphabets_stay(typed: str) -> None:
    assert find_common_word(typed) is None


@pytest.mark.parametrize("name", ["halden", "olena", "krol", "novak", "kora", "brunner", "zofia", "sato", "moretti"])
def test_what_may_be_a_name_stays(name: str) -> None:
    assert find_common_word(name) is None


def test_one_of_two_equally_likely_words_is_not_chosen() -> None:
    assert find_common_word("chane") is None  # "change" or "chance"?


def test_an_abbreviation_is_completed_if_one_word_begins_so() -> None:
    speller = Speller(["priority", "priorities", "customer", "status", "station"])
    assert speller.complete("prio") == "priority"
    assert speller.complete("stat") is None
    assert speller.complete("cus") is None
