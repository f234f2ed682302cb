"""Denied orders: what a request says is not to be done. Nothing may come of it, whatever else was understood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from language.example_patterns import PARTICLES
from language.stems import EMPTY, ORDERS, is_past, split_runs, stem
from language.text import word_set

Place = tuple[int, int]
ENDS: Final = re.compile(r"[,;:!?\n()\[\]]|\.(?!\d)|\s[-–—]+\s?|^|$|(?<!\w)(?:and|but|then)(?!\w)", re.IGNORECASE)
BARE_DENIAL: Final = (
    r"(?<!\w)(?:ai|are|ca|could|did|do|does|had|has|have|is|must|need|sha|should|was|were|wo|would)nt(?!\w)"
)
NO: Final = re.compile(
    r"(?<!\w)(?:not|never|no|nor|neither|none|nobody|nothing)(?!\w)"
    # Phrases that only hurry or reassure, and phrases in which "no" denies nothing of the order.
    r"(?!\s+(?:rush|hurry|worr(?:y|ies)|problems?|doubt|matter|longer|only|sure|certain|forget|hesitate|fail)\b)",
    re.IGNORECASE,
)
# What should not have happened: the reason to mend it.
REGRETS: Final = re.compile(r"(?<!\w)should(?:\s+(?:never|not)|n['’]t)\s+have(?!\w)", re.IGNORECASE)
# A relative clause that says what the meant records are not or don't do, up to its end.
DENIED_CLAUSE: Final = re.compile(
    r"\b(?:that|which|who)\s+(?:\w+ly\s+)?(?P<denied>(?:is|are|was|were|do|does|did|has|have|had)(?:n['’]?t|\s+not)\b)[^,;.!?\n]*",
    re.IGNORECASE,
)
# The second half is denied: "Ada has come and Bo hasn't".
_ELLIPTIC: Final = re.compile(
    r"\s+(?P<denied>(?:is|are|was|were|do|does|did|has|have|had|wo|ca|should|could|would)(?:n['’]?t|\s+not))(?=\s*(?:[,.;!]|$))",
    re.IGNORECASE,
)
_DENYING: Final = re.compile(
    rf"{NO.pattern}(?<!why not)|(?<!\w)(?:cannot|no\s+longer)(?!\w)"
    rf"|(?:n['’]t(?!\w)|{BARE_DENIAL})(?!\s+(?:forget|hesitate|fail|you|we)\b)",
    re.IGNORECASE,
)
_MODAL: Final = r"(?:should|must|shall|may|ought(?:\s+to)?|(?:is|are)\s+to)"
# What nobody may do, or must not happen: it is forbidden by whatever verb.
_FORBIDDEN: Final = re.compile(
    rf"(?<!\w)(?:{_MODAL}(?:n['’]?t|\s+(?:not|never))|(?:is|are)(?:n['’]?t|\s+not|\s+never)\s+to"
    rf"|(?:nobody|none|no(?:\s+[\w-]+)?)(?:\s+[\w-]+){{0,3}}?\s+{_MODAL})(?!\w)",
    re.IGNORECASE,
)
_ON_NO_ACCOUNT: Final = re.compile(r"(?<!\w)(?:under|on|in|at|by)\s+$", re.IGNORECASE)
_REPORTS: Final = re.compile(
    r"(?<!\w)(?:was|were|has|have|had|did)(?:n['’]?t|\s+(?:not|never|no\s+longer))$", re.IGNORECASE
)
# Before what a condition denies: "if they are (not printed)". An order may follow a condition without a comma.
_IN_CONDITION: Final = re.compile(
    r"(?<!\w)(?:if|unless|when|once|while|until|till)\s+(?:[\w-]+\s+){0,2}?[\w-]*(?:['’](?:s|re)|\b(?:is|are|has|have|was|were))\s*$",
    re.IGNORECASE,
)
_TO: Final = word_set("to should must shall may can could will would might")
_SOMEBODY: Final = word_set("anyone anybody someone somebody you him her them us me let")
_ADVERBS: Final = word_set("ever again already yet now")


class Denied(NamedTuple):
    """What is not to be done: the clause up to the verb that is denied, and the denial in it."""

    said: Place
    denial: Place


def find_denied_order(text: str, verbs: frozenset[str], *, forbids: bool = True) -> Denied | None:
    """The denial of one of these verbs, or with ``forbids`` of whatever a request is about that is one clause. None if
    another clause orders something."""
    verbs, denied, clauses = verbs - EMPTY, None, 0
    for first, last in _split(text):
        words = [(word.casefold(), first + start, first + end) for word, start, end in split_runs(text[first:last])]
        head = next((stem(word) for word, _, _ in words if word not in EMPTY), "")
        at = next((at for at, (word, _, _) in enumerate(words) if stem(word) in verbs), None)
        denial = _DENYING.search(text, first, last if at is None else words[at][2])
        if denial is not None and _IN_CONDITION.search(text, first, denial.start()) is not None:
            continue
        reaches = denial is not None and at is not None and _reaches(text, denial, words, at)
        if not reaches and (at is not None or (head in ORDERS and denial is None)):
            return None
        clauses += bool(head)
        if denial is not None and at is not None and REGRETS.search(text, first, last) is None:
            denied = denied or Denied((words[0][1], words[at][2]), denial.span())
    forbidden = _FORBIDDEN.search(text) if forbids and clauses == 1 else None
    if denied is None and forbidden is not None and REGRETS.search(text) is None:
        return Denied((0, len(text.rstrip(" .!"))), forbidden.span())
    return denied


def _reaches(text: str, denial: re.Match[str], words: list[tuple[str, int, int]], at: int) -> bool:
    """Whether a denial is about the verb behind it, and not about what another clause tells: "(Ada) can't come,
    cancel it"."""
    verb, start, _ = words[at]
    quantifies = denial[0].casefold() in ("no", "none", "nobody", "neither")
    if start < denial.end():
        return True  # "isn't": the denial ends the word
    between = [word for word, begin, _ in words[:at] if begin >= denial.end()]
    happened = is_past(verb) and (quantifies or denial[0].casefold() == "never")
    happened = happened and (_TO | {"be", "get"}).isdisjoint(between)
    if happened or _REPORTS.search(text, 0, denial.end()) is not None:
        return False  # what was not done may still be asked for
    told = [step for step, word in enumerate(between) if word not in EMPTY and not word.endswith("ly")]
    if (not told and PARTICLES.isdisjoint(between[-1:])) or _ON_NO_ACCOUNT.search(text, 0, denial.start()) is not None:
        return True
    if not verb.endswith(("ed", "ing", "s")) and not is_past(verb):
        before = next((word for word in reversed(between) if word not in _ADVERBS and not word.endswith("ly")), "")
        return before in _TO | _SOMEBODY or "let" in between
    finite = next((step for step in reversed(range(len(between))) if between[step] in _TO - {"to"}), -1)
    subject = [between[step] for step in told if step < finite]
    return not subject or (quantifies and not any(map(is_past, subject)))


def _split(text: str) -> Iterator[Place]:
    first = 0
    for mark in ENDS.finditer(text):
        yield first, mark.start()
        first = mark.end()
    yield first, len(text)


def find_denied_clauses(text: str, taken: Sequence[Place]) -> Iterator[Place]:
    """Finds denials in relative clauses that select records ("that don't concern Ada"), and denials that follow a used
    word ("and Ada hasn't")."""
    for found in DENIED_CLAUSE.finditer(text):
        if any(found.end("denied") <= start < found.end() for start, _ in taken):
            yield found.span("denied")
    for end in {last for _, last in taken}:
        if (denied := _ELLIPTIC.match(text, end)) is not None:
            yield denied.span("denied")
