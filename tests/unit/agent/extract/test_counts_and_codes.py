"""Numbers by what they count, codes by what they stand for, lists of things with how many of each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.extract.parameter_reader import scan
from registry.contract import Annotation

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def best(text: str, name: str, schema: dict[str, Any], least: float = 0.41) -> Any:
    """The surest value of a required parameter, None where nothing is sure enough."""
    found = scan(text, name=name, schema=schema, annotation=Annotation(), now=NOW, required=True)
    return found[0].value if found and found[0].confidence >= least else None


GUESTS = {"type": "integer", "description": "How many guests come."}
RIDERS = {"type": "string", "enum": ["1", "2", "3", "4"], "description": "Number of riders."}
TICKETS = {"type": "integer", "description": "The number of tickets to buy."}


@pytest.mark.parametrize(
    ("text", "name", "schema", "value"),
    [
        ("lay a table for two at the Anchor", "number_of_guests", GUESTS, 2),
        ("we are a party of 7", "number_of_guests", GUESTS, 7),
        ("a cottage for 4 women over 21", "number_of_adults", {"type": "integer", "description": "Adults."}, 4),
        ("there will be six of us", "number_of_guests", GUESTS, 6),
        ("a taxi for one please", "riders", RIDERS, "1"),
        ("a shuttle for 3 to the pier", "number_of_riders", RIDERS, "3"),
        ("two second class tickets to Ghent", "number_of_tickets", TICKETS, 2),
    ],
)
def test_a_number_of_people_or_things_is_known_by_what_it_counts(
    text: str, name: str, schema: dict[str, Any], value: Any
) -> None:
    assert best(text, name, schema) == value


def test_a_number_that_counts_something_else_is_no_number_of_people() -> None:
    assert best("play it for 2 hours", "number_of_guests", GUESTS, 0.6) is None
    assert best("a room for guests over 21 years old", "number_of_guests", GUESTS) is None
    assert best("a room for 3 guests aged over 21 yrs", "number_of_guests", GUESTS) == 3


def test_one_that_stands_for_a_thing_counts_nothing() -> None:
    berth = {"type": "integer", "description": "The number of the berth."}
    assert best("moor her, the berth is the usual one", "berth", berth) is None
    assert best("moor her at berth one", "berth", berth) == 1


PAGE = {"type": "integer", "description": "Which page of the results."}
SIZE = {"type": "integer", "description": "How many rows stand on a page."}


def test_which_page_and_how_much_stands_on_one_are_told_apart() -> None:
    text = "page 3 of the orders, 40 per page"
    assert (best(text, "page", PAGE), best(text, "page_size", SIZE)) == (3, 40)


def test_points_in_brackets_are_lists_of_their_own() -> None:
    point = {"type": "array", "items": {"type": "number"}, "description": "A point."}
    found = scan("the line from (2, 3) to (5, 7)", name="points", schema=point, annotation=Annotation(), now=NOW)
    assert [each.value for each in found[:2]] == [[2, 3], [5, 7]]


BASE = {"type": "string", "description": "The currency to convert from."}
TARGET = {"type": "string", "description": "The currency to convert to."}


@pytest.mark.parametrize("text", ["250 euros in yen", "convert 80 EUR to JPY", "what are twenty euros in yen?"])
def test_a_sum_is_in_the_currency_it_is_changed_from(text: str) -> None:
    assert (best(text, "base_currency", BASE), best(text, "target_currency", TARGET)) == ("EUR", "JPY")


NIGHTS = {"type": "integer", "description": "The length of the stay in days."}


def test_nights_are_the_days_of_a_stay() -> None:
    assert best("book the Anchor for three nights", "stay_length", NIGHTS) == 3
