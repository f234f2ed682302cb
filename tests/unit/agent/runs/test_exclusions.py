"""Whom an answer rules out is never taken."""

from __future__ import annotations

import time

import pytest

from agent.pipeline import Candidate, Question
from agent.runs.answer_phrases import excludes, find_named_action, find_remaining, make_answer

TWO = (Candidate(id="1", label="Ada Berg", detail="ada@x.example"), Candidate(id="2", label="Ada Borg"))
THREE = (*TWO, Candidate(id="3", label="Ada Bard"))


def asked(*candidates: Candidate) -> Question:
    return Question(slot="0.who", code="ambiguous", text="Which Ada?", candidates=candidates)


@pytest.mark.parametrize(
    ("words", "left"),
    [("not Berg", "2"), ("Not Ada Borg.", "1"), ("no, not Berg", "2"), ("not Berg, Borg", "2"), ("nicht Borg", "1")],
)
def test_of_two_the_one_that_is_not_ruled_out_is_meant(words: str, left: str) -> None:
    assert excludes(asked(*TWO), words)
    found = find_remaining(asked(*TWO), words)
    assert found is not None
    assert found.id == left


def test_what_is_shown_beside_a_name_rules_it_out_too() -> None:
    bakers = (
        Candidate(id="1", label="Ada Berg", detail="Berg Bakery"),
        Candidate(id="2", label="Ada Borg", detail="Tyres"),
    )
    found = find_remaining(asked(*bakers), "not the one with the bakery")
    assert found is not None
    assert found.id == "2"
    assert find_remaining(asked(*bakers), "not that one") is None, "it points at neither"


@pytest.mark.parametrize("words", ["not Berg", "not Ada", "not Nobody", "not Berg, Berg"])
def test_nobody_is_taken_where_more_than_one_is_left_or_nobody_was_named(words: str) -> None:
    assert excludes(asked(*THREE), words)
    assert find_remaining(asked(*THREE), words) is None


def test_what_rules_out_nobody_of_those_offered_is_asked_about_again() -> None:
    """It was refused as a request that can't be read, away from its question."""
    answer = make_answer(asked(*THREE), None, "not Nobody")
    assert (answer.choice, answer.text) == (None, "not Nobody")


@pytest.mark.parametrize("words", ["Notley", "Berg", "the first"])
def test_other_answers_rule_nobody_out(words: str) -> None:
    assert not excludes(asked(*TWO), words)


@pytest.mark.parametrize(
    "words",
    ["not x" + " " * 1300 + "," + " " * 1300 + "b\na", "not" + " " * 3900 + ",b\na", "no" + "," * 3900 + " not"],
)
def test_an_answer_of_blanks_costs_no_more_than_another(words: str) -> None:
    """The server itself reads it, where everybody else waits."""
    began = time.process_time()
    assert find_remaining(asked(*TWO), words) is None
    excludes(asked(*TWO), words)
    assert time.process_time() - began < 1.5


def test_words_that_name_one_offered_action_choose_it() -> None:
    offered = (
        Candidate(id="x.close", label="Close it"),
        Candidate(id="x.set_stage", label="Set its stage"),
        Candidate(id="x.set_day", label="Set its day"),
    )
    question = Question(slot="action", code="unclear_action", text="What should happen with it?", candidates=offered)
    named = {words: find_named_action(question, words) for words in ("close it", "close", "its stage please")}
    assert [each.id if each else None for each in named.values()] == ["x.close", "x.close", "x.set_stage"]
    for words in ("set it", "close it on Friday", "the first", ""):  # two of them, more than that, and none
        assert find_named_action(question, words) is None
