"""Conditional requests: takes apart "if A, do B, otherwise C", "do B if A" and "A? If so, B"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from agent.resolve.rules.clauses import gives_order
from agent.validate.coverage import weighty_patterns as patterns
from language.text import blank_quotations

Stretch = tuple[int, int]

_FIND_OUT: Final = r"check|see|find\s+out|verify|confirm|determine|look\s+(?:in(?:to)?|up|at)|figure\s+out|make\s+sure|double[-\s]check"  # noqa: E501
_IF_SO: Final = re.compile(
    rf"(?:\b(?:(?:can|could|would)\s+you\s+)?(?:please\s+)?(?:{_FIND_OUT})(?:\s+(?:it|that|this))?\s+(?:and\s+)?)?\b(?:and\s+)?if\s+(?:(?:so|yes)\b|it\s+(?:did|does|is|has|was)\s*,)[\s,:]*",
    re.IGNORECASE,
)
_IF: Final = re.compile(r"(?<!even )(?<!as )\bif\b\s+(?!(?:so|not|possible|needed|necessary|any)\b)", re.IGNORECASE)
# "Should Ada have paid, …": an "if" without the word. "Close it, but not if she has paid" is an "unless".
_OTHER_IF: Final = re.compile(
    r"\b(?P<unless>unless|(?<=\w\s)(?:(?:but|just|only|though)\s+){0,2}not\s+if|(?<=,\s)(?:but\s+)?not\s+if)\b|\b(?P<case>in\s+case)\b(?!\s+of\b)|^\W*(?P<should>should)\s+(?!(?:i|we)\b)[^,.;?!\n]+,\s*\S",
    re.IGNORECASE,
)
# "Nobody else" is somebody.
_ELSE: Final = re.compile(
    r"(?:(?:[.;,]\s*|\s)(?:and\s+)?(?:if\s+not|otherwise)|(?:[.;,]\s*|\sor\s+)else)\b[\s,:]*", re.IGNORECASE
)
# May precede a condition in question form: "can you check if", "I think".
_ASKED: Final = re.compile(
    rf"^\W*(?:please\s+)?(?:(?:can|could|would)\s+you\s+(?:please\s+)?)?(?:{_FIND_OUT}|tell\s+me|let\s+me\s+know)\s+(?:if|whether)\s+"
    r"|^\W*(?:i\s+think|i\s+believe|maybe|perhaps)\s+(?:that\s+)?",
    re.IGNORECASE,
)
_STATES: Final = re.compile(
    r"\b(?:has|have|had|is|are|was|were|be|been|any|no|some|an?|the|more|not|never|don['’]?t)$", re.IGNORECASE
)
_ENDS_CLAUSE: Final = re.compile(r"\w+\s*[,;:.]")
# Between a condition and its order: "if Ada has paid, …", "if she has paid (give her) her money back".
_JOINTS: Final = re.compile(r"[,:]\s*(?:then\s+)?|\s+then\s+|\s+(?=[^\W\d_]+\s+(?:him|her|it|them)\b)", re.IGNORECASE)
_ORDERS_BEGIN: Final = (re.compile(r",\s*(?:then\s+)?"), re.compile(r"(?<!\s)\s++(?:then\s+)?"))
# "It was quiet of late. If that has lasted for 2 days, …": the condition is about the sentence before.
_IT: Final = re.compile(r"\s*it(?:['’]s|\s+(?:is|has|was))\b", re.IGNORECASE)
_STATED: Final = re.compile(r"[^.;?!\n]+")
_END: Final = re.compile(
    r"(?<![\s.,;:?!])(?:[\s.,;:?!]++(?:(?:but|only|and|just)(?![^\s.,;:?!]))?){1,4}+$", re.IGNORECASE
)
_CONDITION: Final = re.compile(
    r"(?<!even )(?<!as )\b(?:if|unless|provided\s+that|as\s+long\s+as|in\s+case)\b"
    r"(?!\s+(?:possible|(?:someone|somebody|anyone|we)\s+(?:could|can|would)|you\s+(?:can|could|would|don['’]?t\s+mind)|needed|necessary|available|any|i\s+may|not\b))",
    re.IGNORECASE,
)
# "check if", "I wonder if", "let me know when": a question, not a condition.
_WHETHER: Final = re.compile(
    r"\b(?:check|see|know|verify|confirm|determine|find\s+out|ask|tell\s+me|wonder(?:ing)?|sure|test|validate|identify|say)\b(?:\s+\w+){0,2}\s+(?:if|when)\b",
    re.IGNORECASE,
)
# A future event: "when Ada pays", "once it is done", "the moment she is back", but not "when she came" or "ask when …".
_WHEN: Final = re.compile(
    r"(?<!\w)(?<!\bask )(?:when(?:ever)?|once|as\s+soon\s+as|the\s+(?:very\s+)?(?:moment|minute|instant))\s+"
    rf"(?!(?:he|she|it|they|we|you)\s+(?:{patterns.PAST}|was|were|had|did)\b)"
    r"(?:he|she|it|they|we|you|someone|somebody|nobody|the|his|her|their|[A-Z])"
)
_CLAUSE_ENDS: Final = re.compile(r"[,;:.!?\n()](?!\d)")
_SENTENCE_ENDS: Final = re.compile(r"[.;\n]")
REGARDLESS: Final = "I can't check {words} here. Should I do it regardless?"


@dataclass(frozen=True, slots=True)
class ConditionalRequest:
    """Offsets in the request: the condition's words, the order if it holds, and the order otherwise."""

    condition: Stretch
    then: Stretch
    otherwise: Stretch | None = None
    negated: bool = False


def find_condition(text: str, is_read: Callable[[int], bool] | None = None) -> Stretch | None:
    """The clause that makes a request wait for something: "if …", "unless …", or "once Ada has paid" where its word for
    the time was not read as another's."""
    bare = _WHETHER.sub(lambda found: " " * len(found[0]), blank_quotations(text))
    events = (each for each in _WHEN.finditer(bare) if is_read is not None and not is_read(each.start()))
    found = _CONDITION.search(bare) or next(events, None)
    if found is None:
        return None
    begin, end = found.span()
    for first, last in (each.condition for each in list_possible_branches(text)):
        return (begin if first >= end else first), last
    return begin, patterns.find_closing(_CLAUSE_ENDS, bare, end)


def list_possible_branches(text: str) -> list[ConditionalRequest]:
    """The ways to split a request at its one condition. Every comma may begin the order if the words don't tell. Quoted
    words are never searched."""
    bare = blank_quotations(text)
    so = list(_IF_SO.finditer(bare))
    ifs = [found for found in _IF.finditer(bare) if not any(each.start() <= found.start() < each.end() for each in so)]
    others = [*_OTHER_IF.finditer(bare)]
    inside = all(any(each.start() <= found.start() < each.end() for each in others) for found in ifs)
    if len(others) == 1 and inside and not so:
        first, last = others[0].span(others[0].lastgroup or 0)
        as_if = list_possible_branches(f"{text[:first]}{'if':>{last - first}}{text[last:]}")
        return [replace(each, negated=others[0].lastgroup == "unless") for each in as_if]
    begin, end = ifs[0].span() if ifs else (0, 0)
    before, start = bare[:begin].strip(" \t\n,.;:"), _order_after(bare, end)
    ordered = gives_order(before, sure=True)
    if len(so) == 1 and all(each.start() < so[0].start() for each in ifs):
        # "check if …? If so": the single "if" before it asks a question and is no condition.
        made = [_take_apart(text, bare, (0, so[0].start()), so[0].end())]
    elif so or len(ifs) != 1:
        return []
    elif start is not None and not ordered and (not before or (_IT.match(bare, end) and _STATED.fullmatch(before))):
        made = [_take_apart(text, bare, (0 if before else end, start), start)]
    elif before:
        made = [_split_behind(text, bare, begin, end)] if ordered or start is None else []
    else:
        joints = (joint.span() for joint in itertools.islice(_JOINTS.finditer(bare, end), 3))
        made = [_take_apart(text, bare, (end, at), after) for at, after in joints if _may_order(bare, at, after)]
    return [each for each in made if each is not None]


def _split_behind(text: str, bare: str, begin: int, end: int) -> ConditionalRequest | None:
    """The order before a condition that ends the request, but for what is done otherwise."""
    other = _ELSE.search(bare, end)
    stop = other.start() if other is not None else patterns.find_closing(_SENTENCE_ENDS, bare, end)
    if other is None and bare[stop:].strip(" .;\n"):
        return None
    otherwise = _trim(text, other.end(), len(text)) if other is not None else None
    return ConditionalRequest(_trim(text, end, stop), _trim(text, 0, begin), otherwise)


def _may_order(bare: str, at: int, after: int) -> bool:
    """Whether an order may begin behind a joint: behind a mere space only with a verb."""
    return not bare[at:after].isspace() or (not _tells_state(bare, at) and gives_order(bare, after, sure=False))


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
            state = found[0].isspace() and _tells_state(bare, found.start())
            noun = found[0].isspace() and _ENDS_CLAUSE.match(bare, found.end())  # "an open bill, …"
            if found.start() > start and not state and not noun and gives_order(bare, found.end(), sure=True):
                return found.end()
    return None


def _tells_state(bare: str, at: int) -> bool:
    """Whether the verb form at an offset is a state or denied: "if A has | open invoices", "don't | close it"."""
    return _STATES.search(bare, max(0, at - 8), at) is not None


def _trim(text: str, start: int, end: int) -> Stretch:
    piece = text[start:end]
    first = start + len(piece) - len(piece.lstrip())
    return first, start + len(_END.sub("", piece)) if _END.sub("", piece) else first
