"""What could never be a yes or a no is refused where it is written; what might be is left to the events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from registry.conditions import condition, satisfiability

NEVER = (
    "1+1", "1", "'yes'", "null", "[true]", "{'a': true}", "-1", "1 / 0 == 1", "event", "event.data", "event.name",
    "event.data.amount + 1", "event.data.amount * 2 - (event.data.fee)", "-event.data.amount",
    "(event.data.amount + 1)", "size(event.data.items)", "event.data.items.size()", "event.data.items.map(x, x > 1)",
    "event.data.items.filter(x, x > 1)", "string(event.data.vip)", "event.data.vip ? 1 : 2",
    "event.data.a > 1 ? 'big' : 'small'", "!size(event.data.items)", "timestamp(event.occurred_at).getHours()",
    "[event.data.vip]", "event.data.name + ' == '", "event.data.a - (1 > 0 ? 1 : 2)", "1 || size(event.data.items)",
)  # fmt: skip
MAYBE = (
    "true", "1 == 2", "'a' in ['a']", "event.data.vip", "!event.data.vip", "event.data.amount > 100",
    "event.data.amount + 1 > 2", "event.data['vip']", "event.data.flags[0]", "event.data.items.exists(x, x > 1)",
    "event.name.startsWith('ticket.')", "has(event.data.vip)", "bool(event.data.vip)",
    "event.data.vip ? event.data.a : 2", "event.data.a ? (event.data.b ? 1 : true) : 2", "(event.data.amount > 1)",
    "size(event.data.items) > 3", "event.data.vip || 'x' == event.name", "{'a': event.data.vip}.a",
    "event.data.name == 'a + b'", "dyn(event.data.vip)", "event.data.items.map(x, x > 1)[0]", "min(event.data.flags)",
    "event.data.text == r'\\d+'", "event.data.vip // a remark",
)  # fmt: skip


@pytest.mark.parametrize("expression", NEVER)
def test_what_can_never_be_true_or_false_is_refused_with_what_to_write(expression: str) -> None:
    compiled = condition.compile(expression, condition.EVENT)
    with pytest.raises(InvalidInput, match="A condition is true or false"):
        satisfiability.check_satisfiable(compiled)


@pytest.mark.parametrize("expression", MAYBE)
def test_what_may_be_true_or_false_is_left_to_what_it_is_asked_about(expression: str) -> None:
    satisfiability.check_satisfiable(condition.compile(expression, condition.EVENT))


VALUES = st.recursive(
    st.sampled_from(["event.data.a", "event.data.b", "1", "'x'", "true", "[1, 2]", "event.name"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "==", "<", "in", "&&", "||"]), inner).map(" ".join),
        st.tuples(inner, inner, inner).map(lambda three: f"{three[0]} ? {three[1]} : {three[2]}"),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"!({one})"),
        inner.map(lambda one: f"size({one})"),
        inner.map(lambda one: f"[{one}][0]"),
    ),
    max_leaves=6,
)


@given(VALUES, st.sampled_from([True, False, 3, "x", [True], None]), st.sampled_from([True, 2, "y"]))
def test_no_condition_that_has_ever_answered_is_refused(expression: str, a: Any, b: Any) -> None:
    try:
        compiled = condition.compile(expression, condition.EVENT)
    except InvalidInput:
        return
    judged = compiled.evaluate({"event": {"name": "x", "data": {"a": a, "b": b}}})
    if not judged.trouble:
        satisfiability.check_satisfiable(compiled)
