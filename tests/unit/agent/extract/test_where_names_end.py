"""A phrase that refers to a record ends where its name ends, and a count of one unit is none of another."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.extract.parameter_reader import read_exact, scan
from agent.extract.references.find import find
from agent.extract.references.parse import parse
from connectors.saas.kinds import KINDS
from registry.contract import Annotation, Unit

BY_NAME = {kind.name: kind for kind in KINDS}
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAYS = {"type": "integer", "minimum": 1, "maximum": 90, "description": "How many days to add."}


@pytest.mark.parametrize(
    ("kind", "text", "phrase"),
    [
        ("invoice", "void Emma Fischer's open invoice", "Emma Fischer's open invoice"),
        ("invoice", "refund adam nowak's second to last invoice", "adam nowak's second to last invoice"),
        ("subscription", "cancel the subscription of Hugo Bernard immediately", "the subscription of Hugo Bernard"),
        ("subscription", "stop the plan of Emma Fischer at renewal", "the plan of Emma Fischer"),
        ("subscription", "move Adam Novak to the business plan", "the business plan"),
        ("ticket", "please close ticket 5519 for me, thanks", "ticket 5519"),
        ("article", "send ticket 5519 the password reset article", "the password reset article"),
        ("customer", "put it on Chiara Ricci's account", "Chiara Ricci's account"),
        ("invoice", "refund the invoices of the firm van der Berg today", "the invoices of the firm van der Berg"),
        ("invoice", "refund 5000 EUR of INV-1042", "INV-1042"),
    ],
)
def test_a_phrase_ends_where_its_name_ends(kind: str, text: str, phrase: str) -> None:
    start, end = find(text, BY_NAME[kind], KINDS)[0]
    assert text[start:end] == phrase


def test_an_account_that_is_somebodys_is_called_so() -> None:
    assert parse("Viktor Orlov's account", BY_NAME["customer"], KINDS).name == "Viktor Orlov"


def test_for_me_says_for_whom_it_is_done_not_whose_it_is() -> None:
    assert parse("ticket 5519 for me", BY_NAME["ticket"], KINDS).owner is None
    assert parse("ticket of mine", BY_NAME["ticket"], KINDS).owner is not None


def test_another_kinds_noun_says_what_a_record_is_about() -> None:
    assert parse("the invoice article", BY_NAME["article"], KINDS).name == "invoice"


@pytest.mark.parametrize(
    ("text", "days"),
    [("two more weeks of trial", 14), ("add three extra days", 3), ("another 2 weeks", 14), ("10 days", 10)],
)
def test_a_count_of_weeks_is_no_count_of_days(text: str, days: int) -> None:
    found = scan(text, name="days", schema=DAYS, annotation=Annotation(unit=Unit.DAYS), now=NOW, required=True)
    assert {each.value for each in found} == {days}


def test_what_may_be_one_or_a_thousand_is_no_sum() -> None:
    cents = Annotation(unit=Unit.MONEY_MINOR, currency="EUR")
    schema = {"type": "integer", "minimum": 1}
    assert read_exact("1.000 EUR", name="amount", schema=schema, annotation=cents, now=NOW) is None
    assert read_exact("1,000.00 EUR", name="amount", schema=schema, annotation=cents, now=NOW) is not None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("suspend Hugo because of fraud", "fraud"),
        ("refund it, reason: charged twice", "charged twice"),
    ],
)
def test_a_reason_is_what_stands_after_because(text: str, why: str) -> None:
    schema = {"type": "string", "description": "Why, in a few words."}
    found = scan(text, name="reason", schema=schema, annotation=Annotation(), now=NOW, required=True)
    assert found[0].value == why
