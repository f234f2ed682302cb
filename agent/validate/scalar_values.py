"""Scalar parameters: read from words, derived from a record's field, or set to the contract's default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from agent.extract.description_hints import read_default
from agent.extract.spans import money
from agent.pipeline import Argument, Choice, DefaultSource, ListArgument, Mention, PromptSource, Refusal, Source
from agent.validate import questions, supplied_values
from agent.validate.slots import (
    Parameter,
    Read,
    Slots,
    Trouble,
    Unread,
    VerifiedSpan,
    find_answer,
    find_currency,
    format_parameter,
    make_record_source,
    read_candidate,
    read_choice,
    read_words,
    verify_spans,
)
from core import canon
from core.display_text import to_display_text
from registry.contract import Contract, Risk, SourceKind, Unit
from registry.records import format_field

_WHEN: Final = frozenset({"when", "date", "day", "time", "start", "end", "effective", "moment"})
_WORD: Final = re.compile(r"[^\W\d_]+")


def fill(slots: Slots, name: str) -> Trouble | None:
    """Fills ``name`` if any source gives it a value. Returns what stands in the way, or None."""
    parameter, sources = slots.parameter(name), slots.annotation(name).sources
    if isinstance(pinned := slots.pinned.get(name), Read):
        slots.put(name, pinned.value, pinned.shown, pinned.source)
        return None
    derived = _derive(slots, parameter)
    if (held := slots.given(name)) is not None:
        return supplied_values.fill(slots, parameter, held, derived[0] if derived is not None else None)
    read = _read_each(slots, parameter) or _read_said(slots, parameter)
    if (
        read is None
        and parameter.is_money
        and slots.annotation(name).takes_words
        and (overlooked := slots.unclaimed.amount())
    ):
        text = f"You wrote {questions.quote_words(overlooked)}: what should “{parameter.label}” be?"
        return slots.ask(name, text, "unreadable")
    if read is not None and slots.list_money_in(name):
        read = _as_currency(slots, name, read)
        if isinstance(read, Read) and derived is not None:
            if not money.agrees(money.Money(0, 0, Decimal(0), str(read.value), True), str(derived[0])):
                return _ask_other_currency(slots, name, derived[0])
            read = None
    if read is not None and not slots.annotation(name).takes_words:
        if isinstance(read, Unread) or derived is None or derived[0] != read.value:
            return Refusal(
                code="invalid", detail=f"{slots.label(name)} can't be chosen in words: {_describe_origin(slots, name)}."
            )
        read = None
    if isinstance(read, Unread):
        asked = slots.ask(name, read.why, "unreadable")
        return asked.model_copy(update={"candidates": questions.list_choices(parameter.schema)})
    if read is not None:
        slots.put(name, read.value, read.shown, read.source)
    elif derived is not None:
        slots.put(name, *derived)
    elif (borrowed := _borrow_currency(slots, name)) is not None:
        slots.put(name, borrowed.value, borrowed.shown, borrowed.source)
    elif SourceKind.DEFAULT in sources:
        if slots.annotation(name).takes_words and (moment := _find_other_moment(slots, parameter)):
            asked = slots.ask(
                name, f"You wrote {questions.quote_words(moment)}: what should “{parameter.label}” be?", "unreadable"
            )
            return asked.model_copy(update={"candidates": questions.list_choices(parameter.schema)})
        _take_default(slots, parameter)
    return None


def _read_said(slots: Slots, parameter: Parameter) -> Read | Unread | None:
    """The value that the person's words give. An answer comes before the resolver's argument."""
    said = find_answer(slots.request, slots.slot(parameter.name))
    if said is not None:
        answer, words = said
        if answer.choice is not None:
            return read_candidate(parameter, answer.choice, words)
        return _read(slots, parameter, Mention(spans=words.spans), words)
    argument = slots.draft.arguments.get(parameter.name)
    return None if argument is None else _read_argument(slots, parameter, argument)


def _read_each(slots: Slots, parameter: Parameter) -> Read | Unread | None:
    """The first of several values that make a call each. The rest go to ``spread``."""
    argument = slots.draft.arguments.get(parameter.name)
    asked = find_answer(slots.request, slots.slot(parameter.name)) is not None
    if asked or not isinstance(argument, ListArgument) or not slots.makes_each(parameter.name):
        return None
    made: list[Read] = []
    for item in argument.items:
        read = _read_argument(slots, parameter, item)
        if isinstance(read, Unread):
            return read
        if all(read.value != each.value for each in made):
            made.append(read)
    if len(made) > 1:
        slots.spread[parameter.name] = tuple(made)
    return made[0] if made else None


def _read_argument(slots: Slots, parameter: Parameter, argument: Argument) -> Read | Unread:
    if isinstance(argument, ListArgument):
        return _read_several(slots, parameter, argument)
    words = verify_spans(slots.request, argument.spans)
    assert words is not None, "a draft's spans are checked before anything is read"
    return _read(slots, parameter, argument, words)


def _read(slots: Slots, parameter: Parameter, argument: Mention | Choice, words: VerifiedSpan) -> Read | Unread:
    """Reads an argument. A choice counts only for a closed list. For any other parameter the words are read, whatever
    value the resolver claims."""
    if isinstance(argument, Choice) and questions.list_members(parameter.schema):
        return read_choice(parameter, argument, words)
    if isinstance(argument, Choice) and parameter.is_array:
        return _read_several(slots, parameter, ListArgument(items=(argument,)))
    return read_words(parameter, words, slots.request.now)


def _read_several(slots: Slots, parameter: Parameter, argument: ListArgument) -> Read | Unread:
    if not parameter.is_array:
        return Unread(f"{parameter.label} takes one value, and several were named. Which one?")
    item, made = parameter.item(), []
    for each in argument.items:
        read = _read_argument(slots, item, each)
        if isinstance(read, Unread):
            return read
        made.append(read)
    sources = [read.source for read in made if isinstance(read.source, PromptSource)]
    spans = tuple(span for source in sources for span in source.spans)
    reading = "; ".join(source.reading for source in sources if source.reading)
    return Read(
        [read.value for read in made],
        ", ".join(read.shown for read in made),
        PromptSource(spans=spans, reading=reading),
    )


def _derive(slots: Slots, parameter: Parameter) -> tuple[Any, str, Source] | None:
    """The field of another parameter's record, if there is one record and the field has a value."""
    derive = parameter.annotation.derive
    found = slots.records.get(derive.parameter, ()) if derive is not None else ()
    if derive is None or SourceKind.RECORD not in parameter.annotation.sources or len(found) != 1:
        return None
    value, field = found[0].record.values.get(derive.field), found[0].kind.field_named(derive.field)
    if value is None or field is None:
        return None
    shown = to_display_text(format_field(field, found[0].record.values))
    if field.type == "json":
        return canon.loads(str(value).encode()), shown, make_record_source(found, derive.field)
    return value, format_parameter(parameter, value, shown), make_record_source(found, derive.field)


def derive(slots: Slots, parameter: Parameter) -> Read | None:
    """The value that another parameter's record gives."""
    made = _derive(slots, parameter)
    return Read(*made) if made is not None else None


def _find_other_moment(slots: Slots, parameter: Parameter) -> str | None:
    """A day that the person named and nothing has used, if this parameter is a time. Its default is then not what they
    said."""
    about = set(_WORD.findall(f"{parameter.name} {parameter.label}".replace("_", " ").casefold()))
    return slots.unclaimed.day(slots.request.now) if about & _WHEN else None


def _take_default(slots: Slots, parameter: Parameter) -> None:
    key = next((each for each in ("default", "const") if each in parameter.schema), None)
    value = parameter.schema[key] if key is not None else read_stated_default(slots.contract, parameter.name)
    if key is not None or value is not None:
        slots.put(parameter.name, value, format_parameter(parameter, value), DefaultSource())


def read_stated_default(contract: Contract, name: str) -> Any:
    """The default that a required parameter's description states. Never for money, records or irreversible actions."""
    note, schema = contract.annotation(name), contract.properties.get(name)
    grave = note.record is not None or note.unit in (Unit.MONEY, Unit.MONEY_MINOR)
    if name not in contract.required or not isinstance(schema, Mapping) or grave or contract.risk is Risk.IRREVERSIBLE:
        return None
    return read_default(schema)


def _as_currency(slots: Slots, name: str, read: Read | Unread) -> Read | Unread:
    """Reads the name of a currency: "dollars" and "20 dollars" name it as well as its code does."""
    words = slots.words(name)
    if isinstance(read, Read) or words is None:
        return read
    said = find_currency(words.text)
    code = money.find_currency(words.text) or (said.currency if said is not None else None)
    return (
        read
        if code is None
        else Read(code, code, PromptSource(spans=words.spans, reading=f"{to_display_text(words.text)} → {code}"))
    )


def _borrow_currency(slots: Slots, name: str) -> Read | None:
    """The currency that an amount's own words name or that it was computed in, if nothing else gives it."""
    if not slots.annotation(name).takes_words:
        return None
    if (computed := slots.currencies.get(name)) is not None:
        return computed
    for other in slots.list_money_in(name):
        words = slots.words(other)
        said = find_currency(words.text) if words is not None else None
        if words is not None and said is not None and said.currency is not None:
            return Read(said.currency, said.currency, PromptSource(spans=words.spans, reading="by the amount said"))
    return None


def _ask_other_currency(slots: Slots, name: str, currency: Any) -> Trouble:
    code = questions.format_plain(currency)
    for other in slots.list_money_in(name):
        if slots.words(other) is not None:
            text = f"“{slots.label(other)}” is in {code} here, and nothing is converted. How much is it in {code}?"
            return slots.ask(other, text, "unreadable")
    detail = f"{slots.label(name)} is {code} here; another currency can't be chosen, and nothing is converted."
    return Refusal(code="invalid", detail=detail)


def _describe_origin(slots: Slots, name: str) -> str:
    derive = slots.annotation(name).derive
    return f"it is always taken from the {slots.label_within(derive.parameter)}" if derive else "the contract sets it"
