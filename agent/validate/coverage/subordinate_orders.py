"""Subordinate orders: the call's own verb beneath another verb ("refuse to …", "ask her whether to …"), or within a
question about it ("who may …", "did you …"). What is ordered then is something else than the call, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agent.planning.proposal import Call, Find, Proposal, RecordArgument, Words
from agent.planning.quotes import walk
from agent.validate.coverage.weighty_patterns import REACH, TELLING, last_before, search_before
from language.stems import EMPTY, ORDERS, split_runs, stem

Place = tuple[int, int]

_CLAUSE: Final = re.compile(r"[;!?\n()]|[.,:](?!\d)|\s[-–—]+\s|^", re.IGNORECASE)
_NEAR: Final = 60
# What leads up to an order without being one: a wish, manners, a duty, somebody's word that it shall be.
_ASKS: Final = re.compile(
    r"\b(?:(?:want|wish|need|like|love|prefer|hop|try|tri|go|plan|intend|manag|help|remember|get|dar|care|decid|agree|promis|ask"
    r"|suppos|request)(?:e|s|es|ed|d|ing|ning|ting)?|have|has|had|got|able|sure|ready|happy|glad|kind|nice|good|great|lovely"
    r"|helpful|enough|ahead|order|time|told|asked|instructed|meant|best|better|possible|free|back|us(?:ing|ed)|is|are|was|were|be"
    r"|how|forget|hesitate|fail|mind|way|due|ought|wrote|called|me|us|you|here|now|please)"
    r"(?:\s+(?:me|us|you|him|her|them|it|(?-i:[A-Z]\w+)))?\s+$",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(
    r"\b(?:tell|ask|remind|get|wait\s+for|instruct|order|request|let|have)\s+(?:him|her|them|me|(?-i:[A-Z]\w+))\s+$",
    re.IGNORECASE,
)
# What somebody shall be told to do is theirs to do: "tell Ada to finish 702" finishes nothing.
_TOLD_TO_DO: Final = re.compile(
    r"(?:^|(?<=[,;.!?\n])\s*|\b(?:and|then|please|you)\s+)(?:tell|ask|remind|instruct)\s+"
    r"(?P<whom>him|her|them|(?:the\s+)?[^\W\d_][\w'’]*(?:\s+[^\W\d_][\w'’]*)?)\s+to\s+(?!me\b|us\b)[^\W\d_]+",
    re.IGNORECASE,
)
_REFUSES: Final = re.compile(r"(?<!don't )(?<!don’t )(?<!not )(?<!never )\b(?:forget|hesitate|fail)\s+$", re.IGNORECASE)
_WHETHER: Final = re.compile(r"\b(?:whether|if|when|how|why)\s+(?:or\s+not\s+)?$", re.IGNORECASE)
_WAITS: Final = re.compile(r"\s*(?:(?:and|but|please|so)\s+)*(?P<wait>wait|hold\s+(?:on|off))\b", re.IGNORECASE)
# A question: about the past, about who, why or how, about what one may. "Why not", "how about" and "could you" suggest.
_QUESTION: Final = re.compile(
    r"\s*(?:(?:and|but|so|hi|hello|hey|ok|okay)\b,?\s*)*(?P<asks>(?:who|why|how|when|where)(?!\s+(?:not|about|come)\b)"
    r"(?!\s+do(?:n['’]t|\s+not)\s+(?:you|we)\b)(?:['’]s)?(?=\s)"
    r"|(?:did|was|were|has|have|had)\s+(?:i|you|we|he|she|it|they|somebody|someone|anybody|anyone|the|that|this)\b"
    r"|(?:am|are|is)\s+(?:i|we|he|she|it|they)\s+(?:allowed|able|permitted)\b"
    r"|(?:may|can|should|shall|must)\s+i\b|should\s+we\b)",
    re.IGNORECASE,
)
# A question whatever verb it asks about, as long as nothing is ordered behind it.
_ASKED: Final = re.compile(
    r"\s*(?:(?:and|but|so|hi|hello|hey|ok|okay)\b,?\s*)*(?P<asks>why(?!\s+(?:not|don['’]?t|do\s+not)\b)|how(?!\s+about\b)|who(?=\s)"
    r"|did|does|had|was|were|do\s+(?:i|we|they)\b|(?:has|have|is|are)(?=[^.;!?\n]*\?))\b",
    re.IGNORECASE,
)
# What somebody asked, said or wondered of it: its clause has a subject of its own.
_TOLD_OF: Final = re.compile(
    r"(?<=\w\s)(?!if\s+(?:you|someone|somebody)\s+(?:can|could|would|will|might)\b)(?:whether|if|why|how|when)\s+(?:or\s+not\s+)?(?:i|we|you|he|she|they|somebody|someone|(?-i:[A-Z]\w+))(?:['’]\w{1,2})?\s+"
    r"(?:(?:can|could|may|might|should|would|will|shall|must|do|did|does|ever|still|also|just|already|have|had|to)\s+)*$",
    re.IGNORECASE,
)
# Something imagined, and what somebody has done or what is said of doing it.
_IMAGINED: Final = re.compile(
    r"\b(?:suppos(?:e|ing)|imagine|assum(?:e|ing)|pretend|doubt)\s+(?:that\s+)?[^,;.!?\n]*$", re.I
)
_DOER: Final = re.compile(
    r"(?:^|[^\w])(?:i|we|you|he|she|they|it|somebody|someone|(?-i:[A-Z]\w+))\s+(?:(?:have|has|had|already|just|only)\s+)*$",
    re.IGNORECASE,
)
# What somebody may, will or would do by themselves, and what was to be done: told, and not ordered.
_TOLD_TO_BE: Final = re.compile(
    r"(?:(?:\b(?:he|she|they|(?-i:[A-Z]\w+))(?:\s+(?:would|may|might|can)|['’]d)|\b(?:I|we)\s+(?:would|might))"
    r"(?:\s+\w+ly)?|\b(?:used|(?:was|were)(?:\s+(?:just|almost|nearly))?(?:\s+(?:going|about|supposed|meant))?"
    r"|(?:\w+\s+(?:am|are|is)|\w+['’](?:m|re|s))(?:\s+(?:just|probably|also))?\s+(?:going|about|planning))\s+to)\s+$",
    re.IGNORECASE,
)
# "Ada will stay until Monday" is how some orders are given, by a verb that nobody gives orders with; "she will cancel"
# and "somebody should cancel" leave it to somebody.
_LEFT_TO: Final = re.compile(
    r"(?:\b(?:i|we|he|she|they|who|(?-i:[A-Z]\w+))(?:\s+(?:will|shall)|['’]ll)"
    r"|\b(?:some|any)(?:body|one)\s+(?:(?:will|should|must)(?:\s+(?:have|need)\s+to)?|(?:ought|needs|has)\s+to))"
    r"(?:\s+(?:\w+ly|just|also|soon))?\s+$",
    re.IGNORECASE,
)
_SAID_OF_IT: Final = re.compile(
    r"[^,;.!?\n]*?\b(?:was|were|is|would\s+be|seems)\s+(?:a|an|the|no|out|wrong|not|too)\b", re.I
)


def find_subordinate_orders(
    text: str, verbs: frozenset[str], taken: Sequence[Place] = (), doers: Sequence[Place] | None = None
) -> Iterator[Place]:
    """The places of what the call's own verb stands beneath. ``verbs`` are the stems of the calls' own verbs, ``taken``
    the quotes that were used, ``doers`` those of the records that the calls themselves name, None where a call tells
    somebody something."""
    for told in _TOLD_TO_DO.finditer(text) if verbs.isdisjoint(TELLING) and doers is not None else ():
        whom = told.span("whom")
        if not any(start < whom[1] and whom[0] < end for start, end in doers or ()):
            yield told.span()
    asked = _ASKED.match(text)
    closing = re.compile(r"[,;.!?\n]").search(text, asked.end()) if asked is not None else None
    if asked is not None and not (closing and any(start >= closing.end() for start, _ in taken)):
        yield asked.span("asks")
    for word, start, end in split_runs(text):
        if stem(word.casefold()) not in verbs:
            continue
        opening = last_before(_CLAUSE, text, start)
        first = max(opening[1] if opening is not None else 0, start - REACH)
        asks = _QUESTION.match(text, first, start)
        if asks is not None:
            yield asks.start("asks"), end
        low = word.casefold()
        near = max(first, start - _NEAR)
        imagined = _IMAGINED.search(text, near, start)
        if imagined is not None:
            yield imagined.start(), end
        told_of = _TOLD_OF.search(text, near, start)
        if told_of is not None:
            yield told_of.start(), end
        if not any(begin <= start < stop for begin, stop in taken):
            to_be = None if low.endswith(("ed", "ing")) else _TOLD_TO_BE.search(text, near, start)
            if to_be is None and stem(low) in ORDERS:
                to_be = _LEFT_TO.search(text, near, start)
            if to_be is not None:
                yield to_be.start(), end
        if low.endswith("ed") and _DOER.search(text, near, start):
            yield start, end
        if low.endswith("ing") and not text[first:start].strip(" \n,;.!?") and _SAID_OF_IT.match(text, end):
            yield start, end
        waits = _WAITS.match(text, first, start)
        if waits is not None:
            yield waits.start("wait"), end
        elif (before := _find_governing(text, first, start)) is not None:
            yield before, end


def list_direct(proposal: Proposal) -> list[Words | None]:
    """The words of the records that calls take themselves, and not of whose these are."""
    calls = [node for node in walk(proposal.result) if isinstance(node, Call)]
    found = [each.reference for call in calls for each in call.arguments.values() if isinstance(each, RecordArgument)]
    return [each.said for each in found if isinstance(each, Find)]


def _find_governing(text: str, first: int, at: int) -> int | None:
    """Where what governs a verb in the infinitive begins, unless it only asks for it."""
    head = text[first:at]
    if not re.search(r"\bto\s+(?:\w+ly\s+)?$", head, re.IGNORECASE):
        return None
    head = re.sub(r"to\s+(?:\w+ly\s+)?$", "", head, flags=re.IGNORECASE)
    words = [each for each in split_runs(head) if each[0].casefold() not in EMPTY]
    if _WHETHER.search(head):
        return first + words[0][1] if words else None
    if not words or not head.strip():
        return None
    if search_before(_REFUSES, head, len(head)) or search_before(_OTHERS, head, len(head)):
        return first + words[-1][1]
    if search_before(_ASKS, head, len(head)):
        return None
    return first + words[-1][1] if head[words[-1][2] :].strip() == "" else None
