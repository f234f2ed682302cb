"""What is said about somebody, put to them."""

from __future__ import annotations

import pytest

from language.direct_speech import address, ask


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("his shirts are done", "your shirts are done"),
        ("Her van is late", "Your van is late"),
        ("their hall is free", "your hall is free"),
        ("she owes us 30 euros", "you owe us 30 euros"),
        ("he hasn't signed yet", "you haven't signed yet"),
        ("he still misses a form", "you still miss a form"),
        ("she carries the spare key", "you carry the spare key"),
        ("he can fetch his bags at 5", "you can fetch your bags at 5"),
        ("she's on the list", "you're on the list"),
        ("he’s been moved to hall 2", "you've been moved to hall 2"),
        ("we found her glove", "we found your glove"),
        ("we will call her back tomorrow", "we will call you back tomorrow"),
        ("I've moved him to Friday", "I've moved you to Friday"),
        ("the glove is hers", None),
    ],
)
def test_words_about_the_reader_are_put_to_them(told: str, said: str | None) -> None:
    assert address(told) == said


@pytest.mark.parametrize(
    "told",
    [
        "we are closed on Monday",  # about nobody
        "Bo has lost his key",
        "the porter has lost his key",
        "his porter is late, he is stuck",
        "he left her key here",
        "they are closed on Monday",
        "he can meet Bo and his dog",
        "we gave bo her key",
        "we sent her flowers",
        "we'll see her Friday",
        "she's booked in",
        "he pays on Friday and leaves on Monday",
    ],
)
def test_words_that_may_be_about_somebody_else_stay(told: str) -> None:
    assert address(told) is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("if she can fetch her bags", "can you fetch your bags?"),
        ("whether he has signed", "have you signed?"),
        ("when we can call her back", "when can we call you back?"),
        ("where it is", "where is it?"),
        ("if she wants her bags", None),  # no auxiliary
        ("if they can come", None),  # perhaps others
        ("if Bo can come", None),
        ("she can come", None),
    ],
)
def test_a_reported_question_is_put_to_its_reader(told: str, said: str | None) -> None:
    assert ask(told) == said
