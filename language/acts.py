"""Acts: the few kinds of things that are done to what records stand for, each with the English words for it.

Everything here is general English. A word may stand for several acts. A particle may be apart from its verb.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from language.irregular_verbs import UNSURE_FORMS
from language.stems import is_past, split_runs, stem
from language.text import word_set

_VERBS: Final = {
    "accept": """accept, agree to, allow, approve, authorise, authorize, confirm, consent to, endorse, give the nod to,
        give the go-ahead, give the green light, give the thumbs up, grant, greenlight, green-light, let through,
        nod through, ok, okay, pass, permit, ratify, rubber-stamp, sanction, say yes to, sign off, sign off on,
        wave through, yes to""",
    "decline": """decline, deny, disallow, give the thumbs down, knock back, no to, overrule, rebuff, refuse, reject,
        rule out, say no to, throw out, turn away, turn down, veto, vote down""",
    "finish": """clear, close, close off, close out, complete, conclude, finalise, finalize, finish, finish off,
        resolve, settle, shut, solve, sort, sort out, tick off, tie up, wind up, wrap up""",
    "end": """abandon, abort, annul, axe, bin, call off, cancel, chop, discard, discontinue, ditch,
        do away with, drop, dump, end, get rid of, kill, kill off, let go, nix, nuke,
        put an end to, quash, revoke, scrap, scratch, scrub, stop, terminate, throw away, throw out, void,
        withdraw, write off""",
    "pause": """freeze, halt, hang on to, hold, hold back, hold off, hold on to, hold up, keep back, park, pause,
        put aside, put on hold, put on ice, put on pause, put on the back burner, set aside, shelve, sit on, stall,
        suspend, wait with""",
    "shut out": """ban, bar, blacklist, block, boot out, cut off, deactivate, disable, freeze, freeze out, keep out,
        kick out, lock, lock out, shut out, suspend, throw out""",
    "resume": """bring back, bring back in, bring back on, carry on with, continue, free, free up, go ahead with,
        let back in, let back on, let go, let in again, let loose, let off, let out, lift, proceed with, re-enable,
        reactivate, readmit, reinstate, release, reopen, restart, restore, resume, revive, set free, start again,
        switch back on, take off hold, take off ice, thaw, turn back on, unban, unblock, uncancel, unfreeze, unlock,
        unpause, unsuspend""",
    "send": "dispatch, get out the door, mail out, post, post off, send, send off, send out, ship, ship off, ship out",
    "receive": """book in, check in, receive, sign for, take back, take delivery of, take in""",
    "hand over": """allocate, allot, assign, delegate, entrust, give, hand, hand on, hand over, leave, move, move over,
        pass, pass on, pass over, put on, reassign, shift, shift over, switch over, transfer, turn over""",
    "pay": "clear, pay, pay off, pay out, pay up, reimburse, settle, square",
}  # fmt: skip
"""Each act, by what it is ordered with."""
_STATES: Final = {
    "accept": """a go, a yes, acceptable, accepted, agreed, all right, alright, approved, authorised, authorized, fine,
        good to go, granted, in order, ok, okay""",
    "decline": "a no, a no-go, declined, denied, out of the question, refused, rejected, turned down, unacceptable",
    "finish": """all set, cleared up, closed, complete, completed, cured, dealt with, done, done and dusted, done with,
        finished, fixed, gone, handled, mended, over and done with, put right, repaired, resolved, settled, solved,
        sorted, sorted out, taken care of, through, wrapped up""",
    "end": "called off, cancelled, dead, discontinued, history, no longer needed, no longer wanted, scrapped",
    "pause": "frozen, on hold, on ice, parked, paused",
    "shut out": "banned, barred, blocked, shut out",
    "resume": "back in, back on, free, free to go, good to go, on again, open again, reinstated, unblocked, unlocked",
    "send": """away, dispatched, gone, off to the customer, on its way, on the road, on the way, on their way,
        out of the door, out the door, picked up, posted, sent, sent off, shipped, under way""",
    "receive": "back, back with us, here, in, in the building, on my desk, received, returned, with us",
}  # fmt: skip
"""… by what is said to be so of what it was done to."""
_DEEDS: Final = {
    "send": "go off, go out, leave, leave the building, leave the house, ship, go",
    "receive": """arrive, come back, come in, get here, get in, land, make it here, reach us, show up, turn up""",
}  # fmt: skip
"""… by what these did then."""
_MAY: Final = {
    "resume": """go, go again, go ahead, go on, go out again, carry on, continue, come back, come back in, log in again,
        sign in again"""
}  # fmt: skip
"""… by what these can or may do."""
_AS_LONG: Final = {
    "pause": "for a bit, for a while, for now, for the moment, for the time being, until further notice, a while, a bit"
}
"""What is said beside an act and changes nothing about it."""
_IS: Final = word_set("is are s re looks")
_HAS: Final = word_set("has have just already ve s")
_MODALS: Final = word_set("should would could might must may will shall can to")
_CAN: Final = word_set("can may")
_BETWEEN: Final = word_set("now just already all both finally")
HANDING: Final = word_set(
    "put swap switch shift over take takes taking let move moves moving pass passes hand hands transfer transfers "
    "leave goes go along pick picks handle handles"
)
"""Words by which one holder takes the place of another: "Bo takes over Ada's bath", "pass 7 on to Ada"."""
SETTING: Final = word_set(
    "advance bring bump demote downgrade elevate flip knock lift lower mark move promote push put raise reclassify set "
    "shift switch turn upgrade up down"
)
"""Words by which one of a closed list takes the place of another: "promote Ada to captain"."""
_LEADS: Final = word_set("please pls plz kindly just now so ok okay hey hi and then you could the")
_MARKING: Final = word_set("mark call consider declare count")
_HYPHENATED: Final = re.compile(r"-\w")
_MOST_APART: Final = 4
"""Words between a verb and the rest of its phrase."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act that is said, with the places of its words. ``told``: of what is so, and not as an order."""

    kind: str
    places: tuple[tuple[int, int], ...]
    told: bool


@cache
def _load(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The acts of a table with each of their phrases."""
    table = {"verbs": _VERBS, "states": _STATES, "deeds": _DEEDS, "may": _MAY, "long": _AS_LONG}[name]
    phrases = ((kind, " ".join(each.split())) for kind, line in table.items() for each in line.split(","))
    return tuple((kind, tuple(re.split(r"[ -]", each))) for kind, each in phrases if each)


@lru_cache(maxsize=2048)
def list_acts_of(phrases: tuple[str, ...]) -> frozenset[str]:
    """The acts that these titles or names of an action begin with, or that these states are."""
    made: set[str] = set()
    for text in phrases:
        said = [word.casefold() for word, _, _ in split_runs(text)]
        made |= {kind for kind, phrase in _load("verbs") if any(at == 0 for at, _ in _find(said, phrase, 0, _is_base))}
        made |= {kind for kind, phrase in _load("states") if tuple(said) == phrase}
        made |= {
            kind for kind, phrase in _load("verbs") if len(phrase) == len(said) == 1 and _is_form(said[0], phrase[0])
        }
    return frozenset(made)


def find_acts(text: str, owned: Collection[int], wished: int = 0) -> list[Act]:
    """The acts that a text without its names says: as an order at its beginning or where what is ``wished`` begins, or
    of what is so, behind a form of "to be" or one of the places ``owned`` where a name with an s ends. Those said with
    most words."""
    runs = [*split_runs(text)]
    said = [word.casefold() for word, _, _ in runs]
    head = next((at for at, each in enumerate(said) if each not in _LEADS and runs[at][1] >= wished), len(said))
    made: list[tuple[int, Act]] = []

    def add(kind: str, places: Sequence[int], *, told: bool) -> None:
        spans = tuple(runs[at][1:] for at in sorted({*places}))
        if not _HYPHENATED.match(text, spans[-1][1]) and "-" not in text[max(0, spans[0][0] - 1) : spans[0][0]]:
            made.append((len(spans), Act(kind, spans, told)))

    for kind, phrase in _load("verbs"):
        for at, places in _find(said, phrase, head, _is_form if wished else _is_base):
            add(kind, places, told=False) if at == head else None
    for kind, phrase in _load("states"):
        for at in _find_whole(said, phrase):
            before = at
            while before and said[before - 1] in _BETWEEN:
                before -= 1
            behind_name = any(not text[end : runs[before][1]].strip() for end in owned if end <= runs[before][1])
            marked = [head, *range(before, at)] if head < at and said[head] in _MARKING else []
            marked += [at - 1] if marked and said[at - 1] == "as" else []
            if before and said[before - 1] in _IS:
                add(kind, [*range(before - 1, at + len(phrase))], told=True)
            elif marked or behind_name:
                add(kind, [*marked, *range(before, at + len(phrase))], told=not marked)
    for kind, phrase in _load("deeds"):
        for at, places in _find(said, phrase, 0, _is_told):
            has = at > 0 and said[at - 1] in _HAS
            wished = has and at > 1 and said[at - 2] in _MODALS  # "7 should have gone out"
            if (has or is_past(said[at])) and runs[at][1] > 0 and not wished:  # behind a name
                add(kind, [*places, *([at - 1] if has else [])], told=True)
    for kind, phrase in _load("may"):
        for at in _find_whole(said, phrase):
            add(kind, range(at - 1, at + len(phrase)), told=True) if at and said[at - 1] in _CAN else None
    most = max((length for length, _ in made), default=0)
    best = {each for length, each in made if length == most}
    return list(best)


def find_durations(text: str, kind: str) -> Iterator[tuple[int, int]]:
    """The places of what is said beside an act and changes nothing about it."""
    runs = [*split_runs(text)]
    said = [word.casefold() for word, _, _ in runs]
    for _, phrase in (each for each in _load("long") if each[0] == kind):
        for at in _find_whole(said, phrase):
            yield from (runs[step][1:] for step in range(at, at + len(phrase)))


def _is_base(said: str, verb: str) -> bool:
    return said == verb


def _is_told(said: str, verb: str) -> bool:
    return said == verb or stem(UNSURE_FORMS.get(said, said)) == stem(verb)


def _is_form(said: str, verb: str) -> bool:
    """Whether a word is a verb or its participle: "approved"."""
    return said == verb or (is_past(said) and stem(UNSURE_FORMS.get(said, said)) == stem(verb))


def _find_whole(said: Sequence[str], phrase: Sequence[str]) -> Iterator[int]:
    return (at for at in range(len(said) - len(phrase) + 1) if tuple(said[at : at + len(phrase)]) == tuple(phrase))


def _find(
    said: Sequence[str], phrase: Sequence[str], first: int, alike: Callable[[str, str], bool]
) -> Iterator[tuple[int, list[int]]]:
    """Where a verb stands from a place on, and with it the places of the whole phrase. Its particle may be apart."""
    for at in range(first, len(said)):
        if not alike(said[at], phrase[0]):
            continue
        rest = list(phrase[1:])
        starts = range(at + 1, min(at + 2 + _MOST_APART, len(said)))
        start = next((each for each in starts if list(said[each : each + len(rest)]) == rest), None) if rest else at + 1
        if start is not None:
            yield at, [at, *range(start, start + len(rest))]
