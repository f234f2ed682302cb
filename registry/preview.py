"""Preview template of a contract: one line for the card, over ``params`` (as displayed) and ``records``.

The language is the part of Jinja2's that names values and chooses between them: ``{{ params.x }}``, ``{{ records.y.z |
upper }}``, ``{% if … %}``. There is no arithmetic, loop, assignment or concatenation, so the result is never longer
than the template and the values it names, and it is cut while it renders. A preview is optional: the card shows its
table of exact values whether it renders or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.clock import write_day
from core.errors import InvalidInput

ROOTS: Final = frozenset({"params", "records"})
MAX_TEMPLATE: Final = 2_000
MAX_CHARS: Final = 500
"""Most characters of a rendered preview. The rest is cut off."""
MAX_DEPTH: Final = 24
MAX_DIGITS: Final = 10
"""Most digits after the decimal point."""
_MAX_RAW: Final = 8 * MAX_CHARS
"""Most characters that are rendered before spaces are removed."""

_FILTERS: Final = frozenset(
    {"capitalize", "default", "first", "int", "last", "length", "lower", "round", "title", "trim", "upper"}
)
"""Filters whose result is no longer than their input. Filters that pad, join or replace are excluded."""
_TESTS: Final = frozenset({"defined", "undefined", "none", "true", "false", "string", "number", "boolean", "integer"})
_ALLOWED: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.List,
    nodes.Tuple,
)
_REFUSED: Final[Mapping[type[nodes.Node], str]] = {
    nodes.For: "it loops; a preview only names values",
    nodes.Assign: "it sets a name; write the value where it is needed",
    nodes.AssignBlock: "it sets a name; write the value where it is needed",
    nodes.Concat: "it puts values together with ~; write them next to each other: {{ a }}{{ b }}",
    nodes.Macro: "it defines a macro; a preview only names values",
    nodes.Call: "it calls something; a preview only names values",
    nodes.Include: "it includes another template; a preview stands alone",
    nodes.Extends: "it extends another template; a preview stands alone",
    nodes.BinExpr: "it computes; send the value as it is to be shown",
    nodes.Neg: "it computes; send the value as it is to be shown",
    nodes.Pos: "it computes; send the value as it is to be shown",
}


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 sandbox in which nothing can be called and only mappings have attributes."""

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002 - the base's shape
        return False


def _finalize(value: Any) -> Any:
    """A whole day or moment as people write it. Templates still compare it as it is."""
    return write_day(value) if isinstance(value, str) and len(value) >= len("2026-11-24") else value


_environment: Final = _Sandbox(undefined=StrictUndefined, autoescape=False, optimized=False, finalize=_finalize)
_environment.globals.clear()
_environment.filters = {name: made for name, made in _environment.filters.items() if name in _FILTERS}
_environment.tests = {name: made for name, made in _environment.tests.items() if name in _TESTS}


def render(template: str, params: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> str:
    """Renders the preview as one line of at most MAX_CHARS. Raises InvalidInput where the template can't be used, or a
    value it names is missing."""
    why, compiled = _compile(template)
    if compiled is None:
        raise InvalidInput(f"The preview can't be rendered: {why}")
    made, left = [], _MAX_RAW
    try:
        for piece in compiled.generate(params=params, records=records):
            made.append(piece[:left])
            left -= len(piece)
            if left <= 0:
                break
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
        raise InvalidInput(f"The preview can't be rendered: {str(error)[:300]}") from error
    line = " ".join("".join(made).split())
    return line if len(line) <= MAX_CHARS and left > 0 else line[: MAX_CHARS - 1] + "…"


def find_faults(template: str, params: frozenset[str], records: frozenset[str]) -> Iterator[str]:
    """The reasons why ``template`` can't render, each as a clause: syntax, unsupported constructs, unknown parameters
    or records."""
    tree = _parse(template)
    if isinstance(tree, str):
        yield tree
        return
    told = list(dict.fromkeys(_find_strays(tree)))
    yield from told
    known = {"params": params, "records": records}
    read: list[nodes.Getattr | nodes.Getitem] = [*tree.find_all(nodes.Getattr), *tree.find_all(nodes.Getitem)]
    for node in read:
        root, name = node.node, _read_member(node)
        if isinstance(root, nodes.Name) and root.name in known and name not in known[root.name]:
            what = "a parameter" if root.name == "params" else "a parameter with a record"
            yield f"it reads {root.name}.{name}, but {name!r} is not {what} of this contract"
    if not told and (why := _compile(template)[0]):
        yield why


def _read_member(node: nodes.Getattr | nodes.Getitem) -> str:
    if isinstance(node, nodes.Getattr):
        return node.attr
    return str(node.arg.value)[:100] if isinstance(node.arg, nodes.Const) else "a computed name"


def _find_strays(tree: nodes.Template) -> Iterator[str]:
    """The constructs outside the language."""
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Name) and (node.name not in ROOTS or node.ctx != "load"):
            yield f"it reads {node.name!r}; only params.<parameter> and records.<parameter>.<field> can be read"
        elif isinstance(node, nodes.Getitem) and not (
            isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str)
        ):
            yield "it reads a computed name; write params.<parameter> or records.<parameter>['<field>']"
        elif isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            yield f"the filter {node.name!r} is not there; a preview has {', '.join(sorted(_FILTERS))}"
        elif isinstance(node, nodes.Filter) and not _well_given(node):
            yield f"the filter {node.name!r} is given too much; only default('…') and round(2) take something here"
        elif isinstance(node, nodes.Test) and node.name not in _TESTS:
            yield f"the test {node.name!r} is not there; a preview has {', '.join(sorted(_TESTS))}"
        elif not isinstance(node, (*_ALLOWED, nodes.Keyword)):
            yield next(
                (why for kind, why in _REFUSED.items() if isinstance(node, kind)),
                "it does more than name values; write {{ params.<parameter> }}, filters and {% if %} alone",
            )


def _well_given(node: nodes.Filter) -> bool:
    """Whether a filter's arguments keep it cheap: ``round(10**9, 'ceil')`` would compute a number with that many
    digits."""
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        return False
    match node.name, node.args:
        case _, []:
            return True
        case "default", [_]:
            return True
        case "round", [nodes.Const(value=int() as digits)]:
            return 0 <= digits <= MAX_DIGITS
    return False


def _parse(template: str) -> nodes.Template | str:
    """The syntax tree, or why there is none."""
    if len(template) > MAX_TEMPLATE:
        return f"it has {len(template)} characters; at most {MAX_TEMPLATE} are read"
    try:
        tree = _environment.parse(template)
    except TemplateError as error:
        return f"it is no Jinja2 template: {str(error)[:300]}"
    except (RecursionError, ValueError, OverflowError):
        return "it is nested too deeply to be read"
    level = 0
    inner: list[nodes.Node] = [tree]
    while inner:
        inner = [child for node in inner for child in node.iter_child_nodes()]
        if (level := level + 1) > MAX_DEPTH:
            return f"it is nested deeper than {MAX_DEPTH} levels; flatten it"
    return tree


@lru_cache(maxsize=1024)
def _compile(template: str) -> tuple[str, Template | None]:
    """The template, or why there is none. Only templates within the language are compiled, because compiling evaluates
    constants."""
    tree = _parse(template)
    if isinstance(tree, str):
        return tree, None
    if (stray := next(_find_strays(tree), None)) is not None:
        return stray, None
    try:
        return "", _environment.from_string(tree)
    except (TemplateError, SyntaxError, RecursionError, ValueError, TypeError, MemoryError) as error:
        return f"it is no Jinja2 template: {type(error).__name__}", None
