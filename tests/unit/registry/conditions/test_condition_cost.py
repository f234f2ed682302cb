"""What a condition may cost: refused beyond it, and within it judged in no time."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from registry.conditions import condition, condition_cost

EVENT: dict[str, Any] = {
    "event": {
        "name": "a.b",
        "data": {
            "n": 7,
            "t": "ab" * 2000,
            "l": list(range(100)),
            "items": [{"price": n, "tags": ["a", "b"]} for n in range(100)],
        },
    }
}
"""Fields of the sizes that the estimate takes for granted."""
CPU_S = 1.5
"""Six times the budget: some of it is the test's own."""


def refused(expression: str) -> str:
    with pytest.raises(InvalidInput) as error:
        condition.compile(expression, condition.EVENT)
    return error.value.detail


@pytest.mark.parametrize(
    ("expression", "cheap"),
    [
        ("event.data.n > 3", True),
        ("has(event.data.n) && event.data.t.startsWith('ab') || event.data.n in [1, 2, 3]", True),
        ("event.data.n > 3 // a remark", True),
        ("event.data.t == r'a\\d' ? true : !(event.data.n == -1)", True),
        ("{'a': 1}['a'] == 1 && [1, 2,] != []", True),
        ("event.data.items.exists(i, i.price > 10)", False),
        ("event.data.items.all(i, i.tags.exists(t, t == 'a'))", False),
        ("event.data.l.filter(x, event.data.l.exists(y, y == x)).size() > 1", False),
        ("event.data.t.matches('^(ab)+$')", False),
    ],
)
def test_what_people_write_is_accepted_and_judged_at_once_where_it_is_cheap(expression: str, cheap: bool) -> None:
    made = condition.compile(expression, condition.EVENT)
    assert made.cheap is cheap
    assert made.evaluate(EVENT).trouble == ""


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("event.data.l.all(a, event.data.l.all(b, event.data.l.all(c, true)))", "3 loops"),
        ("[event.data.t]" + ".map(a,a+a)" * 9 + ".size() > 0", "1,000,000 may be"),
        ("event.data.l.map(x, event.data.l.map(y, event.data.t)).size() > 1", "1,000,000 may be"),
        ("event.data.l.all(a, event.data.l.all(b, event.data.t == event.data.u))", "steps"),
        ("event.data.t.matches(event.data.p)", "written out between quotes"),
        ("event.data.t.matches('(?:[^z]{0,99}){0,99}z')", "maxLength"),
        ("event.data.t.matches('^(?=a)b')", "linear time"),
        ("(" * 30 + "event.data.n" + ")" * 30 + " == 1", "deeper than 20"),
        ("''' a ''' == event.data.t", "can't be read"),
    ],
)
def test_what_may_cost_more_is_refused_with_what_to_do(expression: str, why: str) -> None:
    assert why in refused(expression)


def test_parts_beyond_the_most_are_refused() -> None:
    assert "at most 120 are judged" in refused("!" * 130 + "event.data.n")


_FIELDS = st.sampled_from(
    ["event.data.n", "event.data.t", "event.data.l", "event.data.items", "a", "b", "a.tags", "a.price"]
)
_LITERALS = st.sampled_from(["1", "0", "true", "'ab'", "'(a|b)*'", "[1,2,3]", "[]", f"[{','.join('1' * 20)}]", "2.5"])


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    loop = st.sampled_from(["all", "exists", "exists_one", "map", "filter"])
    return (
        st.tuples(inner, st.sampled_from(["+", "==", "!=", "<", "&&", "||", "-", "*"]), inner).map("".join)
        | st.tuples(inner, loop, st.sampled_from("ab"), inner).map(lambda e: f"{e[0]}.{e[1]}({e[2]},{e[3]})")
        | st.tuples(inner, st.integers(1, 8)).map(lambda e: f"[{e[0]}]" + ".map(a,a+a)" * e[1])
        | inner.map(lambda e: f"({e})")
        | inner.map(lambda e: f"{e}.size()")
        | two.map(lambda e: f"{e[0]}.contains({e[1]})")
        | inner.map(lambda e: f"{e}.matches('([ab]*[a-z]*){{1,9}}[0-9]$')")
        | inner.map(lambda e: f"string({e})")
        | two.map(lambda e: f"{e[0]} in {e[1]}")
    )


_CONDITIONS = st.recursive(_FIELDS | _LITERALS, _compound, max_leaves=12).filter(lambda each: len(each) <= 200)


@settings(max_examples=400, deadline=None)
@given(_CONDITIONS, st.sampled_from(["", " == 1", ".size() > 1"]))
def test_whatever_is_accepted_is_judged_within_the_budget(expression: str, end: str) -> None:
    try:
        made = condition.compile(expression + end, condition.EVENT)
    except InvalidInput:
        return
    began = time.process_time()
    made.evaluate(EVENT)
    assert time.process_time() - began < CPU_S, expression


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="()[]{}.,?:'\"\\/!-+*&|=<>ab1 \nrB", max_size=200))
def test_no_text_breaks_the_estimate(expression: str) -> None:
    began = time.process_time()
    with contextlib.suppress(InvalidInput):
        condition_cost.estimate(expression)
    assert time.process_time() - began < CPU_S
