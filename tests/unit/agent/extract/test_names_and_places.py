"""Names by how they stand in their sentence: where from, where to, in what town, who did it, what it is called."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.extract.parameter_reader import scan
from registry.contract import Annotation

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def best(text: str, name: str, description: str, least: float = 0.41, **more: Any) -> Any:
    """The surest value of a required text, None where nothing is sure enough."""
    schema = {"type": "string", "description": description, **more}
    found = scan(text, name=name, schema=schema, annotation=Annotation(), now=NOW, required=True)
    return found[0].value if found and found[0].confidence >= least else None


FROM, TO = "City where the ferry leaves from", "City where the ferry goes to"


@pytest.mark.parametrize(
    ("text", "start", "goal"),
    [
        ("a ferry to Bergen for the weekend", None, "Bergen"),
        ("a ferry from Hull to Bergen", "Hull", "Bergen"),
        ("a ferry to low island on Friday", None, "low island"),
        ("a flight OSL to LHR on Friday", "OSL", "LHR"),
    ],
)
def test_where_something_goes_is_not_where_it_comes_from(text: str, start: str | None, goal: str) -> None:
    assert (best(text, "from_location", FROM), best(text, "to_location", TO)) == (start, goal)


def test_a_destination_called_to_is_a_place_when_its_description_says_so() -> None:
    said = "The destination city of the trip, such as 'Berkeley, CA'."
    assert best("a train to Sacramento", "to", said) == "Sacramento, CA"


def test_in_a_town_is_where_a_house_stands_and_not_what_it_is_called() -> None:
    text = "reserve a table in Ghent"
    assert best(text, "restaurant_name", "Name of the restaurant") is None
    assert best(text, "location", "City where the restaurant is located") == "Ghent"


def test_a_city_that_is_called_like_a_state_is_a_city() -> None:
    assert best("a show in New York", "city", "The city, as 'City, State' (e.g., 'Austin, TX')") == "New York, NY"


def test_a_known_city_counts_without_its_capital() -> None:
    assert best("will it snow in chicago?", "city", "The city", 0.5) == "chicago"


def test_how_many_they_are_is_no_place() -> None:
    assert best("a taxi for two people", "destination", "Where the taxi goes") is None


@pytest.mark.parametrize("text", ["a film with Ada Lind", "a film featuring Ada Lind"])
def test_who_is_seen_in_a_film_has_not_directed_it(text: str) -> None:
    cast = best(text, "cast", "The actors", 0.6)
    assert (cast, best(text, "directed_by", "Director of the film", 0.6)) == (
        "Ada Lind",
        None if " with " in text else "Ada Lind",
    )


def test_an_order_before_a_name_is_no_part_of_it() -> None:
    assert best("Ask Maria for the keys", "receiver", "Who is asked") == "Maria"


@pytest.mark.parametrize(
    "text",
    ["Get three tickets for Night Train on Sunday", "play Night Train by The Corners", "I'd like to see Night Train"],
)
def test_what_is_seen_or_played_is_the_title_of_a_work(text: str) -> None:
    assert best(text, "title", "The title of the work") == "Night Train"


def test_a_name_that_says_what_it_is_belongs_to_that() -> None:
    text = "what is on at the Old Harbour Theater in Ghent?"
    assert best(text, "theater_name", "The name of the theater") == "Old Harbour Theater"


def test_a_bare_name_is_that_of_what_its_description_says() -> None:
    assert best("open project Orion please", "name", "The unique name of the project") == "Orion"


def test_initials_are_a_symbol() -> None:
    assert best("the yearly figures of ZBRA", "symbol", "The stock symbol or identifier of the company") == "ZBRA"


def test_little_words_of_a_description_say_nothing_of_the_part_a_value_plays() -> None:
    # "to" in a sentence makes no destination.
    assert best("watch for Anna", "level", "The level to which it is set", 0.5) is None


ORDER = "This can be 'asc' for ascending order, or 'desc' for descending order."


def test_options_that_are_explained_are_options() -> None:
    assert best("sort them in descending order", "order", ORDER) == "desc"


def test_what_a_message_shall_tell_is_its_text() -> None:
    assert (
        best('hand over to Ida and tell her "he is upset"', "message", "A message to the agent", 0.6) == "he is upset"
    )


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("which gardens can I see for free?", "free_entry", True),
        ("a cabin with laundry", "has_laundry_service", True),
        ("a cabin without laundry", "has_laundry_service", False),
        ("something with the kids", "good_for_kids", True),
    ],
)
def test_a_yes_or_no_is_said_by_the_one_word_that_tells(text: str, name: str, value: bool) -> None:
    found = scan(text, name=name, schema={"type": "boolean"}, annotation=Annotation(), now=NOW)
    assert [each.value for each in found if each.confidence >= 0.6] == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("rename the course to Health and Safety Training", "Health and Safety Training"),
        ("rename the course to Safety Training and tell Ida", "Safety Training"),
    ],
)
def test_a_new_name_may_hold_an_and(text: str, value: str) -> None:
    assert best(text, "new_value", "The new name of the course") == value
