"""Locales: read requests in languages other than English, by mapping their common words of business and grammar to
English.

A locale is one file here, named after its language (``de.txt``). ``[locale]`` holds the messages for a request that is
not understood, or only in part, and ``verbs: last`` if orders may end with their verb. In ``[words]`` a line is
``english: form, form``, where "…" stands for the words between the parts of a separable verb. ``[states]`` holds
adjectives of records' states and order, ``[nouns]`` the names of records. The files are written by hand for what people
ask administrators for. Nothing here knows a platform or an action.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from language.stems import EMPTY, ORDER_WORDS
from language.text import blank_quotations, singularize
from language.wordnet import is_word

WEIGHTY: Final = frozenset(("not", "only", "if", "but"))
"""Words whose effect can't be read in another language. A request with one of them isn't carried out."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*['’]?")
_GAP: Final = "…"
_BETWEEN: Final = r"(?P<between>\s+(?:[^.;!?\n]{1,80}?\s+)??)"
_SHORTEST: Final = 3
SURELY: Final = 2
"""Fewest words that belong to the language and not to English, for English words among them not to matter."""
Piece = tuple[int, int, str]
"""Start and end in the text, and the English for that part."""
_TELLS: Final = frozenset(("he", "she", "they"))
_TOKEN: Final = re.compile(r"\w(?:[\w@.'’-]*\w)?")
_LEADS: Final = frozenset(("please", "can", "you", "can you", "hello"))
"""Words that may come before an order."""
_ASKING: Final = frozenset(("how many", "which", "what", "when", "how much"))
_MAIN_VERBS: Final[Mapping[str, str]] = {
    "has": "have", "have": "have", "end": "end", "start": "start", "cost": "cost", "owes": "owe", "owe": "owe",
}  # fmt: skip
"""English verbs at the end of such a question."""
_SUMS: Final = frozenset(("cost", "owe"))
"""Verbs that are asked about with "how much", where a language has one word for that and for "how many"."""
_PREPOSITIONS: Final = frozenset(("to", "by", "in", "for", "on"))
_ELIDED: Final = r"(?:l|d|dell|all|un|dall|nell|sull|j|n)['’]"
_SHARE: Final = 0.6
"""Smallest share of the language's words among the lower-case words and the first one."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A request translated word by word. ``pieces`` are places of the text with their English. ``weighty`` are the
    words that stop it."""

    language: str
    pieces: tuple[Piece, ...]
    weighty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Locale:
    """The locale of one language. ``not_read`` and ``read_in_part`` are the messages for a request that is not fully
    understood (``{words}`` are those that may change its meaning). ``particles`` are the last parts of separable verbs.
    ``states`` and ``nouns`` are the English words of these sections."""

    not_read: str
    read_in_part: str
    verb_last: bool
    single: Mapping[str, str]
    parts: frozenset[str]
    particles: frozenset[str]
    phrases: tuple[tuple[re.Pattern[str], str], ...]
    apart: tuple[tuple[re.Pattern[str], str], ...]
    states: frozenset[str]
    nouns: frozenset[str]

    def has(self, word: str) -> bool:
        return word in self.single or word in self.parts


def translate(text: str) -> Translation | None:
    """Translates the words of a request in another language. None for English, and for a language without a locale."""
    bare = blank_quotations(text)
    found = list(_WORD.finditer(bare))
    if not found or len(found) > 120:
        return None
    language = _language([each[0] for each in found])
    if language is None:
        return None
    words = load_locale(language)
    pieces: list[Piece] = []

    def free(start: int, end: int) -> bool:
        return not any(a < end and start < b for a, b, _ in pieces)

    for pattern, english in words.apart:
        match = pattern.search(bare)
        if match is not None and free(*match.span("head")) and free(*match.span("tail")):
            pieces += [(*match.span("head"), english), (*match.span("tail"), " ")]
    for pattern, english in words.phrases:
        found_here = [match for match in pattern.finditer(bare) if free(*match.span())]
        pieces += [(*match.span(), _say_elided(match["elided"], english, words)) for match in found_here]
    for each in found:
        meant = words.single.get(each[0].casefold())
        if meant is not None and free(*each.span()):
            pieces.append((*each.span(), meant))
            continue
        if (elided := re.match(_ELIDED, each[0], re.IGNORECASE)) is not None and free(*each.span()):
            rest = words.single.get(each[0][elided.end() :].casefold(), each[0][elided.end() :])
            pieces.append((*each.span(), _say_elided(elided[0], rest, words)))
    pieces = [(*each[:2], "no") if _refuses(bare, each) else each for each in pieces]
    pieces = _place_states(text, _ask_with_does(text, sorted(pieces)), words)
    pieces = _place_verbs_first(bare, pieces, words.states) if words.verb_last else pieces
    pieces = sorted(pieces)
    weighty = tuple(text[a:b] for a, b, _ in _list_weighty(bare, pieces, words))
    return Translation(language, tuple(pieces), weighty)


def _refuses(text: str, piece: Piece) -> bool:
    """Whether a word for "not" is a "no" of its own: “não, 20 euros”."""
    start, end, english = piece
    return english == "not" and not text[:start].strip() and text[end:].lstrip()[:1] == ","


def _say_elided(elided: str | None, english: str, words: Locale) -> str:
    """A word with the article or preposition that is elided before it: “l'adresse”, “the address”."""
    if not elided:
        return english
    return f"{words.single.get(elided.casefold().replace('’', chr(39)), 'the').strip()} {english}"


def _list_weighty(text: str, pieces: list[Piece], words: Locale) -> list[Piece]:
    """The words that stop a request: those whose effect can't be read, and a verb's particle at the end of a clause,
    which makes another verb of one that is known: “sperre … auf” is no “sperre”."""
    orders = any(each[2].split(" ")[0] in ORDER_WORDS for each in pieces)
    made: list[Piece] = []
    for at, each in enumerate(pieces):
        start, end, english = each
        fragment = at == 0 and not orders and english == "only"  # “nur die Hälfte” corrects what was ordered before
        joined = at + 1 < len(pieces) and pieces[at + 1][2] == "and" and _touch(text, each, pieces[at + 1])
        ends = joined or re.match(r"\s*(?:[.,;:!?\n]|$)", text[end:]) is not None
        loose = ends and english in _PREPOSITIONS and text[start:end].casefold() in words.particles
        made += [each] if (english in WEIGHTY and not fragment) or loose else []
    return made


def guess_language(text: str) -> str | None:
    """The language that a person writes, even if most words are unknown: more of them belong to the language than to
    English."""
    words = [each[0].casefold() for each in _WORD.finditer(blank_quotations(text))][:120]
    english = sum(word in EMPTY or is_word(word) for word in words)
    counted = {language: _count_own(language, words) for language in list_languages()}
    best = max(counted, key=lambda language: counted[language])
    return best if counted[best] >= SURELY and counted[best] > english else None


def _count_own(language: str, words: list[str]) -> int:
    known = load_locale(language)
    return sum(known.has(word) and not is_word(word) and word not in EMPTY for word in words)


def _place_states(text: str, pieces: list[Piece], words: Locale) -> list[Piece]:
    """Moves a state before its noun, as in English: “facturas vencidas”, “overdue invoices”."""
    made: list[Piece] = []
    for piece in pieces:
        before = made[-1] if made else None
        if before is not None and piece[2] in words.states and before[2] in words.nouns and _touch(text, before, piece):
            made[-1] = (before[0], piece[1], f"{piece[2]} {before[2]}")
        elif before is not None and before[2] in _TELLS and piece[2] in ORDER_WORDS and _touch(text, before, piece):
            made.append((*piece[:2], f"{piece[2]}s"))  # “elle ferme”: she does it, and nobody is ordered to
        else:
            made.append(piece)
    return made


def _ask_with_does(text: str, pieces: list[Piece]) -> list[Piece]:
    """Rephrases a question with "does", as English asks with two verbs: “welche Rechnungen hat Ada?”, “which invoices
    does Ada have?”. “Wann endet …?” likewise."""
    if not pieces or pieces[0][2] not in _ASKING or text[: pieces[0][0]].strip(" ¿¡"):
        return pieces
    at = next((at for at, piece in enumerate(pieces) if piece[2] in _MAIN_VERBS), None)
    if at is None or not (rest := text[pieces[at][1] :].rstrip(" ?!.")).strip():
        return pieces
    end = pieces[at][1] + len(rest)
    start, inside = end - 1, text[end - 1 : end]
    if pieces[-1][1] == end:
        start, _, inside = pieces.pop()
    before = pieces[:at]
    if before[0][2] == "how many" and _MAIN_VERBS[pieces[at][2]] in _SUMS:
        before[0] = (*before[0][:2], "how much")
    return [
        *before,
        (*pieces[at][:2], "does"),
        *pieces[at + 1 :],
        (start, end, f"{inside} {_MAIN_VERBS[pieces[at][2]]}"),
    ]


def _place_verbs_first(text: str, pieces: list[Piece], states: frozenset[str]) -> list[Piece]:
    """Moves verbs to the front of their clauses, as in English: “das Ticket schließen und Ada zuweisen” is two orders,
    each with its verb last."""
    made, clauses = list(pieces), [list[Piece]()]
    bare = [(*each.span(), each[0]) for each in _TOKEN.finditer(text)]
    bare = [each for each in bare if not any(a < each[1] and each[0] < b for a, b, _ in pieces)]
    before = 0
    for each in sorted([*pieces, *bare]):
        if each[2] == "and" or not {*text[before : each[0]]}.isdisjoint(",.;:!?\n"):
            clauses.append([])
        clauses[-1] += [each] if each[2] != "and" and each[2] not in _LEADS else []
        before = each[1]
    for clause in clauses:
        orders = [each for each in clause if each in pieces and each[2] in ORDER_WORDS and each[2] not in states]
        if len(clause) < 2 or len(orders) != 1 or clause[-1] is not orders[0] or clause[0][2] in _ASKING:
            continue
        (start, _, _), verb = clause[0], orders[0]
        made[made.index(verb)] = (*verb[:2], "")
        made.append((start, start, f"{verb[2]} "))
    return sorted(made)


def _touch(text: str, one: Piece, other: Piece) -> bool:
    return one[1] < other[0] and not text[one[1] : other[0]].strip()


def _language(words: list[str]) -> str | None:
    """The language of most words. None if English fits as well."""
    every = [word.casefold() for word in words]
    foreign = {word for word in every if len(word) >= _SHORTEST and not is_word(word) and word not in EMPTY}
    if not foreign:
        return None
    small = [word.casefold() for at, word in enumerate(words) if at == 0 or not word[:1].isupper()]
    english = sum(word in EMPTY for word in small)
    bare = {word: _bare(word) for word in every}
    best: tuple[int, int, str] | None = None
    for language in list_languages():
        words_of = load_locale(language)
        known = [word for word in every if words_of.has(word) or words_of.has(bare[word])]
        own = [word for word in known if word in foreign]
        own = [word for word in own if singularize(words_of.single.get(word, "")) != singularize(word)]  # "euros"
        covered = sum(words_of.has(word) or words_of.has(bare[word]) for word in small)
        plain = sum(is_word(word) and not words_of.has(word) for word in small)
        if not own or (len(own) < SURELY and plain) or covered < _SHARE * len(small) or english > covered:
            continue
        best = max(best or (0, 0, ""), (len(own), len(known), language))
    return best[2] if best is not None else None


def _bare(word: str) -> str:
    return re.sub(r"^(?:l|d|dell|all|un|dall|nell|sull|j|n)['’]", "", word)


@cache
def list_languages() -> tuple[str, ...]:
    """Every language with a locale, by its ISO 639 code."""
    return tuple(sorted(each.stem for each in Path(__file__).parent.glob("*.txt")))


@cache
def load_locale(language: str) -> Locale:
    single: dict[str, str] = {}
    phrases: list[tuple[re.Pattern[str], str]] = []
    apart: list[tuple[re.Pattern[str], str]] = []
    parts, particles = set[str](), set[str]()
    said: dict[str, str] = {}
    sections: dict[str, set[str]] = {"[locale]": set(), "[words]": set(), "[states]": set(), "[nouns]": set()}
    section = ""
    for line in (Path(__file__).parent / f"{language}.txt").read_text("utf-8").splitlines():
        if line in sections:
            section = line
            continue
        english, _, forms = line.partition(":")
        if section == "[locale]":
            said[english] = forms.strip()
            continue
        sections[section].add(english.strip())
        for form in (each.strip() for each in forms.split(",")):
            if _GAP in form:
                head, _, tail = form.partition(_GAP)
                parts.update((*head.split(), *tail.split()))
                particles.add(tail.strip())
                apart.append(
                    (
                        re.compile(
                            rf"(?<!\w)(?P<head>{_spaced(head)}){_BETWEEN}(?P<tail>{_spaced(tail)})(?!\w)", re.IGNORECASE
                        ),
                        english.strip(),
                    )
                )
            elif " " in form:
                parts.update(form.split())
                spelt = rf"(?<!\w)(?P<elided>{_ELIDED})?{_spaced(form)}(?!\w)"
                phrases.append((re.compile(spelt, re.IGNORECASE), english.strip()))
            elif form:
                single.setdefault(form, english.strip())
    phrases.sort(key=lambda each: -len(each[0].pattern))
    states, nouns = frozenset(sections["[states]"]), frozenset(sections["[nouns]"])
    return Locale(
        not_read=said["not read"],
        read_in_part=said["read in part"],
        verb_last=said.get("verbs") == "last",
        single=single,
        parts=frozenset(parts),
        particles=frozenset(particles),
        phrases=tuple(phrases),
        apart=tuple(apart),
        states=states,
        nouns=nouns,
    )


@cache
def list_forms(english: str) -> tuple[str, ...]:
    """Patterns of what other languages say for an English word, but for what is English as well."""
    locales = [load_locale(language) for language in list_languages()]
    single = {form for each in locales for form, meant in each.single.items() if meant == english}
    named = {pattern.pattern for each in locales for pattern, meant in each.phrases if meant == english}
    phrases = {each.replace("?P<elided>", "?:") for each in named}  # several of them make one pattern
    return tuple(sorted({_spaced(form) for form in single if not is_word(form) and form not in EMPTY} | phrases))


def _spaced(form: str) -> str:
    return r"\s+".join(map(re.escape, form.split()))
