"""Enums and booleans: what was said, what was said no to, and what was not said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.extract.parameter_reader import read_exact, scan
from agent.extract.reading import Reading
from registry.contract import Annotation

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PLAIN = Annotation()
STATUS: dict[str, Any] = {"type": "string", "enum": ["open", "closed", "in_progress", "onHold"]}


def best(text: str, name: str, schema: dict[str, Any], annotation: Annotation = PLAIN) -> Reading | None:
    found = scan(text, name=name, schema=schema, annotation=annotation, now=NOW)
    return found[0] if found and found[0].confidence >= 0.4 else None


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("show open tickets", "open", "open"),
        ("show tickets In Progress", "in_progress", "In Progress"),
        ("what is in-progress?", "in_progress", "in-progress"),
        ("everything on hold", "onHold", "on hold"),
        ("set it to closd", "closed", "closd"),
        ("move it from open to closed", "closed", "closed"),
        ("not open but closed", "closed", "closed"),
        ("anything other than open, so closed", "closed", "closed"),
    ],
)
def test_a_value_is_meant_when_its_words_are_said(text: str, value: str, words: str) -> None:
    reading = best(text, "status", STATUS)
    assert reading is not None
    assert (reading.value, reading.text) == (value, words)


@pytest.mark.parametrize("text", ["show my tickets", "tickets that are not open", "without closed ones"])
def test_a_value_unsaid_or_said_no_to_is_not_meant(text: str) -> None:
    assert best(text, "status", STATUS) is None


@pytest.mark.parametrize("text", ["she is busy", "he has a critic", "customers imported it"])
def test_a_word_of_the_same_stem_that_is_another_word_is_no_value(text: str) -> None:
    schema = {"type": "string", "enum": ["business", "critical", "custom", "important"]}
    assert best(text, "level", schema) is None


LEVEL: dict[str, Any] = {"type": "string", "enum": ["calm", "busy", "frantic"]}


@pytest.mark.parametrize(
    "text", ["make it less frantic", "somewhat less frantic please", "make it more busy", "more busy, please"]
)
def test_a_value_that_is_only_compared_with_is_not_meant(text: str) -> None:
    assert best(text, "level", LEVEL) is None


def test_more_of_what_a_value_describes_means_the_value() -> None:
    assert getattr(best("plan for two more frantic days", "level", LEVEL), "value", None) == "frantic"


def test_a_root_is_another_word_than_the_value_derived_from_it() -> None:
    level: dict[str, Any] = {"type": "string", "enum": ["high", "plain"]}
    words = Annotation(words={"high": ["important"], "plain": ["other"]})
    assert best("the import job", "level", level, words) is None
    reading = best("the important job", "level", level, words)
    assert reading is not None
    assert reading.value == "high"


def test_the_contract_s_other_words_stand_for_a_value() -> None:
    annotation = Annotation(words={"closed": ["done", "taken care of"]})
    assert getattr(best("mark it as taken care of", "status", STATUS, annotation), "value", None) == "closed"
    reading = read_exact("done", name="status", schema=STATUS, annotation=annotation, now=NOW)
    assert reading is not None
    assert (reading.value, reading.how) == ("closed", "done → closed")


@pytest.mark.parametrize(
    ("text", "value"), [("a room with two beds", "2"), ("3-star place", "3"), ("a four-star place", "4")]
)
def test_a_value_that_is_a_number_is_said_by_number_words(text: str, value: str) -> None:
    schema = {"type": "string", "enum": ["1", "2", "3", "4", "5"], "description": "Stars or beds"}
    assert getattr(best(text, "star_beds", schema), "value", None) == value


def test_short_values_count_only_as_written_or_beside_their_parameter() -> None:
    schema = {"type": "string", "enum": ["S", "M", "L"]}
    assert best("it's a shirt", "size", schema) is None
    assert getattr(best("a shirt in size M", "size", schema), "value", None) == "M"


def test_the_description_s_explanation_of_a_value_counts() -> None:
    schema = {"type": "string", "enum": ["b", "e"], "description": "'b' for business class, 'e' for economy class"}
    assert getattr(best("fly me in business", "cabin", schema), "value", None) == "b"


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("open", "open"),
        ("ON HOLD", "onHold"),
        ("in progress", "in_progress"),
        ("status open", "open"),
        ("banana", None),
    ],
)
def test_exact_words_are_one_value_or_none(words: str, value: str | None) -> None:
    reading = read_exact(words, name="status", schema=STATUS, annotation=PLAIN, now=NOW)
    assert (reading.value if reading else None) == value


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("delete it and notify the customer", "notify_customer", True),
        ("delete it but don't notify the customer", "notify_customer", False),
        ("delete it without notifying the customer", "notify_customer", False),
        ("list files, hidden ones too", "include_hidden", True),
        ("list files, no hidden ones", "include_hidden", False),
        ("make it a private payment", "private_visibility", True),
        ("send the invoice", "include_archived", None),
        ("list her boats, exclude any that are sold", "include_sold", False),
        ("what's aboard? I don't need a list of the sails", "include_sails", False),
        ("skip the drafts and list sold boats", "include_sold", True),
        ("list her boats hide the owner's name sold ones too", "include_sold", True),
        ("list her boats exclude the owner's name sold ones too", "include_sold", True),
        ("disable the cache please", "disable_cache", True),
    ],
)
def test_yes_and_no_follow_the_parameter_s_own_words(text: str, name: str, value: bool | None) -> None:
    reading = best(text, name, {"type": "boolean"})
    assert (reading.value if reading else None) is value


def test_quoted_words_say_neither_yes_nor_no() -> None:
    assert best("title it 'please notify customer'", "notify_customer", {"type": "boolean"}) is None


def test_words_that_the_description_ties_to_an_answer_count() -> None:
    schema = {"type": "boolean", "description": "Whether it is private (true) or public (false)."}
    assert getattr(best("make it public", "visibility", schema), "value", None) is False


@pytest.mark.parametrize(
    ("words", "value"),
    [("yes", True), ("No thanks", False), ("on", True), ("please notify him", True), ("maybe", None)],
)
def test_an_answer_is_yes_no_or_unreadable(words: str, value: bool | None) -> None:
    reading = read_exact(words, name="notify", schema={"type": "boolean"}, annotation=PLAIN, now=NOW)
    assert (reading.value if reading else None) is value


def test_an_enum_of_true_and_false_keeps_its_spelling() -> None:
    schema = {"type": "string", "enum": ["True", "False", "dontcare"]}
    reading = read_exact("no", name="shared", schema=schema, annotation=PLAIN, now=NOW)
    assert reading is not None
    assert reading.value == "False"


def test_a_short_form_means_the_long_word_that_the_description_spells_out() -> None:
    order = {"type": "string", "enum": ["asc", "desc"], "description": "Ascending or descending by name."}
    reading = best("list the files by name in descending order", "sort_order", order)
    assert reading is not None
    assert reading.value == "desc"
    assert reading.confidence >= 0.6
