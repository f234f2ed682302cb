"""Every type of parameter is chosen by some schema, read from words, shown on a card, and read again where a card is
edited; a type that one of these lacks is named with the file that lacks it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, get_args

import pytest

from agent.extract.parameter_reader import read_exact, scan
from agent.extract.parameter_spec import make_parameter_spec
from registry.contract import Annotation, Unit
from registry.parameter_types import BY_FORMAT, ParameterType

NOW: Final = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)  # a Wednesday


@dataclass(frozen=True)
class Example:
    """A parameter of the type, words that hold a value of it, and the value."""

    name: str
    schema: dict[str, Any]
    words: str
    value: Any
    annotation: Annotation = field(default_factory=Annotation)


TEXT: Final = {"type": "string"}
EXAMPLES: Final[dict[ParameterType, Example]] = {
    "array": Example("guests", {"type": "array", "items": TEXT}, 'guests: "Ida", "Tom"', ["Ida", "Tom"]),
    "boolean": Example("gift_wrap", {"type": "boolean"}, "with gift wrap", True),
    "code": Example("booking_id", TEXT, "booking BK-204", "BK-204"),
    "currency": Example("currency", TEXT, "in euros", "EUR"),
    "date": Example("starts", {"type": "string", "format": "date"}, "from tomorrow", "2026-03-05"),
    "datetime": Example("starts", {"type": "string", "format": "date-time"}, "tomorrow at 3pm", "2026-03-05T15:00:00Z"),
    "duration": Example("stay_minutes", {"type": "integer"}, "for two hours", 120),
    "email": Example("email", TEXT, "write to ida@harbour.example", "ida@harbour.example"),
    "enum": Example("size", {"enum": ["small", "large"]}, "a large one", "large"),
    "epoch": Example(
        "starts", {"type": "integer", "description": "Unix timestamp of the start."}, "tomorrow at 3pm", 1772722800
    ),
    "ip": Example("ip", TEXT, "block 10.4.0.7", "10.4.0.7"),
    "money": Example(
        "fee", {"type": "integer"}, "a fee of $12.50", 1250, Annotation(unit=Unit.MONEY_MINOR, currency="USD")
    ),
    "month": Example("month", {"type": "integer"}, "in April", 4),
    "number": Example("seats", {"type": "integer"}, "12 seats", 12),
    "options": Example(
        "berth", {"type": "string", "description": "One of 'inner', 'outer'."}, "an outer berth", "outer"
    ),
    "pattern": Example("dock", {"type": "string", "pattern": "^D-[0-9]{2}$"}, "at dock D-07", "D-07"),
    "percent": Example("discount", {"type": "number"}, "a 15% discount", 15, Annotation(unit=Unit.PERCENT)),
    "phone": Example("phone", TEXT, "call +49 30 1234567", "+49 30 1234567"),
    "text": Example("title", TEXT, 'titled "Spring regatta"', "Spring regatta"),
    "time": Example("opens", {"type": "string", "format": "time"}, "at half past nine", "09:30:00Z"),
    "url": Example("url", TEXT, "see https://harbour.example/map", "https://harbour.example/map"),
    "uuid": Example(
        "uuid", TEXT, "the one 6f1c1f3e-6f0b-4c5e-9d0a-0a5e8f0e7c11", "6f1c1f3e-6f0b-4c5e-9d0a-0a5e8f0e7c11"
    ),
}
UNREAD: Final = {"object", "joined"}
"""Types without an example: the reader of one text with commas never comes before that of plain text."""


def test_every_type_has_an_example_here() -> None:
    missing = set(get_args(ParameterType)) - set(EXAMPLES) - UNREAD
    assert not missing, f"add an example of {missing} to EXAMPLES in {__file__}"


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_type_is_chosen_read_shown_and_edited(kind: ParameterType) -> None:
    asked = EXAMPLES[kind]
    chosen = make_parameter_spec(asked.name, asked.schema, asked.annotation).kinds
    assert chosen[:1] == (kind,), f"agent/extract/parameter_spec.py never chooses {kind!r} for its example: {chosen}"
    found = scan(asked.words, name=asked.name, schema=asked.schema, annotation=asked.annotation, now=NOW)
    assert [each.value for each in found[:1]] == [asked.value], (
        f"the reader that agent/extract/parameter_reader.py has for {kind!r} does not read {asked.words!r}: {found}"
    )
    shown = found[0].shown
    edited = read_exact(shown, name=asked.name, schema=asked.schema, annotation=asked.annotation, now=NOW)
    assert edited is not None, f"{shown!r}, as a card shows a {kind!r}, can't be typed where the card is edited"
    assert edited.value == asked.value, f"{shown!r}, as a card shows a {kind!r}, is another value when it is typed"


def test_every_format_declares_its_type() -> None:
    for said, kind in BY_FORMAT.items():
        assert make_parameter_spec("it", {"type": "string", "format": said}, Annotation()).kinds == (kind,)
