"""What holds for any words whatever."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.extract.parameter_reader import read_exact, scan
from agent.extract.reading import Reading
from agent.extract.references.find import find
from agent.extract.references.parse import parse
from language.text import Text
from registry.contract import Annotation, Unit
from tests.unit.agent.extract.references.test_references import CUSTOMER, INVOICE, KINDS

NOW = datetime(2026, 11, 24, 15, 43, tzinfo=UTC)
PARAMETERS: dict[str, tuple[dict[str, Any], Annotation]] = {
    "amount": ({"type": "integer"}, Annotation(unit=Unit.MONEY_MINOR, currency="USD")),
    "price": ({"type": "number", "description": "Price in dollars"}, Annotation()),
    "count": ({"type": "integer", "minimum": 0}, Annotation()),
    "minutes": ({"type": "integer"}, Annotation(unit=Unit.MINUTES)),
    "share": ({"type": "number"}, Annotation(unit=Unit.PERCENT)),
    "due_date": ({"type": "string", "format": "date"}, Annotation()),
    "start_time": ({"type": "string", "format": "date-time"}, Annotation()),
    "time": ({"type": "string", "description": "in HH:MM"}, Annotation()),
    "status": ({"type": "string", "enum": ["open", "closed", "in_progress", "1"]}, Annotation()),
    "notify_customer": ({"type": "boolean"}, Annotation()),
    "email": ({"type": "string", "format": "email"}, Annotation()),
    "invoice_number": ({"type": "string", "pattern": "^INV-[0-9]+$"}, Annotation()),
    "order_id": ({"type": "string"}, Annotation()),
    "message": ({"type": "string"}, Annotation()),
    "city": ({"type": "string", "description": "'City, State'"}, Annotation()),
    "tags": ({"type": "array", "items": {"type": "string"}}, Annotation()),
}
WORDS = st.sampled_from(
    (
        "refund Adam's last invoice INV-1042 of €20 twenty dollars half past three tomorrow at 3pm next Friday to "
        "Oakland, California and "
        + "not open closed 'We haven’t met' saying “hi” notify customer don't the 3rd 05/06/2023 #W12 a@b.org "
        "1.234,56 12 500 90 minutes "
        + "é e\u0301 İstanbul ﬁve ½ 5% , . : ; - ( ' \" his \u00a0 \u202f 2026-12-01T10:00:00Z called Blue Ocean "
        "with subject"
    ).split(" ")
)
TEXTS = st.one_of(st.lists(WORDS, max_size=25).map(" ".join), st.text(max_size=60))


def readings(text: str) -> list[tuple[str, Reading]]:
    made: list[tuple[str, Reading]] = []
    for name, (schema, annotation) in PARAMETERS.items():
        made += [(name, each) for each in scan(text, name=name, schema=schema, annotation=annotation, now=NOW)]
        whole = read_exact(text, name=name, schema=schema, annotation=annotation, now=NOW)
        made += [(name, whole)] if whole is not None else []
    return made


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_a_reading_s_text_is_what_stands_at_its_offsets(text: str) -> None:
    for _, reading in readings(text):
        assert reading.text == text[reading.start : reading.end]
        assert reading.text
        assert 0 <= reading.confidence <= 1


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_a_value_derives_from_its_span_alone(text: str) -> None:
    """A free string is words of its span; a number's reading has a digit or a number's word in its span; a member is a
    member."""
    for name, reading in readings(text):
        if name == "message":
            assert reading.value in unicodedata.normalize("NFC", reading.text)
        if name == "status":
            assert reading.value in PARAMETERS["status"][0]["enum"]
        if name == "invoice_number":
            assert reading.value.lower() in reading.text.lower()
        if name in {"amount", "count", "minutes"}:
            assert type(reading.value) is int


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_reading_twice_says_the_same(text: str) -> None:
    assert readings(text) == readings(text)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_references_never_fail_and_their_spans_are_in_the_words(text: str) -> None:
    for kind in (INVOICE, CUSTOMER):
        for start, end in (*parse(text, kind, KINDS).spans, *find(text, kind, KINDS)):
            assert 0 <= start <= end <= len(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_every_token_stands_where_it_says(text: str) -> None:
    read = Text(text)
    assert len(read.low) == len(read.plain)
    for token in read.tokens:
        assert read.plain[token.start : token.end] == token.text
        start, end = read.span(token.start, token.end)
        assert 0 <= start < end <= len(text)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_cents_come_back_as_they_were_written(cents: int) -> None:
    words = f"${cents // 100:,}.{cents % 100:02d}"
    reading = read_exact(words, name="amount", schema={"type": "integer"}, annotation=PARAMETERS["amount"][1], now=NOW)
    assert reading is not None
    assert reading.value == cents


@settings(max_examples=60, deadline=None)
@given(st.dates(min_value=datetime(1980, 1, 1, tzinfo=UTC).date(), max_value=datetime(2090, 1, 1, tzinfo=UTC).date()))
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%Y/%m/%d", "%d.%m.%Y"])
def test_a_day_comes_back_as_it_was_written(form: str, day: Any) -> None:
    schema = {"type": "string", "format": "date"}
    reading = read_exact(day.strftime(form), name="due_date", schema=schema, annotation=Annotation(), now=NOW)
    assert reading is not None
    assert reading.value == day.isoformat()


def test_decomposed_letters_keep_the_offsets_of_the_text_as_it_came() -> None:
    text = "ship it to Zoe\u0308's office by next Friday"
    schema = {"type": "string", "format": "date"}
    reading = scan(text, name="due_date", schema=schema, annotation=Annotation(), now=NOW)[0]
    assert (reading.text, reading.value) == ("next Friday", "2026-12-04")
    person = scan(text, name="recipient", schema={"type": "string"}, annotation=Annotation(), now=NOW)[0]
    assert (person.text, person.value) == ("Zoe\u0308", "Zo\u00eb")


@pytest.mark.parametrize("text", ["\u0958x", "a\u0343", "\u2adc", "\u1100\u0340"])
def test_a_letter_that_comes_apart_keeps_its_place(text: str) -> None:
    read = Text(text)
    assert all(0 <= start < end <= len(text) for start, end in (read.span(t.start, t.end) for t in read.tokens))
