"""Slots of a step: the values of its parameters so far.

Words are first checked against what the person typed. They then become a value of the parameter's type, or a member of
its closed list. Money is never converted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from agent.extract.answer_words import list_cores
from agent.extract.parameter_reader import read_exact
from agent.extract.spans import money
from agent.pipeline import (
    Answer,
    Choice,
    Draft,
    ParameterValue,
    PromptSource,
    Question,
    QuestionCode,
    RecordSource,
    Refusal,
    Request,
    Source,
    Span,
    SuppliedValue,
    list_spans,
)
from agent.validate import questions
from agent.validate.coverage.unclaimed_text import UnclaimedText
from agent.validate.coverage.weighty_patterns import ROUGH
from agent.validate.json_values import read_json, takes_json
from agent.validate.questions import format_member_id, format_plain, list_members, quote_words
from agent.validate.records.located import LocatedRecord
from core import canon
from core.clock import write_day
from core.display_text import to_display_text, within_sentence
from core.errors import NotCanonical
from core.money import format_major
from core.money import format_money as money_text
from language.text import read_text
from registry.contract import Annotation, Contract, Unit

# Where a word or number continues: between two letters of Latin script, between two digits, and inside a number
# ("10.50", "1,000", but not the list "5524,5525"). Other scripts need no spaces.
_WITHIN: Final = re.compile(
    r"[A-Za-z\u00c0-\u024f](?=[A-Za-z\u00c0-\u024f])|\d(?=\d)|\d(?=[.,]\d{1,3}(?!\d))|(?<=\d)[.,](?=\d{1,3}(?!\d))"
)


@dataclass(frozen=True, slots=True)
class VerifiedSpan:
    """Words that do stand in the request. ``text`` joins the spans' words with single spaces. Readers read it, and
    sources are recomputed from it."""

    text: str
    spans: tuple[Span, ...]


def verify_spans(request: Request, spans: Sequence[Span]) -> VerifiedSpan | None:
    """Checks spans against the request. None if a span is not in the request as it claims, or if there are no spans.

    A part of a word or number was not said: INV-1055 doesn't say 1.
    """
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
    """Whether a word or number continues across this place."""
    return at > 0 and _WITHIN.match(words, at - 1) is not None


def find_answer(request: Request, slot: str) -> tuple[Answer, VerifiedSpan] | None:
    """The latest answer to ``slot`` with its words: the typed text, or the label of the choice."""
    for origin in range(len(request.answers), 0, -1):
        answer = request.answers[origin - 1]
        if answer.slot != slot or (answer.choice is None and not (answer.text or "").strip()):
            continue
        words = request.words(origin)
        spans = (Span(origin=origin, start=0, end=len(words), text=words),) if words else ()
        return answer, VerifiedSpan(words, spans)
    return None


_MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)
_BOUNDS: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
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
    """One parameter with what is known about it. ``currency`` is the one its money must be in, None if nothing says
    so."""

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


def read_field(parameter: Parameter, value: Any) -> Any:
    """A record's value as it is sent. It stays as it is, except that text becomes an integer if the contract takes one
    ("17", never "017")."""
    schema = parameter.item().schema if parameter.is_array else parameter.schema
    if schema.get("type") == "integer" and isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return value


def read_words(parameter: Parameter, words: VerifiedSpan, now: datetime) -> Read | Unread:
    """Reads all of the words as one value."""
    if takes_json(parameter.schema):
        value, shown = read_json(parameter.schema, words.text)
        if value is None:
            return Unread(f"I can't read {quote_words(words.text)} as {_choose_noun(parameter)}. {shown}")
        return Read(value, shown, PromptSource(spans=words.spans))
    if parameter.is_money and (trouble := _explain_wrong_money(parameter, words.text)):
        return Unread(trouble)
    annotation = parameter.annotation
    if parameter.is_money and parameter.currency:
        annotation = annotation.model_copy(update={"currency": parameter.currency})
    answered = any(span.origin for span in words.spans)  # there other words may stand around the value
    tried = (words.text, *(list_cores(words.text) if answered else ()))
    # A number beyond the bounds is read all the same: what it may be at most is told when the value is checked.
    unbound = {name: each for name, each in parameter.schema.items() if name not in _BOUNDS}
    read = (
        read_exact(each, name=parameter.name, schema=schema, annotation=annotation, now=now)
        for schema in ((parameter.schema, unbound) if answered else (parameter.schema,))
        for each in tried
    )
    reading = next((each for each in read if each is not None), None)
    if reading is None:
        return Unread(f"I can't read {quote_words(words.text)} as {_choose_noun(parameter)}.")
    value = _make_json(reading.value)
    if answered and (doubt := ROUGH.search(words.text)) is not None and doubt[0] not in str(value):
        return Unread(f"{quote_words(words.text)} leaves it open. Say it without {quote_words(doubt[0])}.")
    if value is None or not _has_canonical_form(value):
        return Unread(f"{quote_words(words.text)} is out of range for {_choose_noun(parameter)}.")
    shown = format_parameter(parameter, value, reading.shown)
    how = "" if reading.how == words.text else reading.how
    how = how.replace(f"→ {value}", f"→ {shown}") if isinstance(value, str) else how
    return Read(value, shown, PromptSource(spans=words.spans, reading=format_plain(how)))


def read_choice(parameter: Parameter, choice: Choice, words: VerifiedSpan) -> Read | Unread:
    """Reads a member of the closed list. Compares by JSON equality (true is not 1) and accepts nothing else that a
    resolver claims."""
    for member in list_members(parameter.schema):
        if type(member) is type(choice.value) and member == choice.value:
            shown = format_parameter(parameter, member)
            same = words.text.casefold() in (format_plain(member).casefold(), shown.casefold())
            how = "" if same else f"{words.text} → {shown}"
            return Read(member, shown, PromptSource(spans=words.spans, reading=format_plain(how)))
    return Unread(f"{quote_words(words.text)} is none of the choices for {parameter.label}.")


def read_candidate(parameter: Parameter, choice: str, words: VerifiedSpan) -> Read | Unread:
    """The member that was picked from the question's candidates."""
    for member in list_members(parameter.schema):
        if format_member_id(member) == choice:
            return Read(member, format_parameter(parameter, member), PromptSource(spans=words.spans, reading="chosen"))
    return Unread(f"{quote_words(choice)} is none of the choices for {parameter.label}.")


def find_currency(words: str) -> money.Money | None:
    """The first amount that names its currency."""
    return next((each for each in money.find(read_text(words)) if each.currency is not None), None)


def format_parameter(parameter: Parameter, value: Any, otherwise: str | None = None) -> str:
    """Formats a value for a person: ``4900`` as ``49.00 EUR`` if its currency is known, ``period_end`` of a closed list
    as “period end”."""
    if parameter.currency and isinstance(value, int | float) and not isinstance(value, bool):
        if parameter.annotation.unit is Unit.MONEY_MINOR and isinstance(value, int):
            return money_text(value, parameter.currency)
        if parameter.annotation.unit is Unit.MONEY:
            return format_major(value, parameter.currency)
    if isinstance(value, str) and value in list_members(parameter.schema):
        return format_plain(value.replace("_", " "))
    if isinstance(value, list) and otherwise is None and parameter.is_array:
        return ", ".join(format_parameter(parameter.item(), each) for each in value)
    if isinstance(value, str) and parameter.schema.get("format") in ("date", "date-time"):
        return write_day(value)
    return format_plain(value if otherwise is None or isinstance(value, str) else otherwise)


def _explain_wrong_money(parameter: Parameter, words: str) -> str | None:
    amounts = money.find(read_text(words))
    for each in amounts:
        if not money.agrees(each, parameter.currency):
            return (
                f"You said {money.format_amount(each.amount, each.currency)}, but {parameter.label} is in "
                f"{parameter.currency} here and nothing "
                f"is converted. How much is it in {parameter.currency}?"
            )
        if (
            parameter.currency
            and parameter.annotation.unit is Unit.MONEY_MINOR
            and (why := money.explain_unsendable(each.amount, parameter.currency))
        ):
            return f"{quote_words(words)} {why}. How much should it be?"
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


def _choose_noun(parameter: Parameter) -> str:
    if parameter.is_money:
        return "an amount" + (f" in {parameter.currency}" if parameter.currency else "")
    return f"a value for {parameter.label}"


def _make_json(value: Any) -> Any:
    """Turns tuples into lists. Readers return nothing else that isn't JSON."""
    return [_make_json(each) for each in value] if isinstance(value, list | tuple) else value


def _has_canonical_form(value: Any) -> bool:
    try:
        canon.dumps(value)
    except NotCanonical:
        return False
    return True


Trouble = Question | Refusal
Pinned = LocatedRecord | Read | tuple[LocatedRecord, ...]
"""A parameter's settled value: a record, several records, or a value."""


class Slots:
    """Values of one call's parameters, as far as they are known.

    ``at`` is the draft's position in the request. ``filled`` holds the values so far, ``records`` the records found for
    parameters. If several values of a parameter make a call each, ``spread`` holds them, and each of those calls has
    its own value in ``pinned``.
    """

    def __init__(
        self,
        at: int,
        draft: Draft,
        contract: Contract,
        request: Request,
        unclaimed: UnclaimedText,
        pinned: Mapping[str, Pinned] = MappingProxyType({}),
        *,
        guesses: bool = True,
    ) -> None:
        self.guesses = guesses
        """Whether missing values may be looked for in the request's words. A proposal is already complete."""
        self.at, self.draft, self.contract, self.request = at, draft, contract, request
        self.unclaimed, self.pinned = unclaimed, pinned
        self.spread: dict[str, tuple[LocatedRecord | Read, ...]] = {}
        self.filled: dict[str, ParameterValue] = {}
        self.records: dict[str, tuple[LocatedRecord, ...]] = {}
        self.currencies: dict[str, Read] = {}
        """The currencies that computed amounts are in, by the parameter that takes a currency."""
        self.rests_on: list[LocatedRecord] = []
        """Further records that a value was computed from, or that decided the call's condition."""

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the payload, in the contract's order."""
        return {name: self.filled[name].value for name in self.contract.properties if name in self.filled}

    @property
    def fields(self) -> dict[str, Mapping[str, Any]]:
        """The safe fields of each parameter's record. For an array, those of the first record."""
        return {name: group[0].record.values for name, group in self.records.items() if group}

    def put(self, name: str, value: Any, shown: str, source: Source) -> None:
        self.filled[name] = ParameterValue(
            param=name, label=to_display_text(self.label(name)), value=value, shown=shown, source=source
        )

    def ask(self, name: str, text: str, code: QuestionCode) -> Question:
        return Question(slot=self.slot(name), code=code, text=text, param=name)

    def makes_each(self, name: str) -> bool:
        """Whether each value of ``name`` makes its own call."""
        return bool(self.annotation(name).each) and not self.parameter(name).is_array

    def slot(self, name: str) -> str:
        return f"{self.at}.{name}"

    def schema(self, name: str) -> Mapping[str, Any]:
        held = self.contract.properties.get(name)
        return held if isinstance(held, Mapping) else {}

    def annotation(self, name: str) -> Annotation:
        return self.contract.annotation(name)

    def label(self, name: str) -> str:
        return questions.label_parameter(name, self.schema(name), self.annotation(name))

    def label_within(self, name: str) -> str:
        """The label inside a sentence."""
        return within_sentence(self.label(name))

    def spoken(self, name: str) -> bool:
        """Whether anything was said about a parameter: in the request, in an answer, or as a supplied value."""
        if name in self.draft.arguments or name in self.draft.given:
            return True
        return find_answer(self.request, self.slot(name)) is not None

    def given(self, name: str) -> SuppliedValue | None:
        """The value supplied as data, unless an answer replaced it."""
        return None if find_answer(self.request, self.slot(name)) is not None else self.draft.given.get(name)

    def words(self, name: str) -> VerifiedSpan | None:
        given = find_answer(self.request, self.slot(name))
        if given is not None:
            return given[1]
        argument = self.draft.arguments.get(name)
        return verify_spans(self.request, list_spans(argument)) if argument is not None else None

    def parameter(self, name: str) -> Parameter:
        annotation = self.annotation(name)
        paid_in = annotation.currency_from or ""
        currency, held = annotation.currency, self.filled.get(paid_in) or self.currencies.get(paid_in)
        if currency is None and held is not None and isinstance(held.value, str):
            currency = held.value
        return Parameter(name, self.label(name), self.schema(name), annotation, currency)

    def list_money_in(self, currency_param: str) -> tuple[str, ...]:
        """The parameters whose currency this parameter gives."""
        return tuple(name for name in self.contract.properties if self.annotation(name).currency_from == currency_param)


def make_record_source(found: tuple[LocatedRecord, ...], field: str) -> RecordSource:
    """The source of values taken from records. For several records (an array parameter), spaces join the ids in the
    order of the values."""
    first = found[0]
    return RecordSource(
        record_kind=first.record.kind,
        record_id=" ".join(each.record.id for each in found),
        label=", ".join(each.label for each in found),
        field=field,
        spans=tuple(dict.fromkeys(span for each in found for span in each.spans)),
        via=tuple(dict.fromkeys(above.named for each in found for part in each.via for above in part.all())),
        reading="; ".join(dict.fromkeys(part for each in found for part in (each.reading, each.kept) if part)),
    )
