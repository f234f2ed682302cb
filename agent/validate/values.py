"""Value readers: turn a person's words, checked against what they typed, into the parameter's type or a member of its
closed set. Money is never converted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from agent.extract import read_exact
from agent.extract.spans import money
from agent.pipeline import Answer, Choice, PromptSource, Request, Source, Span
from agent.validate.questions import format_member_id, format_plain, list_members, quote_words
from core import canon
from core.errors import NotCanonical
from core.money import format_money as money_text
from language.text import read_text
from registry.contract import Annotation, Unit

# Where a word or a number goes on: between two letters of Latin script (others need no spaces), two digits, and around
# a number's own marks ("10.50", "1,000", but not the list "5524,5525").
_WITHIN: Final = re.compile(
    r"[A-Za-z\u00c0-\u024f](?=[A-Za-z\u00c0-\u024f])|\d(?=\d)|\d(?=[.,]\d{1,3}(?!\d))|(?<=\d)[.,](?=\d{1,3}(?!\d))"
)


@dataclass(frozen=True, slots=True)
class VerifiedSpan:
    """``text`` is the spans' words joined by single spaces: what is read, and what a source is recomputed from."""

    text: str
    spans: tuple[Span, ...]


def verify_spans(request: Request, spans: Sequence[Span]) -> VerifiedSpan | None:
    """The words at ``spans``, or None where one of them does not stand in the request as it claims (or there is none at
    all). A part of a word or number is nothing that was said: 1 is not said by INV-1055."""
    for span in spans:
        if span.origin > len(request.answers):
            return None
        words = request.words(span.origin)
        if not span.text.strip() or words[span.start : span.end] != span.text:
            return None
        if _cut(words, span.start) or _cut(words, span.end):
            return None
    return VerifiedSpan(" ".join(span.text for span in spans), tuple(spans)) if spans else None


def _cut(words: str, at: int) -> bool:
    """Whether a word or number goes on across this place."""
    return at > 0 and _WITHIN.match(words, at - 1) is not None


def find_answer(request: Request, slot: str) -> tuple[Answer, VerifiedSpan] | None:
    """The latest answer to ``slot`` and its words: what was typed, or the label of what was chosen."""
    for origin in range(len(request.answers), 0, -1):
        answer = request.answers[origin - 1]
        if answer.slot != slot or (answer.choice is None and not (answer.text or "").strip()):
            continue
        words = request.words(origin)
        spans = (Span(origin=origin, start=0, end=len(words), text=words),) if words else ()
        return answer, VerifiedSpan(words, spans)
    return None


_MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Read:
    """A value, how a person reads it, and its source."""

    value: Any
    shown: str
    source: Source


@dataclass(frozen=True, slots=True)
class Unread:
    """Why words can't be read as this parameter, as a sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter with what is known of it by now. ``currency`` is the one its money must be in, None where nothing
    says."""

    name: str
    label: str
    schema: Mapping[str, Any]
    annotation: Annotation
    currency: str | None = None

    @property
    def is_money(self) -> bool:
        return self.annotation.unit in _MONEY

    @property
    def is_array(self) -> bool:
        return self.schema.get("type") == "array"

    def item(self) -> Parameter:
        items = self.schema.get("items")
        return Parameter(
            self.name, self.label, items if isinstance(items, dict) else {}, self.annotation, self.currency
        )


def from_field(parameter: Parameter, value: Any) -> Any:
    """A record's value as it is sent: as it is, but for a number kept as text where the contract takes an integer
    ("17", never "017")."""
    schema = parameter.item().schema if parameter.is_array else parameter.schema
    if schema.get("type") == "integer" and isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return value


def from_words(parameter: Parameter, words: VerifiedSpan, now: datetime) -> Read | Unread:
    """Read all of the words as one value."""
    if parameter.is_money and (trouble := _wrong_money(parameter, words.text)):
        return Unread(trouble)
    annotation = parameter.annotation
    if parameter.is_money and parameter.currency:
        annotation = annotation.model_copy(update={"currency": parameter.currency})
    reading = read_exact(words.text, name=parameter.name, schema=parameter.schema, annotation=annotation, now=now)
    if reading is None:
        return Unread(f"I can't read {quote_words(words.text)} as {_noun(parameter)}.")
    value = _json(reading.value)
    if value is None or not _has_canonical_form(value):
        return Unread(f"{quote_words(words.text)} is out of range for {_noun(parameter)}.")
    how = "" if reading.how == words.text else reading.how
    return Read(
        value,
        format_parameter(parameter, value, reading.shown),
        PromptSource(spans=words.spans, reading=format_plain(how)),
    )


def from_choice(parameter: Parameter, choice: Choice, words: VerifiedSpan) -> Read | Unread:
    """A member of the closed set, by JSON equality (true is not 1); anything else a resolver claims is no value."""
    for member in list_members(parameter.schema):
        if type(member) is type(choice.value) and member == choice.value:
            how = (
                ""
                if words.text.casefold() == format_plain(member).casefold()
                else f"{words.text} → {format_plain(member)}"
            )
            return Read(
                member, format_parameter(parameter, member), PromptSource(spans=words.spans, reading=format_plain(how))
            )
    return Unread(f"{quote_words(words.text)} is none of the choices for {parameter.label}.")


def from_candidate(parameter: Parameter, choice: str, words: VerifiedSpan) -> Read | Unread:
    """The member that was picked from the question's candidates."""
    for member in list_members(parameter.schema):
        if format_member_id(member) == choice:
            return Read(member, format_parameter(parameter, member), PromptSource(spans=words.spans, reading="chosen"))
    return Unread(f"{quote_words(choice)} is none of the choices for {parameter.label}.")


def find_currency(words: str) -> money.Money | None:
    """The first amount that names its currency."""
    return next((each for each in money.find(read_text(words)) if each.currency is not None), None)


def format_parameter(parameter: Parameter, value: Any, otherwise: str | None = None) -> str:
    """``4900`` as ``49.00 EUR`` where it is money and its currency is known."""
    if parameter.currency and isinstance(value, int | float) and not isinstance(value, bool):
        if parameter.annotation.unit is Unit.MONEY_MINOR and isinstance(value, int):
            return money_text(value, parameter.currency)
        if parameter.annotation.unit is Unit.MONEY:
            return f"{value} {parameter.currency}"
    return format_plain(value if otherwise is None or isinstance(value, str) else otherwise)


def _wrong_money(parameter: Parameter, words: str) -> str | None:
    amounts = money.find(read_text(words))
    for each in amounts:
        if not money.agrees(each, parameter.currency):
            return (
                f"You said {money.format_amount(each.amount, each.currency)}, but {parameter.label} is in "
                f"{parameter.currency} here and nothing "
                f"is converted. How much is it in {parameter.currency}?"
            )
    if (
        parameter.currency is None
        and parameter.annotation.unit is Unit.MONEY_MINOR
        and not any(each.currency for each in amounts)
    ):
        return f"In which currency is {quote_words(words)}? Say the amount with its currency."
    if (
        amounts
        and not any(char.isdigit() for char in words)
        and all(each.currency is None and each.amount < 1 for each in amounts)
    ):
        return f"{quote_words(words)} of what? Say the amount itself."
    return None


def _noun(parameter: Parameter) -> str:
    if parameter.is_money:
        return "an amount" + (f" in {parameter.currency}" if parameter.currency else "")
    return f"a value for {parameter.label}"


def _json(value: Any) -> Any:
    """Tuples as arrays; whatever else a reader gives is JSON already."""
    return [_json(each) for each in value] if isinstance(value, list | tuple) else value


def _has_canonical_form(value: Any) -> bool:
    try:
        canon.dumps(value)
    except NotCanonical:
        return False
    return True
