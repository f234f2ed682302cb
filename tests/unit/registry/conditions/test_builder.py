"""Conditions by picking: what is written judges as the rows say, and is read back as the same rows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from registry.conditions import condition
from registry.conditions.builder import MAX_ROWS, OPERATORS, Join, Row, from_cel, list_operators, to_cel

PATHS = st.sampled_from(
    ["data.amount", "data.parcel.weight_g", "data.note", "name", "occurred_at", "data._x1", "data.index"]
)
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    operator = draw(st.sampled_from(list(OPERATORS.values())))
    match operator.takes:
        case "text":
            value = draw(WORDS)
        case "texts":
            word = st.text("abcdé'\\&| ", min_size=1, max_size=6).map(str.strip).filter(bool)
            value = ", ".join(draw(st.lists(word, min_size=1, max_size=3)))
        case "number":
            value = draw(st.sampled_from(["0", "-5", "12", "100000", "0.5", "-12.75"]))
        case _:
            value = ""
    return Row(draw(PATHS), operator.name, value)


@settings(deadline=None)
@given(st.lists(rows(), max_size=3), st.sampled_from(["all", "any"]))
def test_rows_are_read_back_from_what_they_were_written_as(given_rows: list[Row], join: Join) -> None:
    expression = to_cel(given_rows, join)
    found = from_cel(expression)
    assert found is not None, expression
    assert found[0] == given_rows
    assert found[1] == join or len(given_rows) < 2
    if expression and len(expression) <= condition.MAX_CHARS:
        condition.compile(expression, condition.EVENT)


def holds(row: Row, data: dict[str, Any]) -> bool | None:
    """True or false; None where it can't be judged, and a rule does nothing."""
    judged = condition.compile(to_cel([row]), condition.EVENT).evaluate({"event": {"name": "a.b", "data": data}})
    return None if judged.trouble else judged.holds


@pytest.mark.parametrize(
    ("operator", "value", "yes", "no"),
    [
        ("is", "it's \\ \n 'so'", "it's \\ \n 'so'", "its"),
        ("is_not", "a", "b", "a"),
        ("one_of", "card, bank transfer", "bank transfer", "cash"),
        ("contains", "ref", "a refund", "nothing"),
        ("starts", "INV-", "INV-7", "7-INV-"),
        ("ends", ".test", "a.test", "a.tests"),
        ("eq", "5", 5, 6),
        ("eq", "0.5", 0.5, 0.25),
        ("ne", "5", 6, 5),
        ("gt", "5", 6, 5),
        ("ge", "5", 5, 4),
        ("ge", "4.5", 5, 4),
        ("lt", "5", 4, 5),
        ("le", "-1", -1, 0),
        ("true", "", True, False),
        ("false", "", False, True),
        ("includes", "urgent", ["new", "urgent"], ["new"]),
    ],
)
def test_each_operator_judges_as_it_says(operator: str, value: str, yes: Any, no: Any) -> None:
    row = Row("data.x", operator, value)
    assert holds(row, {"x": yes}) is True
    assert holds(row, {"x": no}) is False
    assert holds(row, {}) is None, "what an event lacks is not judged"


def test_being_there_is_judged_of_any_event() -> None:
    assert holds(Row("data.x", "there"), {"x": 1}) is True
    assert holds(Row("data.x", "there"), {}) is False
    assert holds(Row("data.x", "not_there"), {}) is True


def test_a_text_is_never_compared_as_a_number() -> None:
    assert holds(Row("data.x", "is", "5"), {"x": "5"}) is True
    assert holds(Row("data.x", "is", "5"), {"x": 5}) is not True


def test_all_and_any() -> None:
    two = [Row("data.a", "eq", "1"), Row("data.b", "is", "x")]
    assert to_cel(two, "all") == "event.data.a == 1 && event.data.b == 'x'"
    assert to_cel(two, "any") == "event.data.a == 1 || event.data.b == 'x'"
    assert to_cel([]) == ""


@pytest.mark.parametrize(
    "row",
    [
        Row("", "is", "x"),
        Row("data", "is", "x"),
        Row("data.a) || (true", "is", "x"),
        Row("data.in", "is", "x"),
        Row("params.amount", "is", "x"),
        Row("data.a", "", "x"),
        Row("data.a", "__class__", "x"),
        Row("data.a", "gt", "1 || true"),
        Row("data.a", "gt", ""),
        Row("data.a", "gt", "1e9"),
        Row("data.a", "one_of", " , "),
    ],
)
def test_what_is_no_row_is_refused_with_its_place(row: Row) -> None:
    with pytest.raises(InvalidInput) as caught:
        to_cel([Row("data.ok", "there"), row])
    assert caught.value.findings[0].pointer == "/condition/1"


def test_there_is_an_end_to_rows() -> None:
    with pytest.raises(InvalidInput):
        to_cel([Row("data.a", "there")] * (MAX_ROWS + 1))


@pytest.mark.parametrize(
    "expression",
    [
        "event.data.amount>=100", "(event.data.a == 1)", "event.data.a == 1 && event.data.b == 2 || event.data.c == 3",
        "size(event.data.items) > 2", "event.data.a == \"x\"", "event.data.a == 'x' ", "event.data['a'] == 1", "true",
    ],
)  # fmt: skip
def test_what_rows_can_not_say_stays_as_it_was_written(expression: str) -> None:
    assert from_cel(expression) is None


def test_signs_inside_a_text_are_text() -> None:
    row = Row("data.a", "is", "x && y || z' && true")
    assert from_cel(to_cel([row, row])) == ([row, row], "all")


def test_operators_fit_the_kinds_of_a_field() -> None:
    names = {each.name for each in list_operators(frozenset({"number"}))}
    assert "gt" in names
    assert "there" in names
    assert "contains" not in names
    assert {each.name for each in list_operators(frozenset())} == set(OPERATORS)
