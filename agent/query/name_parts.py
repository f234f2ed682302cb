"""Names that are not written out: an initial for a first name or a surname, a slip, a member of a closed field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from agent.validate.questions import name_record
from agent.validate.records import confusables
from agent.validate.records.ranking import fold_words, is_in_other_forms, is_slip
from language.stems import stem_text
from registry.records import Record, RecordKind

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
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


def find_slip(words: str, picked: Sequence[Record], records: Sequence[Record], kind: RecordKind) -> Record | None:
    """The one picked record whose name has a typo or other word forms, if none of all ``records`` is as near or looks
    the same."""
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
