"""Conditions in CEL (github.com/google/cel-spec): a policy's ``when`` over ``params`` and ``records``, a rule's over
``event``.

``params`` maps each parameter to its value as it will be sent. ``records`` maps each parameter to the safe fields of
its record. If a condition can't be evaluated, a person must confirm. CEL does not mix integers and doubles in
arithmetic (``params.amount * 1.1`` fails, ``double(params.amount) * 1.1`` works). Comparing them works.

Evaluation blocks the interpreter until it ends. So the cost of a compiled condition is limited
(``registry.conditions.condition_cost``), and conditions with loops or patterns are evaluated in a separate, killable
process: by an ``Evaluator``.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Protocol

from core.errors import InvalidInput
from registry.conditions import condition_cost

if TYPE_CHECKING:
    import cel

MAX_CHARS: Final = 200
"""Most characters of a contract's condition. It also limits the parser's recursion."""

_VARIABLES: Final = frozenset({"params", "records"})
EVENT: Final = frozenset({"event"})
"""The name that a rule's condition reads: ``event.name``, ``event.data.<field>``, ``event.occurred_at``,
``event.id``."""
_FUNCTIONS: Final = frozenset(
    {
        "size", "contains", "startsWith", "endsWith", "matches", "has", "all", "exists", "exists_one", "existsOne",
        "map", "filter", "int", "uint", "double", "string", "bool", "bytes", "type", "dyn", "min", "max", "timestamp",
        "duration", "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours",
        "getMinutes", "getSeconds", "getMilliseconds",
    }
)  # fmt: skip
_BOUND: Final = re.compile(r"\.(?:all|exists|exists_one|existsOne|map|filter)\(\s*([A-Za-z_]\w*)\s*,")
_STRING: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_PARAM: Final = re.compile(r"\b(params|records)\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*(['\"])([A-Za-z_]\w*)\3\s*\])")
_PLACE: Final = re.compile(r"<input>:(\d+):(\d+): ")
_CEL: Final = "Compare by ==, !=, <, <=, >, >= or in, join by && and ||, deny by !, and quote texts with ' or \"."
_HAS: Final = re.compile(r"\bhas\(\s*params\s*\.\s*([A-Za-z_]\w*)\s*\)")


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """The result of a policy's condition: whether a person must confirm. ``trouble`` says why it could not be
    evaluated, or is empty. ``overran``: it took more time or memory than allowed, and was stopped."""

    holds: bool
    trouble: str = ""
    overran: bool = False


class Condition:
    """One compiled condition, made by ``compile``. Safe to share between threads. A ``constant`` one reads nothing. A
    ``cheap`` one takes no longer than reading its input, so it may be evaluated anywhere."""

    __slots__ = ("_program", "cheap", "constant", "expression", "variables")

    def __init__(
        self, expression: str, program: cel.Program, *, variables: frozenset[str], constant: bool, cheap: bool
    ) -> None:
        self.expression = expression
        self.variables = variables
        self.constant = constant
        self.cheap = cheap
        self._program = program

    def holds(self, params: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether a person must confirm. True also if the condition can't be evaluated (``evaluate_policy`` says
        why)."""
        return self.evaluate_policy(params, records).holds

    def evaluate_policy(self, params: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> ConditionResult:
        """Evaluates a policy's condition, as ``evaluate`` does. Never raises."""
        return self.evaluate(call_values(params, records))

    def evaluate(self, values: Mapping[str, Any]) -> ConditionResult:
        """Evaluates the condition in this process, however long it takes. An ``Evaluator`` limits the time. Never
        raises."""
        try:
            answer = self._program.execute(dict(values))
        except KeyError as error:
            return ConditionResult(True, f"the condition reads {error}, which has no value here")
        except Exception as error:
            return ConditionResult(True, f"the condition can't be judged: {str(error)[:300]}")
        if not isinstance(answer, bool):
            return ConditionResult(True, f"the condition gave {type(answer).__name__}, not true or false")
        return ConditionResult(answer)

    @property
    def parameters(self) -> frozenset[str]:
        """The names read as ``params.<name>``."""
        return self._list_names("params")

    @property
    def records(self) -> frozenset[str]:
        """The parameters whose records are read as ``records.<parameter>``."""
        return self._list_names("records")

    @property
    def guarded(self) -> frozenset[str]:
        """The parameters whose presence is tested with ``has(params.<name>)``."""
        return frozenset(_HAS.findall(self.expression))

    def _list_names(self, root: str) -> frozenset[str]:
        return frozenset(found[2] or found[4] for found in _PARAM.finditer(self.expression) if found[1] == root)


@lru_cache(maxsize=4096)
def compile(  # noqa: A001 - the word of the trade, as in re.compile
    expression: str, variables: frozenset[str] = _VARIABLES
) -> Condition:
    """Compiles a condition. Raises InvalidInput, with the place, for invalid CEL, for reading anything but
    ``variables``, and for too high a cost."""
    cel = _import_cel()
    if len(expression) > MAX_CHARS:
        raise InvalidInput(f"A condition has at most {MAX_CHARS} characters; this one has {len(expression)}.")
    try:
        program = cel.compile(expression)
        names, functions = set(program.variables()), set(program.functions())
    except Exception as error:
        raise InvalidInput(f"This is no CEL expression. {_describe_parser_error(error, expression)}") from error
    unquoted = _STRING.sub("''", expression)
    strangers = names - variables - set(_BOUND.findall(unquoted))
    if strangers:
        raise InvalidInput(_explain_stray(strangers, variables))
    unknown = {each for each in functions if each[:1].isalpha()} - _FUNCTIONS
    if unknown:
        raise InvalidInput(f"CEL has no function {', '.join(sorted(unknown))}.")
    cost = condition_cost.estimate(expression)
    return Condition(expression, program, variables=variables, constant=not names, cheap=cost.runs_free)


@cache
def _import_cel() -> ModuleType:
    """Imports the library without its command line, whose terminal toolkit costs each process 0.15 s and 20 MB and is
    never used."""
    if "cel" in sys.modules:
        return sys.modules["cel"]
    sys.modules["cel.cli"] = ModuleType("cel.cli")
    try:
        return importlib.import_module("cel")
    finally:
        del sys.modules["cel.cli"]


def call_values(params: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The values for evaluating a policy's condition."""
    return {"params": dict(params), "records": {name: dict(fields) for name, fields in records.items()}}


class Evaluator(Protocol):
    """Evaluates conditions within a budget of time and memory, without blocking the event loop."""

    async def evaluate(self, condition: Condition, values: Mapping[str, Any], *, workspace: str) -> ConditionResult:
        """Evaluates one condition of ``workspace``."""
        ...


class CheapOnly:
    """An evaluator without worker processes: a condition that isn't cheap can't be evaluated."""

    async def evaluate(self, condition: Condition, values: Mapping[str, Any], *, workspace: str) -> ConditionResult:  # noqa: ARG002 - the port's shape
        if condition.cheap:
            return condition.evaluate(values)
        return ConditionResult(
            True, "the condition loops or matches a pattern, and there is no process here to judge it in"
        )


def _explain_stray(strangers: set[str], variables: frozenset[str]) -> str:
    stray = ", ".join(sorted(strangers))
    if variables == EVENT:
        return f"A rule's condition reads 'event' only, not {stray}. Write event.data.<field> for a field of the event."
    return (
        f"A condition reads 'params' and 'records' only; {stray} is neither. "
        "Write params.<parameter> for a value, records.<parameter>.<field> for a field of its record."
    )


def _describe_parser_error(error: Exception, expression: str) -> str:
    """The place that the parser names, and how CEL is written: its own words are those of a grammar."""
    found = _PLACE.search(str(error))
    line, column = (int(found[1]), int(found[2])) if found else (1, 1)
    rest = "".join(expression.split("\n")[line - 1 : line])[column - 1 :]
    unread = " ".join(rest.split())[:30]
    where = f"At character {column}" + (f" of line {line}" if line > 1 else "")
    return f"{where} it breaks off. {_CEL}" if not unread else f"{where}, {unread!r} can't be read. {_CEL}"
