"""Who gives money to whom is told by the class of a verb, its subject, and what a sum is of."""

from __future__ import annotations

import re

import pytest

from language.transfers import Way, contradicts, find_named_way, find_way


def way_of(text: str) -> Way | None:
    return find_way(text, {each.start(): each.end() for each in re.finditer(r"\d+ dollars?", text)})


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("give Ada 5 dollars", "give"),
        ("please pay Ada 5 dollars", "give"),
        ("send 5 dollars to Ada", "give"),
        ("Ada should get 5 dollars", "give"),
        ("we owe Ada 5 dollars", "give"),
        ("charge Ada 5 dollars for the lid", "take"),
        ("Ada owes us 5 dollars", "take"),
        ("make Ada pay 5 dollars", "take"),
        ("Ada is to be billed 5 dollars", "take"),
        ("collect 5 dollars from Ada", "take"),
        ("deduct 5 dollars from her account", "take"),
        ("deduct 5 dollars from her bill", "lessen"),
        ("take 5 dollars off the bill", "lessen"),
        ("give Ada a 5 dollar discount", "lessen"),
        ("give Ada 5 dollars of credit", "relieve"),
        ("give Ada 5 dollars back", "relieve"),
        ("reimburse Ada", "relieve"),
        ("give Ada a 5 dollar fine", "take"),
    ],
)
def test_a_request_says_which_way_money_goes(text: str, way: Way) -> None:
    assert way_of(text) == way


@pytest.mark.parametrize(
    "text",
    [
        "give Ada the 5 dollar lamp",
        "pay bill 811 5 dollars",
        "charge 9002 is open",
        "send 5 dollars from Ada to Bo",
        "send us 5 dollars",
        "don't charge Ada 5 dollars",
        "charge Ada 5 dollars and give Bo 5 dollars",
        "Ada paid 5 dollars",
        "Ada was charged 5 dollars too much",
        "Ada owes us 5 dollars, waive it",
        "waive the 5 dollars Ada owes us",
    ],
)
def test_what_has_happened_is_denied_or_goes_both_ways_says_none(text: str) -> None:
    assert way_of(text) is None


@pytest.mark.parametrize(
    ("title", "aliases", "way"),
    [
        ("Refund a fare", [], "give"),
        ("Issue a voucher", [], "give"),
        ("Top up a card", ["add money"], "give"),
        ("Raise an invoice", [], "take"),
        ("Record a payment", ["has paid"], "take"),
        ("Void a credit", [], "take"),
        ("Waive a fee", [], "lessen"),
        ("Take money off a bill", [], "lessen"),
        ("Set a credit limit", ["credit limit"], None),
        ("Send the bill", [], None),
        ("Move a booking", [], None),
    ],
)
def test_an_action_moves_money_as_it_is_called(title: str, aliases: list[str], way: Way | None) -> None:
    assert find_named_way((title, *aliases)) == way


def test_a_description_counts_where_a_name_says_nothing() -> None:
    assert find_named_way(("Lid lost",), "Charge somebody for a lid.") == "take"


@pytest.mark.parametrize(
    ("said", "does", "contrary"),
    [
        ("give", "take", True), ("take", "give", True), ("give", "lessen", True), ("relieve", "lessen", False),
        ("lessen", "give", False), (None, "take", False), ("give", None, False),
    ],
)  # fmt: skip
def test_money_that_would_go_another_way_is_contrary(said: Way | None, does: Way | None, contrary: bool) -> None:
    assert contradicts(said, does) is contrary
