"""What is set against a value: "7, not 9", "on Monday instead of Friday". Nothing is done with it, so it is accounted
for. So is the value that a record has now, if the plan replaces it; the card says if the record has another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from agent.extract.spans import money
from agent.extract.time import dates, times
from agent.extract.time.day_pairs import find_day_parameters
from agent.pipeline import Step
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.order import OldValue, Order
from agent.validate.coverage.weighty_patterns import Place
from agent.validate.coverage.weighty_words import Finding
from agent.validate.questions import format_plain, list_members
from agent.validate.records.field_words import tell_field_of
from core.display_text import begin_sentence, to_display_text
from core.money import format_money
from language import numerals
from language.stems import makes_anew, stem, stem_text
from language.text import read_text
from registry.contract import Contract
from registry.records import Kinds, format_field

# Between what sets against and the value: "not (on)", "not (for the parcel)".
_LEADS: Final = re.compile(r"\s+(?:(?:on|for|to|at|from|with|the|an?)\s+){0,2}(?:[^\W\d_]+\s+)?", re.IGNORECASE)
_SETTING_AGAINST: Final = re.compile(r"not|instead\s+of|rather\s+than", re.IGNORECASE)
_SET_AGAINST: Final = re.compile(
    rf"(?:(?:,|\bbut|\band)\s+(?P<not>not)|\binstead\s+of|\brather\s+than){_LEADS.pattern}$", re.IGNORECASE
)
_OTHER_NAME: Final = re.compile(r"(?:instead\s+of|rather\s+than)\s+[A-Z][\w-]*(?:\s+[A-Z][\w-]*)?")
_ENDS: Final = re.compile(r"\s*(?:[,.;!()]|$|(?:from|for|to|at|on|in|by|with|as)\b)", re.IGNORECASE)
# Before a value that shall no longer be: "not (on Thursday)", "instead of (Hope)".
_DENIED: Final = re.compile(
    r"(?P<joined>,\s*|\b(?:but|and)\s+)?(?<!\w)(?:(?P<not>not)|instead\s+of|rather\s+than)\s+"
    r"(?P<leads>(?:(?:be|on|for|to|at|from|with|in|the|an?)\s+){0,2})",
    re.IGNORECASE,
)
_SAID: Final = re.compile(r"[^\W_][\w-]*(?:\s+[A-Z][\w-]*){0,2}")
_LONGEST: Final = 40
"""Letters of the longest day or number."""
_CLOCK: Final = re.compile(r"\d{2}:\d{2}(?::\d{2})?")
_AT: Final = "at "
"""Before a number that tells a time."""
_HALF_DAY: Final = 12
_NUMBERS: Final = ("integer", "number", "money_minor")


class Denied(NamedTuple):
    """A value that the words deny, what they call it, and the first of the replaced ones that is another. None if all
    records have it."""

    place: Place
    said: str
    other: OldValue | None


class _Reading(NamedTuple):
    """How far words go that say a value, the replaced values that it may be, and those of them that are another."""

    ends: int
    own: Sequence[OldValue]
    others: Sequence[OldValue]


def list_old_values(steps: Sequence[Step], contracts: Sequence[Contract], kinds: Kinds) -> Iterator[OldValue]:
    """What the records of a plan have in the fields that it replaces."""
    by_name = {each.name: each for each in contracts}
    for step in steps:
        contract, values = by_name[step.action], {each.param: each.value for each in step.filled}
        for name in values:
            note = contract.annotation(name)
            if (held := note.replaces) is None:
                continue
            key = (contract.annotation(held.parameter).record, str(values.get(held.parameter)))
            of = f"{held.field.removesuffix('_id')}_name" if note.record is not None else held.field
            listed = (format_plain(each).casefold() for each in list_members(contract.properties[name]))
            members = frozenset(each.replace("_", " ") for each in listed)
            for pin in (each for each in step.pins if (each.record_kind, each.record_id) == key):
                kind = kinds.get(pin.record_kind)
                field, value = kind.field_named(of) if kind is not None else None, pin.values.get(of)
                if kind is None or field is None or value is None:
                    continue
                shown = format_field(field, pin.values)
                if field.type == "money_minor" and shown.isdigit() and note.currency:
                    shown = format_money(value, note.currency)
                told = tell_field_of(field, kind, to_display_text(shown), pin.label)
                amount = _read_amount(shown) if field.type in _NUMBERS else None
                yield OldValue(format_plain(value), told, amount, note.record is not None, members)


def _read_amount(words: str) -> money.Money | None:
    """The number at the start of words, with its currency if it has one."""
    text = read_text(words)
    plain = (money.Money(each.start, each.end, each.value, None, False) for each in numerals.find(text))
    return next((each for each in (*money.find(text), *plain) if not each.start), None)


def _read_old(order: Order, words: str) -> _Reading:
    """Reads the day, time, number, name or member of a list at the start of words."""
    near, old = words[:_LONGEST], order.old_values
    day = next((each for each in dates.find(read_text(near), order.request.now.date()) if not each.start), None)
    if day is not None and day.last is None:
        own = [each for each in old if each.is_day]
        return _Reading(day.end, own, [each for each in own if each.value[:10] != day.day.isoformat()])
    timed = [each for each in old if _CLOCK.fullmatch(each.value)]
    clock = next((each for each in times.find(read_text(_AT + near)) if each.end > len(_AT)), None) if timed else None
    if clock is not None:
        hours = {clock.time.hour, (clock.time.hour + _HALF_DAY) % (2 * _HALF_DAY) if clock.open else clock.time.hour}
        same = {f"{hour:02}:{clock.time.minute:02}" for hour in hours}
        return _Reading(clock.end - len(_AT), timed, [each for each in timed if each.value[:5] not in same])
    said = _read_amount(near)
    numbers = [(each, each.amount) for each in old if each.amount is not None]
    if said is not None and numbers:
        agreeing = [(each, held.amount) for each, held in numbers if money.agrees(said, held.currency)]
        own = [each for each, _ in agreeing]
        return _Reading(said.end, own, [each for each, amount in agreeing if amount != said.amount])
    called = {one for each in old for one in each.words | each.members}
    found = [re.match(rf"{re.escape(one)}(?!\w)", words, re.IGNORECASE) for one in called]
    name = words[: max((each.end() for each in (*found, _SAID.match(words)) if each is not None), default=0)]
    own = [each for each in old if name and each.may_be(name)]
    return _Reading(len(name), own, [each for each in own if name.casefold() not in each.words])


def find_denied(order: Order) -> Iterator[Denied]:
    """The values that the words deny, of those that the plan replaces. "Move it not to Friday" denies what it sets."""
    given = [each for of, name, each in order.arguments if of.annotation(name).replaces is not None]
    new = order.find(given) if order.old_values else []
    for found in _DENIED.finditer(order.text) if order.old_values else ():
        places = (found.start("leads"), found.end())  # "in progress" begins with what may lead up to a value
        at, read = next(
            ((at, read) for at in places if (read := _read_old(order, order.text[at:])).own), (0, _Reading(0, (), ()))
        )
        last = at + read.ends
        # "Friday, not Monday" may only tell what is meant. "Instead of Monday" tells what was so.
        apart = found["not"] and (found["joined"] or not any(each.is_day or each.named for each in read.own))
        if any(first < last and at < end for first, end in new):
            continue
        if read.own and not (read.others and apart) and _ENDS.match(order.text, last):
            start = found.end("joined") if found["joined"] else found.start()
            yield Denied((start, last), order.text[at:last], read.others[0] if read.others else None)


def explain_denied(order: Order) -> list[str]:
    """What the card says of a denied value if a record has another one now."""
    found = [(each.other.told, each.said) for each in find_denied(order) if each.other is not None]
    return [begin_sentence(f"{told}, not {said}.") for told, said in found]


def is_set_against(
    order: Order, each: Finding, findings: Sequence[Finding], is_used: Callable[[Finding], bool]
) -> bool:
    """Whether a finding is what a used value of its kind is not, or the word that says so. ``is_used`` tells which
    findings are used."""
    start, end = each.place
    if any(first <= start and end <= last for (first, last), _, _ in find_denied(order)):
        return True
    if each.is_of(("order not to",)) and _SETTING_AGAINST.fullmatch(each.said):
        ahead = (one for one in findings if start < one.place[0])
        return any(
            _LEADS.fullmatch(order.text, end, one.place[0]) and is_set_against(order, one, findings, is_used)
            for one in ahead
        )
    if "beside" in each.kinds and _OTHER_NAME.fullmatch(each.said) is not None:
        return any(order.text[one:last][:1].isupper() for one, last in order.taken)
    kind = next((kind for kind in ("date", "number") if kind in each.kinds), None)
    if kind == "date" and not dates.find(read_text(each.said), order.request.now.date()):
        return False  # "Thursday, not at noon"
    if kind == "date" and any(find_day_parameters(each.properties, each.annotation) for each in order.contracts):
        return False  # "from Friday to Tuesday, but not on Sunday"
    if kind is None or (kind == "number" and order.structure.several) or not _ENDS.match(order.text, end):
        return False
    against = patterns.search_before(_SET_AGAINST, order.text, start)
    if against is None or (against["not"] is None and (_makes_anew(order) or (kind == "number" and _joins(order)))):
        return False  # "book her on Monday instead of Friday", "give her room 7 instead of 9" move one that there is
    others = [one for one in findings if kind in one.kinds and one is not each and is_used(one)]
    meant = any(one.said.casefold() == each.said.casefold() for one in others)  # "7, 8 and 9, not 8"
    return not meant and any(one.place[1] <= start for one in others)


def _makes_anew(order: Order) -> bool:
    """Whether something is made that there wasn't: "Book a lesson", but not "Schedule a story" of one that there is."""
    nouns = {kind.name: {stem(noun) for noun in kind.nouns} for kind in order.kinds}
    held = (
        nouns.get(note.record or "", set()) & set(stem_text(contract.title))
        for contract in order.contracts
        for note in contract.annotations.values()
    )
    return any(makes_anew(each.title) for each in order.contracts) and not any(held)


def _joins(order: Order) -> bool:
    """Whether a call is about several records, such as a plot and its new holder."""
    return any(sum(note.record is not None for note in each.annotations.values()) > 1 for each in order.contracts)
