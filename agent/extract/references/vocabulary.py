"""Vocabulary: the closed word lists of referring expressions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from rapidfuzz.distance import OSA

from agent.extract.references.value import By
from language.stems import ORDERS, stem
from language.text import Text, Token, singularize, word_set
from registry.patterns import compile_pattern
from registry.records import Field, RecordKind, Side

# word(s) → (position, by, descending). "last" counts from the newest; "biggest" from the top.
PLACES: Final[dict[str, tuple[int, By | None, bool]]] = {
    "last but one": (-2, "order", True),
    "second to last": (-2, "order", True),
    "second-to-last": (-2, "order", True),
    "next to last": (-2, "order", True),
    "third to last": (-3, "order", True),
    "before last": (-2, "order", True),
    "penultimate": (-2, "order", True),
    "most recent": (-1, "order", True),
    "most expensive": (1, "size", True),
    "least expensive": (1, "size", False),
    "last": (-1, "order", True),
    "latest": (-1, "order", True),
    "newest": (-1, "order", True),
    "final": (-1, "order", True),
    "previous": (-1, "order", True),
    "recent": (-1, "order", True),
    "first": (1, "order", False),
    "oldest": (1, "order", False),
    "longest standing": (1, "order", False),
    "longest-standing": (1, "order", False),
    "longest serving": (1, "order", False),
    "earliest": (1, "order", False),
    "original": (1, "order", False),
    "next": (1, "order", False),
    "biggest": (1, "size", True),
    "largest": (1, "size", True),
    "highest": (1, "size", True),
    "priciest": (1, "size", True),
    "longest": (1, "size", True),
    "smallest": (1, "size", False),
    "lowest": (1, "size", False),
    "cheapest": (1, "size", False),
    "shortest": (1, "size", False),
    "second": (2, "order", False),
    "2nd": (2, "order", False),
    "third": (3, "order", False),
    "3rd": (3, "order", False),
    "fourth": (4, "order", False),
    "4th": (4, "order", False),
    "fifth": (5, "order", False),
    "5th": (5, "order", False),
}
# Lies before or after now.
SIDES: Final[dict[str, Side]] = {"past": "past", **dict.fromkeys(("next", "upcoming", "future", "coming"), "future")}
ORDINALS: Final = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5}
COUNTS: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "couple": 2,
    "dozen": 12,
}  # fmt: skip
EVERY: Final = word_set("all every each both any")
OWNERS: Final = word_set("his her their its hers theirs")
MINE: Final = word_set("my our mine ours me us myself")
PRONOUNS: Final = word_set("him her them it he she they this that these those himself herself")
OF: Final = word_set("of for from by to belonging under with owned on in")
ABOUT: Final = word_set("about regarding concerning re mentioning on saying")
CALLED: Final = word_set("called named titled entitled labelled labeled")
NUMBERED: Final = word_set("number no no. nr num # id ids ref reference code numbered with")
FILLERS: Final = word_set(
    "the a an this that these those of one ones please for from to by and or with which who is are was were be "
    "been has have had still yet currently now on in at it its as just only whose account record entry all every "
    "each both any some same very new my our his her their your there"
)


class HashableById:
    """Kinds (and offers) as a key. Equal only if they are the same object, because their mappings have no hash."""

    __slots__ = ("_hash", "kinds")

    def __init__(self, kinds: tuple[Any, ...]) -> None:
        self.kinds = kinds
        self._hash = hash(tuple(map(id, kinds)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HashableById) or len(self.kinds) != len(other.kinds):
            return False
        return all(mine is theirs for mine, theirs in zip(self.kinds, other.kinds, strict=True))


class TokenCover:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.tokens = text.tokens
        self.used = [False] * len(text.tokens)
        self.spans: list[tuple[int, int]] = []

    def take(self, first: int, last: int) -> None:
        """Marks tokens ``first`` up to ``last`` as understood. They are not read again."""
        for index in range(first, last):
            self.used[index] = True
        self.spans.append(self.text.span(self.tokens[first].start, self.tokens[last - 1].end))


GROUP: Final = re.compile(r"\{[^{}\n]*\}|\([^()\n]*\)|\[[^\[\]\n]*\]")
_PART: Final = re.compile(r"\"[^\"]*\"|'(?:[^']++|'(?=\w))*+'|[^,;:\"'\s][^,;:\"]*|[,;:]")


def extend_over_brackets(plain: str, end: int) -> int:
    """The ``end`` of a phrase, or of the brackets right after it."""
    found = GROUP.match(plain, end + (plain[end : end + 1] == " "))
    return found.end() if found is not None and found[0][0] in "{[" else end


def split_marks(group: str) -> tuple[tuple[str, str], ...]:
    """``(name, value)`` of each part. The name is empty if none is given."""
    made: list[tuple[str, str]] = []
    key = value = ""
    for part in [*(found[0] for found in _PART.finditer(group[1:-1])), ","]:
        if part == ":":
            key, value = value, ""
        elif part in ",;":
            if value:
                made.append((key, value))
            key = value = ""
        else:
            value = part.strip().strip("\"'")
    return tuple(made)


LEFT: Final = (
    word_set("the a an this that these those of one my our his her their its new old")
    | EVERY
    | frozenset(word for phrase in PLACES for word in phrase.split())
    | frozenset(COUNTS)
    | frozenset(SIDES)
)
STOP: Final = word_set(
    "and or then but if because so when while please with to into as via using than not is are was were has have "
    "had can could should would will do does did tell send give make set mark let also"
)


# Follows a name and says how or when something is done. Never part of a name.
MANNER: Final = word_set(
    "immediately now today tomorrow tonight asap again soon quickly urgently please thanks thank right straight "
    "once effective instantly "
    "already too back there here twice permanently temporarily completely fully"
)


JOINERS: Final = word_set("of de di da del della la le van von der den du al el y & and o'")
BENEFICIARIES: Final = word_set("me us you myself")
DETERMINERS: Final = word_set("the our")
MOST_DESCRIBING: Final = 6
PREPOSITIONS: Final = word_set(
    "of for from by belonging about regarding concerning called named titled on in to with under"
)


def is_name_part(tokens: Sequence[Token], index: int, capital: bool) -> bool:
    token = tokens[index]
    if not token.word or token.owns or token.low in STOP | PREPOSITIONS | LEFT:
        return token.low in {"the"} and False
    if capital:
        return token.capital and not starts_sentence(tokens, index)
    # A name in lower case: at most a first name before the last one, and never the sentence's verb.
    return (
        not token.capital
        and token.low.isalpha()
        and not starts_sentence(tokens, index)
        and stem(token.low) not in ORDERS
        and (tokens[index + 1].owns or tokens[index - 1].low in {"of", "for", "to", "customer", "client", "user"})
    )


def joins_capitals(tokens: Sequence[Token], index: int) -> bool:
    """Whether this is an "&" inside a name, as in "Health & Wellness"."""
    return (
        0 < index < len(tokens) - 1
        and tokens[index].text in ("&", "+")
        and tokens[index - 1].capital
        and tokens[index + 1].capital
        and not starts_sentence(tokens, index - 1)
    )


def starts_sentence(tokens: Sequence[Token], index: int) -> bool:
    return index == 0 or tokens[index - 1].text in {".", "!", "?", ":"}


def find_clause_end(tokens: Sequence[Token], index: int) -> int:
    first = index
    while (
        index < len(tokens)
        and tokens[index].text not in {",", ";", ".", "?", "!", ":", "(", ")"}
        and tokens[index].low not in STOP | MANNER
    ):
        if index - first > 7 or ends_name(tokens, first, index):
            break
        index += 1
    return index


def ends_name(tokens: Sequence[Token], first: int, index: int) -> bool:
    """Whether a capitalised name ends here: "Hugo Bernard" of "Hugo Bernard by mail"."""
    token, before = tokens[index], tokens[index - 1]
    return (
        index > first
        and tokens[first].capital
        and before.capital
        and not before.owns
        and token.word
        and not token.capital
        and not token.text[:1].isdigit()
        and token.low not in JOINERS
        and token.low.isascii()
    )


EMAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
CODE: Final = re.compile(r"#?(?=[\w-]*\d)[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*|#\w+(?:-\w+)*|\d+(?:-\d+)*")

IDENTIFIER: Final = re.compile(r"[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)+")
"""A technical name such as ``dark_mode``: a word with an underscore isn't English."""


def match_noun(tokens: Sequence[Token], index: int, kind: RecordKind) -> int:
    """How many tokens from ``index`` on are a noun of ``kind`` (0 for none). Singular or plural, with at most one typo
    in a longer word."""
    best = 0
    for parts in _list_nouns_beginning(tokens[index].low, kind.nouns):
        if not best < len(parts) <= len(tokens) - index:
            continue
        if all(is_same_noun(tokens[index + step].low, part) for step, part in enumerate(parts) if step):
            best = len(parts)
    return best


@lru_cache(maxsize=256)
def _list_nouns(nouns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(parts for noun in nouns if (parts := tuple(noun.lower().split())))


@lru_cache(maxsize=8192)
def _list_nouns_beginning(word: str, nouns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The nouns that may begin with this word. For most words none."""
    return tuple(parts for parts in _list_nouns(nouns) if is_same_noun(word, parts[0]))


@lru_cache(maxsize=4096)
def is_same_noun(word: str, noun: str) -> bool:
    if word == noun or singularize(word) == singularize(noun):
        return True
    if len(noun) < 5 or not word.isalpha() or word[:1] != noun[:1] or abs(len(word) - len(noun)) > 2:
        return False
    return OSA.distance(singularize(word), singularize(noun), score_cutoff=1) <= 1


def can_be_code(text: str, kind: RecordKind) -> bool:
    """Whether ``text`` can be a number of ``kind``: a code, in the form of the kind's numbers if that is known."""
    if not CODE.fullmatch(text):
        return False
    patterns = [each.pattern for each in kind.fields if each.search == "number" and each.pattern]
    return not patterns or any(rule is not None and rule.covers(text) for rule in map(compile_pattern, patterns))


def rate_person_likeness(kind: RecordKind) -> int:
    """How much the names of this kind's records are like people's: 2 with an e-mail address as well, 1 with a name, 0
    without."""
    named = any(field.search == "name" for field in kind.fields)
    mailed = any(field.search == "email" or field.type == "email" for field in kind.fields)
    return 2 if named and mailed else 1 if named else 0


_STAFF: Final = word_set("staff colleague employee agent worker")
_PERSONS: Final = _STAFF | word_set(
    "mechanic vet doctor dentist nurse volunteer helper coach crew captain guide "
    "assistant technician pilot pupil child guest client member person people family household artist driver tenant "
    "applicant candidate student patient resident participant attendee"
)
_DOERS: Final = _PERSONS | word_set("assignee handler leader teacher manager")
_PHONES: Final = word_set("phone telephone mobile cell tel fax")


def is_person(kind: RecordKind) -> bool:
    """Whether a kind's records are people: they have a name, and an e-mail address, a telephone or a noun for somebody.
    One for who does something ("printer") is none where they have a size or status."""
    nouns = [noun.lower().split()[-1] for noun in kind.nouns if noun]
    thing = kind.size is not None or any(field.name in ("state", "status") for field in kind.fields)
    named = any(noun in _PERSONS or (not thing and noun.endswith(("er", "or", "ist", "ian"))) for noun in nouns)
    return rate_person_likeness(kind) > 0 and (named or any(map(is_contact, kind.fields)))


def is_staff(kind: RecordKind) -> bool:
    """Whether a kind's records are people who work here, whom what is unpaid is owed to."""
    return any(noun.lower().split()[-1:] == [word] for noun in kind.nouns for word in _STAFF)


def find_doer_field(kind: RecordKind) -> Field | None:
    """The one field that says who does a record, in a word or of a list: "assignee", "driver"."""
    held = [each for each in kind.fields if each.search is None and each.type in ("enum", "string")]
    doers = [each for each in held if (each.label or each.name).lower() in _DOERS]
    return doers[0] if len(doers) == 1 else None


def is_contact(field: Field) -> bool:
    """Whether a field says how somebody is reached: by e-mail or telephone."""
    return "email" in (field.type, field.search) or "phone" in field.name or field.name in _PHONES


def find_owner_kind(kind: RecordKind, kinds: Sequence[RecordKind]) -> RecordKind | None:
    """The kind that "X's …" most likely names: the nearest relation whose records have names."""
    related = [
        found for each in kind.relations for found in kinds if found.name == each.kind and found.name != kind.name
    ]
    return max(related, key=rate_person_likeness, default=None)


def list_connected(kinds: Mapping[str, RecordKind], own: Collection[str]) -> list[str]:
    """The names of the kinds that relations lead to or from, step by step, from the ``own`` ones."""
    near, before = {*own}, 0
    while len(near) > before:
        before = len(near)
        for kind in kinds.values():
            linked = {kind.name, *(each.kind for each in kind.relations)}
            near |= linked if near & linked else set()
    return [name for name in kinds if name in near]


def find_number(cover: TokenCover, noun: tuple[int, int] | None, kind: RecordKind) -> str | None:
    """A code or number that identifies the record: after its noun, after "number", or a code anywhere. "3rd" and "3
    invoices" are none."""
    for index, token in enumerate(cover.tokens):
        if cover.used[index] or not can_be_code(token.text, kind) or token.low in ORDINALS:
            continue
        if re.fullmatch(r"\d+(?:st|nd|rd|th)", token.low):
            continue
        bare = token.text.isdigit()
        near = [other.low for other in cover.tokens[max(0, index - 2) : index]]
        after_noun = noun is not None and index >= noun[1]
        counted = bare and len(token.text) < 3 and noun is not None and index < noun[0]
        if counted or (bare and not after_noun and noun is not None and not any(word in NUMBERED for word in near)):
            continue
        first = index
        while first > 0 and not cover.used[first - 1] and cover.tokens[first - 1].low in NUMBERED | {":", "'", '"'}:
            first -= 1
        cover.take(first, index + 1)
        return token.text.removeprefix("#")
    return None
