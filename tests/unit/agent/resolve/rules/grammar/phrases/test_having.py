"""What records have, in a question: the states that a noun says or that stand behind it are all kept."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.planning.proposal import (
    Compare,
    CountOf,
    Find,
    Has,
    Number,
    OrderByField,
    RecordsAnswer,
    StateIs,
    ValueAnswer,
    Words,
)
from agent.resolve.rules.grammar.questions.answers import read_answer
from agent.resolve.rules.grammar.reader import Reader
from connectors.saas.kinds import KINDS
from registry.records import Field, RecordKind
from tests.unit.marina import MARINA
from tests.unit.own_worlds import NOW, world

MARINA_KINDS = tuple(MARINA.context(MARINA.provider({})).kinds)


def asked(text: str, kinds: Sequence[RecordKind] = KINDS) -> Find:
    reader = Reader(text, kinds, NOW, lambda start, end: Words(text=text[start:end], start=start))
    answer = read_answer(reader, lambda _word: False)
    found = answer.records if isinstance(answer, RecordsAnswer) else None
    if isinstance(answer, ValueAnswer) and isinstance(answer.value, CountOf):
        found = answer.value.of
    assert isinstance(found, Find), (text, answer)
    return found


def states(find: Find) -> list[str]:
    return [each.state for each in find.where if isinstance(each, StateIs)]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("how many customers have trial", [("subscription", ["trial"], ">=")]),
        ("customers with a trial", [("subscription", ["trial"], ">=")]),
        ("who has no trial?", [("subscription", ["trial"], "=")]),
        ("customers who have invoice overdue", [("invoice", ["overdue"], ">=")]),
        ("customers without invoice overdue", [("invoice", ["overdue"], "=")]),
    ],
)
def test_each_state_of_what_they_have_is_kept(text: str, held: list[tuple[str, list[str], str]]) -> None:
    has = [each for each in asked(text).where if isinstance(each, Has)]
    found = [(each.related.record, states(each.related), each.op) for each in has if isinstance(each.related, Find)]
    assert found == held


def test_a_noun_that_is_a_state_counts_only_those_in_it() -> None:
    assert states(asked("how many trials do we have")) == ["trial"]
    assert states(asked("how many subscriptions do we have")) == []


def test_trials_that_ended_are_told_by_their_day_alone() -> None:
    find = asked("list the trials that ended in October")
    assert states(find) == []
    assert [each.field for each in find.where if isinstance(each, Compare)] == ["trial_ends_at"] * 2


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("how many paid invoices in October", "paid_at"),
        ("how many paid invoices from October", "issued_at"),
        ("how many overdue invoices in October", "issued_at"),
    ],
)
def test_paid_in_a_month_goes_by_the_day_of_payment(text: str, field: str) -> None:
    assert {each.field for each in asked(text).where if isinstance(each, Compare)} == {field}


ROOM = RecordKind("room", "Room", ("room", "rooms"), (Field("id", "id"), Field("seat_count", "integer")))


@pytest.mark.parametrize(
    ("text", "op", "number"),
    [
        ("which rooms have a seat count over 40?", ">", 40),
        ("which rooms have a seat count of at least 40?", ">=", 40),
        ("rooms with a seat count of 40?", "=", 40),
    ],
)
def test_a_field_that_counts_is_compared_by_its_name(text: str, op: str, number: int) -> None:
    (found,) = asked(text, (ROOM,)).where
    assert isinstance(found, Compare)
    assert isinstance(found.value, Number)
    assert (found.field, found.op, found.value.number) == ("seat_count", op, number)


@pytest.mark.parametrize(
    ("text", "op", "number"),
    [
        ("which bookings have more than 3 nights", ">", 3),
        ("which bookings have at least 4 nights", ">=", 4),
        ("which bookings have 5 nights", "=", 5),
        ("which bookings have fewer than 2 adults", "<", 2),
    ],
)
def test_a_number_of_what_a_field_of_their_own_counts(text: str, op: str, number: int) -> None:
    (held,) = asked(text, tuple(world("hotel").kinds)).where
    assert isinstance(held, Compare)
    assert isinstance(held.value, Number)
    assert (held.field, held.op, held.value.number) == (text.split()[-1], op, number)


def test_people_that_a_field_counts_are_no_records() -> None:
    (held,) = asked("which households have more than 4 people", tuple(world("foodbank").kinds)).where
    assert isinstance(held, Compare)
    assert held.field == "people"


@pytest.mark.parametrize(("word", "first"), [("most", "highest"), ("fewest", "lowest"), ("least", "lowest")])
def test_the_most_of_a_number_of_their_own_is_a_place(word: str, first: str) -> None:
    find = asked(f"which household has the {word} people", tuple(world("foodbank").kinds))
    assert isinstance(find.order, OrderByField)
    assert (find.where, find.order.by, find.order.first) == ((), "people", first)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("which berth has the lowest rent", OrderByField(by="rent", first="lowest")),
        ("berths with the highest rent", OrderByField(by="rent", first="highest")),
        ("which skipper has the smallest crew", OrderByField(by="crew", first="lowest")),
        ("who has the biggest crew?", OrderByField(by="crew", first="highest")),
        ("which supply has the earliest best before date", OrderByField(by="best_before", first="earliest")),
        ("which job has the latest check on", OrderByField(by="check_on", first="latest")),
    ],
)
def test_a_place_in_the_line_of_a_named_field(text: str, order: OrderByField) -> None:
    assert asked(text, MARINA_KINDS).order == order


def test_a_place_that_is_denied_or_of_another_sort_is_not_read() -> None:
    for text in ("which berth has not the lowest rent", "which skipper has the earliest crew"):
        reader = Reader(text, MARINA_KINDS, NOW, lambda start, end: Words(text="", start=start))
        answer = read_answer(reader, lambda _word: False)
        assert not isinstance(answer, RecordsAnswer) or answer.records.order is None
