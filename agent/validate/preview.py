"""A contract's preview sentence: its own template over final values, as plain text. A template is signed, but bounded all the same."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from agent.pipeline import Filled
from core.visible import visible
from registry.contract import Contract

MAX_CHARS: Final = 1000

# What can make a long text out of a short one is not there: no filter that pads or repeats, no multiplication, no ranges.
_FILTERS: Final = frozenset(
    {"capitalize", "default", "first", "int", "join", "last", "length", "lower", "round", "title", "trim", "upper"}
)


class _Bounded(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, int | float) and isinstance(right, int | float) and operator != "**":
            return super().call_binop(context, operator, left, right)
        raise SecurityError("a preview multiplies numbers only")

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002 - the sandbox's own signature; nothing may be called
        return False


@lru_cache(maxsize=1)
def _environment() -> _Bounded:
    made = _Bounded(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)
    made.filters = {name: each for name, each in made.filters.items() if name in _FILTERS}
    made.globals.clear()
    return made


@lru_cache(maxsize=1024)
def _template(source: str) -> Template:
    return _environment().from_string(source)


def preview(contract: Contract, filled: Mapping[str, Filled], records: Mapping[str, Mapping[str, Any]]) -> str:
    """What the card says will happen. The template sees ``params`` (values), ``shown`` (the same as people read them) and ``records``
    (parameter → safe fields). Where there is no template, or it asks for what isn't there, a plain list of the values."""
    context = {
        "params": {name: _text(each.value) for name, each in filled.items()},
        "shown": {name: each.shown for name, each in filled.items()},
        "records": {name: {field: _text(value) for field, value in values.items()} for name, values in records.items()},
    }
    return _rendered(contract.preview, context) or _listed(contract, filled)


def _rendered(source: str | None, context: Mapping[str, Any]) -> str:
    if not source:
        return ""
    parts: list[str] = []
    length = 0
    try:
        for part in _template(source).generate(context):
            parts.append(part)
            length += len(part)
            if length > MAX_CHARS:
                break
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError):
        return ""
    return visible("".join(parts).strip(), lines=True, limit=MAX_CHARS)


def _listed(contract: Contract, filled: Mapping[str, Filled]) -> str:
    values = [f"{each.label}: {each.shown}" for name in contract.properties if (each := filled.get(name)) is not None]
    return visible(f"{contract.title}{' – ' if values else ''}{'; '.join(values)}", lines=True, limit=MAX_CHARS)


def _text(value: Any) -> Any:
    """A record's or person's text with nothing hidden in it; other values as they are."""
    return visible(value, lines=True) if isinstance(value, str) else value
