"""Dated verbs: which date or state of a record kind a verb is about ("signed up", "ran out", "refunded", "owed")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.planning.proposal import StateIs
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.validate.coverage.weighty_patterns import PAST
from language.stems import stem
from language.text import singularize
from language.wordnet import find_similar_stems
from registry.records import Field, RecordKind

DATES: Final = ("datetime", "date")
_SAME: Final = 0.5
"""How often two verbs mean the same, so that one is read as the other."""
_SOMETIMES: Final = 0.2
_FEWEST: Final = 3  # letters
LAST: Final = frozenset(("before", "until", "by", "expires", "expiry", "expiration"))
_TO_COME: Final = frozenset(("due", "scheduled", "planned"))
"""What is said of the day in whose line a kind's records stand, where none is called so."""
_PAST: Final = re.compile(PAST)
OWING: Final = ("unpaid", "outstanding", "owed", "owing", "due", "open")  # the last two say so only beside "paid"
# Phrasal verbs that say what happens to a thing.
_PHRASAL: Final = {
    **{(form, "out"): "end" for form in ("run", "runs", "ran", "running")},
    **{(form, "out"): "sent" for form in ("go", "goes", "went", "gone", "going")},
    **{(form, "off"): "sent" for form in ("go", "goes", "went", "gone", "going")},
}


def join_verb(word: str, after: str) -> str:
    """A verb joined with the word after it."""
    return _PHRASAL.get((word, after), word)


def find_owing_state(kind: RecordKind) -> str | None:
    """The state of a kind's records that are still to be paid. None if they are no sums of money."""
    size, held = kind.field_named(kind.size or ""), [each for each in OWING if each in kind.states]
    held = [each for each in held if each not in ("due", "open") or "paid" in kind.states]
    return held[0] if held and size is not None and size.type == "money_minor" else None


def find_day_of_deed(kind: RecordKind, word: str, *, alike: bool) -> Field | None:
    """The kind's date that a word is about: "cancelled", "due", "overdue". ``alike`` also accepts a synonym, unless
    that is about another date."""
    days = [each for each in kind.fields if each.type in DATES]
    for each in days if len(word) >= _FEWEST else ():
        for label in _labels(each):
            if stem(label) == stem(word) or (len(label) >= _FEWEST and label in word and word.startswith("over")):
                return each
    same = {state for state, held in kind.states.items() if word in kind.states and held == kind.states[word]}
    named = [each for each in days if len(_labels(each)) == 1 and not same.isdisjoint(_labels(each))]
    if len(named) == 1:
        return named[0]  # "settled", where that is "paid"
    line = kind.field_named(kind.order or "")
    if alike and word in _TO_COME and line in days and not any(is_deed(each) for each in _labels(line)[:1]):
        return line
    said = find_base_form(stem(word))
    near = [each for each in days if alike and any(_is_same(said, verb) for verb in _verbs(each))]
    return near[0] if len(near) == 1 else None


def find_day_of_noun(kind: RecordKind, noun: str) -> Field | None:
    """The date of the deed that a noun is of: "payment" and "Paid"."""
    noun = singularize(noun)
    days = [
        each
        for each in kind.fields
        if each.type in DATES and any(noun in (f"{verb}ment", f"{verb}ing", f"{verb}al") for verb in _verbs(each))
    ]
    return days[0] if len(days) == 1 else None


def ends_then(each: Field) -> bool:
    """Whether a date is the last one on which a thing is valid: "best before", "valid until", "expires"."""
    return not LAST.isdisjoint(_labels(each))


def _is_same(one: str, other: str) -> bool:
    """Whether two verbs usually mean the same. To refund is to pay, but to pay is rarely to refund."""
    ways = find_similar_stems(one, verb=True).get(other, 0.0), find_similar_stems(other, verb=True).get(one, 0.0)
    return one == other or (max(ways) >= _SAME and min(ways) >= _SOMETIMES)


def find_day_of_state(kind: RecordKind, state: str) -> Field | None:
    """The date since which a record has been in a state: that of the one field that says so ("status since")."""
    held = set(kind.states.get(state, {})) or {each.name for each in kind.fields if state in each.values}
    field = kind.field_named(next(iter(held))) if len(held) == 1 else None
    if field is None:
        return None
    called = {f"{(field.label or field.name).lower()} since", f"{field.name} since"}
    days = [each for each in kind.fields if each.type in DATES]
    return next((each for each in days if each.name == f"{field.name}_at" or each.label.lower() in called), None)


def is_deed(word: str) -> bool:
    """Whether a state's word is a participle: something was done at some time."""
    return word.endswith("ed") or find_base_form(stem(word)) != stem(word)


def is_past(word: str) -> bool:
    """Whether a word tells what was done, as a participle or in the past tense."""
    return is_deed(word) or _PAST.fullmatch(word) is not None


def _labels(each: Field) -> list[str]:
    return (each.label or each.name.replace("_", " ")).lower().split()


def _verbs(each: Field) -> list[str]:
    return [find_base_form(stem(label)) for label in _labels(each)]


def read_telling_noun(
    kinds: Sequence[RecordKind], low: str, before: str
) -> tuple[RecordKind, StateIs | None, str | None] | None:
    """The one kind whose state or date a noun says: "drivers", "pledges" of what is pledged, "visits", "(whose) leases"
    if a lease ends on a date."""
    plural = low.endswith("s") and singularize(low) != low
    states = [
        (kind, StateIs(state=state), None)
        for kind in kinds
        for state in kind.states
        if (state.endswith("s") and singularize(state) in (low, singularize(low)))
        or (plural and state.endswith("ed") and stem(state) == stem(low))
    ]
    days = [
        (kind, None, each.name)
        for kind in kinds
        for each in kind.fields
        if each.type in DATES
        and (plural or before == "whose")
        and len(_labels(each)) > 1
        and _labels(each)[0] == singularize(low)
    ]
    found = states or days
    return found[0] if len({kind.name for kind, _, _ in found}) == 1 else None


def does(label: str, verb: str) -> bool:
    """Whether a label names the doer of a verb: "driver" of "drive"."""
    return label.lower() in (verb, f"{verb}r", f"{verb}er", f"{verb}or", f"{verb}{verb[-1:]}er") and len(verb) > 2
