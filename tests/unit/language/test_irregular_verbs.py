from __future__ import annotations

import pytest

from language.irregular_verbs import PLAIN_FORMS, UNSURE_FORMS
from language.stems import is_form_of, is_past, stem, stem_text


@pytest.mark.parametrize(
    "forms",
    ["take takes took taken", "lend lends lent", "write wrote written", "withdraw withdrew withdrawn", "go went"],
)
def test_all_forms_of_a_verb_have_one_stem(forms: str) -> None:
    assert len(set(map(stem, forms.split()))) == 1


@pytest.mark.parametrize("word", ["left", "saw", "rose", "drew", "found", "paid", "lost", "bound", "ground", "felt"])
def test_what_is_another_word_too_keeps_its_own_stem(word: str) -> None:
    assert stem(word) == word


def test_a_form_is_told_from_another_word_of_its_stem() -> None:
    assert is_form_of("taken", "takes")
    assert is_form_of("gave", "given")
    assert not is_form_of("took", "gave")
    assert stem_text("who took the key") == stem_text("who takes the key")


@pytest.mark.parametrize(
    ("word", "past"),
    [
        ("closed", True),
        ("took", True),
        ("left", True),
        ("take", False),
        ("need", False),
        ("feed", False),
        ("rose", False),
    ],
)
def test_the_past_is_told_by_an_ending_or_by_the_list(word: str, past: bool) -> None:
    assert is_past(word) is past


def test_no_form_is_a_plain_form_or_belongs_to_two_verbs() -> None:
    assert not PLAIN_FORMS.keys() & UNSURE_FORMS.keys()
    assert not PLAIN_FORMS.keys() & set(PLAIN_FORMS.values())
