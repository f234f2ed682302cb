"""Conditions on text fields that hold codes of countries and languages, or months in words."""

from __future__ import annotations

from datetime import UTC

import pytest

from agent.query.conditions import filter_by_field
from agent.query.context import Moment, Plain
from registry.records import Field, Record

HARBOUR = Field("flag", "string", "Flag")
GUIDE = Field("tongue", "enum", "Tongue", values=("nl", "pt"))


@pytest.mark.parametrize(
    ("field", "held", "op", "said", "kept"),
    [
        (HARBOUR, "NL", "=", "the Netherlands", True),
        (HARBOUR, "NL", "=", "Norway", False),
        (HARBOUR, "Portugal", "=", "PT", True),
        (HARBOUR, "Denmark", "contains", "DE", False),
        (HARBOUR, "Norwegian", "contains", "Norw", True),
        (HARBOUR, "NL", "!=", "Netherlands", False),
        (HARBOUR, "NL", "!=", "Norway", True),
        (GUIDE, "pt", "=", "Portuguese", True),
        (GUIDE, "nl", "=", "Portuguese", False),
    ],
)
def test_a_country_or_language_is_found_by_its_name_where_records_have_codes(
    field: Field, held: str, op: str, said: str, kept: bool
) -> None:
    made = filter_by_field(field, op, Plain(said), UTC)
    record = Record(kind="boat", id="1", label="Gull", detail="", digest="", values={field.name: held})
    assert made is not None
    assert made.keeps(record) is kept


@pytest.mark.parametrize(
    ("held", "op", "kept"),
    [("14:00", ">=", True), ("9:30", ">=", False), ("9:30", "<", True), ("12:00", ">", False), ("noon", ">", False)],
)
def test_a_time_of_day_in_a_text_is_before_or_after_another(held: str, op: str, kept: bool) -> None:
    made = filter_by_field(Field("starts_at", "string"), op, Plain("12:00"), UTC)
    record = Record(kind="boat", id="1", label="Gull", detail="", digest="", values={"starts_at": held})
    assert made is not None
    assert made.keeps(record) is kept


TERM = Field("term", "string", "Term")


@pytest.mark.parametrize("held", ["March 2026", "Mar 2026", "2026-03"])
@pytest.mark.parametrize(
    ("op", "said", "kept"),
    [("during", "2026-03", True), ("=", "2026-03", True), ("during", "2026-04", False), ("during", "2025-03", False),
        ("!=", "2026-03", False), ("!=", "2026-04", True), ("during", "2026", True)],
)  # fmt: skip
def test_a_month_that_stands_in_a_text_field_is_compared(held: str, op: str, said: str, *, kept: bool) -> None:
    made = filter_by_field(TERM, op, Moment(said), UTC)
    assert made is not None
    assert made.keeps(Record(kind="fee", id="1", label="Fee", detail="", digest="", values={"term": held})) is kept


def test_a_text_that_is_no_month_is_in_none() -> None:
    made = filter_by_field(TERM, "during", Moment("2026-03"), UTC)
    assert made is not None
    assert not made.keeps(Record(kind="fee", id="1", label="Fee", detail="", digest="", values={"term": "spring"}))
    assert filter_by_field(TERM, "<", Moment("2026-03"), UTC) is None, "texts have no order in time"


@pytest.mark.parametrize("said", [None, "none", "Nobody"])
@pytest.mark.parametrize(("held", "empty"), [(None, True), ("", True), ("Norway", False)])
def test_nobody_is_an_empty_field(said: str | None, held: str | None, empty: bool) -> None:
    record = Record(kind="boat", id="1", label="Gull", detail="", digest="", values={"flag": held})
    for op, kept in (("=", empty), ("!=", not empty)):
        made = filter_by_field(HARBOUR, op, Plain(said), UTC)
        assert made is not None
        assert made.keeps(record) is kept


def test_nobody_may_be_a_member_of_a_closed_list() -> None:
    made = filter_by_field(Field("flag", "enum", "Flag", values=("none", "NL")), "=", Plain("none"), UTC)
    assert made is not None
    for held, kept in (("none", True), ("NL", False), ("", False)):
        assert made.keeps(Record(kind="boat", id="1", label="", detail="", digest="", values={"flag": held})) is kept
