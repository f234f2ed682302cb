"""Names that are said otherwise than they are written: an initial for a first name or a surname, a plain noun behind a
name, a slip, a member of a closed field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from agent.planning.proposal import Find
from agent.validate.questions import name_record
from agent.validate.records import confusables
from agent.validate.records.located import RecordQuery
from agent.validate.records.ranking import (
    fold_words,
    holds_numbers,
    is_identifying,
    is_in_other_forms,
    is_slip,
    names_nothing,
)
from language.stems import stem_text
from language.text import singularize, word_set
from language.wordnet import is_word
from registry.records import Record, RecordKind, SearchBy, write_field

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAMED: Final[tuple[SearchBy, ...]] = ("name", "text")
_MOST_NOUNS: Final = 4
"""The most plain nouns beside a name; each may be searched for."""
_SPOKEN_ID: Final = re.compile(r"(?P<lead>(?:[^\W\d_]+\.?\s+){0,5})(?P<sign>#?)\s*(?P<id>\d{1,18})")
_NUMBERED: Final = word_set("number no no. nr nr. id with the")
_DIGIT: Final = re.compile(r"\d")
_LETTERS: Final = re.compile(r"[^\W\d_]|[\s.,'’-]")


def read_initials(words: str) -> tuple[str, ...]:
    """The words of a person's name with an initial, first name first: "Mira K.", "M. Kowal", "Kowal, M.". Empty for any
    other words."""
    if not all(map(_LETTERS.match, words)):
        return ()
    last, comma, first = words.partition(",")
    said = _WORD.findall(f"{first} {last}" if comma else words)
    short = [len(each) == 1 for each in said]
    return tuple(said) if any(short) and not all(short) else ()


def find_by_initials(said: Sequence[str], people: Sequence[Record], kind: RecordKind) -> tuple[list[Record], bool]:
    """The persons whom the words with an initial may mean, and whether they do so plainly: by the first name, or its
    letter, and the surname, or its letter. By another part of a name, or with the surname first, they only may."""
    wanted = [each for word in said for each in fold_words(word)]
    names = {each.id: _list_in_order(each, kind) for each in people}
    plainly = [each for each in people if _stands(wanted, name := names[each.id]) and _begins(wanted[-1], name[-1])]
    if plainly:
        return plainly, True
    turned = [*wanted[-1:], *wanted[:-1]]
    return [each for each in people if _stands(wanted, names[each.id]) or _stands(turned, names[each.id])], False


def find_twins(called: Sequence[Record], people: Sequence[Record], kind: RecordKind) -> list[Record]:
    """The others of these people whose names look the same as one of those called so."""
    names = [name_record(each, kind) for each in called]
    others = [each for each in people if each not in called]
    return [each for each in others if any(confusables.looks_same(name_record(each, kind), one) for one in names)]


def _list_in_order(record: Record, kind: RecordKind) -> list[str]:
    """The words of a person's name, first name first: "Kowal, Mira" is Mira Kowal. Those of the label, if the name is
    in several fields."""
    name = name_record(record, kind)
    name = record.label if " " not in name.strip() else name
    last, comma, first = name.partition(",")
    return fold_words(f"{first} {last}" if comma else name)


def _stands(wanted: Sequence[str], name: Sequence[str]) -> bool:
    """Whether each word said is a word of the name or its initial, in their order, from the first name on."""
    if not name or not _begins(wanted[0], name[0]):
        return False
    rest = iter(name[1:])
    return all(any(_begins(each, word) for word in rest) for each in wanted[1:])


def _begins(said: str, word: str) -> bool:
    return word.startswith(said) if len(said) == 1 else said == word


class NamePart(NamedTuple):
    """The proper name in words that hold plain nouns, too: "Osborne" of "Osborne dinner". ``plainly``: the name alone
    is written with capitals."""

    name: str
    nouns: tuple[str, ...]
    plainly: bool


def split_name(words: str) -> NamePart | None:
    """The proper name and the plain nouns of some words. None if every word has a capital, because that is one name
    ("Anna Baker"), or if they have only one of the two. Without any capital, the words that English has are nouns."""
    said = [each.removesuffix("'s").removesuffix("’s") for each in words.split() if each.casefold() != "the"]
    if not all(map(_WORD.fullmatch, said)):
        return None
    plainly = not words.islower()
    small = [each for each in said if each.islower() and (plainly or is_word(each))]
    name = [each for each in said if each not in small]
    if not name or not 0 < len(small) <= _MOST_NOUNS or not all(map(is_word, small)):
        return None
    return NamePart(" ".join(name), tuple(small), plainly)


def match_nouns(
    nouns: Sequence[str], records: Sequence[Record], others: Sequence[Record], kind: RecordKind
) -> tuple[list[Record], bool]:
    """The records that plain nouns describe, and whether the nouns tell records of the kind apart: they are a state, a
    value, or words of these or ``others``."""
    telling = [each for each in nouns if not names_nothing(each, kind)]
    there = {each.id: _list_values(each, kind) for each in (*others, *records)}
    described = [each for each in records if all(is_identifying(noun, there[each.id], kind) for noun in telling)]
    known = [*kind.states, *(value for each in kind.fields for value in each.values), *there.values()]
    return described, any(is_identifying(noun, text, kind) for noun in telling for text in known)


def _list_values(record: Record, kind: RecordKind) -> str:
    values = (write_field(each, record.values).replace("_", " ") for each in kind.fields if each.type != "id")
    return " ".join((record.label, record.detail, *values))


def find_slip(words: str, picked: Sequence[Record], records: Sequence[Record], kind: RecordKind) -> Record | None:
    """The one picked record whose name has a typo or other word forms, if none of all ``records`` is as near or looks
    the same."""
    picked = [each for each in picked if holds_numbers(each, words)]  # another number is another record
    near = [each for each in picked if is_slip(words, name_record(each, kind))]
    if not near and not any(each.type == "email" for each in kind.fields):  # not for a person's or company's name
        near = [each for each in picked if is_in_other_forms(words, name_record(each, kind))]
    if len(near) != 1 or confusables.find_suspicious(name_record(near[0], kind)):
        return None
    name = name_record(near[0], kind)
    others = [name_record(each, kind) for each in records if each.id != near[0].id]
    alike = any(confusables.is_near(words, each) or confusables.looks_same(name, each) for each in others)
    return None if alike else near[0]


def find_member(kind: RecordKind, words: str) -> Mapping[str, Sequence[str | int | bool]] | None:
    """The one closed field that has the words as a member, if no name fits: "the brakes job", by its service."""
    said = stem_text(words)
    found = {
        each.name: [one for one in each.values or () if stem_text(one.replace("_", " ")) == said]
        for each in kind.fields
    }
    members = {name: held for name, held in found.items() if held}
    return members if len(members) == 1 else None


def is_code(words: str, kind: RecordKind) -> bool:
    """Whether words hold a number, or form a code as the kind's records have one."""
    coded = (each.pattern and re.fullmatch(each.pattern, words.strip()) for each in kind.fields)
    return _DIGIT.search(words) is not None or any(coded)


def is_found_by_name(kind: RecordKind) -> bool:
    return any(each.search == "name" for each in kind.fields)


def list_ways(need: RecordQuery, words: str) -> tuple[SearchBy | None, ...]:
    """The ways in which these words may find a record of the kind, surest first. A reader of functions has told one."""
    kind, told = need.kind, need.told
    ways = {each.search for each in kind.fields if each.search}
    if told is not None:
        by: SearchBy | None = "name" if told.name and "name" in ways else None
        return ("number" if told.number else "email" if told.email else by,)
    made: list[SearchBy] = []
    if "@" in words and "email" in ways:
        made.append("email")
    by_id = "number" not in ways and read_spoken_id(words, kind) is not None
    if not by_id and (is_code(words, kind) or "-" in words.strip() or not ways & {"name", "text"}):
        made.append("number")
    named = (each for each in _NAMED if each in ways)
    return (*made, *named, *(("number",) if by_id else ()))  # desk 4 may be called "Desk 4"


def read_spoken_id(words: str, kind: RecordKind) -> str | None:
    """The id in words that say a record by it: "tool 12", "id 12", "#12". A number alone may be a name or an amount: it
    is an id only of records that have no name. Of a kind with numbers, any words may be one."""
    if any(each.search == "number" for each in kind.fields):
        return words.strip().lstrip("#")
    if (found := _SPOKEN_ID.fullmatch(words.strip())) is None:
        return None
    lead = found["lead"].casefold().split()
    said = {*_NUMBERED, *(word for noun in kind.nouns for word in noun.casefold().split())}
    nameless = not any(each.search in _NAMED for each in kind.fields)
    return found["id"] if said.issuperset(lead) and (lead or found["sign"] or nameless) else None


def list_singular(find: Find) -> tuple[str, ...]:
    """The names that several may be called by: "both Adas", "the geese"."""
    text = find.said.text if find.said is not None and find.pick != "one" else ""
    return tuple(dict.fromkeys((text.removesuffix("s"), singularize(text)))) if singularize(text) != text else ()


def is_titled(kind: RecordKind) -> bool:
    """Whether the kind's records have titles, and are no persons or companies."""
    ways = {each.search for each in kind.fields}
    return bool(ways & {"name", "text"}) and not any(each.type == "email" for each in kind.fields)
