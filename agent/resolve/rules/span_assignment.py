"""Span assignment: chooses one reading for each parameter, so that no words serve two parameters without reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from agent.pipeline import Argument

LOSS: Final = 0.3
"""A parameter gives up its words for others that it is less sure of by no more than this."""
ALMOST: Final = 0.1
CLEARLY: Final = 0.05


@dataclass(frozen=True, slots=True)
class SpanOption:
    """One way to fill one parameter. ``open`` marks words that another parameter may use too."""

    param: str
    at: int
    start: int
    end: int
    confidence: float
    open: bool
    argument: Argument

    def blocks(self, other: SpanOption) -> bool:
        """Whether both can't be meant: they have the same words, or overlapping words that are no phrase with room for
        another value."""
        if (self.start, self.end) == (other.start, other.end):
            return not (self.open and other.open)
        return not (self.open or other.open) and self.start < other.end and other.start < self.end


def assign_spans(
    options: Mapping[str, list[SpanOption]], required: set[str], named: Collection[str] = ()
) -> dict[str, SpanOption]:
    """Assigns the surest readings first. Among equals, the earlier parameter takes the earlier words.

    A required parameter without words then moves the one in its way to that one's next best words, if it has any.
    Parameters in ``named`` need words of their own: whose record it is doesn't say who gets it.
    """
    ranked = sorted(
        (option for each in options.values() for option in each),
        key=lambda option: (-option.confidence - 0.1 * (option.param in required), option.at, option.start),
    )
    taken: dict[str, SpanOption] = {}
    for option in ranked:
        if option.param not in taken and not any(option.blocks(other) for other in taken.values()):
            taken[option.param] = option
    for name in options:
        if name in required and name not in taken:
            _make_room(name, options, taken, required)
        if name in required and name not in taken and name not in named:
            _share_phrase(name, options, taken)
    _trade(options, taken)
    for name in options:
        if name not in taken and name not in required:
            _make_room(name, options, taken, required)
    return taken


def _trade(options: Mapping[str, list[SpanOption]], taken: dict[str, SpanOption]) -> None:
    """Swaps the words of two parameters that are each surer of the other's words."""
    for holder in list(taken):
        for name in list(taken):
            held, own = taken[holder], taken[name]
            for wanted in options[name]:
                if name == holder or wanted.confidence <= own.confidence or not wanted.blocks(held):
                    continue
                others = [each for each in taken.values() if each is not held and each is not own]
                instead = next(
                    (each for each in options[holder] if not any(each.blocks(other) for other in (wanted, *others))),
                    None,
                )
                if instead is None or any(wanted.blocks(other) for other in others):
                    continue
                if wanted.confidence + instead.confidence > held.confidence + own.confidence + CLEARLY:
                    taken[name], taken[holder] = wanted, instead
                    break


def _share_phrase(name: str, options: Mapping[str, list[SpanOption]], taken: dict[str, SpanOption]) -> None:
    """Splits a phrase that says two things ("February 2022"): a required parameter without words may use a part of
    another's."""
    for option in options[name]:
        in_the_way = [other for other in taken.values() if option.blocks(other)]
        inside = all(other.start <= option.start and option.end <= other.end for other in in_the_way)
        if inside and all((other.start, other.end) != (option.start, option.end) for other in in_the_way):
            taken[name] = option
            return


def _make_room(
    name: str, options: Mapping[str, list[SpanOption]], taken: dict[str, SpanOption], required: set[str]
) -> None:
    """Moves the parameter in the way to other words if it is nearly as sure of them. For a required one it may lose
    more, or all."""
    needed = name in required
    for option in options[name]:
        in_the_way = [other for other in taken.values() if option.blocks(other)]
        if len(in_the_way) != 1 or not (needed or option.confidence >= in_the_way[0].confidence - ALMOST):
            continue
        holder, sure = in_the_way[0].param, in_the_way[0].confidence
        others = [option, *(each for each in taken.values() if each.param != holder)]
        elsewhere = next((each for each in options[holder] if not any(each.blocks(other) for other in others)), None)
        if elsewhere is not None and elsewhere.confidence >= sure - (LOSS if needed else 2 * ALMOST):
            taken[holder] = elsewhere
            taken[name] = option
            return
        if needed and holder not in required and option.confidence >= sure - LOSS:
            del taken[holder]
            taken[name] = option
            return
