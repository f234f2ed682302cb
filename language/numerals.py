"""Number reader: digits with separators in English and European style, words, ordinals, fractions, scales, percent. It
uses Decimal throughout."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from language.number_words import CARDINALS, ORDINALS, TENS
from language.text import Text, Token, read_text, word_set

Kind = Literal["cardinal", "ordinal", "percent"]


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a text. ``unit`` is attached to the digits ("30min" → "min"). ``words``: it was written out.
    ``vague``: it may be no number ("one", "a")."""

    start: int
    end: int
    value: Decimal
    kind: Kind = "cardinal"
    unit: str = ""
    words: bool = False
    vague: bool = False


_TENS: Final = TENS | {"fourty": 40}
_SCALES: Final = {
    "hundred": 100, "thousand": 1000, "grand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "lakh": 10**5, "crore": 10**7, "k": 1000, "mn": 10**6, "mio": 10**6, "bn": 10**9, "m": 10**6, "b": 10**9,
}  # fmt: skip
_BEHIND_DIGITS: Final = _SCALES | {"dozen": 12}
_ORDINAL_WORDS: Final = ORDINALS | {"thirtieth": 30}
COUNTS: Final = frozenset((*CARDINALS, *_TENS)) - {"one"}
"""Words that give the number of something."""
_GROUPS: Final = {"dozen": 12, "couple": 2, "pair": 2, "score": 20}
_TIMES: Final = {"once": 1, "twice": 2, "thrice": 3}
_PERCENT: Final = word_set("% percent pct percentage")
_GLUED: Final = re.compile(r"([\d.,]*\d)([a-z]{1,12}|µs)", re.IGNORECASE)
_HYPHEN: Final = re.compile(r"(\d+(?:[.,]\d+)?)-([a-z]{2,12})", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)*")
# More digits than any amount has. Such a run is an identifier.
_LONGEST: Final = 24
_LARGEST: Final = 10**18
_NOTCARDINALS: Final = word_set("am pm st nd rd th x e")
# A slip ("7o" for 70), a letter that is no unit, or a guess ("250ish"): such digits tell no number.
_NO_UNIT: Final = re.compile(r"[ioqruz]|o{2,}|ish")


@lru_cache(maxsize=512)
def find(text: Text) -> tuple[Number, ...]:
    """Every number of the text, in order. Dates, times, codes and addresses are not numbers."""
    made: list[Number] = []
    tokens = text.tokens
    index = 0
    while index < len(tokens):
        taken, number = _digits(text, index)
        if number is None:
            taken, number = _words(tokens, index)
        if number is None:
            index += 1
            continue
        index += taken
        if index < len(tokens) and tokens[index].low in _PERCENT and number.kind == "cardinal":
            number = Number(number.start, tokens[index].end, number.value, "percent", words=number.words)
            index += 1
        elif index + 1 < len(tokens) and tokens[index].low == "per" and tokens[index + 1].low == "cent":
            number = Number(number.start, tokens[index + 1].end, number.value, "percent", words=number.words)
            index += 2
        made.append(number)
    return tuple(made)


def find_typed(typed: str) -> tuple[Number, ...]:
    """Every number of typed words, at its typed places. Those of a ``Text`` are at places of its corrected form."""
    text = read_text(typed)
    placed = ((each, *text.span(each.start, each.end)) for each in find(text))
    return tuple(replace(each, start=start, end=end) for each, start, end in placed)


def parse_decimal(written: str) -> Decimal | None:
    """Parses digits with separators. The last separator is a decimal point unless it groups by three: 1,234 is a
    thousand, 1.234 is not; 1.234,56 and 1 234,56 are European; 1,234.56 English."""
    if (
        len(written) > _LONGEST
        or not written
        or not written[0].isdigit()
        or not written[-1].isdigit()
        or not written.isascii()
        or not written.replace(".", "").replace(",", "").isdigit()
    ):
        return None
    dots, commas = written.count("."), written.count(",")
    if not dots and not commas:
        return Decimal(written)
    if dots and commas:
        point = "." if written.rfind(".") > written.rfind(",") else ","
        group = "," if point == "." else "."
        whole, _, rest = written.rpartition(point)
        if written.count(point) > 1 or not _grouped(whole, group):
            return None
        return Decimal(f"{whole.replace(group, '')}.{rest}")
    mark = "." if dots else ","
    if dots + commas > 1:
        return Decimal(written.replace(mark, "")) if _grouped(written, mark) else None
    whole, _, rest = written.partition(mark)
    if mark == "," and _grouped(written, mark):
        return Decimal(whole + rest)
    return Decimal(f"{whole}.{rest}")


def _grouped(written: str, mark: str) -> bool:
    first, *rest = written.split(mark)
    return 0 < len(first) <= 3 and first != "0" and all(len(part) == 3 for part in rest)


def _digits(text: Text, index: int) -> tuple[int, Number | None]:
    tokens = text.tokens
    token = tokens[index]
    if not token.text[0].isdigit() or not token.text.isascii():
        return 1, None
    start = token.start
    unit = ""
    kind: Kind = "cardinal"
    value = parse_decimal(token.text) if _DIGITS.fullmatch(token.text) else None
    taken = 1
    if value is None:
        glued = _GLUED.fullmatch(token.text) or _HYPHEN.fullmatch(token.text)
        if glued is None:
            return 1, None
        unit = glued.group(2).lower()
        value = parse_decimal(glued.group(1))
        if value is None or unit in {"am", "pm"} or _NO_UNIT.fullmatch(unit):
            return 1, None
        if unit in {"st", "nd", "rd", "th"}:
            return 1, Number(start, token.end, value, "ordinal")
        if unit in _BEHIND_DIGITS:
            value, unit = value * _BEHIND_DIGITS[unit], ""
        elif unit in _NOTCARDINALS and unit != "x":
            return 1, None
    else:
        # A grouped number with spaces: 12 500.
        while (
            taken < 4
            and index + taken < len(tokens)
            and len(tokens[index + taken].text) == 3
            and tokens[index + taken].text.isdigit()
            and tokens[index + taken].start == tokens[index + taken - 1].end + 1
            and len(token.text) <= 3
            and token.text != "0"
        ):
            value = value * 1000 + Decimal(tokens[index + taken].text)
            taken += 1
        if index + taken < len(tokens):
            follows = tokens[index + taken]
            near = follows.start <= tokens[index + taken - 1].end + 1
            if near and follows.low in _BEHIND_DIGITS and (len(follows.low) > 1 or follows.low == "k"):
                value, taken = value * _BEHIND_DIGITS[follows.low], taken + 1
    if is_signed(tokens, index):
        start = tokens[index - 1].start
        value = -value if tokens[index - 1].text == "-" else value
    end = tokens[index + taken - 1].end
    if unit:
        end -= len(unit) + (1 if "-" in token.text else 0)
    return taken, Number(start, end, value, kind, unit)


def is_signed(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether a plus or minus belongs to the token behind it, as in "-20" and "€-20". In "5-20" it joins a range."""
    sign, before = (tokens[at] if at >= 0 else None for at in (index - 1, index - 2))
    if sign is None or sign.text not in {"-", "+"} or sign.end != tokens[index].start:
        return False
    if before is None or before.end < sign.start or before.text in {"(", "="}:
        return True
    behind_amount = index > 2 and tokens[index - 3].end == before.start
    return unicodedata.category(before.text[0]) == "Sc" and not behind_amount


def _words(tokens: tuple[Token, ...], index: int) -> tuple[int, Number | None]:
    """Reads written-out numbers: "twenty-five", "two hundred and five", "a dozen", "one and a half", "third"."""
    first = tokens[index]
    if not first.text[0].isalpha():
        return 1, None
    stop = index
    total = current = Decimal(0)
    seen = False
    ordinal = False
    while stop < len(tokens) and not ordinal:
        low = tokens[stop].low
        parts = [low] if low.endswith("-ish") else low.split("-")
        step = _add(parts, current, total, seen)
        if step is None and not seen and len(parts) == 2 and parts[0] in CARDINALS and parts[1].isalpha():
            # "three-star"
            token = tokens[stop]
            return 1, Number(
                token.start, token.start + len(parts[0]), Decimal(CARDINALS[parts[0]]), unit=parts[1], words=True
            )
        if step is None:
            follows = tokens[stop + 1].low if stop + 1 < len(tokens) else ""
            if low == "and" and seen and total + current >= 100 and (follows in CARDINALS or follows in _TENS):
                stop += 1
                continue
            if (
                low in {"a", "an"}
                and not seen
                and follows in {"hundred", "thousand", "million", "billion", "dozen", "couple", "pair"}
            ):
                stop += 1
                current, seen = Decimal(1), True
                continue
            break
        current, total, ordinal = step
        seen = True
        stop += 1
    if not seen:
        return _oddities(tokens, index)
    value = total + current
    vague = stop == index + 1 and first.low in {"one", "second", "pair", "score"}
    if not ordinal:
        half = " ".join(token.low for token in tokens[stop : stop + 3])
        for phrase, extra in (("and a half", "0.5"), ("and a quarter", "0.25")):
            if half == phrase:
                value, stop, vague = value + Decimal(extra), stop + 3, False
        if stop + 2 <= len(tokens) and tokens[stop].low == "point" and tokens[stop + 1].low in CARDINALS:
            value += Decimal(CARDINALS[tokens[stop + 1].low]) / 10
            stop += 2
        if stop < len(tokens) and tokens[stop].low in {"quarters", "thirds", "halves"} and value < 4:
            value = value / {"quarters": 4, "thirds": 3, "halves": 2}[tokens[stop].low]
            stop += 1
    last = tokens[stop - 1]
    kind: Kind = "ordinal" if ordinal else "cardinal"
    return stop - index, Number(first.start, last.bare_end, value, kind, words=True, vague=vague)


def _add(parts: list[str], current: Decimal, total: Decimal, seen: bool) -> tuple[Decimal, Decimal, bool] | None:
    ordinal = False
    for part in parts:
        if ordinal:
            return None
        if part in CARDINALS:
            # Two numbers side by side ("two three") are two numbers.
            if seen and current % 10 and part not in {"zero"}:
                return None
            if seen and CARDINALS[part] > 9 and current % 100:
                return None
            current += CARDINALS[part]
        elif part in _TENS:
            if seen and current % 100:
                return None
            current += _TENS[part]
        elif part in _ORDINAL_WORDS:
            if seen and current % 10:
                return None
            current += _ORDINAL_WORDS[part]
            ordinal = True
        elif part in _GROUPS:
            if current >= 10**6:
                return None
            current = (current or Decimal(1)) * _GROUPS[part]
        elif part in _SCALES and len(part) > 2 and part != "mio":
            if not seen and part == "grand":
                return None
            size = _SCALES[part]
            if (size <= 100 and current >= 100) or total + current * size > _LARGEST:
                return None
            if size == 100:
                current = (current or Decimal(1)) * 100
            else:
                total += (current or Decimal(1)) * size
                current = Decimal(0)
        else:
            return None
        seen = True
    return current, total, ordinal


def _oddities(tokens: tuple[Token, ...], index: int) -> tuple[int, Number | None]:
    token = tokens[index]
    low = token.low
    if low == "half":
        follows = [each.low for each in tokens[index + 1 : index + 3]]
        if follows == ["a", "dozen"]:
            return 3, Number(token.start, tokens[index + 2].end, Decimal(6), words=True)
        if follows[:1] in (["a"], ["an"], ["of"]):
            return 1, Number(token.start, token.end, Decimal("0.5"), words=True)
        return 1, Number(token.start, token.end, Decimal("0.5"), words=True, vague=True)
    if low in _TIMES:
        return 1, Number(token.start, token.end, Decimal(_TIMES[low]), words=True, vague=low == "once")
    if low == "single":
        return 1, Number(token.start, token.end, Decimal(1), words=True, vague=True)
    return 1, None
