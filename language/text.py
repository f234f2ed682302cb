"""Normalised text: unifies typographic variants, corrects misspelt function words, and splits tokens. Offsets always
refer to the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol, TypeVar

from language.irregular_plurals import IRREGULAR_PLURALS
from language.spelling import find_misspellings


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


_Found = TypeVar("_Found", bound=_Placed)


def word_set(words: str) -> frozenset[str]:
    """The words of one line as a set."""
    return frozenset(words.split())


_LEVEL: Final = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u2032\u00b4\uff07", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u2043", "-"),
        **dict.fromkeys("\u00a0\u2007\u202f\u2009\u2002\u2003\u2005\u3000\t", " "),
        "\u066b": ".",
        "\u066c": ",",
    }
)
# One token: a word with its inner joints (don't, INV-1042, a.b@c.com, 15:30, 3.5), or one mark. A full stop that glues
# two sentences together ("eat.I want") does not join.
_TOKEN: Final = re.compile(r"[#@]?\w+(?:(?:[-/@&+'_]|(?<=\d):(?=\d)|\.(?![A-Z][a-z]|I\b)|(?<=\d),(?=\d))\w+)*|[^\w\s]")
_STROKED: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_OPENING: Final = re.compile(r"[\"“‘«]|(?<!\w)'")
# What each mark opens, and the mark that closes it.
_QUOTATIONS: Final = {
    '"': (re.compile(r"\"[^\"]*+\""), '"'),
    "“": (re.compile(r"“[^”]*+”"), "”"),
    "'": (re.compile(r"'[^'\n]*+'(?!\w)"), "'"),
    "‘": (re.compile(r"‘[^’]*+’"), "’"),
    "«": (re.compile(r"«[^»]*+»"), "»"),
}
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]+")


def strip_accents(text: str) -> str:
    """Casefolded text in plain letters: ``łódź`` → ``lodz``. Other letters stay."""
    return text if text.isascii() else _NOT_ASCII.sub(_strip_accents, text)


def _strip_accents(run: re.Match[str]) -> str:
    apart = unicodedata.normalize("NFD", run[0].translate(_STROKED))
    return unicodedata.normalize("NFC", "".join(char for char in apart if not unicodedata.combining(char)))


@dataclass(frozen=True, slots=True)
class Token:
    """One token. ``start``/``end`` are offsets in ``plain``. ``low`` is caseless and without a possessive 's
    (with ``NAME_MARK`` if it is a name that looks like a function word). ``owns``: it had one."""

    start: int
    end: int
    text: str
    low: str
    owns: bool
    word: bool

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()

    @property
    def bare_end(self) -> int:
        """The end without a possessive 's."""
        return self.end - 2 if self.owns else self.end


class Text:
    """A text and its normalised forms. ``raw`` as typed, ``plain`` normalised (NFC, straight quotes, plain spaces,
    misspellings corrected), ``low`` its lower case, ``tokens``."""

    __slots__ = ("_origin", "low", "plain", "raw", "tokens")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._origin: list[int] | None = None
        composed = raw
        if not raw.isascii() and not unicodedata.is_normalized("NFC", raw):
            composed, self._origin = _compose(raw)
        self.plain = composed.translate(_LEVEL)
        for start, end, word in reversed(find_misspellings(self.plain)):
            self._put(start, end, word)
        low = self.plain.lower()
        # Lower case of a few letters is two code points long ("İ"): those keep their case, so that offsets agree.
        self.low = (
            low if len(low) == len(self.plain) else "".join(c.lower() if len(c.lower()) == 1 else c for c in self.plain)
        )
        self.tokens = tuple(self._cut())

    def _cut(self) -> list[Token]:
        made: list[Token] = []
        for match in _TOKEN.finditer(self.plain):
            start, end = match.span()
            low = self.low[start:end]
            owns = False
            if low.endswith("'s") and len(low) > 2 and low not in _CONTRACTED:
                low, owns = low[:-2], True
            if low in NAMES_TOO and (owns or is_written_as_name(self.plain, *match.span())):
                low += NAME_MARK
            made.append(Token(start, end, self.plain[start:end], low, owns, low[-1:].isalnum() or low[-1:] == "_"))
        return made

    def pair_brackets(self) -> dict[int, int]:
        """The tokens at which brackets open, with those at which they close."""
        opened, pairs = list[int](), dict[int, int]()
        for at, token in enumerate(self.tokens):
            opened += [at] if token.text == "(" else []
            if token.text == ")" and opened:
                pairs[opened.pop()] = at
        return pairs

    def _put(self, start: int, end: int, word: str) -> None:
        """Replaces the text from ``start`` to ``end`` with ``word``, and keeps the original offsets."""
        if self._origin is None:
            self._origin = list(range(len(self.plain) + 1))
        places = self._origin[start:end]
        self._origin[start:end] = [places[min(at, len(places) - 1)] for at in range(len(word))]
        self.plain = self.plain[:start] + word + self.plain[end:]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in ``raw`` of ``plain[start:end]``."""
        if self._origin is None:
            return start, end
        last = end
        # One original letter may be several here (a Devanagari letter that never composes). It ends where the next one
        # begins.
        while start < end and last < len(self._origin) - 1 and self._origin[last] == self._origin[end - 1]:
            last += 1
        return self._origin[start], self._origin[last]

    def original(self, start: int, end: int) -> str:
        """The original words, composed (NFC)."""
        first, last = self.span(start, end)
        return unicodedata.normalize("NFC", self.raw[first:last])

    def before(self, position: int, count: int) -> list[Token]:
        """The last ``count`` tokens that end at or before ``position``, nearest first."""
        index = self.index_at(position)
        return list(reversed(self.tokens[max(0, index - count) : index]))

    def after(self, position: int, count: int) -> list[Token]:
        """The next ``count`` tokens that begin at or after ``position``."""
        index = self.index_at(position)
        return list(self.tokens[index : index + count])

    def index_at(self, position: int) -> int:
        """The index of the first token that begins at or after ``position``."""
        low, high = 0, len(self.tokens)
        while low < high:
            middle = (low + high) // 2
            if self.tokens[middle].start < position:
                low = middle + 1
            else:
                high = middle
        return low

    def by_token(self, found: Iterable[_Found]) -> dict[int, _Found]:
        """A reader's findings by the token at which they begin. One that begins inside the last token is part of a
        word."""
        placed = {self.index_at(each.start): each for each in found}
        placed.pop(len(self.tokens), None)
        return placed


def _compose(raw: str) -> tuple[str, list[int]]:
    """Composes to NFC and answers, for each resulting code point, the offset it came from (and one entry past the
    end)."""
    parts: list[str] = []
    origin: list[int] = []
    start = 0
    for index in range(1, len(raw) + 1):
        if index < len(raw) and (unicodedata.combining(raw[index]) or _joins(raw[index - 1], raw[index])):
            continue
        made = unicodedata.normalize("NFC", raw[start:index])
        parts.append(made)
        origin.extend([start] * len(made))
        start = index
    origin.append(len(raw))
    return "".join(parts), origin


def _joins(left: str, right: str) -> bool:
    # Hangul jamo compose without being combining marks.
    return "\u1100" <= left <= "\ud7a3" and "\u1160" <= right <= "\u11ff"


_CONTRACTED: Final = word_set(
    "it's that's what's who's where's there's here's how's when's let's he's she's everything's something's nothing's"
)
NAMES_TOO: Final = word_set("an can do may might must my shall so will")
"""Function words that are names as well."""
NAME_MARK: Final = "\u02bc"
"""Ends the ``low`` of such a name, so that it is nowhere taken for the function word. It counts as a letter."""
_AUXILIARIES: Final = word_set("will may might must shall can")
_BEFORE: Final = re.compile(r"(?P<word>\w[\w'’]*)\s+$")
_BEHIND: Final = re.compile(r"\s+(?P<word>[^\W\d_]+)")
_LISTED: Final = re.compile(r"(?:\s*,|\s+and|\s+or|\s*&)\s*$", re.IGNORECASE)
# Behind an auxiliary comes a verb, its subject or an adverb.
_NO_VERB: Final = re.compile(r"\s+(?:and|or|of|on|for|from|to|in|at|with)(?!\w)|\s*(?:[,.;:!?&]|$)", re.IGNORECASE)
_SUBJECTS: Final = word_set(
    "i you u we he she it they that this who which as if what there anybody anyone somebody someone nobody"
)
_OF_MONTHS: Final = word_set(
    "in for of since until till by from to last next this the his her its their our my your early mid late before "
    "after during on january february march april june july august september october november december"
)


def is_written_as_name(text: str, start: int, end: int) -> bool:
    """Whether a function word stands where only a name can: as a possessive ("will's"), with a capital inside a
    sentence, or an auxiliary without a verb behind it ("remind will and grace"). "May" is also no month there."""
    word, before = text[start:end], text[max(0, start - 40) : start]  # enough for a word and what joins it
    if word.casefold().endswith(("'s", "’s")):
        return True
    low, said = word.casefold(), _BEFORE.search(before)
    ahead = _LISTED.sub("", before)
    last = ahead.split()[-1].casefold() if ahead.split() else ""
    if low == "may" and (last in _OF_MONTHS or last[-1:].isdigit() or (said and said["word"].casefold() in _OF_MONTHS)):
        return False
    behind, written = _BEHIND.match(text, end), word[:1].isupper() and word[1:].islower()
    capital = written and said is not None
    if written and said is None and behind is not None and _LISTED.search(before) is not None:
        # "Ada, Will Field and …".
        capital = behind["word"][:1].isupper() and _NO_VERB.match(text, behind.end()) is not None
    if behind is not None and behind["word"].casefold() in (_SUBJECTS | {"not"}) - ({"that"} if capital else set()):
        return False  # but "tell Hope and May that …"
    if capital:
        return True
    listed = said is not None or bool(_LISTED.search(before))
    return listed and low in _AUXILIARIES and last not in _SUBJECTS and _NO_VERB.match(text, end) is not None


@lru_cache(maxsize=512)
def find_quotations(text: str) -> tuple[tuple[int, int], ...]:
    """The places of quoted words, with their marks, in order. An unclosed mark opens nothing."""
    made: list[tuple[int, int]] = []
    closing: dict[str, int] = {}
    start = 0
    while (mark := _OPENING.search(text, start)) is not None:
        pattern, close = _QUOTATIONS[mark[0]]
        # The next closing mark is looked up once for all marks that open before it, so a text of opening marks takes
        # one pass.
        if closing.get(close, -1) <= mark.start():
            found = text.find(close, mark.end())
            closing[close] = found if found >= 0 else len(text)
        quoted = pattern.match(text, mark.start()) if closing[close] < len(text) else None
        if quoted is not None:
            made.append(quoted.span())
        start = quoted.end() if quoted is not None else mark.end()
    return tuple(made)


@lru_cache(maxsize=512)
def blank_quotations(text: str) -> str:
    """The text with quoted words as spaces: offsets stay."""
    parts, at = [], 0
    for start, end in find_quotations(text):
        parts += [text[at:start], " " * (end - start)]
        at = end
    return "".join((*parts, text[at:]))


@lru_cache(maxsize=512)
def read_text(raw: str) -> Text:
    return Text(raw)


_VOWEL_SOUND: Final = re.compile(
    r"(?!eu|on(?:e|ce)\b|u(?:ni(?![nm])|s[aeu]|r[aeiou]|t[aei]|rl\b|ri\b|uid\b))[aeiou]|hour|heir|hono", re.I
)


def with_article(noun: str) -> str:
    """A noun with its indefinite article, by sound: ``an invoice``, ``a user``, ``an hour``."""
    return f"{'an' if _VOWEL_SOUND.match(noun) else 'a'} {noun}"


_NO_PLURALS: Final = word_set(
    "abdomen acumen albumen amen bitumen carmen cyclamen dolmen foramen hymen lumen omen pumice ramen regimen rumen "
    "semen specimen stamen yemen"
)
_NO_MEN: Final = ("human", "german", "roman", "norman", "ottoman", "shaman", "talisman", "caiman")
"""Ends of words that are no men."""


@lru_cache(maxsize=8192)
def singularize(noun: str) -> str:
    """A rough singular, enough to compare nouns: invoices → invoice, companies → company, craftsmen → craftsman. Only
    the last word changes."""
    for many, one in IRREGULAR_PLURALS.items():
        if noun.endswith(many) and noun.rpartition(" ")[2] not in _NO_PLURALS:
            return noun.removesuffix(many) + one
    if len(noun) > 4 and noun.endswith("ies"):
        return noun[:-3] + "y"
    if len(noun) > 4 and noun.endswith(("sses", "xes", "ches", "shes", "zes")):
        return noun[:-2]
    if len(noun) > 2 and noun.endswith("s") and not noun.endswith(("ss", "us", "is")):
        return noun[:-1]
    return noun


def pluralize(noun: str) -> str:
    """A rough plural: company → companies, box → boxes, craftsman → craftsmen. Only the last word changes."""
    for many, one in IRREGULAR_PLURALS.items():
        if noun.endswith(one) and not noun.endswith(_NO_MEN):
            return noun.removesuffix(one) + many
    if re.search(r"[^aeiou]y\Z", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x", "z")) else "s")


_CAMEL: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+")


@lru_cache(maxsize=8192)
def split_name(name: str) -> tuple[str, ...]:
    """The words of an identifier: ``perPage`` → per, page; ``customer_id`` → customer, id; ``IPAddress`` → ip,
    address."""
    return tuple(part.lower() for part in _CAMEL.findall(name))
