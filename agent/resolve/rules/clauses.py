"""Clause splitter: splits a request into clauses that may each be an action, and detects negations, questions and
conditions."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from agent.extract.limits import MAX_CLAUSES
from language.stems import AGAIN, EMPTY, GENERIC, KIN, ORDER_WORDS, ORDERS, READING, is_past, stem
from language.text import blank_quotations, find_quotations
from language.wordnet import find_similar_stems
from registry.offers.shortlist import ALIKE

# A wish may end here and the next one begin. Quoted text is never cut (see _quoted).
_JOINT: Final = re.compile(
    r"""(?:[.!?;]\s+|\n+|,)\s*(?:(?:and|&)\s+)?(?:(?:then|also|afterwards|after\s+that|finally|next|lastly|additionally)\b,?\s*)?
      | (?<!\s)\s++(?:and|&)\s+(?:(?:then|also|afterwards|after\s+that|finally)\b,?\s*)?
      | (?<!\s)\s++then\s+""",
    re.IGNORECASE | re.VERBOSE,
)
# May precede an order without being part of it: a greeting, a polite phrase, a wish.
_LEAD: Final = re.compile(
    r"\W*+(?:(?:please|kindly|also|then|now|ok|okay|hey|hi|hello|there|good\s+(?:morning|afternoon|evening|day)|dear\s+\w+|so|well|just|only|and|"
    r"but|first|next|finally|lastly|thanks|thank\s+you|if\s+possible|go\s+ahead\s+and|"
    r"(?:can|could|would|will|may)\s+you(?:\s+(?:please|kindly|just|also|help(?:\s+me)?(?:\s+(?:to|with))?))*|"
    r"(?:(?:it|that)(?:['’]d|\s+would)\s+be\s+(?:\w+\s+){1,3})?(?:if|whether)\s+you\s+(?:can|could|would|might)(?:\s+(?:please|kindly))?|"
    r"(?:can|could|may)\s+(?:i|we)\s+(?:please\s+)?(?:have|get)|(?:would|do)\s+you\s+mind|be\s+able\s+to|"
    r"(?:i|we)(?:\s+(?:also|just|really|now|would|will|am|are))*(?:['’]?(?:d|ll|m|re|ve))?(?:\s+(?:also|just|really|now))*\s+"
    r"(?:want(?:ed)?|needs?|like|love|wish|have|trying|going|wondering|hoping|hope|planning)"
    r"(?:\s+(?:you|help|assistance))?(?:\s+(?:to|in|with|for))?(?=\s)|"
    r"(?:i|we)(?:['’](?:m|re)|\s+(?:am|are))(?=\s+(?!(?:look|search|try|wonder|hop|plann|hav|see|gett|us|ask|think|go|check|review|read|work|do|mak)ing\b)[^\W\d_]+ing\b)|"
    r"help\s+me(?:\s+(?:to|with|out))?|let['’]?s|let\s+us|you\s+(?:need|have)\s+to|time\s+to|it['’]?s\s+time\s+to|don['’]?t\s+(?:forget|fail)\s+to|gonna|wanna)\b[\s,:!.-]*)+",
    re.IGNORECASE,
)
_MARKS: Final = re.compile(r"[\s,;:.!-]*")
# "Would you do that?" refers to what was said before. It is no wish of its own.
_SAME: Final = re.compile(
    r"\s*(?:do|make|update|handle|arrange|change|take\s+care\s+of|see\s+to)\s+(?:that|this|it|so)(?:\s+(?:change|update|happen|for\s+me|please))*"
    r"(?:\s+(?:in|on)\s+(?:the\s+)?\w+)?\W*$"
    r"|\s*(?:let\s+(?:me|us)\s+know|keep\s+(?:me|us)\s+(?:posted|updated|informed)|report\s+back)"
    r"(?:\s+(?:if|whether|when|once|as\s+soon\s+as|how|about|with)\s+(?:it|its|it['’]s|that|this|you|they|all|everything|done|the\s+result)\b[^.?!]*+)?\W*$",
    re.IGNORECASE,
)
_BESIDES: Final = re.compile(r"\b(?:before|after|besides|in\s+addition\s+to)\s+(?P<verb>[^\W\d_]+ing)\b", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOT: Final = (
    r"(?:(?:do\s+not|don['’]?t|dont)(?!\s+(?:forget|fail)\s+to\b)|never|must\s+not|mustn['’]?t|should\s+not"
    r"|shouldn['’]?t|can\s+you\s+not|please\s+not)"
)
_NEGATED: Final = re.compile(
    rf"^\W*+(?:(?:please|but|and|also|just|ok|okay|hey|no|wait|stop)\b[\s,]*+)*+"
    # A statement of what somebody doesn't have or know forbids nothing: "I don't have an order number".
    rf"(?:you\s+|(?:i|we)\s+(?={_NOT}\s+(?:\w+ly\s+)?(?:want|need|wish|intend|mean)\b))?{_NOT}\s+(?:want\s+(?:you\s+)?to\s+|let\s+\w+\s+)?"
    r"(?:\w+ly\s+)?(?P<verb>[^\W\d_]+)",
    re.IGNORECASE,
)
_FORBIDDEN: Final = re.compile(
    rf"\b(?:{_NOT}|without|no\s+need\s+to|instead\s+of|rather\s+than)\s+(?:\w+ly\s+)?(?P<verb>[^\W\d_]+)", re.IGNORECASE
)
_ABOUT: Final = re.compile(
    r"^\W*+(?:how\s+(?:do|does|did|can|could|should|would|is|are)\b(?!\s+(?:many|much)\b)|why\b|what\s+(?:does|happens|is\s+the\s+difference)|"
    r"what\s+is\s+(?:a|an)\s|what\s+(?:can|could)\s+(?:you|i)\s+do|(?:is|are)\s+(?:it|there)\s+(?:possible|a\s+way)|can\s+(?:i|we)\b|"
    r"(?:should|may|must)\s+(?:i|we)\b|explain\b|who\s+are\s+you|do\s+(?:i|we)\s+(?:need|have)\s+to\b)",
    re.IGNORECASE,
)
# A question about a state or its cause: "is ticket 5526 urgent?", "has it been paid", "which tickets are open". "Have
# it closed" is an order. "What about closing it", "what Ada paid" and "when it is closed, …" don't count either.
_BE: Final = r"(?:is|are|was|were)(?:n['’]?t)?"
_STANDS: Final = re.compile(
    rf"(?:{_BE}|(?:has|had|did|does)(?:n['’]?t)?|(?:have|do)(?:n['’]?t)?(?=\s[^?]*\?\s*$))\s+(?!you\b)"
    rf"|(?:who|whose|which|what|when|where)(?:['’]?s\b|\s+(?:{_BE}|has|have|had|did|does|do|will))\s+(?!you\b)"
    r"|(?:which|whose|how\s+(?:many|much|old|long|often|soon|far))\s+\w"
    r"|what\s+(?!about\b|if\b|i\b|we\b|you\b|he\b|she\b|it\b|they\b)(?-i:[a-z])",
    re.IGNORECASE,
)
_CONDITION: Final = re.compile(
    r"\W*+(?:if|in\s+case|unless|when|whenever|provided|assuming|as\s+long\s+as)\b", re.IGNORECASE
)

# An order's object begins like this. The words after a noun rarely do.
_DETERMINED: Final = re.compile(
    r"(?:the|a|an|this|that|these|those|my|our|his|her|their|its|all|every|each|both|him|them|me|us|it)\b|[#\"'“‘]|\d|[A-Z]",
    re.ASCII,
)
_EVERY: Final = frozenset(("all", "both", "each", "every"))
_BLANKS: Final = re.compile(r"\s*+")
# Follows a noun but never an order: "refunds are late", "invoice of Adam".
_OF_A_NOUN: Final = re.compile(r"(?:is|are|was|were|has|have|will|of|and|or)\b", re.IGNORECASE)
# "Mr. B", "J. Doe", "no. 5": this full stop ends no sentence.
_SHORTENED: Final = re.compile(r"(?:\b[A-Za-z]|\b(?:mr|mrs|ms|dr|st|no|vs|inc|ltd))$", re.IGNORECASE)
MAX_LEAD: Final = 400
"""The most characters of greeting and politeness before an order."""
_DOING: Final = ORDERS.union(word for word in KIN) - READING
_WONDERS: Final = re.compile(
    r"\?\s*$|\b(?:what|who|where|when|which|how\s+(?:many|much))\b|\b(?:looking|searching)\s+for\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a request with its offsets.

    - ``negated``: the verb of an order not to do something.
    - ``forbidden``: all verbs that are forbidden.
    - ``about``: it asks how things are done.
    - ``stands``: it asks how things are.
    - ``condition``: an "if …".
    """

    text: str
    start: int
    end: int
    negated: str | None = None
    forbidden: tuple[str, ...] = ()
    about: bool = False
    stands: bool = False
    condition: bool = False


@lru_cache(maxsize=256)
def split_clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a request, in order. A single one if no split is certain.

    It splits only where the rest begins like an order (a verb, or an "if"), so "Adam and Eve" and "red, small and
    cheap" stay whole. Offsets are code points.
    """
    quoted = find_quotations(text)
    ends = [end for _, end in quoted]
    cuts = [(0, 0)]
    for joint in _JOINT.finditer(text):
        near = bisect_right(ends, joint.start())  # the first quotation that ends after the joint begins
        if near < len(quoted) and quoted[near][0] < joint.end():
            continue
        sentence = joint[0].lstrip()[:1] in ".!?;\n" or "\n" in joint[0]
        if joint[0].strip().startswith(".") and _SHORTENED.search(text, max(0, joint.start() - 8), joint.start()):
            continue
        if sentence or begins_like_an_order(text, joint.end()) or _CONDITION.match(text, joint.end()):
            cuts.append((joint.start(), joint.end()))
            if len(cuts) > MAX_CLAUSES:
                break
    cuts.append((len(text), len(text)))
    made = []
    for (_, start), (end, _) in itertools.pairwise(cuts):
        piece = text[start:end]
        stripped = piece.strip(" \t\n,;")
        if not any(c.isalnum() for c in stripped):
            continue
        at = start + piece.index(stripped)
        made.append(parse_clause(stripped, at))
    return tuple(made) or (parse_clause(text, 0),)


def parse_clause(text: str, start: int = 0) -> Clause:
    """Parses one clause."""
    bare = blank_quotations(text)
    negated = _NEGATED.search(bare)
    return Clause(
        text,
        start,
        start + len(text),
        negated=negated["verb"].casefold() if negated else None,
        forbidden=tuple(each["verb"].casefold() for each in _FORBIDDEN.finditer(bare)),
        about=bool(_ABOUT.match(bare)),
        stands=_stands(bare),
        condition=bool(_CONDITION.match(bare)),
    )


def _stands(bare: str) -> bool:
    """Whether it only asks about a state. An order in it makes it more."""
    begin = _begin(bare)
    if not _STANDS.match(bare, begin):
        return False
    return not any(begins_like_an_order(bare, joint.end()) for joint in _JOINT.finditer(bare, begin))


def find_subordinate_orders(parts: Sequence[Clause]) -> list[Clause]:
    """Finds orders in subordinate form: "before voiding it", "after closing ticket 5519"."""
    made = []
    for part in parts:
        for found in _BESIDES.finditer(part.text):
            verb = stem(found["verb"])
            if verb in ORDERS and verb not in READING:
                base = next((word for word in ORDER_WORDS if stem(word) == verb), found["verb"])
                text = base + part.text[found.end("verb") :]
                made.append(Clause(text, part.start + found.start("verb"), part.end))
    return made


@lru_cache(maxsize=256)
def find_head(text: str) -> str | None:
    """The stem of an order's verb ("Could you please refund …" → "refund"). It comes from the first clause that begins
    like an order, or else from the first content word."""
    for clause in split_clauses(text):
        if begins_like_an_order(clause.text):
            return _find_first_stem(clause.text)
    return _find_first_stem(text)


def gives_order(text: str, at: int = 0, *, sure: bool) -> bool:
    """Whether the words at ``at`` begin like an order. ``sure`` demands a verb that can be nothing else: one that
    orders, and no name ("Running Shoes")."""
    if not begins_like_an_order(text, at):
        return False
    verb = _WORD.match(text, _begin(text, at))
    assert verb is not None
    word = verb[0].casefold()
    after = _BLANKS.match(text, verb.end())
    named = verb[0][:1].isupper() and after is not None and text[after.end() : after.end() + 1].isupper()
    return not sure or ((word in ORDER_WORDS or word in AGAIN) and stem(word) not in GENERIC and not named)


def says_what(text: str) -> bool:
    """Whether an order has a verb and an object other than "it" or "them"."""
    verb = _WORD.match(text, _begin(text))
    if verb is None or (verb[0].casefold() not in ORDER_WORDS and verb[0].casefold() not in AGAIN):
        return False
    return any(word[0].casefold() not in EMPTY for word in _WORD.finditer(text, verb.end()))


def _begin(text: str, at: int = 0) -> int:
    """Where the words at ``at`` begin, after greetings, polite phrases and punctuation."""
    lead = _LEAD.match(text, at, at + MAX_LEAD)
    if lead is not None:
        return lead.end()
    marks = _MARKS.match(text, at)
    return marks.end() if marks else at


def find_after_verb(text: str) -> int | None:
    """Where the words after an order's verb begin. None if the text doesn't begin like an order."""
    if not begins_like_an_order(text):
        return None
    verb = _WORD.match(text, _begin(text))
    return verb.end() if verb else None


def _find_first_stem(text: str) -> str | None:
    lead = _LEAD.match(text, 0, MAX_LEAD)
    for word in _WORD.finditer(text, lead.end() if lead else 0):
        if word[0].casefold() not in EMPTY:
            return stem(word[0])
    return None


@lru_cache(maxsize=256)
def asks(text: str) -> bool | None:
    """True if the person asks for information, False if for an action, None if the words don't tell."""
    for clause in reversed(split_clauses(text)):
        if begins_like_an_order(clause.text):
            verb = _find_first_stem(clause.text)
            return True if verb in READING else False if verb in _DOING else None
    if _WONDERS.search(text):
        return True
    return None


def is_order(word_stem: str) -> bool:
    """Whether this is the stem of a verb that people order with."""
    return word_stem in ORDERS or word_stem in READING


@lru_cache(maxsize=4096)
def is_akin_to_order(word_stem: str) -> bool:
    """Whether WordNet relates this verb to one that people order with ("scrap", "hand", "shift")."""
    return word_stem not in EMPTY and any(
        share >= ALIKE and other in ORDERS and other not in GENERIC
        for other, share in find_similar_stems(word_stem, verb=True).items()
    )


def begins_like_an_order(text: str, at: int = 0) -> bool:
    """Whether the words at ``at`` are an order: a known verb, after polite phrases, not followed by words that make it
    a noun."""
    begin = _begin(text, at)
    first = _WORD.match(text, begin)
    if first is None or _SAME.match(text, begin):
        return False
    word = stem(first[0])
    after = _BLANKS.match(text, first.end())
    follows = after.end() if after else first.end()
    if word in _EVERY or (
        (word not in ORDERS and word not in KIN) and not (_DETERMINED.match(text, follows) and is_akin_to_order(word))
    ):
        return False
    # Compound nouns: "tracking number", "billing address".
    low = first[0].casefold()
    if begin == at and low.endswith("ing") and stem(low) != low and text[follows : follows + 1].islower():
        return False
    # "refunds are late", "invoices of Adam", "sold the car": a plural or subject or a report, not an order.
    if (low.endswith("s") and not low.endswith("ss")) or is_past(low):
        return False
    return follows < len(text) and not _OF_A_NOUN.match(text, follows)
