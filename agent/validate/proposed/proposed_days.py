"""Days of a call that can't be meant: a last day before the first one, two single days as a stretch, a week for
a day, what a day only bounds ("after Monday"), and a day that has passed for what is still to come."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from agent.extract.time import dates
from agent.extract.time.day_pairs import ENDS, find_day_parameters, find_eves
from agent.extract.value_roles import ROLES
from agent.pipeline import ComputedSource, PromptSource, Question, grade_evidence
from agent.validate.proposed.directions import find_held, list_verbs
from agent.validate.slots import Slots
from language.stems import stem, stem_text
from language.text import read_text
from registry.contract import Risk, Unit

_LISTED: Final = re.compile(r"\s*(?:,|&|\+|(?:,\s*)?(?:and|or)\b)\s*(?:(?:then|also|on|the)\s+)*")
_AHEAD: Final = frozenset(
    stem_text(
        "book reserve schedule reschedule rebook plan arrange postpone defer delay move appoint invite lend rent hire "
        "extend renew prolong close shut block hold deliver snooze freeze pause"
    )
)
"""Verbs of what is planned ahead."""
_RECORDING: Final = frozenset(stem_text("log record track report clock"))
"""Verbs of what is written down once it was done: who can "book time" that was worked doesn't plan it."""
_MAY_HAVE_BEGUN: Final = frozenset(stem_text("close shut block"))
_BOUNDS: Final = re.compile(
    r"(?<!\w)(?P<way>before|after|from|since|starting|as\s+of|on|by|until|till)\s+(?:(?:on|from|the)\s+)*",
    re.IGNORECASE,
)
"""Says where the day stands in what is meant, right before the day."""
_VAGUE: Final = re.compile(r"\w\s+from\s+(?!now\b)|\b(?:end|beginning|start)\s+of\b", re.IGNORECASE)
_OPEN: Final = frozenset(("before", "after"))
_FIRST: Final = frozenset(("from", "since", "starting", "as of"))
_UNTIL: Final = frozenset(("until", "till"))
_ENDING: Final = re.compile(
    r"\b(?:ends?|ending|expir\w+|runs?\s+out|finish\w*|stops?|closes?|lapses?)\s*$", re.IGNORECASE
)
"""Right before "on": what ends on a day lasts until then."""
_LENGTHS: Final = (Unit.DAYS, Unit.HOURS, Unit.MINUTES, Unit.SECONDS)
_BACKDATED: Final = re.compile(
    r"\b(?:back-?dat\w*|retroactive\w*|retrospective\w*|after\s+the\s+fact)\b", re.IGNORECASE
)


def check_days(slots: Slots) -> Question | None:
    """Asks about a day that can't be meant."""
    if (asked := _check_pair(slots)) is not None:
        return asked
    if slots.contract.risk is Risk.READ:
        return None
    pair = find_day_parameters(slots.contract.properties, slots.annotation) or ()
    today, verbs = slots.request.now.date(), list_verbs(slots)
    backdated = _BACKDATED.search(slots.request.text) is not None
    for name, filled in slots.filled.items():
        source = filled.source
        if slots.schema(name).get("format") != "date" or not isinstance(source, PromptSource | ComputedSource):
            continue
        words = " ".join(each.text for each in source.spans)
        said = name not in pair and isinstance(source, PromptSource)
        day = _find_day(slots, source) if said and not _begins(slots, name) else None
        if day is not None and day.last is not None and not _lasts_until(slots, name, source, day):
            return slots.ask(name, f"‘{words}’ is more than a day. Which day should it be?", "unreadable")
        if said and (bound := _find_bound(slots, name, source)) is not None:
            return slots.ask(name, f"‘{bound}’ doesn't say which day. Which day should it be?", "unreadable")
        begun = name in pair[:1] and bool(verbs & _MAY_HAVE_BEGUN)  # what is closed may have been so for a while
        value = str(filled.value)[:10]
        plans = bool(verbs & _AHEAD) and _RECORDING.isdisjoint(stem_text(slots.contract.title)[:1])
        ahead = plans or str(find_held(slots, name) or "")[:10] >= today.isoformat()
        if ahead and not begun and not backdated and value < today.isoformat():
            return slots.ask(name, f"{filled.shown} has passed. Which day should it be?", "unreadable")
    return None


def _lasts_until(slots: Slots, name: str, source: PromptSource | ComputedSource, day: dates.DateSpan) -> bool:
    """Whether a value is the first day of a month until which something lasts: "till May", which ends where that
    begins. Its card waits, as no words say the day itself."""
    words = {*name.split("_"), *slots.label(name).casefold().split()}
    bound = _match_bound(slots, source)
    until = bound is not None and _name_way(bound) in _UNTIL and not words.isdisjoint(_UNTIL)
    begins = day.whole == "month" and str(slots.filled[name].value)[:10] == day.day.isoformat()
    return until and begins and grade_evidence(source) == "read"


def _find_bound(slots: Slots, name: str, source: PromptSource | ComputedSource) -> str | None:
    """The words of a day that only bounds what is meant, "before 5 May", or that says the wrong end of it: "from 5 May"
    for a last day, "until 5 May" for a first one, "on 5 May" for what lasts until then."""
    words = slots.request.words(source.spans[0].origin)
    if (bound := _match_bound(slots, source)) is None:
        return None
    way = _name_way(bound)
    named = {*name.split("_"), *slots.label(name).casefold().split()}
    # "From Monday for two weeks": another value says the other end.
    lasts = any(slots.annotation(each).unit in _LENGTHS or _begins(slots, each) for each in slots.filled)
    day = _find_day(slots, source)
    last = way == "before" and day is not None and find_eves((day,), named, slots.filled[name].value)
    wrong = (
        (way in _OPEN and way not in named and not last)
        or (way in _FIRST and not lasts)
        or (way in _UNTIL and _begins(slots, name) and named.isdisjoint(ENDS))
        or (way in ("on", "by") and bool(named & _UNTIL) and not _ENDING.search(words[: bound.start()]))
    )
    return words[bound.start() : source.spans[-1].end] if wrong else None


def _match_bound(slots: Slots, source: PromptSource | ComputedSource) -> re.Match[str] | None:
    span, day = source.spans[0], _find_day(slots, source)
    words = slots.request.words(span.origin)
    at = day.start if day is not None else span.start  # the day's own words may begin with it: "before Christmas"
    return next((each for each in _BOUNDS.finditer(words[: span.end]) if each.start() <= at <= each.end()), None)


def _name_way(bound: re.Match[str]) -> str:
    return " ".join(bound["way"].casefold().split())


def _find_day(slots: Slots, source: PromptSource | ComputedSource) -> dates.DateSpan | None:
    """The one day or period that the words of a value are part of."""
    span = source.spans[0]
    found = dates.find(read_text(slots.request.words(span.origin)), slots.request.now.date())
    own = [each for each in found if each.start < span.end and span.start < each.end]
    return own[0] if len(own) == 1 else None


def _begins(slots: Slots, name: str) -> bool:
    """Whether something begins on that day: from next week on, that is from its first day on."""
    words = {*name.split("_"), *slots.label(name).casefold().split()}
    return not ROLES["start"][0].isdisjoint(words | {*map(stem, words)})


def _check_pair(slots: Slots) -> Question | None:
    """Asks about the last day of a pair if it comes before the first one, if the two were listed as single days with
    others between ("on Wednesday and Friday"), or if a week only bounds the stretch ("as of next week"). Also about a
    day whose words may be several: "3 days from Monday", "the end of next week"."""
    names = find_day_parameters(slots.contract.properties, slots.annotation)
    first, last = (slots.filled.get(name) for name in names or ("", ""))
    if names is None or first is None or last is None:
        return None
    if str(last.value)[:10] < str(first.value)[:10]:
        text = f"That would be from {first.shown} until {last.shown}, which is before it. Until which day?"
        return slots.ask(names[1], text, "unreadable")
    apart = date.fromisoformat(str(last.value)[:10]) - date.fromisoformat(str(first.value)[:10])
    if apart.days > 1 and _are_listed(slots, first.source, last.source):
        text = f"{first.shown} and {last.shown} are two days. One stretch, then: until which day?"
        return slots.ask(names[1], text, "unreadable")
    pairs = ((name, each.source) for name, each in zip(names, (first, last), strict=True))
    typed = [(name, of) for name, of in pairs if isinstance(of, PromptSource) and of.spans and not of.spans[0].origin]
    days = {_find_day(slots, source) for _, source in typed}
    if len(days) != 1 or (day := days.pop()) is None:
        return None
    bound, said = _match_bound(slots, typed[-1][1]), slots.request.text[day.start : day.end]
    if (bound is None or _name_way(bound) in _UNTIL) and _VAGUE.search(said):
        text = f"‘{said}’ may be one day or several. Which day should “{slots.label(typed[0][0])}” be?"
        return slots.ask(typed[0][0], text, "unreadable")
    if bound is not None and _name_way(bound) in _FIRST and day.last is not None and len(typed) > 1:
        return slots.ask(names[1], f"‘{bound[0]}{said}’ says when it begins. Until which day?", "unreadable")
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
