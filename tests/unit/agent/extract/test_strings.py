"""Quoted text, names, codes, addresses, places and lists."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.extract.parameter_reader import read_exact, scan
from registry.contract import Annotation, Unit

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PLAIN = Annotation()
STRING: dict[str, Any] = {"type": "string"}


def top(text: str, name: str, schema: dict[str, Any] | None = None) -> Any:
    found = scan(text, name=name, schema=schema or STRING, annotation=PLAIN, now=NOW)
    return found[0].value if found else None


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("email him titled 'Late again' saying 'We haven't heard back.'", "subject", "Late again"),
        ("email him titled 'Late again' saying 'We haven't heard back.'", "body", "We haven't heard back."),
        ("make a project called Blue Ocean on Friday", "project_name", "Blue Ocean"),
        ("create a list named groceries and share it", "list_name", "groceries"),
        ("add a server, nickname 'main', password 's3cret'", "password", "s3cret"),
        ("add a server, nickname 'main', password 's3cret'", "nickname", "main"),
        ("use 'admin' as the username and 'x1' as the password", "username", "admin"),
        ("reply with message: on my way", "message", "on my way"),
        ("fly from Oslo to Rome", "origin", "Oslo"),
        ("fly from Oslo to Rome", "destination", "Rome"),
        ("weather in Santa Clara please", "city", "Santa Clara"),
        ("a film directed by Jane Doe starring Max Roe", "director", "Jane Doe"),
        ("a film directed by Jane Doe starring Max Roe", "starring", "Max Roe"),
        ("pods in the namespace blue-green", "namespace", "blue-green"),
        ("songs from the Stronger album", "album", "Stronger"),
        ("ship it to Maria's office", "recipient", "Maria"),
        ("change {'city': 'Denver', 'country': 'USA'}", "country", "USA"),
        ("“curly” names, title “Hello there”", "title", "Hello there"),
    ],
)
def test_the_words_a_parameter_s_part_introduces_come_first(text: str, name: str, value: str) -> None:
    assert top(text, name) == value


@pytest.mark.parametrize(
    ("text", "name", "schema", "value"),
    [
        ("refund INV-1042 now", "invoice_id", STRING, "INV-1042"),
        ("refund inv-1042 now", "number", {"type": "string", "pattern": "^INV-[0-9]+$"}, "INV-1042"),
        ("return #W123 via card_9", "order_id", {"type": "string", "description": "such as '#W000'"}, "#W123"),
        ("return #W123 via card_9", "order_id", STRING, "W123"),
        ("you are U-5, look at AR-7", "request_id", {"type": "string", "description": "e.g. 'AR-1'"}, "AR-7"),
        ("write to Ann@Example.org today", "email", {"type": "string", "format": "email"}, "Ann@Example.org"),
        ("see https://example.org/a?b=1.", "url", {"type": "string", "format": "uri"}, "https://example.org/a?b=1"),
        ("call +49 30 1234567 now", "phone", STRING, "+49 30 1234567"),
        ("the phone is 4711", "phone", STRING, "4711"),
        ("4711", "phone", STRING, "4711"),
        ("4711 boxes", "phone", STRING, None),
        ("host 10.0.0.7, port 5432", "ip_address", STRING, "10.0.0.7"),
        (
            "show 123e4567-e89b-12d3-a456-426614174000",
            "id",
            {"type": "string", "format": "uuid"},
            "123e4567-e89b-12d3-a456-426614174000",
        ),
    ],
)
def test_a_thing_with_a_shape_is_found_by_it(text: str, name: str, schema: dict[str, Any], value: str) -> None:
    assert top(text, name, schema) == value


@pytest.mark.parametrize("written", ["a@b", "plain", "@x.org"])
def test_what_has_not_the_shape_is_not_read(written: str) -> None:
    schema = {"type": "string", "format": "email"}
    assert read_exact(written, name="email", schema=schema, annotation=PLAIN, now=NOW) is None


def test_nothing_fits_a_pattern_but_what_fits_it() -> None:
    schema = {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"}
    assert scan("refund ABC-12 and AB-1234", name="code", schema=schema, annotation=PLAIN, now=NOW) == []


def test_a_pattern_that_cannot_be_compiled_reads_nothing() -> None:
    schema = {"type": "string", "pattern": "(unclosed"}
    assert scan("some words", name="code", schema=schema, annotation=PLAIN, now=NOW) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a hotel in Oakland, California", "Oakland, CA"),
        ("a hotel in Portland, OR", "Portland, OR"),
        ("a motel in San Francisco", "San Francisco, CA"),
        ("a hotel in Lisbon", "Lisbon, Portugal"),
        ("a hotel in Smallville", "Smallville"),
    ],
)
def test_a_place_takes_the_form_its_description_shows(text: str, value: str) -> None:
    schema = {"type": "string", "description": "The city, in the format 'City, State' (abbreviated)"}
    assert top(text, "location", schema) == value


def test_a_place_of_another_parameter_s_kind_comes_later() -> None:
    text = "the forecast for Leeds in the UK"
    assert top(text, "city", {"type": "string", "description": "Name of the city"}) == "Leeds"
    assert top(text, "country", {"type": "string", "description": "Name of the country"}) == "UK"


@pytest.mark.parametrize(
    ("text", "name", "items", "value"),
    [
        (
            "invite a@x.org, b@x.org and c@x.org",
            "emails",
            {"type": "string", "format": "email"},
            ["a@x.org", "b@x.org", "c@x.org"],
        ),
        ("tag it 'red', 'blue' and 'green'", "tags", {"type": "string"}, ["red", "blue", "green"]),
        ("compare lines 3, 5 and seven", "lines", {"type": "integer"}, [3, 5, 7]),
        (
            "humidity and temperature please",
            "metrics",
            {"enum": ["temperature", "humidity", "noise"]},
            ["humidity", "temperature"],
        ),
        ("close A-1 & A-2", "ids", {"type": "string", "pattern": "^A-[0-9]$"}, ["A-1", "A-2"]),
    ],
)
def test_items_side_by_side_are_one_list(text: str, name: str, items: dict[str, Any], value: list[Any]) -> None:
    assert top(text, name, {"type": "array", "items": items}) == value


def test_free_words_alone_are_no_list() -> None:
    assert top("please look at this for me", "tags", {"type": "array", "items": STRING}) is None


@pytest.mark.parametrize(
    ("words", "value"), [("vip, new and old", ["vip", "new", "old"]), ('"a b", c', ["a b", "c"]), ("one", ["one"])]
)
def test_exact_words_are_split_into_items(words: str, value: list[str]) -> None:
    reading = read_exact(words, name="tags", schema={"type": "array", "items": STRING}, annotation=PLAIN, now=NOW)
    assert reading is not None
    assert reading.value == value


def test_a_list_with_an_item_that_does_not_fit_is_no_reading() -> None:
    schema = {"type": "array", "items": {"type": "integer"}}
    assert read_exact("3, many and 5", name="lines", schema=schema, annotation=PLAIN, now=NOW) is None


@pytest.mark.parametrize(
    ("words", "value"), [("  because he asked. ", "because he asked"), ('"Hello."', "Hello."), ("", None), ("  ", None)]
)
def test_an_answer_to_a_free_text_is_the_words_without_their_quotes(words: str, value: str | None) -> None:
    reading = read_exact(words, name="reason", schema=STRING, annotation=PLAIN, now=NOW)
    assert (reading.value if reading else None) == value


def test_the_schema_s_length_holds() -> None:
    assert (
        read_exact("too long", name="code", schema={"type": "string", "maxLength": 3}, annotation=PLAIN, now=NOW)
        is None
    )


@pytest.mark.parametrize("words", ["Where is it?", "Stop!", "Really?!"])
def test_a_mark_that_ends_what_was_typed_is_a_part_of_it(words: str) -> None:
    read = read_exact(words, name="message", schema={"type": "string"}, annotation=Annotation(), now=NOW)
    assert read is not None
    assert read.value == words


@pytest.mark.parametrize("words", ["by 3 days?", "3 days!", "3 days."])
def test_a_mark_behind_a_number_is_none_of_it(words: str) -> None:
    read = read_exact(words, name="days", schema={"type": "integer"}, annotation=Annotation(unit=Unit.DAYS), now=NOW)
    assert read is not None
    assert read.value == 3


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("the boiler leaks.", "the boiler leaks"),
        ("The boiler leaks. Bring a pump.", "The boiler leaks. Bring a pump."),
        ("Dear Ada,\n\nthe boiler is new.\n", "Dear Ada,\n\nthe boiler is new."),
        ("Is it warm? Then call off.", "Is it warm? Then call off."),
        ("version 2.5.", "version 2.5"),
        ("St. Gallen.", "St. Gallen"),
        ("Dr. Ada Novak,", "Dr. Ada Novak"),
        ("Bring a pump. Then wait;", "Bring a pump. Then wait"),
    ],
)
def test_the_stop_behind_one_sentence_is_left_out_and_kept_behind_several(words: str, value: str) -> None:
    reading = read_exact(words, name="note", schema=STRING, annotation=PLAIN, now=NOW)
    assert reading is not None
    assert reading.value == value
