"""Preview of a call in one sentence: the contract's template over final values, else a plain list of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from agent.pipeline import ParameterValue, PromptSource
from core.display_text import to_display_text
from core.errors import InvalidInput
from registry import preview as template
from registry.contract import Contract, Unit

MAX_CHARS: Final = 1000
_MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)


def preview(contract: Contract, filled: Mapping[str, ParameterValue], records: Mapping[str, Mapping[str, Any]]) -> str:
    """Plain text with nothing hidden in it. The template sees ``params`` (money as it is read, anything else as it is
    sent) and ``records`` (parameter → safe fields). Where there is no template, or it asks for what isn't there, the
    values are listed."""
    if contract.preview:
        params = {name: _param(contract, each) for name, each in filled.items()}
        seen = {name: {field: _plain(value) for field, value in values.items()} for name, values in records.items()}
        try:
            return to_display_text(template.render(contract.preview, params, seen), lines=True, limit=MAX_CHARS)
        except InvalidInput:
            pass  # a value it names is not there (an optional parameter): the list says what is
    values = [f"{each.label}: {each.shown}" for name in contract.properties if (each := filled.get(name)) is not None]
    return to_display_text(f"{contract.title}{' – ' if values else ''}{'; '.join(values)}", limit=MAX_CHARS)


def _param(contract: Contract, filled: ParameterValue) -> Any:
    if contract.annotation(filled.param).unit in _MONEY or isinstance(filled.value, list):
        return filled.shown
    return _plain(filled.value, lines=isinstance(filled.source, PromptSource))


def _plain(value: Any, *, lines: bool = False) -> Any:
    """Line breaks stay where the person typed them. One out of a record's field could pass for a line of the card, so
    it is spelled out."""
    return to_display_text(value, lines=lines) if isinstance(value, str) else value
