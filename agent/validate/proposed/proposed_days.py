"""Days of a call that can't be meant: a last day before the first one, and two single days as a stretch."""

from __future__ import annotations

import re
from typing import Final

from agent.extract.time.day_pairs import find_day_parameters
from agent.pipeline import PromptSource, Question
from agent.validate.slots import Slots

_LISTED: Final = re.compile(r"\s*(?:,|&|\+|(?:,\s*)?(?:and|or)\b)\s*(?:(?:then|also|on|the)\s+)*")


def check_days(slots: Slots) -> Question | None:
    """Asks about the last day of a pair if it comes before the first one, or if the two were listed as single days:
    "on Wednesday and Friday"."""
    names = find_day_parameters(slots.contract.properties, slots.annotation)
    first, last = (slots.filled.get(name) for name in names or ("", ""))
    if names is None or first is None or last is None:
        return None
    if str(last.value)[:10] < str(first.value)[:10]:
        text = f"That would be from {first.shown} until {last.shown}, which is before it. Until which day?"
        return slots.ask(names[1], text, "unreadable")
    if _are_listed(slots, first.source, last.source):
        text = f"{first.shown} and {last.shown} are two days. One stretch, then: until which day?"
        return slots.ask(names[1], text, "unreadable")
    return None


def _are_listed(slots: Slots, first: object, last: object) -> bool:
    """Whether the words of the two days stand beside each other with no word for "until" between."""
    if not isinstance(first, PromptSource) or not isinstance(last, PromptSource) or not (first.spans and last.spans):
        return False
    one, other = first.spans[-1], last.spans[0]
    if one.origin != other.origin or one.end > other.start:
        return False
    words = slots.request.words(one.origin)
    joined = _LISTED.fullmatch(words.casefold(), one.end, other.start) is not None
    return joined and "between" not in words[: one.start].casefold().split()[-2:]
