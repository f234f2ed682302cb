"""Things with a shape: e-mail and web addresses, phone numbers, UUIDs, IP addresses, codes, and what a schema's
``pattern`` fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from agent.extract.context import rate_label
from agent.extract.parameter_spec import ParameterSpec
from agent.extract.reading import Candidate
from language.text import Text, word_set
from registry.patterns import Pattern, compile_pattern

_SHAPES: Final = {
    "email": r"(?<![\w.+-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+",
    "url": r"\b(?:https?|ftp|wss?)://[^\s\"'<>`]+|\bwww\.[^\s\"'<>`]+|(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,6}(?:com|org|net|io|dev|ai|co|edu|gov|info|app|me|us|uk|de|fr|local)\b(?:/[^\s\"'<>`]*)?",
    "phone": r"(?<![\w.#-])\+?\(?\d[\d\s().-]{5,17}\d(?![\w-])",
    "uuid": r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
    "ip": r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?![.\d])|(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{1,4}(?![\w:])",
}
_AT: Final = re.compile(r"\s+at\s+|\s*[(\[]\s*at\s*[)\]]\s*", re.IGNORECASE)
_DOT: Final = re.compile(r"\s+dot\s+|\s*[(\[]\s*dot\s*[)\]]\s*", re.IGNORECASE)
_SPOKEN_ADDRESS: Final = re.compile(
    rf"(?<![\w.@+-])[\w+%-]+(?:(?:\.|{_DOT.pattern})[\w+%-]+)*(?:{_AT.pattern})[\w-]+(?:(?:\.|{_DOT.pattern})[\w-]+)+",
    re.IGNORECASE,
)
_SHORT_NUMBER: Final = re.compile(r"(?<![\w.#-])\+?\(?\d[\d\s().-]{1,12}\d(?![\w-])")
_CODE: Final = re.compile(r"#?[A-Za-z0-9]+(?:[-_./:+][A-Za-z0-9]+)*")
_NOT_CODES: Final = re.compile(
    r"\d{1,4}(?:st|nd|rd|th|am|pm|k|m|min|mins|h|hr|hrs|s|x|kg|km|cm|mm|gb|mb|d|px|%)", re.IGNORECASE
)
_SHOWY: Final = word_set("tv usa uk eu it us ok ai api")


@lru_cache(maxsize=16)
def _compile_shape(kind: str) -> re.Pattern[str]:
    return re.compile(_SHAPES[kind], re.IGNORECASE)


@lru_cache(maxsize=1024)
def find(text: Text, kind: str) -> tuple[Candidate, ...]:
    """Everything of the shape ``kind``: email, url, phone, uuid, ip."""
    made: list[Candidate] = []
    for match in _compile_shape(kind).finditer(text.plain):
        start, end = match.span()
        written = match.group().rstrip(".,;:!?)")
        end = start + len(written)
        if kind == "url" and ((start > 0 and text.plain[start - 1] in "@.") or "@" in text.plain[end : end + 1]):
            continue
        if kind == "phone" and not 7 <= sum(char.isdigit() for char in written) <= 15:
            continue
        if kind == "ip" and "." in written and any(int(part) > 255 for part in written.split(".")):
            continue
        value = written.lower() if kind in {"uuid"} else written
        made.append(Candidate(start, end, value, weight={"phone": 0.6, "url": 0.75}.get(kind, 0.85)))
    return tuple(made) if made or kind != "email" else tuple(_find_spoken_addresses(text))


def _find_spoken_addresses(text: Text) -> Iterator[Candidate]:
    """E-mail addresses as they are spoken, or written so that no machine collects them: "ada at bell dot example"."""
    for match in _SPOKEN_ADDRESS.finditer(text.plain):
        said = match.group()
        address = _DOT.sub(".", _AT.sub("@", said, count=1))
        yield Candidate(match.start(), match.end(), address, f"{said} → {address}", address, weight=0.8)


@lru_cache(maxsize=1024)
def find_short_numbers(text: Text) -> tuple[Candidate, ...]:
    """Numbers with too few digits to be known as a phone number's, unless something says so: "phone 4711"."""
    found = _SHORT_NUMBER.finditer(text.plain)
    spans = (each.span() for each in found if 3 <= sum(map(str.isdigit, each.group())) < 7)
    return tuple(Candidate(start, end, text.plain[start:end], weight=0.6) for start, end in spans)


@lru_cache(maxsize=1024)
def find_codes(text: Text) -> tuple[Candidate, ...]:
    """Tokens that look like an identifier: digits with letters or joints ("INV-1042", "credit_card_41", "#W606"), or
    long digits."""
    made: list[Candidate] = []
    for token in text.tokens:
        written = token.text if not token.owns else token.text[:-2]
        if not _CODE.fullmatch(written) or not any(char.isdigit() for char in written):
            # "prod_eu", "cascade-sandbox": joined words may be names of things.
            if _CODE.fullmatch(written) and "_" in written:
                made.append(Candidate(token.start, token.start + len(written), written, weight=0.4))
            continue
        if _NOT_CODES.fullmatch(written) or re.fullmatch(
            r"\d{1,2}:\d{2}(?::\d{2})?|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}(?:/\d{2,4})?|\d+[.,]\d+", written
        ):
            continue
        if written.isdigit():
            weight = 0.5 if len(written) >= 4 else 0.3
        else:
            weight = 0.6 if any(char.isalpha() for char in written) and written.lower() not in _SHOWY else 0.45
        start = token.start
        if start > 0 and text.plain[start - 1] == "#":
            start -= 1
            written = "#" + written
        made.append(Candidate(start, token.start + len(token.text) - (2 if token.owns else 0), written, weight=weight))
    return tuple(made)


def find_fitting(text: Text, pattern: str) -> list[Candidate]:
    """What fits the whole of ``pattern``: words (up to four together), as written, else in capitals or without their
    "#"."""
    rule = compile_pattern(pattern)
    if rule is None:
        return []
    made: list[Candidate] = []
    tokens = text.tokens
    for size in (1, 2, 3, 4):
        for index in range(len(tokens) - size + 1):
            start, end = tokens[index].start, tokens[index + size - 1].end
            if end - start > 200 or (size > 1 and any(each.start <= start and end <= each.end for each in made)):
                continue
            written = text.original(start, end)
            found = match_fitting(rule, written, shared=size == 1)
            if found is None and tokens[index + size - 1].owns:
                end -= 2
                written = text.original(start, end)
                found = match_fitting(rule, written, shared=size == 1)
            if found is not None:
                how = "" if found == written else f"{written} → {found}"
                plainly = not any(char.isdigit() for char in found) and found.isalpha()
                made.append(Candidate(start, end, found, how, weight=0.35 if plainly else 0.8 - 0.05 * (size - 1)))
    return made


def match_fitting(rule: Pattern, written: str, *, shared: bool = True) -> str | None:
    """``written``, or the nearest spelling of it, that ``rule`` accepts as a whole."""
    spellings = [written]
    if shared:
        bare = written.removeprefix("#")
        spellings += [written.upper(), written.lower(), bare, bare.upper(), "#" + written]
    for spelling in dict.fromkeys(spellings):
        if spelling and rule.covers(spelling):
            return spelling
    return None


def find_labelled(text: Text, spec: ParameterSpec) -> list[Candidate]:
    """What fits the schema's own pattern; the parameter's words beside it decide between several."""
    return [
        replace(each, weight=each.weight + 0.4 * rate_label(text, each.start, each.end, spec))
        for each in find_fitting(text, str(spec.schema["pattern"]))
    ]
