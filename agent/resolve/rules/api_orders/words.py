"""Words of an API order: its tokens, its parts between prepositions, its verb, and how surely the verb means an
action's."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from agent.planning.proposal import Words
from language.stems import EMPTY, READING, name_stems, stem, stem_text
from language.text import word_set
from registry.offers.offer import Offer

PREPOSITIONS: Final = word_set(
    "in on from of for to into onto with as at by under called named titled using via within"
)
DETERMINERS: Final = word_set("the a an this that my our your his her their its these those some new existing current")
POLITE: Final = word_set(
    "please pls now kindly just also then and hi hey hello thanks could can would will you i we want need to like"
)
_TOKEN: Final = re.compile(r"\"[^\"]+\"|“[^”]+”|'[^'\s][^']*'(?!\w)|‘[^’]+’|\S+")
_OPEN, _CLOSE = "\"“‘'(", "\"”’').,;!?"
MOST_TOKENS: Final = 40
_MOST_SPLITS: Final = 5


@dataclass(frozen=True, slots=True)
class Token:
    """A token without quotes and punctuation (``start`` to ``end``). ``colon``: a colon ends it. ``owns``: it had a
    possessive 's."""

    start: int
    end: int
    low: str
    quoted: bool = False
    colon: bool = False
    owns: bool = False

    @property
    def stem(self) -> str:
        return stem(self.low)


@dataclass(frozen=True, slots=True)
class Part:
    """Tokens after a preposition. ``by`` is ``""`` for the object, ``":"`` after a colon."""

    by: str
    tokens: tuple[Token, ...]

    @property
    def plain(self) -> tuple[Token, ...]:
        """The part without leading determiners."""
        return tuple(itertools.dropwhile(lambda each: each.low in DETERMINERS and not each.quoted, self.tokens))


def read_tokens(text: str) -> tuple[Token, ...]:
    made = []
    for found in _TOKEN.finditer(text):
        said = found[0]
        start, end = found.span()
        quoted = len(said) > 2 and said[0] in _OPEN[:4] and said[-1] in _CLOSE[:4]
        if quoted:
            made.append(Token(start + 1, end - 1, said[1:-1].casefold(), quoted=True))
            continue
        plain = said.rstrip(_CLOSE + ":")
        tail = said[len(plain) :]
        plain = plain.lstrip(_OPEN)
        start = end - len(tail) - len(plain)
        if not plain:
            continue
        owns = bool(re.search(r"['’]s\Z", plain)) and len(plain) > 2
        plain = plain[:-2] if owns else plain
        made.append(Token(start, start + len(plain), plain.casefold(), colon=":" in tail, owns=owns))
    return tuple(made)


def quote(text: str, tokens: Sequence[Token]) -> Words:
    """The words as typed."""
    start, end = tokens[0].start, tokens[-1].end
    return Words(text=text[start:end], start=start)


def split_parts(tokens: Sequence[Token]) -> Iterator[tuple[Part, ...]]:
    """Every way to split an order at its prepositions, with most splits first. A preposition may belong to a name."""
    colon = next((at for at, each in enumerate(tokens) if each.colon and not each.quoted), None)
    told: tuple[Part, ...] = ()
    if colon is not None and colon + 1 < len(tokens):
        told = (Part(":", tuple(tokens[colon + 1 :])),)
        tokens = tokens[: colon + 1]
    at = [
        place
        for place, each in enumerate(tokens)
        if each.low in PREPOSITIONS and not each.quoted and place + 1 < len(tokens)
    ]
    at = at[:_MOST_SPLITS]
    for count in range(len(at), -1, -1):
        for chosen in itertools.combinations(at, count):
            ends = (*chosen, len(tokens))
            first = Part("", tuple(tokens[: ends[0]]))
            rest = tuple(
                Part(tokens[here].low, tuple(tokens[here + 1 : after])) for here, after in itertools.pairwise(ends)
            )
            if all(each.plain for each in rest):
                yield tuple(_owned(each for each in (first, *rest) if each.tokens)) + told


def _owned(parts: Iterator[Part]) -> Iterator[Part]:
    """Reads a possessive: "Ada's email" is the email of Ada."""
    for part in parts:
        place = next((at for at, each in enumerate(part.tokens) if each.owns), None)
        if place is None or place + 1 == len(part.tokens):
            yield part
            continue
        yield Part(part.by, part.tokens[place + 1 :])
        yield Part("of", part.tokens[: place + 1])


OWN, TOLD, BY_NOUN = 1.0, 0.9, 0.8
"""An action's own verb; one that its name alone has; one that is what it adds. Of verbs that are merely akin none is
taken: to cancel is not to delete."""
_PARTICLES: Final = frozenset(("on", "off", "up", "down", "back", "out", "away", "in"))
_OF_TWO_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "turn on": ("enable", "activate", "on"), "switch on": ("enable", "activate", "on"),
    "turn off": ("disable", "deactivate", "off"), "switch off": ("disable", "deactivate", "off"),
    "bring back": ("restore", "revive"), "put back": ("restore",), "take off": ("remove",), "take out": ("remove",),
    "take away": ("remove",), "throw away": ("delete",), "throw out": ("delete",), "set up": ("create",),
    "shut down": ("stop", "disable"), "kick off": ("start", "run"), "start up": ("start",), "call off": ("cancel",),
}  # fmt: skip
_LIKE: Final = tuple(
    frozenset(map(stem, each.split()))
    for each in (
        "restore revive recover undelete unarchive reinstate",
        "copy clone duplicate",
        "run trigger start execute launch invoke",
        "stop cancel abort terminate kill",
        "update change edit modify set patch replace rename alter adjust",
        "create add make new insert post",
        "delete remove erase destroy drop discard purge",
        "favorite favourite star like bookmark",
        "enable activate",
        "disable deactivate",
        "pause suspend",
        "resume unpause continue",
    )
)
CREATES: Final = frozenset(map(stem, ["create", "add", "make", "new", "insert", "post", "register"]))
REMOVES: Final = frozenset(map(stem, ["delete", "remove", "erase", "destroy", "drop", "take"]))
CHANGES: Final = frozenset(map(stem, ["update", "patch", "put", "replace", "edit", "modify", "change", "set"]))
LIGHT: Final = frozenset(map(stem, ["mark", "set", "make", "put", "give", "change", "move", "switch", "turn"]))
"""What these do is told by what goes with them."""
SETTING: Final = frozenset(map(stem, ["add", "write", "leave", "note"]))
"""What these do is told by the field that is named after them: "add a note to it"."""
SHOWING: Final = READING - frozenset(map(stem, ("check", "know", "tell", "give")))
_DOING: Final = frozenset(("make", "do", "take", "perform"))
_ADDING: Final = frozenset(map(stem, ("add", "assign", "attach", "set", "put")))
_AGAINST: Final = re.compile(r"(?:un|de|dis)(?=[a-z]{3})")
_FRAME: Final = frozenset(("is", "has", "be", "are", "was", "the", "should"))
_STARTS: Final = frozenset(map(stem, ("enable", "activate", "on", "resume")))
_STOPS: Final = frozenset(map(stem, ("disable", "deactivate", "off", "suspend", "pause")))
_GOING: Final = frozenset(map(stem, ("enabled", "active", "activated", "on")))
_RESTING: Final = frozenset(map(stem, ("paused", "suspended", "disabled", "inactive")))
_OPPOSITES: Final = {"disabl": "enabl", "off": "on", "inact": "activ", "deactiv": "activ"}


def read_verb(tokens: Sequence[Token]) -> tuple[tuple[str, ...], tuple[Token, ...], tuple[Token, ...]] | None:
    """The verbs that an order may mean (in plain form), their tokens, and their object. ``turn X off`` is ``turn off
    X``."""
    if not tokens or tokens[0].quoted or not tokens[0].low.isalpha():
        return None
    first, rest = tokens[0], tuple(tokens[1:])
    if first.low in _DOING and len(rest) > 3 and rest[0].low in ("a", "an") and rest[2].low == "of":
        return (rest[1].low,), (first, *rest[:2]), rest[3:]  # "make a copy of"
    for place, each in enumerate(rest):
        if each.low not in _PARTICLES or each.quoted:
            continue
        if place and place + 1 < len(rest) and rest[place + 1].low not in PREPOSITIONS:
            continue  # a preposition of its own: "turn off X on the site"
        if meant := _OF_TWO_WORDS.get(f"{first.low} {rest[place].low}"):
            return meant, (first, rest[place]), rest[:place] + rest[place + 1 :]
    return (first.low,), (first,), rest


class ActionVerbs:
    """The verbs of an action.

    ``verbs`` maps a stem to how surely it means the action. ``told`` is the verb of its title. ``called`` are the other
    stems of its title. ``changes``: it writes fields of a record.
    """

    __slots__ = ("called", "changes", "known", "told", "verbs")

    def __init__(self, offer: Offer) -> None:
        self.verbs: dict[str, float] = {}
        self.called = _object(offer.title)
        self.known = {*stem_text(offer.title), *name_stems(offer.name)}
        for text, much in ((offer.title, OWN), *((each, OWN) for each in (*offer.aliases, *offer.examples))):
            words = re.findall(r"[a-z]+", text.casefold())[:2]
            if words:
                self.verbs.setdefault(stem(words[0]), much)
                for each in _OF_TWO_WORDS.get(" ".join(words), ()):
                    self.verbs.setdefault(stem(each), much)
        for each in name_stems(offer.name.rpartition(".")[2]):
            self.verbs.setdefault(each, TOLD)
        self.told = frozenset(map(stem, re.findall(r"[a-z]+", offer.title.casefold())[:1]))
        self.changes = not CHANGES.isdisjoint(self.verbs)

    def rate(self, said: Sequence[str]) -> float:
        """How surely a verb means this action. 0 if nothing tells."""
        return max((self._rate(stem(each)) * (1.0 if not at else 0.95) for at, each in enumerate(said)), default=0.0)

    def _rate(self, said: str) -> float:
        if said in self.verbs:
            return self.verbs[said]
        alike = {other for group in _LIKE if said in group for other in group}
        near = max((self.verbs[each] for each in alike if each in self.verbs), default=0.0)
        if near:
            return near * 0.9
        if said in self.called and not _ADDING.isdisjoint(self.verbs):
            return BY_NOUN  # "tag it" adds a tag
        return 0.0


def _object(title: str) -> frozenset[str]:
    """The stems of a title without its verb."""
    words = re.findall(r"[a-z]+", title.casefold())
    return frozenset(stem(each) for each in words[1:] if each not in EMPTY and each not in DETERMINERS)


@lru_cache(maxsize=1024)
def read_action_verbs(key: _Key) -> ActionVerbs:
    return ActionVerbs(key.offer)


class _Key:
    """An offer by identity: only the same object is equal."""

    __slots__ = ("offer",)

    def __init__(self, offer: Offer) -> None:
        self.offer = offer

    def __hash__(self) -> int:
        return id(self.offer)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.offer is self.offer


def find_verbs(offer: Offer) -> ActionVerbs:
    return read_action_verbs(_Key(offer))


def may_mean(offer: Offer, said: Sequence[str]) -> bool:
    """Whether a verb may mean an action: alone, or with its particle."""
    verbs = find_verbs(offer)
    if verbs.rate(said) > 0:
        return True
    return verbs.changes and (stem(said[0]) in LIGHT | SETTING or any(find_switch(offer, each) for each in said))


def find_switch(offer: Offer, said: str) -> tuple[str, bool] | None:
    """The yes-or-no parameter that a word switches, and to what: ``publish`` sets ``is_published``, ``unpause`` sets
    ``is_paused`` to no, ``mute`` sets the only muted one, ``alerts_muted``."""
    of_part: list[tuple[str, bool]] = []
    for name, schema in offer.properties.items():
        kind = schema.get("type") if isinstance(schema, Mapping) else None
        if kind != "boolean" and not (isinstance(kind, list) and set(kind) == {"boolean", "null"}):
            continue
        core = [each for each in re.findall(r"[a-z]+", name.casefold()) if each not in _FRAME]
        way = _switches(said, core[-1]) if core else None
        if way is not None and len(core) == 1:
            return name, way
        if way is not None and core[-1].endswith("ed") and stem(core[-1]) not in CREATES | REMOVES | CHANGES:
            of_part.append((name, way))
    return of_part[0] if len(of_part) == 1 else None


def _switches(said: str, core: str) -> bool | None:
    word, held = stem(said), stem(core)
    if _same(word, held):
        return True
    if _same(_OPPOSITES.get(word, ""), held) or _same(word, _OPPOSITES.get(held, "")):
        return False
    if word in _STARTS | _STOPS and held in _GOING | _RESTING:
        return (word in _STARTS) == (held in _GOING)
    bare = _AGAINST.sub("", said, count=1)
    if bare != said and _same(stem(bare), held):
        return False
    held_bare = _AGAINST.sub("", core, count=1)
    return False if held_bare != core and _same(word, stem(held_bare)) else None


def _same(one: str, other: str) -> bool:
    """Whether two stems are variants of one: ``activ`` and ``activat``, ``favorit`` and ``favourit``."""
    if not one or not other:
        return False
    one, other = one.replace("our", "or"), other.replace("our", "or")
    return one == other or (min(len(one), len(other)) >= 4 and one.removesuffix("at") == other.removesuffix("at"))
