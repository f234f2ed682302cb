from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.resolve.rules.clauses import asks, begins_like_an_order, find_head, parse_clause, split_clauses
from agent.resolve.rules.ranking import split_wishes


def parts(text: str) -> list[str]:
    return [clause.text for clause in split_clauses(text)]


def test_two_orders_are_two_clauses() -> None:
    assert parts("refund invoice 7 and send Adam a mail") == ["refund invoice 7", "send Adam a mail"]


@pytest.mark.parametrize(
    "text",
    [
        "cancel the orders of Adam and Eve",
        "create a ticket about red, small and cheap shoes",
        "add a note 'refund it and send a mail'",
        "move it to Dr. Novak",
        "set the price to 12,500.50",
    ],
)
def test_what_is_one_wish_stays_whole(text: str) -> None:
    assert len(split_wishes(text)) == 1


def test_a_clause_knows_where_it_stands() -> None:
    text = "Refund invoice 7, then send Adam a mail."
    for clause in split_clauses(text):
        assert text[clause.start : clause.end] == clause.text


def test_what_is_said_along_with_an_order_stays_with_it() -> None:
    found = split_wishes("Adam is angry. Refund invoice 7. It was double. Then cancel his plan.")
    assert [each.text for each in found] == ["Adam is angry. Refund invoice 7. It was double", "cancel his plan."]


@pytest.mark.parametrize(
    "text", ["don't refund Adam", "Please do not refund Adam", "I don't want you to refund Adam", "never refund Adam"]
)
def test_an_order_not_to_do_something_is_heard(text: str) -> None:
    assert parse_clause(text).negated == "refund"


def test_a_side_remark_about_what_not_to_do_is_no_refusal_of_the_order() -> None:
    heard = parse_clause("close the project but don't notify the team")
    assert heard.negated is None
    assert heard.forbidden == ("notify",)


@pytest.mark.parametrize(
    "text", ["how do refunds work?", "why was this refunded", "Explain refunds", "Should I refund him?"]
)
def test_a_question_about_how_things_are_is_heard(text: str) -> None:
    assert parse_clause(text).about


@pytest.mark.parametrize("text", ["refund him", "how many invoices are open?", "could you refund him?"])
def test_an_order_is_no_question_about_how_things_are(text: str) -> None:
    assert not parse_clause(text).about


@pytest.mark.parametrize(
    "text", ["refund it", "Could you please refund it", "hi, I'd like to refund it", "Then also refund it"]
)
def test_the_verb_is_found_past_politeness(text: str) -> None:
    assert find_head(text) == "refund"
    assert begins_like_an_order(text)


@pytest.mark.parametrize("text", ["refunds are late", "I plan my holidays", "the invoice is wrong", "orders of Adam"])
def test_a_statement_is_no_order(text: str) -> None:
    assert not begins_like_an_order(text)


def test_whether_something_is_asked_or_ordered_is_told_apart() -> None:
    assert asks("show me the invoices") is True
    assert asks("who paid last week?") is True
    assert asks("cancel the plan") is False


def test_an_if_at_the_front_is_a_condition() -> None:
    assert parse_clause("If it is late, refund it").condition


@given(st.text(max_size=80))
def test_clauses_stand_in_order_where_they_say(text: str) -> None:
    end = 0
    for clause in split_clauses(text):
        assert clause.start >= end
        assert text[clause.start : clause.end] == clause.text
        end = clause.end


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("I don't have an order number", None),
        ("we don't know the price", None),
        ("I don't want to cancel it", "cancel"),
        ("we don't need flowers", "need"),
        ("don't cancel it", "cancel"),
        ("please do not refund Adam", "refund"),
    ],
)
def test_what_somebody_lacks_is_told_and_not_forbidden(text: str, negated: str | None) -> None:
    assert parse_clause(text).negated == negated


@pytest.mark.parametrize(
    "text",
    [
        "is ticket 7 urgent?",
        "hi, was invoice INV-4 refunded",
        "did somebody reopen ticket 7?",
        "how many orders are open",
        "which invoices of Ana are paid?",
        "what's the status of her order",
        "Have the tickets of Ana been closed?",
        "when was ticket 7 closed",
    ],
)
def test_a_question_about_how_something_stands_is_heard(text: str) -> None:
    assert parse_clause(text).stands


@pytest.mark.parametrize(
    "text",
    [
        "have ticket 7 closed",
        "do a refund of INV-4",
        "when ticket 7 is closed, tell Ana",
        "what about closing ticket 7?",
        "could you close ticket 7?",
        "is ticket 7 urgent? set it to low",
        "close the ticket that was reopened, is that possible?",
        "what I want is to close ticket 7",
    ],
)
def test_an_order_is_no_question_about_how_something_stands(text: str) -> None:
    assert not parse_clause(text).stands
