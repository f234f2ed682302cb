"""Conditions of the policy 'when': what can't be judged holds, so that a person confirms."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from registry.conditions import condition

INVOICE = {"invoice_id": {"status": "paid", "total": 9900, "note": None}}


@pytest.mark.parametrize(
    ("expression", "params", "holds"),
    [
        ("params.amount > 5000", {"amount": 5001}, True),
        ("params.amount > 5000", {"amount": 5000}, False),
        ("params.amount > 5000", {"amount": 5000.5}, True),
        ("params.amount > 5000.0", {"amount": 5000}, False),
        ("params.amount > 5000.0", {"amount": 5001}, True),
        ("params.amount >= 49.99", {"amount": 49.99}, True),
        ("params.amount >= 9007199254740991", {"amount": 9007199254740990}, False),
        ("params.amount * 2 > records.invoice_id.total", {"amount": 4950}, False),
        ("params.amount * 2 > records.invoice_id.total", {"amount": 4951}, True),
        ("double(params.amount) * 1.1 > 100.0", {"amount": 91}, True),
        ("double(params.amount) * 1.1 > 100.0", {"amount": 90}, False),
        ("records.invoice_id.status != 'paid'", {}, False),
        ("params.to.endsWith('@example.com') == false", {"to": "a@example.org"}, True),
        ("has(params.amount) && params.amount > 5000", {}, False),
        ("params.tags.exists(tag, tag == 'vip')", {"tags": ["new", "vip"]}, True),
        ("params.tags.size() > 3", {"tags": ["new"]}, False),
        ("params.note == null", {"note": None}, True),
        ("params.role in ['owner', 'admin']", {"role": "agent"}, False),
    ],
)
def test_it_holds_where_it_says_so_and_only_there(expression: str, params: dict[str, Any], holds: bool) -> None:
    judged = condition.compile(expression).evaluate_policy(params, INVOICE)
    assert (judged.holds, judged.trouble) == (holds, "")


@pytest.mark.parametrize(
    ("expression", "params", "trouble"),
    [
        ("params.amount > 5000", {}, "'amount'"),
        ("records.customer_id.vip", {}, "'customer_id'"),
        ("records.invoice_id.missing == 1", {}, "'missing'"),
        ("records.invoice_id.note > 5", {}, "can't be judged"),
        ("params.amount > 5000", {"amount": "lots"}, "can't be judged"),
        ("params.amount * 1.1 > 1.0", {"amount": 1}, "can't be judged"),
        ("params.amount / 0 > 1", {"amount": 1}, "division by zero"),
        ("9223372036854775807 + params.amount > 1", {"amount": 1}, "overflow"),
        ("params.amount", {"amount": 0}, "not true or false"),
        ("params.text", {"text": ""}, "not true or false"),
        ("timestamp(params.text) > timestamp('2026-01-01T00:00:00Z')", {"text": "soon"}, "can't be judged"),
    ],
)
def test_what_cannot_be_judged_holds_and_says_why(expression: str, params: dict[str, Any], trouble: str) -> None:
    judged = condition.compile(expression).evaluate_policy(params, INVOICE)
    assert judged.holds
    assert trouble in judged.trouble
    assert condition.compile(expression).holds(params, INVOICE)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("", "no CEL"),
        ("params.amount >", "At character 16 it breaks off. Compare by =="),
        ("params.amount = 4", r"At character 15, '= 4' can't be read. Compare by ==, .* join by && and \|\|"),
        ("params.a == 1 &&\n params.b or params.c", "At character 11 of line 2, 'or params.c' can't be read"),
        ("amount > 5000", "amount is neither"),
        ("env.HOME == ''", "env is neither"),
        ("now() > 1", "no function now"),
        ("params.amount.explode()", "no function explode"),
        ("params.tags.exists(tag, other == 'vip')", "other is neither"),
        ("'tags.map(amount, 1)' == amount", "amount is neither"),
        ("(" * 100 + "1" + ")" * 101, "at most 200"),
        ("(" * 150, "no CEL"),
        ("params.text.matches('(')", "no regular expression"),
    ],
)
def test_what_is_no_condition_is_refused_with_the_reason(expression: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        condition.compile(expression)


def test_a_condition_knows_what_it_reads() -> None:
    made = condition.compile("has(params.amount) && params['speed'] == 'params.no' && records.invoice_id.total > 1")
    assert made.parameters >= {"amount", "speed"}
    assert made.records == {"invoice_id"}
    assert made.guarded == {"amount"}


def test_the_same_words_are_compiled_once() -> None:
    assert condition.compile("params.amount > 1") is condition.compile("params.amount > 1")


@given(st.text(max_size=40))
def test_no_text_crashes_the_compiler(text: str) -> None:
    with contextlib.suppress(InvalidInput):
        condition.compile(text).evaluate_policy({"a": 1}, {})


@given(
    st.sampled_from(
        ["params.a > 5", "params.a + 1 > params.b", "params.a == params.b", "params.a.size() > 1", "params.a[0] > 1"]
    ),
    st.dictionaries(
        st.sampled_from(["a", "b"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: st.lists(inner, max_size=3),
        ),
    ),
)
def test_no_value_crashes_a_condition_and_trouble_always_holds(expression: str, params: dict[str, Any]) -> None:
    judged = condition.compile(expression).evaluate_policy(params, {})
    assert judged.holds or not judged.trouble
