"""What is said of records after their noun, and what is not said of them."""

from __future__ import annotations

from typing import Any

import pytest

from agent.extract.references.find import find
from agent.extract.references.parse import parse
from registry.records import Field, RecordKind, Relation

PERSON = RecordKind(
    "person",
    "Person",
    ("colleague", "colleagues"),
    (Field("id", "id"), Field("name", search="name"), Field("email", "email", search="email")),
)
LEAD = RecordKind(
    "lead",
    "Customer",
    ("customer", "customers", "lead", "leads"),
    (
        Field("id", "id"),
        Field("name", search="name"),
        Field("stage", "enum", "Stage", values=("new", "won", "lost")),
        Field("product", "enum", "Interested in", values=("software", "hardware")),
        Field("contacted", "date", "Last contact", ranged=True, words=("answered",)),
    ),
    relations=(Relation("person", "owner_id"),),
    order="contacted",
    states={
        "leads": {"stage": ("new",)},
        "won": {"stage": ("won",)},
        "lost": {"stage": ("lost",)},
        "software": {"product": ("software",)},
        "hardware": {"product": ("hardware",)},
    },
)
KINDS = (PERSON, LEAD)


def phrase(text: str) -> str:
    start, end = find(text, LEAD, KINDS)[0]
    return text[start:end]


def states(words: str) -> dict[str, Any]:
    return dict(parse(words, LEAD, KINDS).states)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("delete all customers who are at the lost stage", "all customers who are at the lost stage"),
        ("give Ana all of Bo's customers that are won and interested in software now",
         "all of Bo's customers that are won and interested in software"),
        ("move the customers interested in hardware into lost", "the customers"),
        ("move all customers that are won to lost", "all customers that are won"),
        ("drop customers who haven't answered in 6 weeks please", "customers who haven't answered in 6 weeks"),
        ("mark the customer won", "the customer"),
        ("delete the customers that are lost and email Ana", "the customers that are lost"),
    ],
)  # fmt: skip
def test_the_phrase_goes_on_over_what_narrows_it_and_no_further(text: str, words: str) -> None:
    assert phrase(text) == words


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("customers who are at the lost stage", {"stage": ("lost",)}),
        ("customers that are won or lost", {"stage": ("won", "lost")}),
        ("customers that are not lost", {"stage": ("new", "won")}),
        ("Bo's leads", {"stage": ("new",)}),
        ("customers that are won and interested in software", {"stage": ("won",), "product": ("software",)}),
    ],
)
def test_states_are_filters(words: str, meant: dict[str, Any]) -> None:
    assert states(words) == meant


def test_words_nobody_knows_stay_something_to_be_found() -> None:
    made = parse("customers that mention refunds and are lost", LEAD, KINDS)
    assert made.name == "mention refunds"
    assert made.states == {"stage": ("lost",)}


def test_when_it_was_is_kept_with_its_not() -> None:
    assert parse("customers who haven't answered in 6 weeks", LEAD, KINDS).whens == ("not in 6 weeks",)


def test_my_own_is_anybodys_where_the_kind_says_so() -> None:
    ours = RecordKind(
        "note",
        "Note",
        ("note", "notes"),
        (Field("id", "id"), Field("text", search="text")),
        relations=(Relation("person", "owner_id"),),
        order="id",
        ours=True,
    )
    assert parse("my last note", ours, (PERSON, ours)).owner is None
