"""What general English knows: which words there are, which mean the like, and what a word that is none must have
been."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.spell_correction import Speller, is_same_word
from language.stems import stem
from language.wordnet import find_similar_stems, is_english, is_word, load_phrasal_verbs, rate_similarity

SPELLER = Speller(
    ("review", "first", "meeting", "schedule", "cancel", "invoice", "subscription", "lamp", "heading", "healing")
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rview", "review"),
        ("frst", "first"),
        ("meeitng", "meeting"),
        ("schdule", "schedule"),
        ("cancle", "cancel"),
        ("ivnoice", "invoice"),
        ("subscritpoin", "subscription"),
        ("nivoice", "invoice"),
    ],
)
def test_a_slip_is_the_word_that_was_meant(typed: str, meant: str) -> None:
    assert SPELLER.meant(typed) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("fist", "is a word"),
        ("camp", "is a word, and so short that nothing is taken for a slip of it"),
        ("lmpa", "is short and not two letters crossed"),
        ("heaing", "is as near to two"),
        ("incoicee", "is two slips away, and short"),
        ("invoice", "is right as it stands"),
        ("first2", "is a code"),
        ("", "is nothing"),
    ],
)
def test_nothing_is_put_right_that(typed: str, why: str) -> None:
    assert SPELLER.meant(typed) is None, why


@given(st.text(max_size=12))
def test_what_is_put_right_is_always_a_word_of_the_closed_set(typed: str) -> None:
    assert SPELLER.meant(typed) in (None, *SPELLER_WORDS)


SPELLER_WORDS = (
    "review",
    "first",
    "meeting",
    "schedule",
    "cancel",
    "invoice",
    "subscription",
    "lamp",
    "heading",
    "healing",
)


def test_a_state_may_have_a_slip_but_another_word_is_another_state() -> None:
    assert is_same_word("reveiw", "review")
    assert not is_same_word("reviews", "overdue")
    assert not is_same_word("planned", "planted")


@pytest.mark.parametrize(
    "word", ["than", "themselves", "boxes", "cancelled", "stopping", "refunded", "companies", "email"]
)
def test_a_word_is_known_in_its_regular_forms(word: str) -> None:
    assert is_word(word)


@pytest.mark.parametrize("word", ["tickes", "boxs", "refnd", "schedul", "xyzzy"])
def test_a_form_that_english_does_not_make_is_no_word(word: str) -> None:
    assert not is_word(word)


def test_verbs_that_mean_the_like_are_known_with_how_often_they_do() -> None:
    assert (
        find_similar_stems(stem("fetch"), verb=True)[stem("bring")]
        > find_similar_stems(stem("fetch"), verb=True)[stem("transfer")]
    )
    assert (
        rate_similarity(stem("purchase"), [stem("buy")], verb=True)
        == rate_similarity(stem("buy"), [stem("purchase")], verb=True)
        > 0.5
    )
    assert rate_similarity(stem("refund"), [stem("cancel")], verb=True) == 0.0


def test_a_verb_of_two_words_is_the_plain_one() -> None:
    assert load_phrasal_verbs()["call off"] == "cancel"


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("put Odile Marchetti's trial off until Thursday", True),
        ("ok", True),
        ("la ruta del autobús nueve está cerrada", False),
        ("請幫我取消", False),
        ("42", True),
    ],
)
def test_a_text_is_english_where_half_of_its_words_are(text: str, english: bool) -> None:
    assert is_english(text) is english
