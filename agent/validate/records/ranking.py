"""Ranking and matching of names: how well words fit records, and which records they may mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from rapidfuzz.distance import OSA

from agent.pipeline import Question
from agent.validate.questions import ask_between, make_candidate, name_record, quote_words
from agent.validate.records import confusables
from agent.validate.records.located import name_kind
from language import numerals
from language.stems import EMPTY, stem_text
from language.text import singularize, strip_accents
from registry.record_matching import is_abbreviation
from registry.records import Record, RecordKind

_WORD = re.compile(r"\w+")
_APOSTROPHE = re.compile(r"['’]")
_TELLING = 4
_SEVERAL = 2


class Fit(IntEnum):
    """How well a name fits the words.

    - ``EXACT``: the whole name, in any case.
    - ``WORDS``: every word said is a word of the name.
    - ``STARTS``: every word said begins a word of the name.
    - ``VAGUE``: only the platform says that it fits.
    """

    VAGUE = 0
    STARTS = 1
    WORDS = 2
    EXACT = 3


def rate_fit(words: str, record: Record, kind: RecordKind, by: str) -> Fit:
    """Rates how well a record fits the words. ``by`` (``name`` or ``text``) selects the searchable fields. Uses the
    label if the kind has none."""
    held = [
        str(record.values[each.name])
        for each in kind.fields
        if each.search == by and record.values.get(each.name) is not None
    ]
    texts = held or [record.label]
    if any(_fold_name(words) == _fold_name(text) or _join(words) == _join(text) for text in texts):
        return Fit.EXACT
    wanted, there = (
        _list_words(words),
        [word for text in texts for word in (*_list_words(text), *_list_words(_APOSTROPHE.sub("", text)))],
    )
    called = any(each.type == "email" for each in kind.fields)
    if wanted and all(_is_one_of(word, there, plural=not called) for word in wanted):
        return Fit.WORDS
    if wanted and all(any(word.startswith(each) for word in there) for each in wanted):
        return Fit.STARTS
    return Fit.VAGUE


def is_identifying(words: str, shown: str, kind: RecordKind) -> bool:
    """Whether every telling word describes the shown record ("the one with the bakery": "Ben's Baking"). Words match by
    stem, or by a common start of at least four letters."""
    wanted = _list_telling_words(words, kind)
    there = stem_text(shown)
    return bool(wanted) and all(any(_akin(each, other) for other in there) for each in wanted)


def names_nothing(words: str, kind: RecordKind) -> bool:
    """Whether words are only pronouns, articles and the kind's own noun: "the one", "that one, the other"."""
    return not _list_telling_words(words, kind)


def _list_telling_words(words: str, kind: RecordKind) -> list[str]:
    idle = {"one", *stem_text(" ".join(kind.nouns))}
    return [each for each in stem_text(words) if each not in EMPTY and each not in idle]


def _akin(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= _TELLING and long.startswith(short))


def is_slip(words: str, name: str) -> bool:
    """Whether the typed words are a name with a typo in one word: one or two letters missing, extra, wrong or swapped,
    with the first letter right."""
    typed, there = fold_words(words), fold_words(name)
    slips = 0
    for word in typed:
        if word in there:
            continue
        allowed = 1 if len(word) < 8 else 2
        near = [
            each
            for each in there
            if each[:1] == word[:1] and 0 < OSA.distance(word, each, score_cutoff=allowed) <= allowed
        ]
        if len(word) < 4 or len(near) != 1:
            return False
        slips += 1
    return slips == 1


def is_in_other_forms(words: str, name: str) -> bool:
    """Whether every typed word is in the name in another form, with at least two content words ("changing colours":
    "Change the colour")."""
    wanted = {each for each in stem_text(_write_figures(words)) if each not in EMPTY}
    return len(wanted) >= _SEVERAL and wanted <= {*stem_text(_write_figures(name))}


def _write_figures(text: str) -> str:
    """The text with its numbers as figures: "2-factor" for "two-factor"."""
    for each in reversed([each for each in numerals.find_typed(text) if each.kind == "cardinal"]):
        text = f"{text[: each.start]}{each.value}{text[each.end :]}"
    return text


def holds_initials(short: str, name: str) -> bool:
    """Whether consecutive words of a name begin with these letters, with numbers as figures: "2fa" for "two-factor
    authentication"."""
    counts = {each.start: str(each.value) for each in numerals.find_typed(name) if each.kind == "cardinal"}
    initials = "".join(counts.get(each.start(), each[0][:1]) for each in _WORD.finditer(name))
    return short.casefold() in initials.casefold()


def find_best(words: str, records: Sequence[Record], kind: RecordKind, by: str) -> tuple[Fit, list[Record]]:
    """The best rating, and the records that have it in their given order."""
    weighed = [(rate_fit(words, record, kind, by), record) for record in records]
    top = max((each for each, _ in weighed), default=Fit.VAGUE)
    return top, [record for each, record in weighed if each == top]


def find_described(words: str, records: Sequence[Record], kind: RecordKind) -> list[Record]:
    """The records whose name or text holds every word said, with at least one word in the name."""

    def there(record: Record, *ways: str) -> list[str]:
        return [
            word
            for each in kind.fields
            if each.search in ways and record.values.get(each.name) is not None
            for word in _list_words(str(record.values[each.name]))
        ]

    said = _list_words(words)
    return [
        record
        for record in records
        if all(_is_one_of(word, there(record, "name", "text"), plural=True) for word in said)
        and any(_is_one_of(word, there(record, "name"), plural=True) for word in said)
    ]


def list_text_fields(kind: RecordKind) -> list[str]:
    """The fields of free text that nothing searches. What a record belongs to is only repeated in such a field."""
    owners = {each.via.removesuffix("_id") for each in kind.relations if each.via is not None}
    free = (each.name for each in kind.fields if each.type == "string" and each.search is None)
    return [each for each in free if each.rpartition("_")[0] not in owners]


def list_shown(words: str, records: Sequence[Record], kind: RecordKind) -> list[Record]:
    """The records of a kind without names whose texts hold every word said: "the tent", of a parcel with one."""
    texts = list_text_fields(kind)
    said = {*map(singularize, _list_words(words))}

    def tell(record: Record) -> str:
        return " ".join(str(record.values[name]) for name in texts if record.values.get(name) is not None)

    return [each for each in records if said and said <= {*map(singularize, _list_words(tell(each)))}]


def find_numbered(number: str, records: Sequence[Record], kind: RecordKind) -> list[Record]:
    """The records with exactly this number, in any case (their id or a number field). If there is none, records whose
    number differs only in punctuation or letters ("1042" for INV-1042)."""
    exactly = [each for each in records if number.casefold() in {held.casefold() for held in _list_numbers(each, kind)}]
    loosely = [each for each in records if any(_same_code(number, held) for held in _list_numbers(each, kind))]
    return exactly or loosely


def _list_numbers(record: Record, kind: RecordKind) -> list[str]:
    held = [record.values.get(each.name) for each in kind.fields if each.search == "number"]
    return [record.id, *(str(each) for each in held if each is not None)]


def _same_code(said: str, held: str) -> bool:
    plain, asked = (re.sub(r"[^0-9a-z]", "", each.casefold()) for each in (held, said))
    return bool(asked) and (asked == plain or (asked.isdigit() and asked == re.sub(r"[^0-9]", "", plain)))


def sort_by_field(records: Sequence[Record], field: str, *, descending: bool) -> list[Record]:
    """Sorted by ``field``; records without a value for it are left out."""
    standing = [record for record in records if record.values.get(field) is not None]
    return sorted(standing, key=lambda record: _make_sort_key(record.values[field]), reverse=descending)


def find_tied(records: Sequence[Record], place: int, field: str) -> list[Record]:
    """The records that tie with the one at ``place`` (0-based). More than one means that the position is ambiguous."""
    value = records[place].values[field]
    return [record for record in records if record.values[field] == value]


def _make_sort_key(value: Any) -> tuple[int, float, str]:
    return (0, float(value), "") if isinstance(value, int | float) else (1, 0.0, str(value))


def _is_one_of(word: str, there: Sequence[str], *, plural: bool) -> bool:
    """Whether a word is among others, with or without accents. ``plural`` also accepts the other number, for names that
    are not a person's."""
    if any(word in (each, strip_accents(each)) or is_abbreviation(word, each) for each in there):
        return True
    return plural and len(word) > 3 and any(singularize(word) == singularize(each) for each in there)


def _join(text: str) -> str:
    """A text without accents, apostrophes, hyphens and spaces, which people often leave out."""
    return "".join(fold_words(text))


def _fold_name(text: str) -> str:
    """A name without case and without its article: "Fox" is the whole name of "The Fox"."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).removeprefix("the ")


def fold_words(text: str) -> list[str]:
    """The words of a text, without case and accents."""
    return [strip_accents(word) for word in _list_words(text)]


def _list_words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def holds_numbers(record: Record, words: str) -> bool:
    """Whether a record holds the words' numbers whole. A search may find 1005 for 100, but it is another number."""
    numbers = re.findall(r"\d+", words)
    values = " ".join(str(each) for each in record.values.values())
    return all(re.search(rf"(?<!\d){number}(?!\d)", values) for number in numbers)


def match_name(
    slot: str, param: str, kind: RecordKind, words: str, by: str, records: Sequence[Record], *, place: bool
) -> list[Record] | Question:
    """The records that ``words`` name, or a question.

    Returns no record, one, or with ``place`` (a word like "last" will choose) several. Asks if several have this name,
    one looks like another, a name holds hidden characters, or only a similar name exists. ``by`` is ``any`` if the
    words were found in names and texts together.
    """
    fit, picked = find_best(words, records, kind, by) if by != "any" else (Fit.WORDS, list(records))
    if not picked:
        return []
    if fit is Fit.VAGUE and by == "name":
        return _ask_which(slot, param, kind, words, picked)
    if fit is Fit.VAGUE:
        return []
    if by != "name":
        return (
            picked
            if place or len(picked) == 1
            else ask_between(slot, param, kind, picked, f"match {quote_words(words)}")
        )
    whole = fit is Fit.EXACT or (len(picked) == 1 and _holds_name(words, name_record(picked[0], kind)))
    rivals = _with_twins(picked, records, kind, exact=whole)
    if len(picked) > 1:
        return picked if place else ask_between(slot, param, kind, rivals, f"are called {quote_words(words)}")
    one = picked[0]
    if len(rivals) > 1:
        return ask_between(slot, param, kind, rivals, f"look like {quote_words(words)}")
    odd = confusables.find_suspicious(name_record(one, kind))
    if odd:
        return Question(
            slot=slot,
            code="ambiguous",
            text=f"One {name_kind(kind)} matches {quote_words(words)}, but its name is not what it looks like: "
            f"{odd[0]}. Do you mean it?",
            param=param,
            candidates=(make_candidate(one, (), kind),),
        )
    return [one]


def _holds_name(words: str, name: str) -> bool:
    """Whether the words hold the whole name, letter by letter, among other words."""
    said, held = (f" {' '.join(_WORD.findall(text.casefold()))} " for text in (words, name))
    return held.strip() != "" and held in said


def _with_twins(picked: Sequence[Record], records: Sequence[Record], kind: RecordKind, *, exact: bool) -> list[Record]:
    """The picked records with all others that could be taken for one of them. A whole name, typed exactly, differs from
    one that looks different (Novak, Nowak), but not from one that looks the same."""
    names = [name_record(each, kind) for each in picked]
    ids = {each.id for each in picked}

    def alike(name: str) -> bool:
        return any(confusables.looks_same(name, one) or (not exact and confusables.is_near(name, one)) for one in names)

    return [*picked, *(each for each in records if each.id not in ids and alike(name_record(each, kind)))]


def _ask_which(slot: str, param: str, kind: RecordKind, words: str, records: Sequence[Record]) -> Question:
    lead = f"No {name_kind(kind)} is called {quote_words(words)} here. Did you mean"
    return ask_between(slot, param, kind, records[:3], "", code="not_found", lead=lead)
