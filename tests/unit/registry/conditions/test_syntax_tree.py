"""The tree of simple conditions, and none of anything richer, however it is written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from registry.conditions.syntax_tree import (
    Comparison,
    Junction,
    Literal,
    Members,
    Negation,
    Path,
    Presence,
    Size,
    Truth,
    parse,
)

AMOUNT = Path(("params", "amount"))


def test_comparisons_presence_and_truth_are_read() -> None:
    assert parse("params.amount > -5.5") == Comparison(AMOUNT, ">", Literal(Decimal("-5.5")))
    assert parse("double(params.amount) in [1u, 2]") == Comparison(
        AMOUNT, "in", Members((Literal(Decimal(1)), Literal(Decimal(2))))
    )
    assert parse("size(params.amount) == 3") == Comparison(Size(AMOUNT), "==", Literal(Decimal(3)))
    assert parse("params.amount.contains('a\\\\b')") == Comparison(AMOUNT, "contains", Literal("a\\b"))
    assert parse("has(params.amount)") == Presence(AMOUNT)
    assert parse("params.amount == null") == Comparison(AMOUNT, "==", Literal(None))


def test_and_binds_closer_than_or_and_brackets_closest() -> None:
    a, b, c = (Truth(Path((name,))) for name in "abc")
    assert parse("a || b && !c") == Junction("||", (a, Junction("&&", (b, Negation(c)))))
    assert parse("(a || b) && c") == Junction("&&", (Junction("||", (a, b)), c))


@pytest.mark.parametrize(
    "expression",
    ["", "a +", "a > 1 + 2", "a[0] == 1", "a ? b : c", "a.map(x, x) == 1", "f(a) > 1", "3", "a.b. > 1", "-'x' == a", "[] == a", "a == 0x1F", "a == '''b'''", "((((((((((a))))))))))", "!!!!!!!!!!!a", "a b", "a in"],  # noqa: E501
)  # fmt: skip
def test_what_is_richer_or_broken_has_no_tree(expression: str) -> None:
    assert parse(expression) is None
