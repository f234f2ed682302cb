"""Answers to "which one?" that describe the one meant by what is shown of it, or by how it is spelt."""

from __future__ import annotations

import pytest

from agent.pipeline import Candidate, Question
from agent.runs.answer_phrases import make_answer

MEIER = Candidate(id="1", label="Lena Meier", detail="Kiln Street · junior · lena@x.example")
MAIER = Candidate(id="2", label="Lena Maier", detail="Harbour · senior · Maier Boats")
HOFF = Candidate(id="3", label="Lena Hoff", detail="Harbour · junior")


def choose(words: str, *candidates: Candidate, code: str = "ambiguous") -> str | None:
    asked = Question(slot="0.who", code=code, text="Which Lena?", candidates=candidates)
    return make_answer(asked, None, words).choice


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("with an a", None),  # "Lena" has one too
        ("Meier with an e", "1"),
        ("the one with ei", None),  # two different letters are read as words
        ("Lena with ff", "3"),
        ("Hoff with double f", "3"),
        ("the one spelt without an r", "3"),
        ("Meier without an e", None),  # nobody is spelt so
        ("the senior one", "2"),
        ("the woman from Kiln Street", "1"),
        ("it's the one at Kiln Street, please", "1"),
        ("the junior one at the harbour", "3"),
        ("the junior one", None),
        ("the Lena from Bristol", None),
        ("the Hoff from Kiln Street", None),
        ("not the senior one", None),
        ("anyone without boats", None),
        ("the senior one, or Hoff", None),
        ("the one", None),
    ],
)
def test_what_one_choice_alone_shows_chooses_it(words: str, chosen: str | None) -> None:
    assert choose(words, MEIER, MAIER, HOFF) == chosen


def test_a_full_list_may_have_left_out_others_that_fit() -> None:
    many = (MAIER, *(HOFF.model_copy(update={"id": str(at)}) for at in range(3, 10)))
    assert choose("the senior one", *many[:-1]) == "2"
    assert choose("the senior one", *many) is None


def test_a_word_of_an_action_or_value_is_not_chosen_by_what_is_shown_beside_it() -> None:
    assert choose("the senior one", MEIER, MAIER, code="missing") is None
