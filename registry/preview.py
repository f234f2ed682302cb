"""A contract's preview: one line for the card, a Jinja2 template over ``params`` (as they are shown) and ``records``.

Rendered in a sandbox, with undefined names as errors. A preview is a courtesy: the card's table of exact values stands
whether it renders or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.errors import InvalidInput

ROOTS: Final = frozenset({"params", "records"})
MAX_CHARS: Final = 500
"""A rendered preview is cut here."""


class _Bounded(ImmutableSandboxedEnvironment):
    """Calls nothing and multiplies nothing: one short line could otherwise ask for gigabytes (``{{ 'a' * 10**9 }}``)."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002 - the base's shape
        raise SecurityError(f"a preview does not compute with {operator}")

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002 - the base's shape
        return False


_FILTERS: Final = frozenset(
    {
        "capitalize",
        "default",
        "first",
        "int",
        "join",
        "last",
        "length",
        "lower",
        "replace",
        "round",
        "title",
        "trim",
        "upper",
    }
)
"""Filters whose result is about as long as what they are given; padding and repeating ones are not there."""

_environment: Final = _Bounded(undefined=StrictUndefined, autoescape=False)
# A preview names values; it computes nothing. Loops and ranges could make a card of any length.
_environment.globals.clear()
_environment.filters = {name: made for name, made in _environment.filters.items() if name in _FILTERS}
_REFUSED: Final = (
    nodes.For,
    nodes.Macro,
    nodes.CallBlock,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
)


def render(template: str, params: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> str:
    """The preview as one line of at most MAX_CHARS. Raises InvalidInput where the template or a value it names is
    missing."""
    try:
        text = _compiled(template).render(params=params, records=records)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise InvalidInput(f"The preview can't be rendered: {error}") from error
    line = " ".join(text.split())
    return line if len(line) <= MAX_CHARS else line[: MAX_CHARS - 1] + "…"


def faults(template: str, params: frozenset[str], records: frozenset[str]) -> Iterator[str]:
    """What keeps ``template`` from rendering, each as a sentence: syntax, unknown names, unknown parameters or
    records."""
    try:
        tree = _environment.parse(template)
        _compiled(template)
    except TemplateError as error:
        yield f"it is no Jinja2 template: {error}"
        return
    for name in sorted(meta.find_undeclared_variables(tree) - ROOTS):
        yield f"it reads {name!r}; only params.<parameter> and records.<parameter>.<field> can be read"
    if any(tree.find(kind) is not None for kind in _REFUSED):
        yield "it loops, defines or includes; a preview only names values"
    known = {"params": params, "records": records}
    read: list[nodes.Getattr | nodes.Getitem] = [*tree.find_all(nodes.Getattr), *tree.find_all(nodes.Getitem)]
    for node in read:
        root, name = node.node, _member(node)
        if isinstance(root, nodes.Name) and root.name in known and name not in known[root.name]:
            what = "a parameter" if root.name == "params" else "a parameter with a record"
            yield f"it reads {root.name}.{name}, but {name!r} is not {what} of this contract"


def _member(node: nodes.Getattr | nodes.Getitem) -> str:
    if isinstance(node, nodes.Getattr):
        return node.attr
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else "a computed name"


@lru_cache(maxsize=4096)
def _compiled(template: str) -> Template:
    return _environment.from_string(template)
