"""Directed words: "extend", "raise", "a week later" want more than a record has, "lower", "a week earlier" less."""

from __future__ import annotations

import re
from typing import Any, Final

from agent.extract.spans.politeness import strip_politeness
from agent.pipeline import ComputedSource, PromptSource, Question
from agent.validate.slots import Slots, find_answer, format_parameter
from language.stems import stem_text
from registry.contract import Risk, Unit

_MORE: Final = frozenset(stem_text("extend prolong lengthen renew raise increase postpone defer delay"))
_LESS: Final = frozenset(stem_text("shorten lower reduce decrease"))
_LATER: Final = re.compile(r"(?:push|put)\b.*\bback\b", re.IGNORECASE)
_SOONER: Final = re.compile(r"(?:bring|pull)\b.*\bforward\b", re.IGNORECASE)
_BESIDE_LENGTH: Final = re.compile(
    r"\W*(?P<more>later|longer|more)\b|\W*(?:earlier|sooner|less|fewer)\b", re.IGNORECASE
)
_LONGEST: Final = 12
"""Letters behind a length of time that may say which way it moves something."""


def list_verbs(slots: Slots) -> frozenset[str]:
    """The first words of what an action is called."""
    contract = slots.contract
    titles = (contract.name.rsplit(".", 1)[-1].replace("_", " "), contract.title, *contract.aliases)
    return frozenset(root for title in titles for root in stem_text(title)[:1])


def find_held(slots: Slots, name: str) -> Any:
    """What the record has now in the field that a parameter replaces: the declared one, or that of the same name."""
    parameter = slots.parameter(name)
    replaces = parameter.annotation.replaces
    for other, found in slots.records.items():
        field = found[0].kind.field_named(replaces.field if replaces else name) if len(found) == 1 else None
        if field is None or (replaces is not None and replaces.parameter != other):
            continue
        if not parameter.is_money or (parameter.annotation.unit is Unit.MONEY_MINOR) == (field.type == "money_minor"):
            return found[0].record.values.get(field.name)
    return None


def check_direction(slots: Slots) -> Question | None:
    """Asks about a value that goes the other way than the verb does."""
    if slots.contract.risk is Risk.READ:
        return None
    for name, filled in slots.filled.items():
        source = filled.source
        if not isinstance(source, PromptSource | ComputedSource) or find_answer(slots.request, slots.slot(name)):
            continue
        dated = slots.schema(name).get("format") in ("date", "date-time")
        way = _find_way(slots, source, dated=dated)
        if not way:
            continue
        held, value = find_held(slots, name), filled.value
        if _is_less(slots, name, *((value, held) if way > 0 else (held, value))):
            than = ("less", "more") if isinstance(value, int | float) else ("earlier", "later")
            now = format_parameter(slots.parameter(name), held)
            text = f"{filled.label} is {now} now, and {filled.shown} is {than[way < 0]}. What should it be?"
            return slots.ask(name, text, "unreadable")
    return None


def _find_way(slots: Slots, source: PromptSource | ComputedSource, *, dated: bool) -> int:
    """1 if the order wants more or later, -1 for less or sooner, else 0. What is computed goes the way that its own
    words say, whatever the action is called: "a night less"."""
    computed = isinstance(source, ComputedSource)
    for span in source.spans if computed and dated else ():
        words = slots.request.words(span.origin)
        tails = (words[span.start : span.end].rpartition(" ")[2], words[span.end : span.end + _LONGEST])
        if found := next((said for each in tails if (said := _BESIDE_LENGTH.match(each))), None):
            told = 1 if found["more"] else -1
            return told if _find_verb_s_way(slots, computed=True) != -told else -told  # "postpone it a week earlier"
    return _find_verb_s_way(slots, computed=computed)


def _find_verb_s_way(slots: Slots, *, computed: bool) -> int:
    text = strip_politeness(slots.request.text)
    verbs = {*stem_text(text)[:1], *(() if computed else stem_text(slots.contract.title)[:1])}
    more = not verbs.isdisjoint(_MORE) or _LATER.match(text) is not None
    return more - (not verbs.isdisjoint(_LESS) or _SOONER.match(text) is not None)


def _is_less(slots: Slots, name: str, one: Any, other: Any) -> bool:
    """Whether one number, or one day, is below the other."""
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one < other
    days = slots.schema(name).get("format") in ("date", "date-time")
    return days and isinstance(one, str) and isinstance(other, str) and one[:10] < other[:10]
