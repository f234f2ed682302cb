"""The event's words inside an instruction: quoted so that they can't end their quotation, and turned back into the
field they are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from events.automations.quoting import QUOTE_CHARS, check, render
from events.subscribers import FiredEvent


def event(**data: Any) -> FiredEvent:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    return FiredEvent("evt_1", "ws_1", "ticket.created", data, at, at, "test", None, 0)


def test_numbers_stand_as_they_are_and_text_stands_quoted() -> None:
    made = render("Close ticket {data.ticket_id} with {data.subject}", event(ticket_id=5519, subject="no mail"))
    assert made.text == "Close ticket 5519 with “no mail”"
    assert made.blank == "Close ticket 5519 with “…”"
    assert [(made.text[q.start : q.end], q.pointer, q.free) for q in made.quotes] == [
        ("5519", "/data/ticket_id", False),
        ("“no mail”", "/data/subject", True),
    ]


@given(st.text())
def test_no_text_ends_its_own_quotation_or_its_line(text: str) -> None:
    made = render("say {data.text} end", event(text=text)).text
    inside = made.removeprefix("say “").removesuffix("” end")
    assert len(inside) <= QUOTE_CHARS + 1
    assert not set(inside) & set('"“”‘’«»\n\r\u2028\u202e')


def test_text_with_braces_is_not_filled_in_again() -> None:
    made = render("say {data.text}", event(text="{data.secret}", secret="hidden"))
    assert made.text == "say “{data.secret}”"


def test_what_the_event_does_not_have_is_told() -> None:
    made = render("{data.a} {data.b.c} {data.d}", event(a=1, b={"c": None}, d={"deep": 1}))
    assert made.missing == ("data.b.c", "data.d")


@pytest.mark.parametrize("text", ["{secret}", "say {author.name}", "{__class__}"])
def test_a_field_no_event_has_is_refused_when_the_instruction_is_made(text: str) -> None:
    with pytest.raises(InvalidInput):
        check(text)


def test_the_events_own_fields_may_be_spoken_of() -> None:
    check("{id} {name} {occurred_at} {data.customer.name}")
