"""Politeness around what is asked: greetings, thanks and "when you get a moment" say nothing of what shall be done."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from typing import Final

from language.locales import list_forms, translate
from language.stems import EMPTY
from language.text import blank_quotations

# Nobody makes it a condition what the one who is asked has time for or can do.
_IF_YOU: Final = re.compile(
    r"\b(?:when(?:ever)?|if|once|as\s+soon\s+as|in\s+case)\s+"
    r"(?:you(?:['’](?:re|ve|d|ll))?\s+(?:get|have|find|can|could|would|are|don['’]?t|do\s+not|wouldn['’]?t|please|like|may|might|had|got|manage)\b"
    r"|(?:it|that)(?:['’]s|\s+is|\s+would\s+be|\s+isn['’]t|\s+is\s+not)\s+(?:not\s+)?(?:too\s+)?"
    r"(?:possible|ok|okay|all\s+right|alright|fine|convenient|much|no|any|a)\b)"
    r"(?P<rest>(?:\s+[^\W\d_][\w’'-]*){0,5}?)(?=\s*(?:[,;:.!?–—]|-\s|$))",
    re.IGNORECASE,
)
_KIND_WORDS: Final = """
hello hi hey dear greetings thank thanks thx cheers ta appreciate appreciated appreciation grateful gratitude help helpful great awesome
perfect wonderful nice brilliant lovely kind kindly kindness regards wishes sincerely bye goodbye sorry apologies excuse pardon bother bothering
disturb trouble mind favor favour yo yup yep yeah lol lmao haha hehe omg btw fyi tbh imo aight alright man dude mate bro guys folks
ugh argh meh whoa wow ouch damn hell gosh chop gimme gonna wanna lemme oh ah er hmm um well moment chance convenient convenience quick quickly hope hoping please pls plz morning afternoon evening
"""  # noqa: E501
_KIND: Final = frozenset(_KIND_WORDS.split())
_BESIDE_WORDS: Final = """
all team everyone folks there good day much many lot lots ton tons bunch million advance super best minute second sec time free whenever
earliest possible soon asap small little simple easy request question ask asking something well fine doing out
"""  # noqa: E501
# "Have a good Tuesday", "happy Friday": a day that is only wished well.
_WISHED: Final = frozenset(("good", "nice", "great", "happy", "lovely", "wonderful", "pleasant", "fine"))
_DAYS: Final = frozenset(
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekend", "week", "start", "day")
)
# "Thanks, not in the morning": what denies, narrows or puts off is never said to be kind.
_CHANGING: Final = frozenset(
    ("not", "nor", "only", "without", "both", "each", "every", "same", "except", "until", "till", "tomorrow")
)
_POLITE: Final = EMPTY | _KIND | frozenset(_BESIDE_WORDS.split())
_OPENING: Final = re.compile(r"\s*(?P<words>[^\W\d_][^:;,.!?\n\"“”]*)(?P<end>[:;,.!?\n–—]+|\s-\s)\s*")
_CLOSING: Final = re.compile(r"(?P<end>[;,.!?\n–—]|\s-)\s*+(?P<words>[^\W\d_][^:;,.!?\n\"“”]*)[.!?\s]*$")
# At the end it tells when; "good evening" or "have a nice evening" is a greeting there too.
_PARTS_OF_DAY: Final = re.compile(
    r"(?:in\s+the\s+|this\s+|that\s+|at\s+)?(?:morning|afternoon|evening)\b", re.IGNORECASE
)
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
"""A number is none that is said to be kind: "5, sorry 6"."""
_MOST: Final = 10
_MOST_SENTENCES: Final = 20
"""Most polite sentences before and after the request itself."""
_MOST_CLOSING: Final = 300
"""Most characters of the last polite sentence, with the marks around it."""
# What follows may be a text to be sent, and its thanks a part of it.
_TEXT: Final = re.compile(r":\s|\b(?:saying|says|say|that|tell|write|message|reply|answer)\b", re.IGNORECASE)


# Without a mark: "ok so close it", "close it please", "close it for me".
_SO: Final = re.compile(
    r"\s*(?:(?:ok(?:ay)?|right|alright|well|now|and)[\s,]+)?(?:so|then)\s+(?!many\b|much\b|far\b|that\b|on\b|what\b)(?=\w)",
    re.IGNORECASE,
)
# An amount is as much as it says: "20 euros, no more", "and not a cent more".
_NO_MORE: Final = re.compile(
    r"\d\S*(?:\s+[^\W\d_]+)?\s*(?P<words>(?:[,;–-]|,?\s(?:and|but))\s*(?:no|not)(?:\s+(?:an?|one|a\s+single)\s+[^\W\d_]+)?\s+more)[.!\s]*$",
    re.IGNORECASE,
)
_PLEASE: Final = r"please|pls|plz|btw|fyi|for\s+me"
_THANKS: Final = r"(?:many\s+)?thanks|thank\s+(?:you|u)|thx|ty|cheers"


@lru_cache(maxsize=256)
def strip_politeness(text: str) -> str:
    """The request with politeness as spaces: just as long. Never what may be a part of a text to be sent, and never
    everything."""
    for found in _IF_YOU.finditer(blank_quotations(text)):
        if all(_polite(word) for word in _WORD.findall(found["rest"])):
            text = _blank_out(text, found.start(), found.end())
    if (more := _NO_MORE.search(text)) is not None:
        text = _blank_out(text, *more.span("words"))
    return _strip_closing(_strip_please(_strip_opening(text)))


def _strip_opening(text: str) -> str:
    start = 0
    for _ in range(_MOST_SENTENCES):
        found = _OPENING.match(blank_quotations(text), start)
        if found is None or not text[found.end() :].strip():
            break
        if not _is_polite(_WORD.findall(found["words"]), besides=("one", "thing")):
            break
        text = _blank_out(text, found.start("words"), found.end("end"))
        start = found.end()
    return text


def _strip_please(text: str) -> str:
    """Blanks out what is said to be kind, without a mark, at both ends."""
    begins = _SO.match(text)
    text = _blank_out(text, 0, begins.end()) if begins is not None else text
    found = _find_please(text)
    quoted = found is None or blank_quotations(text)[found.start("words")] != text[found.start("words")]
    if found is None or quoted or _TEXT.search(text, 0, found.start()):
        return text
    return _blank_out(text, *found.span("words"))


def _find_please(text: str) -> re.Match[str] | None:
    """Words at the end that ask or thank, also in another language that the rest isn't in."""
    at = max(0, len(text.rstrip()) - _MOST_CLOSING)
    found = _compile_please(_PLEASE).search(text, at)
    if found is not None:
        return found
    found = _compile_please("|".join((_PLEASE, *list_forms("please")))).search(text, at)
    return found if found is not None and translate(text) is None else None


@cache
def _compile_please(words: str) -> re.Pattern[str]:
    """Thanks alone may be what shall be sent, unless a number or a "please" stands before them."""
    begins = rf"(?:{words})|(?<=\d\s)(?:{_THANKS})"
    return re.compile(rf"(?<=\w),?\s+(?P<words>(?:{begins})(?:\s+(?:{words}|{_THANKS}))*)[.!?\s]*$", re.IGNORECASE)


def _strip_closing(text: str) -> str:
    for _ in range(_MOST_SENTENCES):
        # Politeness is short: what stands further from the end than its longest words is not looked at again for each.
        found = _CLOSING.search(blank_quotations(text), max(0, len(text.rstrip()) - _MOST_CLOSING))
        if found is None or not text[: found.start()].strip():
            break
        sent = found["end"] != ";" and _TEXT.search(text, 0, found.start())
        words = _WORD.findall(found["words"])
        if sent or not _is_polite(words) or _PARTS_OF_DAY.match(found["words"]):
            break
        text = _blank_out(text, found.start("words"), len(text))
    return text


def _is_polite(words: Sequence[str], besides: Collection[str] = ()) -> bool:
    """Whether these words are nothing but politeness, and some of it."""
    plain = [word.casefold() for word in words]
    plain = [word for at, word in enumerate(plain) if not (at and word in _DAYS and plain[at - 1] in _WISHED)]
    polite = _CHANGING.isdisjoint(plain) and all(
        word in besides or word in _WISHED or (_polite(word) and word != "one") for word in plain
    )
    return polite and len(words) <= _MOST and (len(plain) < len(words) or not _KIND.isdisjoint(plain))


LEAVING: Final = frozenset(("quit", "exit", "bye", "q"))
"""What ends a conversation in a terminal, as a whole line."""


def leaves(text: str) -> bool:
    """Whether a text only ends the conversation."""
    return text.strip(" \t.!").casefold() in LEAVING


def is_only_polite(text: str) -> bool:
    """Whether a text is a greeting, thanks or another politeness, and nothing else, also in another language."""
    return _is_polite(_WORD.findall(text)) or _compile_greetings().fullmatch(text[:_MOST_CLOSING]) is not None


@cache
def _compile_greetings() -> re.Pattern[str]:
    said = "|".join((*list_forms("hello"), *list_forms("thanks"), *list_forms("please")))
    return re.compile(rf"\W*(?:(?:{said})(?!\w)\W*)+", re.IGNORECASE)


def is_polite_word(word: str) -> bool:
    """Whether a word is said to be kind, and asks for nothing."""
    return word in _KIND


def _polite(word: str) -> bool:
    return re.split("['’]", word.casefold())[0] in _POLITE


def _blank_out(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]
