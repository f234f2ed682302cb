"""Slots of one call while it is filled: its contract, the draft's words for each parameter, and the values so far."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from agent.pipeline import (
    Draft,
    ParameterValue,
    Question,
    QuestionCode,
    RecordSource,
    Refusal,
    Request,
    Source,
    SuppliedValue,
    spans_of,
)
from agent.validate import questions
from agent.validate.coverage.unclaimed_text import UnclaimedText
from agent.validate.records.located import LocatedRecord
from agent.validate.values import Parameter, Read, VerifiedSpan, find_answer, verify_spans
from core.display_text import to_display_text
from registry.contract import Annotation, Contract

Trouble = Question | Refusal
Pinned = LocatedRecord | Read | tuple[LocatedRecord, ...]
"""What a parameter is settled to be already: a record, several of them, or a value."""


class Slots:
    """``at`` is the draft's place in the request; ``filled`` the values so far, ``records`` what parameters were looked
    up as.

    A parameter that makes a call of each of several values has them in ``spread``; in each of those calls it is
    ``pinned`` to its own.
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
        """Whether what was not said may be looked for in the request's words (a proposal has said all there is)."""
        self.at, self.draft, self.contract, self.request = at, draft, contract, request
        self.unclaimed, self.pinned = unclaimed, pinned
        self.spread: dict[str, tuple[LocatedRecord | Read, ...]] = {}
        self.filled: dict[str, ParameterValue] = {}
        self.records: dict[str, tuple[LocatedRecord, ...]] = {}

    @property
    def params(self) -> dict[str, Any]:
        """The payload's parameters, in the order the contract declares them."""
        return {name: self.filled[name].value for name in self.contract.properties if name in self.filled}

    @property
    def fields(self) -> dict[str, Mapping[str, Any]]:
        """Parameter → the safe fields of its record (of the first, where it is an array)."""
        return {name: group[0].record.values for name, group in self.records.items() if group}

    def put(self, name: str, value: Any, shown: str, source: Source) -> None:
        self.filled[name] = ParameterValue(
            param=name, label=to_display_text(self.label(name)), value=value, shown=shown, source=source
        )

    def ask(self, name: str, text: str, code: QuestionCode) -> Question:
        return Question(slot=self.slot(name), code=code, text=text, param=name)

    def makes_each(self, name: str) -> bool:
        """Whether several values of ``name`` are a call each."""
        return bool(self.annotation(name).each) and not self.parameter(name).is_array

    def slot(self, name: str) -> str:
        return f"{self.at}.{name}"

    def schema(self, name: str) -> Mapping[str, Any]:
        held = self.contract.properties.get(name)
        return held if isinstance(held, Mapping) else {}

    def annotation(self, name: str) -> Annotation:
        return self.contract.annotation(name)

    def label(self, name: str) -> str:
        return questions.label_of(name, self.schema(name), self.annotation(name))

    def spoken(self, name: str) -> bool:
        """Whether anything was said about a parameter: in the request, in an answer, or by a supplied value."""
        if name in self.draft.arguments or name in self.draft.given:
            return True
        return find_answer(self.request, self.slot(name)) is not None

    def given(self, name: str) -> SuppliedValue | None:
        """The value that was given for it as data, unless an answer has replaced it since."""
        return None if find_answer(self.request, self.slot(name)) is not None else self.draft.given.get(name)

    def words(self, name: str) -> VerifiedSpan | None:
        given = find_answer(self.request, self.slot(name))
        if given is not None:
            return given[1]
        argument = self.draft.arguments.get(name)
        return verify_spans(self.request, spans_of(argument)) if argument is not None else None

    def parameter(self, name: str) -> Parameter:
        annotation = self.annotation(name)
        currency, held = annotation.currency, self.filled.get(annotation.currency_from or "")
        if currency is None and held is not None and isinstance(held.value, str):
            currency = held.value
        return Parameter(name, self.label(name), self.schema(name), annotation, currency)

    def money_in(self, currency_param: str) -> tuple[str, ...]:
        """The parameters whose currency this parameter says."""
        return tuple(name for name in self.contract.properties if self.annotation(name).currency_from == currency_param)


def record_source(found: tuple[LocatedRecord, ...], field: str) -> RecordSource:
    """For several records (an array parameter) ids are joined by spaces, in the order of the values."""
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
