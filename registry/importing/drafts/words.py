"""Words of another system's names and texts: identifiers split and written in snake case, prose as plain text."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from functools import lru_cache
from typing import Final

from core.display_text import is_hidden

_PARTS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_PLURAL_CAPITALS: Final = re.compile(r"([A-Z]{2,5})s(?=[A-Z_\W]|$)")
_WORD_CHARS: Final = 64
_LINK: Final = re.compile(r"!?\[([^\]]{0,300})\]\([^)]{0,500}\)")
_TAG: Final = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,300}|!--.{0,2000}?--)>", re.S)
_MARKS: Final = re.compile(r"\*\*|__|`{1,3}|^\s{0,3}#{1,6}\s+|^\s{0,3}>\s?|^\s{0,3}[-*_]{3,}\s*$", re.M)
_BULLET: Final = re.compile(r"^\s*[*+-]\s+", re.M)
_SENTENCE_END: Final = re.compile(r"[.!?](?=\s)")
_ABBREVIATION: Final = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|approx|no|cf|incl)|\b[A-Z])\.\Z", re.I)
_VERSION: Final = re.compile(r"v?[0-9]+(?:[._-][0-9]+)*(?:alpha|beta|rc)?[0-9]*\Z|api\Z|rest\Z", re.I)


@lru_cache(maxsize=65536)
def split_words(name: str) -> tuple[str, ...]:
    """The words of an identifier in any case style, lower case: ``listHTTPKeys``, ``ssh_keys``, ``repos/list-tags``."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    ascii_name = _PLURAL_CAPITALS.sub(lambda found: found[1].capitalize() + "s", ascii_name)
    return tuple(each.lower() for each in _PARTS.findall(ascii_name))


@lru_cache(maxsize=65536)
def to_snake_case(name: str) -> str:
    """A parameter's name: lower-case words joined by underscores, at most 64 characters, beginning with a letter. The
    same name always gives the same result. A truncated name ends in a mark of the whole."""
    words = split_words(name)
    if words and words[0].isdecimal():
        words = ("n", *words)
    made = "_".join(words)
    if not made:
        return f"field_{make_mark(name)}"
    return made if len(made) <= _WORD_CHARS else f"{made[: _WORD_CHARS - 7].rstrip('_')}_{make_mark(name)}"


def make_mark(text: str) -> str:
    """Six characters that distinguish texts."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def is_version(segment: str) -> bool:
    """Whether a path's segment is a version or just "api"."""
    return bool(_VERSION.match(segment))


@lru_cache(maxsize=32768)
def to_plain_text(text: str) -> str:
    """Markdown and HTML as plain text in one paragraph, without invisible characters."""
    text = _TAG.sub(" ", _LINK.sub(r"\1", text[:20_000]))
    text = html.unescape(_BULLET.sub("", _MARKS.sub("", text)))
    text = "".join(" " if is_hidden(char) and char not in "\ufe0e\ufe0f" else char for char in text)
    return " ".join(text.split())


def cut_text(text: str, limit: int) -> str:
    """The beginning of a text, in whole sentences if they use at least half of the limit."""
    if len(text) <= limit:
        return text
    end = 0
    for found in _SENTENCE_END.finditer(text, 0, limit):
        if not _ABBREVIATION.search(text, max(0, found.start() - 8), found.end()):
            end = found.end()
    if end >= limit // 2:
        return text[:end]
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def take_first_sentence(text: str) -> str:
    for found in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text, max(0, found.start() - 8), found.end()):
            return text[: found.end()]
    return text
