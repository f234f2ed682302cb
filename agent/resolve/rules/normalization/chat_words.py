"""Chat spelling: "4 Ada", "2 pro", "w/", "escal8", "teh" are written out, so that they are read as the words they
are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from language.stems import EMPTY, ORDER_WORDS
from language.text import blank_quotations
from language.wordnet import is_word

_SHORT: Final = {
    "w/": "with", "w/o": "without", "b/c": "because", "bc": "because", "cuz": "because", "coz": "because",
    "plz": "please",
    "pls": "please", "u": "you", "ur": "your", "r": "are", "thx": "thanks", "acct": "account", "msg": "message",
    "tix": "tickets",
    "tmrw": "tomorrow", "asap": "asap", "gimme": "give me", "lemme": "let me", "wanna": "want to", "gonna": "going to",
    "snd": "send", "rply": "reply", "tkt": "ticket", "cust": "customer", "subs": "subscription", "info": "info",
    "ppl": "people", "rn": "right now",
}  # fmt: skip
# The commonest function words with two letters crossed or one struck twice.
_SLIPS: Final = {
    "teh": "the", "hte": "the", "th": "the", "adn": "and", "nad": "and", "ot": "to", "fo": "of", "fro": "for",
    "ofr": "for",
    "wiht": "with", "wih": "with", "whit": "with", "taht": "that", "thsi": "this", "becuase": "because",
    "becasue": "because",
    "pelase": "please", "plesae": "please", "thier": "their", "cutsomer": "customer",
}  # fmt: skip
_ASKING: Final = ("what", "who", "where", "when", "how", "that", "there")
_DENYING: Final = ("is", "are", "was", "were", "has", "have", "had", "do", "does", "did", "should", "could", "would")
_WITHOUT_APOSTROPHE: Final = {
    **{f"{each}s": f"{each}'s" for each in _ASKING},
    **{f"{each}nt": f"{each}n't" for each in _DENYING},
    "cant": "can't", "wont": "won't",
}  # fmt: skip
_WORD: Final = re.compile(
    r"(?<![\w@./'’-])(?P<word>[^\W\d_]+(?:/o?)?|[^\W\d_]+[248][^\W\d_]*)(?![\w@'’]|[./-]\w)", re.UNICODE
)
_DIGIT: Final = re.compile(r"(?<=\s)(?P<digit>[24])(?=\s+(?P<next>[^\W\d_]+)(?P<plural>\s+[^\W\d_]{2,}s\b)?)")
_TIMES: Final = re.compile(
    r"(?<![\w.,-])(?:[x×]\s?(?P<after>\d{1,4})|(?P<before>\d{1,4})\s?[x×])(?![\w.,-])", re.IGNORECASE
)
# "James' card": the apostrophe alone, where none opens a quotation.
_OWNS: Final = re.compile(r"(?<=[^\W\d_]s)['’](?=\s+[^\W\d_])")
_OPENS: Final = re.compile(r"(?:^|(?<=[\s(]))['‘]")
_EMAIL: Final = re.compile(r"(?<![\w@-])e-mail(?=s?\b(?![-@]))", re.IGNORECASE)
_FEWEST: Final = 3  # letters
_DIGITS: Final = {"2": "to", "4": "for"}
_SOUNDS: Final = {"8": "ate", "4": "for", "2": "to"}


def write_out(text: str, counted: Callable[[str], bool]) -> Iterator[tuple[int, int, str]]:
    """Where a word is written short, with the word in full. ``counted`` says whether a word can be counted: "2
    weeks" is a
    number."""
    bare = blank_quotations(text)
    for found in _WORD.finditer(bare):
        word = found["word"].lower()
        slip = _SLIPS.get(word) if found["word"].islower() else None
        full = _SHORT.get(word) or _WITHOUT_APOSTROPHE.get(word) or slip or _write_out_several(word) or _sound_out(word)
        if full is not None and full != word:
            yield found.start("word"), found.end("word"), full
    for found in _EMAIL.finditer(bare):
        yield found.start(), found.end(), "email"
    for found in _OWNS.finditer(text) if not _OPENS.search(text) else ():
        if text[: found.start()].split()[-1].lstrip('("“')[:1].isupper():
            yield found.start(), found.end(), "'s"
    for found in _TIMES.finditer(bare):
        yield found.start(), found.end(), found["after"] or found["before"]
    for found in _DIGIT.finditer(bare):
        after = found["next"].lower()
        if found["plural"]:
            continue  # "2 door hinges" are counted
        if not counted(after) and not after.endswith("s") and after not in EMPTY and found["next"].islower():
            yield found.start("digit"), found.end("digit"), _DIGITS[found["digit"]]


def _write_out_several(word: str) -> str | None:
    """ "accts": more than one of what is written short."""
    one = _SHORT.get(word[:-1]) if word.endswith("s") and len(word) > _FEWEST and not is_word(word) else None
    return f"{one}s" if one is not None and not one.endswith("s") else None


def _sound_out(word: str) -> str | None:
    digit = next((char for char in word if char in _SOUNDS), None)
    if digit is None or not any(map(str.isdigit, word)):
        return None
    full = word.replace(digit, _SOUNDS[digit])
    return full if full in ORDER_WORDS or is_word(full) else None
