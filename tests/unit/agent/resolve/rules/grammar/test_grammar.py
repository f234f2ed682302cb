"""The grammar of requests, over two registries: what phrases, amounts, conditions and questions are read as."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.planning.proposal import (
    BelongsTo,
    Compare,
    CountOf,
    Except,
    FieldOf,
    Find,
    Has,
    HelpAnswer,
    OrderByCount,
    OrderByField,
    RecordsAnswer,
    StateIs,
    ValueAnswer,
    Words,
    YesNoAnswer,
)
from agent.resolve.rules.grammar.phrases.conditions import read_tests
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.questions.answers import read_answer
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.if_else import list_possible_branches
from agent.resolve.rules.normalization import blank_out_corrected
from connectors.saas.kinds import KINDS
from registry.records import Field, RecordKind, Relation

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
READERS = RecordKind(
    name="member",
    title="Member",
    nouns=("member", "members", "reader", "readers"),
    fields=(
        Field("id", "id", "Member id", search="number"),
        Field("name", "string", "Name", search="name"),
        Field("email", "email", "E-mail", search="email"),
        Field("joined_at", "date", "Joined"),
    ),
    order="joined_at",
)
LOANS = RecordKind(
    name="loan",
    title="Loan",
    nouns=("loan", "loans"),
    fields=(
        Field("id", "id", "Loan", search="number"),
        Field("title", "string", "Title", search="text"),
        Field("member_id", "id", "Member id"),
        Field("status", "enum", "Status", values=("out", "late", "returned")),
        Field("fee", "money_minor", "Fee", currency_field="currency"),
        Field("currency", "currency", "Currency"),
        Field("lent_at", "date", "Lent"),
        Field("due_at", "date", "Due"),
    ),
    relations=(Relation("member", "member_id"),),
    order="lent_at",
    size="fee",
    states={"late": {"status": ("late",)}, "returned": {"status": ("returned",)}},
)
LIBRARY = (READERS, LOANS)


def reader(text: str, kinds: Any = LIBRARY) -> Reader:
    return Reader(text, kinds, NOW, lambda start, end: Words(text=text[start:end], start=start))


def phrase(text: str, kinds: Any = LIBRARY) -> Phrase:
    made = reader(text, kinds)
    found = read_phrase(made, 0, len(made.tokens), None)
    assert found is not None, text
    assert found.last == len(made.tokens), f"{text}: read up to {made.tokens[found.last].text}"
    return found


def owner(find: Find) -> str:
    (held,) = [each.owner for each in find.where if isinstance(each, BelongsTo)]
    assert isinstance(held, Find)
    assert held.said is not None
    return held.said.text


@pytest.mark.parametrize(
    ("text", "record", "pick"),
    [
        ("loan 77", "loan", "one"),
        ("all late loans", "loan", "all"),
        ("both of Greta's loans", "loan", 2),
        ("the three loans of Greta", "loan", 3),
        ("every member with a late loan", "member", "all"),
    ],
)
def test_how_many_are_meant(text: str, record: str, pick: object) -> None:
    find = phrase(text).find
    assert (find.record, find.pick) == (record, pick)


@pytest.mark.parametrize("text", ["Greta Holm's loan", "the loan of Greta Holm", "the loan Greta Holm has"])
def test_whose_it_is(text: str) -> None:
    assert owner(phrase(text).find) == "Greta Holm"


def test_a_place_in_line_by_day_size_and_count() -> None:
    assert phrase("the latest loan").find.order == OrderByField(first="latest")
    assert phrase("the smaller of Greta's two loans").find.order == OrderByField(first="lowest")
    most = phrase("the member with the most late loans").find.order
    assert isinstance(most, OrderByCount)
    assert isinstance(most.count, Find)
    assert (most.count.record, most.first) == ("loan", "highest")


def test_conditions_of_a_clause() -> None:
    over = phrase("loans over 5 euros").find.where
    assert isinstance(over[0], Compare)
    assert (over[0].field, over[0].op) == ("fee", ">")
    aged = phrase("loans that are over two weeks late").find.where
    assert StateIs(state="late") in aged
    many = phrase("members who have more than two loans").find.where[0]
    assert isinstance(many, Has)
    assert (many.op, many.count) == (">", 2)
    assert any(isinstance(each, Except) for each in phrase("all loans except loan 77").find.where)


def test_days_of_the_line_and_of_a_named_field() -> None:
    lent = phrase("loans from October").find.where
    assert {each.field for each in lent if isinstance(each, Compare)} == {"lent_at"}
    due = phrase("loans that were due last month").find.where
    assert {each.field for each in due if isinstance(each, Compare)} == {"due_at"}


def test_the_other_registry_is_read_by_the_same_grammar() -> None:
    find = phrase("all unpaid invoices of Greta Holm over 100 EUR", KINDS).find
    assert (find.record, find.pick, owner(find)) == ("invoice", "all", "Greta Holm")
    assert StateIs(state="unpaid") in find.where
    yen = phrase("every open yen invoice", KINDS).find.where
    assert any(isinstance(each, Compare) and each.field == "currency" for each in yen)


def test_a_condition_is_read_in_full_or_not_at_all() -> None:
    made = reader("Greta still has a late loan")
    (test,) = read_tests(made, 0, len(made.tokens)) or ()
    assert isinstance(test.left, CountOf)
    made = reader("Greta still has a late loan and feels bad")
    assert read_tests(made, 0, len(made.tokens)) is None


def test_it_is_what_the_order_is_about() -> None:
    made = reader("it's under 5 euros")
    assert read_tests(made, 0, len(made.tokens)) is None
    made.thing = Find(record="loan", said=Words(text="77"))
    (test,) = read_tests(made, 0, len(made.tokens)) or ()
    assert isinstance(test.left, FieldOf)
    assert (test.left.field, test.op) == ("fee", "<")


def test_unless_is_the_other_branch() -> None:
    (made,) = list_possible_branches("close loan 77 unless it is late")
    assert made.negated
    (made,) = list_possible_branches("close loan 77 if it is late")
    assert not made.negated


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("how many loans does Greta have?", ValueAnswer),
        ("list all late loans", RecordsAnswer),
        ("is loan 77 late?", YesNoAnswer),
        ("does Greta have any late loans?", YesNoAnswer),
        ("when is loan 77 due?", RecordsAnswer),
        ("what is the fee of loan 77?", RecordsAnswer),
        ("what can you do?", HelpAnswer),
    ],
)
def test_a_question_is_answered(text: str, form: type) -> None:
    assert isinstance(read_answer(reader(text), lambda word: False), form)


@pytest.mark.parametrize(
    "text", ["return loan 77", "how many loans will Greta have?", "list late loans by mood", "is loan 77 pretty?"]
)
def test_what_is_no_question_or_stays_unread_is_not_answered(text: str) -> None:
    assert read_answer(reader(text), lambda word: False) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("add six days, no, eight days", "add eight days"),
        ("use a@b.example, correction: c@d.example", "use c@d.example"),
        ("no, add eight days", "no, add eight days"),
        ("return loans no. 71 to no. 73", "return loans no. 71 to no. 73"),
        ("return loan 71, no. 73", "return loan 71, no. 73"),
    ],
)
def test_what_is_taken_back_is_not_read(text: str, left: str) -> None:
    made = blank_out_corrected(text)
    assert len(made) == len(text)
    assert " ".join(made.split()) == left


def test_reading_takes_time_that_grows_with_the_words() -> None:
    """Every start of a long nesting of phrases is read in well under what a quadratic or worse reading takes."""
    made = reader("the loan of the member with " * 200)
    began = time.process_time()
    for index in range(0, len(made.tokens), 6):
        read_phrase(made, index, len(made.tokens), None)
    assert time.process_time() - began < 10.0
