"""Argument values of a proposal: each in its parameter's type and unit, with the source that supports it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final

from agent.extract.time.date_parameters import write
from agent.pipeline import ComputedSource, PromptSource, ProposedSource, Question, RecordSource, Request, Span
from agent.planning.proposal import (
    Argument,
    ArgumentOf,
    Computed,
    ComputedArgument,
    CountOf,
    Day,
    DraftedText,
    EarlierValue,
    Expression,
    FieldOf,
    Number,
    QuotedText,
    RecordArgument,
    TotalOf,
    TypedValue,
    Word,
    Words,
)
from agent.query.conditions import find_time_span as moment_span
from agent.query.conditions import read_quantity
from agent.query.context import EarlierArgument, Moment, Plain, Quantity, Worked
from agent.query.references import Query
from agent.resolve.rules.grammar.orders.text_parameters import takes_text
from agent.validate import evidence, questions
from agent.validate.coverage.typed_words import TypedWords, rate_support
from agent.validate.evidence import find_spans
from agent.validate.proposed.nearby_days import find_day_nearby
from agent.validate.proposed.quantities import ask_amount, coerce_quantity, read_said_unit, show_quantity
from agent.validate.records.located import LocatedRecord, RecordQuery
from agent.validate.sent_texts import address_reader
from agent.validate.slots import Parameter, Read, Slots, Trouble, VerifiedSpan, format_parameter
from core.display_text import to_display_text
from registry.contract import Contract

_CLOCK: Final = re.compile(r"\d{2}:\d{2}(?::\d{2})?")
_BLANK: Final = re.compile(r"\{(\d{1,2})\}")


@dataclass(frozen=True)
class ArgumentValues:
    """Reads the arguments of one proposal. A value that nothing supports is asked for if required, and left out if
    optional."""

    request: Request
    query: Query
    typed: TypedWords

    async def value(
        self,
        slots: Slots,
        contract: Contract,
        name: str,
        argument: Argument,
        records: Mapping[str, tuple[LocatedRecord, ...]],
    ) -> Read | Trouble | None:
        """The argument's value with its source. None if nothing supports an optional value, so that the contract
        decides."""
        parameter = slots.parameter(name)
        match argument:
            case QuotedText(quote=quote) | TypedValue(quote=quote) if (
                quote is not None
                and (isinstance(argument, QuotedText) or str(argument.value).casefold() == quote.text.casefold())
                and takes_text(name, slots.schema(name), slots.annotation(name))
                and quote.text != self.request.text  # which holds both
                and _is_name(find_spans(quote), records)
            ):
                return self._drop_unsupported(slots, parameter, quote.text)
            case QuotedText(quote=quote):
                return self._read_quoted(slots, parameter, quote)
            case TypedValue():
                near = find_day_nearby(contract, parameter, argument.quote, records, self.request.now.date())
                return near or self._read_typed(slots, contract, parameter, argument)
            case DraftedText():
                return await self._take_drafted(slots, contract, parameter, argument, records)
            case ComputedArgument(expression=Day(quote=quote) as day):
                near = find_day_nearby(contract, parameter, quote, records, self.request.now.date())
                return near or await self._compute(slots, contract, parameter, day, records)
            case ComputedArgument(expression=expression):
                return await self._compute(slots, contract, parameter, expression, records)
            case EarlierValue(value=value, record=kind, record_id=record_id, field=held):
                source = RecordSource(
                    record_kind=kind,
                    record_id=record_id,
                    label=f"{kind} {record_id}",
                    field=held,
                    reading="the value before",
                )
                return Read(value, format_parameter(parameter, value), source)
            case RecordArgument():
                return None
        raise AssertionError(argument)

    def _read_quoted(self, slots: Slots, parameter: Parameter, quote: Words) -> Read | Trouble | None:
        spans = find_spans(quote)
        if spans:
            said = spans[0].text
            text = address_reader(self.request, slots.contract, parameter.name, spans[0]) or said
            reading = f"{said} → {text}" if text != said else ""
            return Read(text, format_parameter(parameter, text), PromptSource(spans=spans, reading=reading))
        return self._as_before(slots, parameter, quote.text) or self._drop_unsupported(slots, parameter, quote.text)

    def _read_typed(
        self, slots: Slots, contract: Contract, parameter: Parameter, argument: TypedValue
    ) -> Read | Trouble | None:
        value = _fit(parameter, argument.value, self.request.now)
        if evidence.is_called_by_name(parameter, value):
            return self._drop_unsupported(slots, parameter, value)
        if isinstance(value, int | float) and not isinstance(value, bool) and argument.quote is not None:
            beside = read_said_unit(parameter, Decimal(str(value)), argument.quote.text)
            number = coerce_quantity(slots, parameter, beside) if beside is not None else value
            if isinstance(number, Question):
                return number
            value = number
        source = evidence.prove(slots, parameter, argument.quote, value)
        if source is not None and source.read_by == "model" and not evidence.may_be_read(contract, parameter.name):
            source = None
        if source is not None:
            return Read(value, format_parameter(parameter, value), source)
        if evidence.may_be_proposed(contract, parameter.name):
            return Read(value, format_parameter(parameter, value), ProposedSource())
        return self._as_before(slots, parameter, value) or self._drop_unsupported(slots, parameter, value)

    def _as_before(self, slots: Slots, parameter: Parameter, value: Any) -> Read | None:
        """A value that this request doesn't say, but that the same argument had in an earlier call of the thread,
        latest first: "the same for Ines"."""
        for call in reversed(list(self.query.context.earlier.values())):
            before = call.get(parameter.name)
            if before is None:
                continue
            held = self._coerce(slots, parameter, Worked(before.value, before.reading))
            if type(held) is type(value) and held == value:
                return Read(value, format_parameter(parameter, value), _find_earlier_source(before))
        return None

    def _drop_unsupported(self, slots: Slots, parameter: Parameter, value: Any) -> Trouble | None:
        """Handles a value that no words support: leaves out an optional one, and asks for a required one with the
        proposed value as the first choice."""
        if parameter.name not in slots.contract.required:
            return None
        asked = slots.ask(
            parameter.name, questions.ask_for(parameter.name, parameter.schema, parameter.annotation, None), "missing"
        )
        choices = questions.list_choices(parameter.schema)
        first = [each for each in choices if each.id == questions.format_member_id(value)]
        rest = [each for each in choices if each not in first]
        return asked.model_copy(update={"candidates": (*first, *rest)})

    async def _take_drafted(
        self,
        slots: Slots,
        contract: Contract,
        parameter: Parameter,
        argument: DraftedText,
        records: Mapping[str, tuple[LocatedRecord, ...]],
    ) -> Read | Trouble | None:
        if not evidence.may_be_proposed(contract, parameter.name):
            return self._drop_unsupported(slots, parameter, argument.text)
        fills: list[str] = []
        used: list[LocatedRecord] = []
        if rate_support(argument, self.typed, self.query.kinds) == "none":
            return self._drop_unsupported(slots, parameter, argument.text)
        for each in argument.fills:
            worked = await self.query.arithmetic.work_out(each, self._make_query(slots, parameter), records)
            if isinstance(worked, Question):
                return worked
            fills.append(to_display_text(worked.shown))
            used += worked.found
            slots.rests_on += worked.found
        blanks = [int(match[1]) for match in _BLANK.finditer(argument.text)]
        if any(not 0 < blank <= len(fills) for blank in blanks) or set(blanks) != set(range(1, len(fills) + 1)):
            return slots.ask(parameter.name, f"{parameter.label}: what should it say?", "missing")
        text = _BLANK.sub(lambda match: fills[int(match[1]) - 1], argument.text)
        reading = "; ".join(dict.fromkeys(found.named for found in used))
        return Read(text, questions.format_plain(text), ProposedSource(reading=reading))

    async def _compute(
        self,
        slots: Slots,
        contract: Contract,
        parameter: Parameter,
        expression: Expression,
        records: Mapping[str, tuple[LocatedRecord, ...]],
    ) -> Read | Trouble | None:
        need = self._make_query(slots, parameter)
        self.query.context.paid_in = parameter.currency if parameter.is_money else None
        worked = await self.query.arithmetic.work_out(expression, need, records)
        self.query.context.paid_in = None
        if isinstance(worked, Question):
            return worked
        slots.rests_on += worked.found
        unread = isinstance(worked.value, Quantity) and worked.value.unit is None
        if isinstance(expression, Number) and unread and expression.quote is not None:
            beside = read_said_unit(parameter, expression.number, expression.quote.text)
            worked = replace(worked, value=beside) if beside is not None else worked
        if isinstance(expression, Number) and (unclear := ask_amount(slots, parameter, expression, worked.value)):
            return unclear
        value = self._coerce(slots, parameter, worked)
        if isinstance(value, Question):
            return value
        if isinstance(expression, ArgumentOf):
            return Read(value, format_parameter(parameter, value), _find_earlier_source(self._before(expression)))
        proof = self._find_proof(expression)
        support = rate_support(expression, self.typed, self.query.kinds)
        proof = "none" if support == "none" else "model" if support == "read" and proof == "code" else proof
        if proof == "none":
            return self._as_before(slots, parameter, value) or self._drop_unsupported(slots, parameter, value)
        if proof == "model" and not evidence.may_be_read(contract, parameter.name):
            return self._drop_unsupported(slots, parameter, value)
        source = self._make_source(slots, parameter, expression, worked, value, proof)
        paid_in = parameter.annotation.currency_from
        if paid_in is not None and parameter.currency is None and (unit := _find_currency(worked)) is not None:
            slots.currencies[paid_in] = Read(unit, unit, source)
        return Read(value, format_parameter(slots.parameter(parameter.name), value), source)

    def _make_source(
        self, slots: Slots, parameter: Parameter, expression: Expression, worked: Worked, value: Any, proof: str
    ) -> PromptSource | ComputedSource | RecordSource:
        spans = tuple(span for words in worked.words for span in find_spans(words))
        read_by = "model" if proof == "model" else "code"
        if isinstance(expression, Number | Day | Word):
            text = spans[0].text if spans else ""
            shown = show_quantity(parameter, worked.value) if isinstance(worked.value, Quantity) else worked.shown
            how = "" if shown == text else f"{text} → {shown}"
            if isinstance(worked.value, Moment) and proof == "model" and spans:
                quoted = VerifiedSpan(text, spans)
                read_by = "code" if evidence.is_read_by_code(slots, parameter, quoted, value) else "model"
            return PromptSource(spans=spans, reading=how, read_by=read_by)
        if isinstance(expression, FieldOf) and len(worked.found) == 1:
            found = worked.found[0]
            return RecordSource(
                record_kind=found.record.kind,
                record_id=found.record.id,
                label=found.label,
                field=expression.field,
                spans=spans,
                reading=worked.reading,
            )
        return ComputedSource(
            reading=worked.reading or worked.shown,
            spans=spans,
            records=tuple(dict.fromkeys(each.named for each in worked.found)),
            read_by=read_by,
        )

    def _coerce(self, slots: Slots, parameter: Parameter, worked: Worked) -> Any | Question:
        """Converts a computed value exactly to the parameter's type and unit, or asks about it."""
        value = worked.value
        if isinstance(value, Moment):
            made = _write_date(parameter, value, self.request.now)
            return (
                made
                if made is not None
                else slots.ask(parameter.name, f"{parameter.label}: on which day exactly?", "unreadable")
            )
        if isinstance(value, Plain):
            return _fit(parameter, value.value, self.request.now)
        return coerce_quantity(slots, parameter, value)

    def _before(self, argument: ArgumentOf) -> EarlierArgument:
        return self.query.context.earlier[argument.of][argument.argument]

    def _find_proof(self, expression: Expression) -> str:
        """What supports the parts of an expression: ``code``, ``model`` if only a model reads one of them, or ``none``
        if no words say one."""
        match expression:
            case Number(number=number, unit=unit, quote=quote):
                if not find_spans(quote):
                    return "none"
                return "code" if evidence.number_is_typed(number, unit, quote) else "model"
            case Day(quote=quote) | Word(quote=quote):
                return "model" if find_spans(quote) else "none"
            case Computed(op="+", a=Day(date=day, quote=None), b=Number() as lasts) if (
                day == self.request.now.date().isoformat()
            ):  # what lasts "for two weeks" begins today
                return "none" if self._find_proof(lasts) == "none" else "model"
            case Computed(op=op, a=a, b=b):
                proofs = {self._find_proof(a), self._find_proof(b)}
                # A factor may follow from words elsewhere ("half"), so it counts as a model's reading. A number that is
                # added or subtracted must be typed itself.
                alone = proofs == {"none"} or ("none" in proofs and op not in "*/")
                return "none" if alone else "model" if proofs & {"none", "model"} else "code"
            case FieldOf() | CountOf() | TotalOf():
                return "code"
            case ArgumentOf():
                return "code" if self._before(expression).proven else "model"

    def _make_query(self, slots: Slots, parameter: Parameter) -> RecordQuery:
        kind = next(iter(self.query.kinds))
        return RecordQuery(slots.slot(parameter.name), parameter.name, kind)


def _fit(parameter: Parameter, value: Any, now: datetime) -> Any:
    """Converts a value to the JSON type of the schema if nothing changes: "3" to 3 or back, a closed list's member in
    another case, and "07:30" to a full time of the request's zone (RFC 3339)."""
    schema = parameter.schema
    if schema.get("format") == "time" and isinstance(value, str) and _CLOCK.fullmatch(value):
        return write(datetime.combine(now.date(), time.fromisoformat(value), now.tzinfo), None, zone=True)[11:]
    members = questions.list_members(schema)
    if members and not any(value == each and type(value) is type(each) for each in members):
        level = str(value).replace("_", " ").casefold()
        return next(
            (each for each in members if isinstance(each, str) and each.replace("_", " ").casefold() == level), value
        )
    kind = schema.get("type")
    if kind == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{Decimal(str(value)).normalize():f}"
    if kind in ("integer", "number") and isinstance(value, str):
        try:
            number = Decimal(value.strip())
        except ArithmeticError:
            return value
        whole = number.is_finite() and number == number.to_integral_value()
        return int(number) if whole else float(number) if number.is_finite() and kind == "number" else value
    if kind == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _find_currency(worked: Worked) -> str | None:
    """The currency of an amount, if a record that it was computed from has one in it."""
    unit = worked.value.unit if isinstance(worked.value, Quantity) and worked.value.is_money else None
    held = (read_quantity(field, each.record.values) for each in worked.found for field in each.kind.fields)
    return unit if any(each is not None and each.unit == unit for each in held) else None


def _find_earlier_source(before: EarlierArgument) -> ComputedSource:
    """The source of a value from an earlier call of the thread."""
    return ComputedSource(
        reading=f"the {before.reading}",
        records=(f"“{before.title}”, earlier in this thread",),
        read_by="code" if before.proven else "model",
    )


def _write_date(parameter: Parameter, value: Moment, now: datetime) -> str | None:
    """A moment in the schema's format: a day, or a point in time. None if it is too vague."""
    text, fmt = value.text, parameter.schema.get("format")
    if len(text) < len("2026-10-22"):
        return None
    if fmt == "date-time":
        if "T" not in text:
            return None
        zone = now.tzinfo
        assert zone is not None
        return moment_span(value, zone)[0].isoformat().replace("+00:00", "Z")
    return text[:10] if fmt == "date" else text


def _is_name(said: Sequence[Span], records: Mapping[str, Sequence[LocatedRecord]]) -> bool:
    """Whether a text is just the words that name a record of the same call: "open a repair for Ada"."""
    named = {(span.origin, span.start, span.end) for found in records.values() for each in found for span in each.spans}
    return any((each.origin, each.start, each.end) in named for each in said)
