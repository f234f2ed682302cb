"""Instruction templates: insert event fields as quotations, and trace a quotation back to its field.

The owner writes ``Close ticket {data.ticket_id} with the reason {data.subject}``. A resolver sees only the named
fields: numbers as they are, and text in quotation marks, with its own marks and control characters made harmless. Code
turns the resolver's quotes back: a whole quotation is the field itself, as in the event, whatever was read from its
words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agent.pipeline import Argument, Draft, ListArgument, Span, SuppliedValue, list_spans
from core.display_text import to_display_text
from core.errors import Finding, InvalidInput
from events.subscribers import FiredEvent
from registry.contract import Contract

QUOTE_CHARS: Final = 1000
MAX_FIELDS: Final = 20
MAX_CHARS: Final = 8_000
"""Most characters of an instruction with its fields filled in. A longer one isn't resolved."""
_READ_CHARS: Final = 20 * QUOTE_CHARS
_FIELD: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)\}")
_MARKS: Final = str.maketrans(dict.fromkeys("\"'“”‘’«»‹›„‚`´「」『』＂＇", "'"))
_ROOTS: Final = ("data", "id", "name", "occurred_at")


@dataclass(frozen=True, slots=True)
class FieldQuote:
    """One quoted field. ``start`` and ``end`` include the quotation marks. ``free``: it is text from outside."""

    start: int
    end: int
    path: str
    value: Any
    free: bool

    @property
    def pointer(self) -> str:
        return "/" + self.path.replace(".", "/")


@dataclass(frozen=True, slots=True)
class RenderedInstruction:
    """The request's text. ``missing`` are fields that the event lacks. ``blank`` is the text without free text."""

    text: str
    blank: str
    quotes: tuple[FieldQuote, ...]
    missing: tuple[str, ...]
    too_long: bool = False


def check(text: str) -> None:
    """Checks the fields that an instruction quotes. Raises InvalidInput for a field that no event has, and for too many
    fields."""
    named = _FIELD.findall(text)
    if len(named) > MAX_FIELDS:
        detail = f"The instruction names {len(named)} fields; at most {MAX_FIELDS} are set in. Say each once."
        raise InvalidInput(detail, findings=[Finding("/text", "too_many_fields", detail)])
    strays = [path for path in named if path.split(".")[0] not in _ROOTS]
    if strays:
        detail = (
            f"{{{strays[0]}}} is no field of an event: write {{data.<field>}}, {{id}}, {{name}} or {{occurred_at}}."
        )
        raise InvalidInput(detail, findings=[Finding("/text", "unknown_field", detail)])


def render(text: str, event: FiredEvent) -> RenderedInstruction:
    made, blank, missing = "", "", []
    quotes: list[FieldQuote] = []
    at = 0
    whole = event.as_json()
    for found in _FIELD.finditer(text):
        if len(made) > MAX_CHARS:
            return RenderedInstruction("", "", (), (), too_long=True)
        before = text[at : found.start()]
        value = _look(whole, found[1])
        at = found.end()
        if value is None or isinstance(value, Mapping | list):
            missing.append(found[1])
            continue
        free = isinstance(value, str)
        shown = f"“{escape_quotes(value)}”" if isinstance(value, str) else _write_scalar(value)
        made += before
        quotes.append(FieldQuote(len(made), len(made) + len(shown), found[1], value, free))
        made += shown
        blank += before + ("“…”" if free else shown)
    rest = text[at:]
    if len(made) + len(rest) > MAX_CHARS:
        return RenderedInstruction("", "", (), (), too_long=True)
    return RenderedInstruction(made + rest, blank + rest, tuple(quotes), tuple(missing))


def escape_quotes(text: str) -> str:
    """Text on one line without quotation marks, so that it can't end its quotation."""
    return to_display_text(" ".join(text[:_READ_CHARS].translate(_MARKS).split()), limit=QUOTE_CHARS)


def bind_fields(
    draft: Draft, contract: Contract, rendered: RenderedInstruction, event: FiredEvent
) -> tuple[Draft, bool]:
    """The draft with whole quotations replaced by the event's values, and whether anything was still read from free
    text.

    A record that nothing names comes from the event's field with the parameter's name (``ticket_id``).
    """
    arguments: dict[str, Argument] = {}
    given: dict[str, SuppliedValue] = {}
    read_out = False
    for name, argument in draft.arguments.items():
        quote = _find_whole(argument, rendered.quotes)
        if quote is not None:
            given[name] = SuppliedValue(value=quote.value, by="event", pointer=quote.pointer, ref=event.id)
            continue
        arguments[name] = argument
        read_out = read_out or any(_overlaps(span, quote) for span in list_spans(argument) for quote in rendered.quotes)
    for name in contract.properties:
        value = event.data.get(name)
        plain = isinstance(value, str | int) and not isinstance(value, bool)
        if name not in arguments and name not in given and contract.annotation(name).record and plain:
            given[name] = SuppliedValue(value=value, by="event", pointer=f"/data/{name}", ref=event.id)
    return draft.model_copy(update={"arguments": arguments, "given": given}), read_out


def _find_whole(argument: Argument, quotes: Sequence[FieldQuote]) -> FieldQuote | None:
    """The quotation that an argument is, with or without its marks."""
    if isinstance(argument, ListArgument):
        return None
    spans = list_spans(argument)
    if len(spans) != 1 or spans[0].origin != 0:
        return None
    span = spans[0]
    for quote in quotes:
        inner = (quote.start + 1, quote.end - 1) if quote.free else (quote.start, quote.end)
        if (span.start, span.end) in ((quote.start, quote.end), inner):
            return quote
    return None


def _overlaps(span: Span, quote: FieldQuote) -> bool:
    return quote.free and span.origin == 0 and span.start < quote.end and quote.start < span.end


def _look(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _write_scalar(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
