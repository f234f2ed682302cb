"""Conditional requests: takes apart "if A, do B, otherwise C", "do B if A" and "A? If so, B"."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import Final

from agent.resolve.rules.clauses import gives_order
from language.text import blank_quotations

Stretch = tuple[int, int]

_FIND_OUT: Final = r"check|see|find\s+out|verify|confirm|determine|look\s+(?:in(?:to)?|up|at)|figure\s+out|make\s+sure|double[-\s]check"  # noqa: E501
_IF_SO: Final = re.compile(
    rf"(?:\b(?:(?:can|could|would)\s+you\s+)?(?:please\s+)?(?:{_FIND_OUT})(?:\s+(?:it|that|this))?\s+(?:and\s+)?)?\b(?:and\s+)?if\s+(?:(?:so|yes)\b|it\s+(?:did|does|is|has|was)\s*,)[\s,:]*",
    re.IGNORECASE,
)
_IF: Final = re.compile(r"(?<!even )(?<!as )\bif\b\s+(?!(?:so|not|possible|needed|necessary|any)\b)", re.IGNORECASE)
_UNLESS: Final = re.compile(r"\bunless\b", re.IGNORECASE)
_IN_CASE: Final = re.compile(r"\bin\s+case\b(?!\s+of\b)", re.IGNORECASE)
_ELSE: Final = re.compile(r"(?:[.;,]\s*|\s)(?:and\s+)?(?:if\s+not|otherwise|else)\b[\s,:]*", re.IGNORECASE)
# May precede a condition in question form: "can you check if", "I think".
_ASKED: Final = re.compile(
    rf"^\W*(?:please\s+)?(?:(?:can|could|would)\s+you\s+(?:please\s+)?)?(?:{_FIND_OUT}|tell\s+me|let\s+me\s+know)\s+(?:if|whether)\s+"
    r"|^\W*(?:i\s+think|i\s+believe|maybe|perhaps)\s+(?:that\s+)?",
    re.IGNORECASE,
)
_STATES: Final = re.compile(r"\b(?:has|have|had|is|are|was|were|be|been|any|no|some|an?|the|more)$", re.IGNORECASE)
_ENDS_CLAUSE: Final = re.compile(r"\w+\s*[,;:.]")
# "Should Ada have paid, …": an "if" without the word.
_SHOULD: Final = re.compile(r"\W*(?P<should>should)\s+(?!(?:i|we)\b)[^,.;?!\n]+,\s*\S", re.IGNORECASE)
# Between a condition and its order: "if Ada has paid, …", "if she has paid (give her) her money back".
_JOINTS: Final = re.compile(r"[,:]\s*(?:then\s+)?|\s+then\s+|\s+(?=[^\W\d_]+\s+(?:him|her|it|them)\b)", re.IGNORECASE)
_ORDERS_BEGIN: Final = (re.compile(r",\s*(?:then\s+)?"), re.compile(r"(?<!\s)\s++(?:then\s+)?"))
# "It was quiet of late. If that has lasted for 2 days, …": the condition is about the sentence before.
_IT: Final = re.compile(r"\s*it(?:['’]s|\s+(?:is|has|was))\b", re.IGNORECASE)
_STATED: Final = re.compile(r"[^.;?!\n]+")
_END: Final = re.compile(
    r"(?<![\s.,;:?!])(?:[\s.,;:?!]++(?:(?:but|only|and|just)(?![^\s.,;:?!]))?){1,4}+$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ConditionalRequest:
    """Offsets in the request: the condition's words, the order if it holds, and the order otherwise."""

    condition: Stretch
    then: Stretch
    otherwise: Stretch | None = None
    sure: bool = True
    negated: bool = False


def list_possible_branches(text: str) -> list[ConditionalRequest]:
    """The ways to split a request at its one condition, surest first. Every comma may begin the order if the words
    don't tell."""
    known = split_branches(text)
    if known is not None:
        return [known]
    bare = blank_quotations(text)
    should = _SHOULD.match(bare) if not _IF.search(bare) else None
    if should is not None:
        start, end = should.span("should")
        return list_possible_branches(f"{text[:start]}{'if':{end - start}}{text[end:]}")
    case = list(_IN_CASE.finditer(bare)) if not _IF.search(bare) else []
    if len(case) == 1:
        start, end = case[0].span()
        return list_possible_branches(f"{text[:start]}{'if':{end - start}}{text[end:]}")
    unless = list(_UNLESS.finditer(bare))
    if len(unless) == 1 and not _IF.search(bare):
        as_if = text[: unless[0].start()] + "    if" + text[unless[0].end() :]
        return [replace(each, negated=True) for each in list_possible_branches(as_if)]
    ifs = list(_IF.finditer(bare))
    if len(ifs) != 1:
        return []
    (found,) = ifs
    if bare[: found.start()].strip(" \t\n,.;:"):
        other = _ELSE.search(bare, found.end())
        stop = other.start() if other is not None else len(bare)
        otherwise = _trim(text, other.end(), len(text)) if other is not None else None
        condition = _trim(text, found.end(), stop)
        return [ConditionalRequest(condition, _trim(text, 0, found.start()), otherwise, sure=False)]
    made: list[ConditionalRequest] = []
    for joint in itertools.islice(_JOINTS.finditer(bare[found.end() :]), 3):
        if joint[0].isspace() and not gives_order(bare, found.end() + joint.end(), sure=False):
            continue
        parts = _take_apart(text, bare, (found.end(), found.end() + joint.start()), found.end() + joint.end())
        if parts is not None:
            made.append(ConditionalRequest(parts.condition, parts.then, parts.otherwise, sure=False))
    return made


def split_branches(text: str) -> ConditionalRequest | None:
    """The request taken apart. None if it has no condition or no split is certain. Quoted words are never searched."""
    bare = blank_quotations(text)
    so = list(_IF_SO.finditer(bare))
    if len(so) > 1:
        return None
    ifs = [found for found in _IF.finditer(bare) if not any(each.start() <= found.start() < each.end() for each in so)]
    if len(so) == 1:
        # "check if …? If so": the single "if" before it asks a question and is no condition.
        return (
            _take_apart(text, bare, (0, so[0].start()), so[0].end())
            if all(each.start() < so[0].start() for each in ifs)
            else None
        )
    if len(ifs) != 1:
        return None
    (found,) = ifs
    before = bare[: found.start()].strip(" \t\n,.;:")
    if gives_order(before, sure=True):
        stop = re.search(r"[.;\n]", bare[found.end() :])
        end = found.end() + stop.start() if stop is not None else len(bare)
        other = _ELSE.search(bare, found.end())
        if other is not None:
            otherwise = _trim(text, other.end(), len(text))
            return ConditionalRequest(_trim(text, found.end(), other.start()), _trim(text, 0, found.start()), otherwise)
        if bare[end:].strip(" .;\n"):
            return None
        return ConditionalRequest(_trim(text, found.end(), end), _trim(text, 0, found.start()))
    start = _order_after(bare, found.end())
    if start is None or (before and not (_IT.match(bare, found.end()) and _STATED.fullmatch(before))):
        return None
    return _take_apart(text, bare, (0 if before else found.end(), start), start)


def _take_apart(text: str, bare: str, condition: Stretch, then: int) -> ConditionalRequest | None:
    other = _ELSE.search(bare, then)
    end = other.start() if other is not None else len(bare)
    asked = _ASKED.match(bare[condition[0] : condition[1]])
    first = condition[0] + (asked.end() if asked is not None else 0)
    made = _trim(text, first, condition[1])
    wanted = _trim(text, then, end)
    if made[0] >= made[1] or wanted[0] >= wanted[1]:
        return None
    return ConditionalRequest(made, wanted, _trim(text, other.end(), len(text)) if other is not None else None)


def _order_after(bare: str, start: int) -> int | None:
    """Where the order begins after "if …": after a comma, or else at the first verb in its plain form."""
    for joint in _ORDERS_BEGIN:
        for found in joint.finditer(bare, start):
            # "if A has open invoices": after "has", a verb form is a state.
            state = found[0].isspace() and _STATES.search(bare, max(0, found.start() - 8), found.start())
            noun = found[0].isspace() and _ENDS_CLAUSE.match(bare, found.end())  # "an open bill, …"
            if found.start() > start and not state and not noun and gives_order(bare, found.end(), sure=True):
                return found.end()
    return None


def _trim(text: str, start: int, end: int) -> Stretch:
    piece = text[start:end]
    first = start + len(piece) - len(piece.lstrip())
    return first, start + len(_END.sub("", piece)) if _END.sub("", piece) else first
