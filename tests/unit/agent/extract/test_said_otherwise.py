"""Values said in other words than the parameter's own: names for codes, lists written as such, tails that are all there
is."""

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


LANGUAGE = {"type": "string", "enum": ["en-US", "es-ES", "fr-FR"], "description": "The language of the text."}
ORDER = {"type": "string", "enum": ["asc", "desc"], "description": "Ascending or descending order."}
TEXT = {"type": "string", "description": "The text content to be spoken."}
NUMBERS = {"type": "array", "items": {"type": "number"}, "description": "The values to add up."}
POINT = {"type": "array", "items": {"type": "number"}, "description": "The latitude and longitude of the place."}
STATE = {"type": "string", "description": "The state's abbreviation, such as 'CA'."}
COUNTRY = {"type": "string", "description": "The ISO 3166-1 alpha-2 country code."}
CITY = {"type": "string", "description": "The name of the city for which to get the weather, in the format of 'City'."}


@pytest.mark.parametrize(
    ("text", "name", "schema", "value"),
    [
        ("read it aloud in Spanish", "language", LANGUAGE, "es-ES"),
        ("list the files in descending order", "sort_order", ORDER, "desc"),
        ("Turn it into speech: I am glad you came", "text", TEXT, "I am glad you came"),
        ("add up these values: [2.5, 3, 4.1]", "values", NUMBERS, [2.5, 3, 4.1]),
        ("the weather at latitude 37.87 and longitude -122.27", "coordinates", POINT, [37.87, -122.27]),
        ("sales tax in California", "state", STATE, "CA"),
        ("the weather in Nairobi, Kenya", "country", COUNTRY, "KE"),
        ("the weather in London, United Kingdom", "city", CITY, "London"),
    ],
)
def test_a_value_is_read_in_the_form_that_is_asked_for(
    text: str, name: str, schema: dict[str, Any], value: Any
) -> None:
    assert best(text, name, schema) == value


@pytest.mark.parametrize(
    ("text", "name", "schema", "value"),
    [
        ("open the profile that has the unique identifier 9974", "professional_id",
         {"type": "integer", "description": "The unique identifier of a service provider."}, 9974),
        ("what does employee (id Adriel) work on?", "employee_id",
         {"type": "string", "description": "The unique identifier of the employee."}, "Adriel"),
        ("the host count of February 2022", "year", {"type": "integer", "description": "The year."}, 2022),
        ("find songs by Joni Mitchell released in 1971", "artist",
         {"type": "string", "description": "The name of the artist or band."}, "Joni Mitchell"),
        ("a list of albums performed by Little Mix", "artist",
         {"type": "string", "description": "The name of the artist or band."}, "Little Mix"),
        ("request a payment of $85 to Jane Roe", "receiver",
         {"type": "string", "description": "The name or identifier of the account that is asked to pay."}, "Jane Roe"),
        ("book two smoking rooms", "number_of_rooms",
         {"type": "string", "enum": ["1", "2", "3"], "description": "How many rooms to book."}, "2"),
    ],
)  # fmt: skip
def test_what_stands_beside_a_value_says_whose_it_is(text: str, name: str, schema: dict[str, Any], value: Any) -> None:
    assert best(text, name, schema) == value


@pytest.mark.parametrize(
    ("text", "name", "schema"),
    [
        ("speak Spanish with me", "note", {"type": "string", "enum": ["en", "es"], "description": "A mark."}),
        ("what is the weather", "text", TEXT),
    ],
)
def test_what_is_not_said_of_it_is_not_read(text: str, name: str, schema: dict[str, Any]) -> None:
    assert best(text, name, schema) is None


def test_a_day_with_a_half_hour_is_in_the_afternoon() -> None:
    schema = {"type": "string", "description": 'Start. Format: "YYYY-MM-DD HH:MM:SS"'}
    assert best("book it for December 9 at 3:30", "start", schema) == "2026-12-09 15:30:00"
    assert best("book it for December 9 at 03:30", "start", schema) == "2026-12-09 03:30:00"
    assert best("book it for December 9 at 11:30", "start", schema) == "2026-12-09 11:30:00"
