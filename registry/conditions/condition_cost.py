"""Cost estimate of a CEL condition: how long evaluating it can take and how large its values can grow, from its text
alone.

The CEL library has no budget and can't be interrupted, so expressions are limited here: by nesting, by parts, and by an
estimate over fields of usual sizes. The cost that larger data adds is limited where a condition is evaluated
(``executors.evaluator``). What this parser can't read is refused, so that nothing of unknown cost runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, NoReturn

from core.errors import InvalidInput
from registry import patterns
from registry.conditions.tokens import COMPARING, UNREAD, TokenReader, read_string

MAX_NESTING: Final = 20
"""Most nested brackets. It limits the recursion here and in the library."""
MAX_PARTS: Final = 120
MAX_LOOPS: Final = 2
"""Most nested ``all``, ``exists``, ``map``, …"""
MAX_STEPS: Final = 250_000
"""Most steps in the estimate. A step takes about a microsecond."""
MAX_SIZE: Final = 1_000_000
"""Most elements and characters of the largest intermediate value."""
FIELD_ELEMENTS: Final = 100
FIELD_CHARS: Final = 4_000

_LOOPS: Final = frozenset({"all", "exists", "exists_one", "existsOne", "map", "filter"})
_COPIES_A_STEP: Final = 16
"""A loop's list is copied as it grows: this many copied elements take about as long as a step."""
_CHARS_A_STEP: Final = 200
_PATTERN_STEPS: Final = 300
"""Steps to compile a pattern, which happens each time it is matched."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one expression. ``steps`` to evaluate it, ``size`` all elements and characters of its value,
    ``count`` the elements on its top level, ``peak`` the largest intermediate value, ``loops`` the nesting of loops.
    ``runs_free``: it has no loop and no pattern, so it takes no longer than reading its input once."""

    steps: float = 1
    size: float = 1
    count: float = 1
    peak: float = 1
    loops: int = 0
    runs_free: bool = True
    text: str | None = None
    """The string, if the part is a literal one."""


def estimate(expression: str) -> Cost:
    """Estimates the cost of a condition. Raises InvalidInput, with what to change, for a condition that may cost too
    much or that can't be read here."""
    reader = _Reader(expression)
    found = reader.whole()
    if reader.parts > MAX_PARTS:
        raise InvalidInput(
            f"This condition has {reader.parts} parts; at most {MAX_PARTS} are judged. Split it into several rules."
        )
    if found.loops > MAX_LOOPS:
        raise InvalidInput(
            f"Here {found.loops} loops (all, exists, exists_one, map, filter) stand inside one another; at most "
            f"{MAX_LOOPS} may. "
            "Send a field that says it already, or split the condition."
        )
    if found.peak > MAX_SIZE:
        raise InvalidInput(
            f"This condition makes values of up to {found.peak:,.0f} elements or characters on the way; at most "
            f"{MAX_SIZE:,} may be. "
            "Compare fields as they are instead of putting them together."
        )
    if found.steps > MAX_STEPS:
        raise InvalidInput(
            f"Judging this condition may take {found.steps:,.0f} steps; at most {MAX_STEPS:,} are allowed. "
            "Loop over fewer elements, or send a field that says it already."
        )
    return found


class _Reader(TokenReader):
    """Recursive descent parser of CEL's grammar (github.com/google/cel-spec, doc/langdef.md) that adds up costs instead
    of building a tree."""

    def __init__(self, expression: str) -> None:
        super().__init__(expression)
        self.parts = 0
        self._depth = 0
        self._bound: list[dict[str, Cost]] = []

    def whole(self) -> Cost:
        found = self._expression()
        if self._peek()[0] != "end":
            self._stray()
        return found

    # ── the grammar, from what binds least to what binds most ────────────────────────────────────────────────────────

    def _expression(self) -> Cost:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise InvalidInput(f"This condition is nested deeper than {MAX_NESTING} levels. Take brackets out.")
        found = self._either()
        if self._takes("?"):
            yes = self._either()
            self._must(":")
            no = self._expression()
            found = replace(_add_up(found, yes, no), size=max(yes.size, no.size), count=max(yes.count, no.count))
        self._depth -= 1
        return found

    def _either(self) -> Cost:
        return self._chain({"||"}, lambda: self._chain({"&&"}, self._comparison))

    def _comparison(self) -> Cost:
        found = self._additions()
        while self._peek()[1] in COMPARING and self._peek()[0] in ("sign", "word"):
            self._next()
            other = self._additions()
            read = (found.size + other.size) / _CHARS_A_STEP
            found = replace(_add_up(found, other), steps=found.steps + other.steps + 1 + read, size=1, count=1)
        return found

    def _additions(self) -> Cost:
        found = self._products()
        while self._peek() in (("sign", "+"), ("sign", "-")):
            self._next()
            other = self._products()
            size, count = found.size + other.size, found.count + other.count
            made = _add_up(found, other)
            found = replace(
                made,
                steps=made.steps + size / _CHARS_A_STEP,
                size=size,
                count=count,
                peak=max(made.peak, size),
            )
        return found

    def _products(self) -> Cost:
        return self._chain({"*", "/", "%"}, self._unary)

    def _unary(self) -> Cost:
        signs = 0
        while self._peek() in (("sign", "!"), ("sign", "-")):
            self._next()
            self.parts += 1
            signs += 1
        found = self._member()
        return replace(found, steps=found.steps + signs, text=None) if signs else found

    def _member(self) -> Cost:
        found = self._primary()
        while True:
            if self._takes("."):
                kind, word = self._next()
                if kind != "word":
                    self._stray(back=1)
                self.parts += 1
                if self._takes("("):
                    found = self._loop(word, found) if word in _LOOPS else self._called(word, found)
                else:
                    found = replace(found, steps=found.steps + 1, text=None)
            elif self._takes("["):
                self.parts += 1
                index = self._expression()
                self._must("]")
                found = replace(_add_up(found, index), size=found.size, count=found.count)
            else:
                return found

    def _primary(self) -> Cost:
        kind, word = self._next()
        self.parts += 1
        if kind == "string":
            size = float(len(word))
            return Cost(size=size, count=size, peak=size, text=read_string(word))
        if kind == "number" or word in ("true", "false", "null"):
            return Cost()
        if kind == "word":
            if self._takes("("):
                return self._called(word, None)
            return next((bound[word] for bound in reversed(self._bound) if word in bound), _cost_field())
        if (kind, word) == ("sign", "("):
            found = self._expression()
            self._must(")")
            return found
        if (kind, word) == ("sign", "["):
            return _cost_collection(self._listed("]", self._expression))
        if (kind, word) == ("sign", "{"):
            return _cost_collection(self._listed("}", self._entry))
        return self._stray(back=1)

    # ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _chain(self, signs: set[str], each: Callable[[], Cost]) -> Cost:
        found = each()
        while self._peek()[0] == "sign" and self._peek()[1] in signs:
            self._next()
            self.parts += 1
            found = replace(_add_up(found, each()), size=1, count=1)
        return found

    def _entry(self) -> Cost:
        key = self._expression()
        self._must(":")
        value = self._expression()
        return replace(_add_up(key, value), size=key.size + value.size)

    def _listed(self, closing: str, each: Callable[[], Cost]) -> list[Cost]:
        made: list[Cost] = []
        while not self._takes(closing):
            made.append(each())
            if not self._takes(","):
                self._must(closing)
                break
        return made

    def _called(self, name: str, receiver: Cost | None) -> Cost:
        arguments = self._listed(")", self._expression)
        if name == "matches":
            return self._matched(receiver, arguments)
        made = _add_up(*([receiver] if receiver else []), *arguments)
        read = sum(each.size for each in ([receiver] if receiver else []) + arguments)
        # A number or a time as text has some tens of characters; text and bytes never become longer.
        size = max(read * 4, 64.0) if name in ("string", "bytes", "dyn", "min", "max") else 1.0
        return replace(
            made, steps=made.steps + 1 + read / _CHARS_A_STEP, size=size, count=size, peak=max(made.peak, size)
        )

    def _matched(self, receiver: Cost | None, arguments: list[Cost]) -> Cost:
        given = [*([receiver] if receiver else []), *arguments]
        pattern = given[-1].text if len(given) == 2 else None
        if pattern is None:
            raise InvalidInput(
                "matches takes a pattern that is written out between quotes: event.data.code.matches('^A-[0-9]+$')."
            )
        if trouble := patterns.explain_unusable(pattern):
            raise InvalidInput(f"The pattern of matches can't be used: {trouble}")
        made = _add_up(*given)
        steps = made.steps + _PATTERN_STEPS + given[0].size * patterns.STEPS_A_CHAR
        return replace(made, steps=steps, size=1, count=1, runs_free=False)

    def _loop(self, name: str, over: Cost) -> Cost:
        """A macro: ``over.name(variable, body)``. The map with a filter has two bodies."""
        kind, variable = self._next()
        if kind != "word":
            raise InvalidInput(
                f"The first word inside {name}(…) names an element: items.{name}(item, item.price > 10)."
            )
        self._must(",")
        self._bound.append({variable: _cost_element(over)})
        bodies = self._listed(")", self._expression)
        self._bound.pop()
        if not 1 <= len(bodies) <= 2:
            raise InvalidInput(
                f"{name} takes a word for an element and what to ask of it: items.{name}(item, item.price > 10)."
            )
        inner = _add_up(*bodies)
        times = over.count
        size, count, copies = 1.0, 1.0, 0.0
        if name == "map":
            size, count, copies = times * bodies[-1].size, times, times * times / 2
        elif name == "filter":
            size, count, copies = over.size, times, times * times / 2
        return Cost(
            steps=over.steps + times * (inner.steps + 4) + copies / _COPIES_A_STEP,
            size=size,
            count=count,
            peak=max(over.peak, inner.peak, size),
            loops=max(over.loops, inner.loops + 1),
            runs_free=False,
        )

    def _must(self, sign: str) -> None:
        if not self._takes(sign):
            self._stray()

    def _stray(self, *, back: int = 0) -> NoReturn:
        word = self._tokens[max(0, self._at - back)][1]
        where = f"before {word!r}" if word else "at its end"
        raise InvalidInput(f"This condition can't be read {where}. {UNREAD}")


def _cost_element(over: Cost) -> Cost:
    """The average element, which is the cost of one pass of a loop over all of them."""
    size = max(1.0, over.size / max(1.0, over.count))
    count = min(size, max(FIELD_ELEMENTS, over.count, size * FIELD_ELEMENTS / FIELD_CHARS))
    return Cost(size=size, count=count, peak=size)


@cache
def _cost_field() -> Cost:
    return Cost(size=FIELD_CHARS, count=FIELD_ELEMENTS, peak=FIELD_CHARS)


def _cost_collection(members: list[Cost]) -> Cost:
    made = _add_up(*members)
    size = 1 + sum(each.size for each in members)
    return replace(made, size=size, count=float(len(members)), peak=max(made.peak, size))


def _add_up(*costs: Cost) -> Cost:
    """The cost of evaluating all of them in turn, without the cost of the value."""
    return Cost(
        steps=sum((each.steps for each in costs), 1.0),
        peak=max((each.peak for each in costs), default=1),
        loops=max((each.loops for each in costs), default=0),
        runs_free=all(each.runs_free for each in costs),
    )
