"""Answers and drafted texts, compared with what they should say."""

from __future__ import annotations

from typing import Any

import pytest

from evals.cases import reader
from evals.run.case_result import CaseResult
from evals.score.content import compare_answer, compare_text
from evals.score.score import judge

GIVEN = {"kind": "loan", "ids": ["501", "505"], "count": 2, "value": ["9.00 EUR", "4.00 USD"]}


@pytest.mark.parametrize(
    ("wanted", "right"),
    [
        ({"ids": [505, 501]}, True),
        ({"ids": [501]}, False),
        ({"ids": []}, False),
        ({"count": 2}, True),
        ({"count": 3}, False),
        ({"ids": [501, 505], "count": 7}, True),
        ({"value": ["4.00 USD", "9.00 EUR"]}, True),
        ({"value": "9.00 EUR"}, False),
        ({"kind": "help", "value": "anything"}, True),
    ],
)
def test_records_count_and_values(wanted: dict[str, Any], right: bool) -> None:
    assert (compare_answer(GIVEN, wanted) == ("", "")) is right


def test_one_value_may_be_another_that_is_as_right() -> None:
    one = {**GIVEN, "value": "11 days"}
    assert compare_answer(one, {"value": "2026-11-13", "also": ["11 Days"]}) == ("", "")
    assert compare_answer(one, {"value": "10 days"})[0] == "other_answer"
    assert compare_answer(None, {"kind": "help"})[0] == "other_answer"


def test_a_text_has_one_of_each_and_nothing_it_must_not() -> None:
    wanted = {"must": [["sorry", "regret"], ["Friday"]], "must_not": ["apologise"]}
    assert compare_text("We REGRET it; until friday.", wanted) == ("", "")
    assert compare_text("Sorry!", wanted) == ("text_lacks", "Friday")
    assert compare_text("Sorry, we apologise. Friday.", wanted) == ("text_holds", "apologise")
    assert compare_text(" ", wanted)[0] == "text_lacks"


def test_a_drafted_parameter_is_free_and_its_text_is_judged() -> None:
    call = {"action": "write", "params": {"to": [1]}}
    text = {"param": "letter", "must": [["dry"]], "must_not": []}
    case = reader.read_case(
        {"id": "a", "prompt": "a", "expected": {"decision": "act", "actions": [call], "text": text}}
    )
    good = CaseResult("a", "act", ({"action": "write", "params": {"to": 1, "letter": "Keep it dry."}},))
    bad = CaseResult("a", "act", ({"action": "write", "params": {"to": 1, "letter": "Keep it."}},))
    assert judge(case, good).full
    assert judge(case, bad).cause == "text_lacks"


def test_any_expectation_that_fits_is_right() -> None:
    pay = {"action": "pay", "params": {}}
    expected = {"decision": "clarify", "action": "pay", "or": [{"decision": "act", "actions": [pay]}]}
    case = reader.read_case({"id": "a", "prompt": "a", "expected": expected})
    assert judge(case, CaseResult("a", "act", (pay,))).full
    assert judge(case, CaseResult("a", "clarify", (pay,))).full
    assert not judge(case, CaseResult("a", "abstain")).full


@pytest.mark.parametrize(
    ("decision", "cause"),
    [
        ("act", "acted_where_it_had_to_answer"),
        ("clarify", "asked_where_it_had_to_answer"),
        ("abstain", "abstained_where_it_had_to_answer"),
        ("answer", "other_answer"),
    ],
)
def test_a_question_that_was_not_answered(decision: str, cause: str) -> None:
    case = reader.read_case({"id": "a", "prompt": "a", "expected": {"decision": "answer", "answer": {"count": 1}}})
    assert judge(case, CaseResult("a", decision)).cause == cause


def test_an_empty_list_of_right_values_is_right_left_out_or_empty() -> None:
    call = {"action": "tag", "params": {"tags": [], "of": [{"x": [1], "y": ["", 2]}]}}
    case = reader.read_case({"id": "a", "prompt": "a", "expected": {"decision": "act", "actions": [call]}})
    for params in ({"of": {"x": 1}}, {"tags": [], "of": {"x": 1, "y": 2}}):
        assert judge(case, CaseResult("a", "act", ({"action": "tag", "params": params},))).full
    for params in ({"tags": ["a"], "of": {"x": 1}}, {"of": {"y": 2}}, {"of": {"x": 1, "z": 1}}):
        assert not judge(case, CaseResult("a", "act", ({"action": "tag", "params": params},))).full
