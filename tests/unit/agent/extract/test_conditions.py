"""Conditions that live data can answer, and those that must not be guessed at."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agent.extract import conditions
from agent.extract.conditions import Comparison, Existence
from connectors.saas.kinds import KINDS
from registry.records import Field, RecordKind

DAY = RecordKind(
    name="site_day",
    title="Day",
    nouns=("day of the site",),
    fields=(
        Field("date", "date", "Date", ranged=True),
        Field("total_visits", "integer", "Total visits", ranged=True),
        Field("length", "number", "Average length"),
    ),
    id_field="date",
    label="{date}",
    order="date",
)
MEETING = RecordKind(
    name="meeting",
    title="Meeting",
    nouns=("meeting",),
    fields=(Field("id", "string", "Id"), Field("starts_at", "datetime", "Start", ranged=True)),
    id_field="id",
    label="{id}",
    order="starts_at",
)
ALL = (*KINDS, DAY, MEETING)


@pytest.mark.parametrize(
    ("words", "kind", "owner", "negated"),
    [
        ("Emma Fischer has any open invoices", "invoice", "Emma Fischer", False),
        ("Emma has an unpaid invoice", "invoice", "Emma", False),
        ("Hugo Bernard has no open tickets", "ticket", "Hugo Bernard", True),
        ("there are any overdue invoices", "invoice", None, False),
        ("there is no open ticket of Emma Fischer", "ticket", "Emma Fischer", True),
        ("Does Emma Fischer have any open invoices?", "invoice", "Emma Fischer", False),
    ],
)
def test_whether_there_is_such_a_record(words: str, kind: str, owner: str | None, negated: bool) -> None:
    read = conditions.read(words, ALL)
    assert isinstance(read, Existence)
    assert (read.reference.kind, read.negated) == (kind, negated)
    assert (read.reference.owner.name if read.reference.owner else None) == owner


@pytest.mark.parametrize(
    ("words", "op", "number", "when"),
    [
        ("total visits was more than 10 at any time since October 1", ">", "10", "since October 1"),
        ("total visits has ever been at least 1,000", ">=", "1000", None),
        (
            "I think total visits might have been more than 5. If it has been at any time since May",
            ">",
            "5",
            "since May",
        ),
        ("Was total visits ever less than three?", "<", "3", None),
    ],
)
def test_whether_a_number_ever_was_so(words: str, op: str, number: str, when: str | None) -> None:
    assert conditions.read(words, ALL) == Comparison("site_day", "total_visits", op, Decimal(number), when)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "words",
    [
        "I haven't met with Emma Fischer in the past 2 days",
        "I haven't met with Emma Fischer in a while. if it's been longer than 2 days",
    ],
)
def test_what_was_not_done_for_some_time(words: str) -> None:
    read = conditions.read(words, ALL)
    assert isinstance(read, Existence)
    assert (read.reference.kind, read.reference.side, read.negated) == ("meeting", "past", True)
    assert read.reference.whens == ("in the past 2 days",)


@pytest.mark.parametrize(
    "words",
    [
        "I haven't met with Emma Fischer in a while. If it's been a good year",
        "Emma is nice. If it has been at any time",
        "it is raining",
        "Emma has paid the invoice",  # which one?
        "Emma has invoice 1042",
        "Emma Fischer has more than 3 open invoices",
        "Emma Fischer has two open invoices",
        "Emma has open invoices and tickets",
        "Emma has open invoices or no ticket",
        "Emma has open invoices over 100 EUR",
        "she has open invoices",
        "total visits was more than 10",  # when?
        "total visits was more than 10 percent at any time",
        "total visits was more than 10 at any time, and it was sunny",
        "average length was ever more than 10",  # nobody can be asked for it between bounds
        "visits was ever more than 10",
        "",
    ],
)
def test_what_says_anything_more_can_not_be_read(words: str) -> None:
    assert conditions.read(words, ALL) is None
