"""Negations inside an order, and retractions after it.

A negation counts anywhere in a clause that the plan uses: "not", "never", "no". A negation at the head of a clause has
its own pattern, ``NEGATION`` in ``weighty_patterns.py``.

Some negations deny nothing of the order. They describe ("she is not happy"), give a reason ("for not paying"), or
contrast with what is done ("don't do it now, do it at the end", "no refund but 30 euros of credit").

A retraction cancels the order, whatever else was understood: "close 5519, scratch that".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agent.extract.spans.money import find_currency
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.unused_words import SAID_AROUND
from agent.validate.coverage.weighty_patterns import (
    BEGINS,
    ENDS,
    PAST,
    REACH,
    TURNS,
    UNITS,
    Place,
    find_closing,
    find_opening,
)
from language.denials import NO
from language.sparing import find_left_alone
from language.stems import EMPTY, is_past, split_runs, stem

# A state, a case that is joined, a suggestion or a reason. None of them denies the order.
_TOLD: Final = re.compile(
    r"(?:(?<!\bthere )\b(?:is|are|was|were|am|been|be|has|have|had|did|does|or|if|why|he|she|it|they|who|which)"
    r"|(?<!\bthere)['’](?:s|m|re|ve|d)"
    r"|\b(?:for|of|because|since|as|although|though|to)\b(?:\s+\w+){0,4})\s+$",
    re.IGNORECASE,
)
# Asks for silence: "no e-mail", "nobody hears of it".
_SILENT: Final = re.compile(
    r"\s+(?:(?:[\w-]+\s+)?[\w-]+\s*(?:$|[,.;!?])|(?:\w+\s+){1,3}(?:of|about)\s+(?:it|this|that)\b)", re.IGNORECASE
)
# "No. 12" is a number. "No 12 euros" is a denial.
_NUMBERED: Final = re.compile(r"\.?\s*#?\d[\d.,]*\s*([^\W\d_]+|[€$£¥%])?")
# "Nobody answered", "it never came": reports of the past. An order would use another form of the verb.
_HAPPENED: Final = re.compile(rf"\s+(?:\w+ly\s+|ever\s+)?({PAST})(?!\w)", re.IGNORECASE)
_TO_BE: Final = re.compile(r"\s+to\s", re.IGNORECASE)
# "(Leave for Ada) not from Friday" denies the day: "for Ada" is no reason.
_WHOM: Final = frozenset(("for", "of", "to"))
_VALUE: Final = re.compile(r"\s+(?:(?:from|on|at|until|till|by|for|in|during)\s+)?(?:the\s+)?", re.IGNORECASE)
_DENIAL: Final = re.compile(rf"(?<!\w)(?:not|never|no|cannot)(?!\w)|n['’]t(?!\w)|{patterns.BARE_DENIAL}", re.IGNORECASE)
_SIGN: Final = re.compile(r"[≠✗✘❌⛔🚫👎]|!=")
"""Signs that deny what stands beside them."""
_SIGHS: Final = frozenset(("oh", "ah", "hm", "hmm", "nope", "wait", "sorry", "well", "actually", "please"))
_SENTENCE_END: Final = re.compile(
    r"(?:[.!?…]|\s[-–—]+)\s*(?:(?:oh|no|wait|sorry|well|actually)\b[,\s]*)*$", re.IGNORECASE
)
_QUOTED: Final = re.compile(r"[\"“”„»«]")
_MARKS: Final = " ,;.!?…"
_FORBIDS: Final = re.compile(rf"\s+{patterns.DENIES.pattern}(?!\w)", re.IGNORECASE)
_NEXT: Final = 2
"""Most words after a negation that it may deny."""
_NEAR: Final = 60
"""Characters before a negation that are searched for words that only describe a state."""


def find_negations(
    text: str, taken: Sequence[Place], verbs: frozenset[str], *, undoes: bool = False
) -> Iterator[Place]:
    """Finds negations that stand alone, or share a clause with used words or with a verb of the calls.

    ``taken`` are the places that the plan uses. ``verbs`` are the stems of the calls' own verbs. ``undoes``: the plan
    undoes earlier calls.
    """
    signs = (each.span() for each in _SIGN.finditer(text))
    yield from (each for each in signs if not any(first <= each[0] < last for first, last in taken))
    for found in NO.finditer(text):
        start, end = found.span()
        if any(first < end and start < last for first, last in taken):
            continue
        if found[0].casefold() == "no" and _FORBIDS.match(text, end):
            continue  # "no don't": what that denies is looked at by itself
        numbered = _NUMBERED.match(text, end)
        unit = numbered[1] if numbered is not None else ""
        if numbered is not None and not (unit and (stem(unit.casefold()) in UNITS or find_currency(unit))):
            continue
        happened = _HAPPENED.match(text, end) if found[0].casefold() in ("never", "nobody", "nothing") else None
        if happened is not None and stem(happened[1].casefold()) not in verbs:
            continue
        told = _TOLD.search(text, max(0, start - _NEAR), start)
        value = _VALUE.match(text, end) if told is not None and told[0].split()[0].casefold() in _WHOM else None
        denied = value is not None and any(begin <= value.end() < stop for begin, stop in taken)
        if told is not None and _TO_BE.match(text, end) is None and not denied:
            continue
        first, last = _find_clause(text, start, end)
        words = [(word.casefold(), at) for word, at, _ in split_runs(text[first:last])]
        alone = all(word in {found[0].casefold(), "please"} for word, _ in words)
        if alone:
            # At the head it denies what was said before: the value that is corrected here, or the call that is undone.
            begins = undoes and first == 0 and found[0].casefold() == "no" and bool(text[last:].strip(_MARKS))
            if not begins and not any(begin >= end for begin, _ in taken):
                yield start, end
            continue
        used = any(begin < last and first < stop for begin, stop in taken)
        silent = _SILENT.match(text, end) is not None and any(stem(word) in patterns.SILENCE for word, _ in words)
        if used or silent or any(stem(word) in verbs for word, _ in words):
            yield start, end


def denies_verb(text: str, place: Place, verbs: frozenset[str]) -> bool:
    """Whether the words at a place deny one of these verbs, as in "don't close it"."""
    for denial in _DENIAL.finditer(text, *place):
        behind = text[denial.end() : find_closing(ENDS, text, denial.end())]
        words = [word.casefold() for word, _, _ in split_runs(behind)][:_NEXT]
        if any(stem(word) in verbs and not (is_past(word) or word.endswith("s")) for word in words):
            return True
    return False


def _find_clause(text: str, start: int, end: int) -> Place:
    return max(find_opening(ENDS, text, start), start - REACH), min(find_closing(ENDS, text, end), end + REACH)


# ── contrasts: another thing or action is denied than the one that is done ──────────────────────────────────────────

_NO_LONGER: Final = patterns.TRAILING | {"more", "longer", "any"}
_DONE_TO_IT: Final = re.compile(
    r"\s*(?:(?:just|but|only|please|instead|rather)\s+)*(?P<verb>[^\W\d_]+)\s+(?:it|them|that)\b", re.IGNORECASE
)
_NAMES: Final = re.compile(r"\b(?:[A-Z]\w+|[\w-]*\d[\w-]*)")
# A manner, a place or a time, no thing: "not with Ada", "not at the Vienna office", "not close before Friday".
_WAY: Final = re.compile(
    rf"\s(?:(?i:with|by|at|in|on|from|via|through|under|before|after|until|till)\s+(?:the\s+)?)(?:{_NAMES.pattern}\s*)+"
)


_SHOULD: Final = re.compile(r"(?<!\w)should(?:\s+(?:never|not)|n['’]t)$", re.IGNORECASE)
_HAVE: Final = re.compile(r"\s+have(?!\w)", re.IGNORECASE)


def only_contrasts(text: str, at: int, taken: Sequence[Place], known: frozenset[str], several: bool) -> bool:
    """Whether a negated clause only contrasts with what is done: "don't do it now, do it at the end".

    All its words must be ones that the call is about. With ``several`` records, an excluded record is no contrast.
    """
    closing = TURNS.search(text, at)
    if patterns.search_before(_SHOULD, text, at) is not None and _HAVE.match(text, at):
        return True  # "should never have been sent" gives a reason
    if not several and _other_thing(text, at, closing.start() if closing is not None else len(text), taken):
        return True
    if closing is None or not any(start >= closing.end() for start, _ in taken):
        return False
    words = ((word, at + start, at + end) for word, start, end in split_runs(text[at : closing.start()]))
    return all(
        word.casefold() in EMPTY
        or word.casefold() in patterns.TRAILING
        or stem(word.casefold()) in known
        or any(first < end and start < last for first, last in taken)
        for word, start, end in words
    )


def find_spared(text: str, denials: Sequence[Place], taken: Sequence[Place], verbs: frozenset[str]) -> Iterator[Place]:
    """The clauses with one of these ``denials`` and ``verbs`` that are about another thing than the used words: "close
    7, but don't close 8"."""
    for first, last in denials:
        end = find_closing(TURNS, text, last)
        if denies_verb(text, (first, end), verbs) and _other_thing(text, last, end, taken):
            yield first, end
    yield from (clause for clause, what in find_left_alone(text) if _other_thing(text, *what, taken))


def _other_thing(text: str, start: int, end: int, taken: Sequence[Place]) -> bool:
    """Whether the negated clause is about another thing, which the proposal leaves alone: "but don't touch Ada's"."""
    if not taken or any(first < end and start < last for first, last in taken):
        return False
    if patterns.SILENCE & {stem(word.casefold()) for word, _, _ in split_runs(text[start:end])}:
        return False  # who must not be told: no call can promise that
    said = {word.casefold() for first, last in taken for word in re.findall(r"[\w-]+", text[first:last])}
    said |= {part for word in said for part in word.split("-")}
    own = {word.casefold() for word in _NAMES.findall(_WAY.sub(" ", text[start:end]))}
    if own.isdisjoint(said):
        return bool(own)
    # "Not Ada Moor, Ida Moor": each name has a word that the other lacks.
    used = ({word.casefold() for word in _NAMES.findall(text[first:last])} for first, last in taken)
    return bool(own - said) and all(each - own for each in used if each & own)


def denies_another(
    text: str,
    at: int,
    taken: Sequence[Place],
    names: Sequence[Place],
    others: frozenset[str],
    known: frozenset[str] = frozenset(),
) -> bool:
    """Whether the clause denies another action and the ordered one follows: "no refund but 30 euros of credit", "don't
    refund 702, send it again".

    ``others`` are the stems of the other actions' words.
    """
    closing = TURNS.search(text, at)
    if not others or closing is None:
        return False
    instead = _DONE_TO_IT.match(text, closing.end())
    if instead is not None and stem(instead["verb"].casefold()) not in others:
        names, others = taken, others | known
    elif not any(start >= closing.end() for start, _ in taken):
        return False
    denied = (at, closing.start())
    if any(start < denied[1] and denied[0] < end for start, end in taken if (start, end) not in names):
        return False
    within = [(start - at, end - at) for start, end in names if start < denied[1] and at < end]
    said = split_runs(text[slice(*denied)])
    words = [word.casefold() for word, start, _ in said if not any(a <= start < b for a, b in within)]
    words = [word for word in words if word not in EMPTY and stem(word) not in SAID_AROUND]
    return bool(words) and all(stem(word) in others for word in words)


def denies_other_value(text: str, at: int, taken: Sequence[Place], others: frozenset[str]) -> bool:
    """Whether the clause denies only unchosen values of a list: "rather high than urgent", "no longer monthly but
    yearly".

    ``others`` are those values, and other words for them. The clause ends at the next used word.
    """
    if not others:
        return False
    closing = TURNS.search(text, at)
    ends = [start for start, _ in taken if start >= at] + [closing.start() if closing is not None else len(text)]
    words = [word.casefold() for word, _, _ in split_runs(text[at : min(ends)])]
    words = [word for word in words if word in others or (word not in EMPTY and word not in _NO_LONGER)]
    return bool(words) and (others.issuperset(words) or " ".join(words) in others)


# ── retractions: what takes an order back ──────────────────────────────

_OFF: Final = (
    r"(?P<verb>scratch|ignore|forget|cancel|drop|skip|strike|disregard|undo|stop)"
    r"\s+(?:that|this|it|about\s+(?:it|that)|all\s+(?:of\s+)?that)"
)
_RETRACTION: Final = re.compile(
    r"(?:[,;.!(]|\s[-–—]+|(?<=\w))\s{1,5}(?:(?:oh|no|wait|sorry|hm+|well|actually|and|but)[,\s]{1,5}){0,3}"
    rf"(?P<back>{_OFF}|never\s*mind|actually\s+(?:no|not|don['’]?t)|no\s+wait|(?:just\s+)?kidding|jk|(?:a\s+)?joke"
    r"|on\s+second\s+thoughts?|(?:no\s+)?don['’]?t|(?:better\s+|rather\s+)not|hardly|as\s+if|not\s+likely|hold\s+off(?:\s+on\s+(?:it|that|this))?"
    r"(?:\s+for\s+now)?)\s{0,5}[.!)…]*\s*$",
    re.IGNORECASE,
)
# Reverses an order, whatever follows: "no wait, I'll ask him", "actually leave it".
_TURN: Final = re.compile(
    r"(?:[,;.!?(…]|\s[-–—]+)\s{0,5}(?:(?:oh|ah|hm+|um|well|sorry|and|but|or)[,.…\s]{1,5}){0,3}"
    rf"(?P<back>(?:no+|nope|nah|wait|stop)(?=\s*(?:[,.;:!…–—-]|$)|\s+(?:no|way|wait|stop|better|rather|don['’]?t)\b)"
    r"|(?:hold|hang)\s+on|actually|on\s+second\s+thoughts?|never\s*mind|(?:better|rather)\s+not"
    rf"|{_OFF.replace('?P<verb>', '?P<said>')}"
    r"|(?:leave|let)\s+(?:it|that|him|her|them)(?=\s*(?:[,.;!]|$)|\s+(?:alone|be|as\s+(?:it|is)|for\s+now)\b))(?!\w)",
    re.IGNORECASE,
)
# Reports a refusal, or that it is done already: "but we refused", "so I told them no", "so we did".
_REFUSED: Final = re.compile(
    r"(?:[,;.!?…–—-]|\b(?:and|but|so))\s{1,5}(?:(?:and|but|so|then|though)\s{1,5}){0,2}(?P<back>(?:I|we)\s{1,5}"
    r"(?:(?:can['’]?t|cannot|won['’]?t|didn['’]?t|don['’]?t|wouldn['’]?t|did)(?=(?:\s+do\s+(?:it|that|this|so))?\s*(?:[,.;!]|$))"
    r"|(?:(?:have|had)\s{1,5})?(?:refused|declined)(?=\s*(?:[,.;!]|$)|\s+(?:it|that|this)\b)"
    r"|(?:said|told\s{1,5}\w+)\s{1,5}(?:(?:that\s{1,5})?(?:I|we)\s{1,5}(?:can['’]?t|won['’]?t)|no(?=\s*(?:[,.;!]|$)))))",
    re.IGNORECASE,
)


def find_taken_back(
    text: str, taken: Sequence[Place], texts: Sequence[Place], verbs: frozenset[str]
) -> Iterator[Place]:
    """Finds words at the end of a request that take the order back.

    ``taken`` are the places that the plan uses. ``texts`` are those in which such words may be part of what is used.
    ``verbs`` are the stems of the called actions' verbs. "Cancel that" is the order itself if it uses such a verb and
    no earlier word does.
    """
    for start, end in _find_retraction(text, verbs):
        # Otherwise no order comes before it. An order may also use no words: "reopen it".
        before = {word.casefold() for word, _, _ in split_runs(text[:start])} - EMPTY - _SIGHS
        ordered = not taken and bool(before)
        begins = ordered or any(first < start for first, _ in taken)
        within = any(first + BEGINS < start and end <= last for first, last in texts)
        # It may be part of a text that is used, unless it is a sentence of its own behind unquoted words.
        if begins and (not within or (_SENTENCE_END.search(text, 0, start) and not _QUOTED.search(text))):
            yield start, end
            return
    yield from _find_turn(text, taken, verbs)
    last = max((start for start, _ in taken), default=len(text))
    for refused in _REFUSED.finditer(text, last):
        if not any(first + BEGINS < refused.start() < end for first, end in taken):
            yield refused.span("back")


def _find_retraction(text: str, verbs: frozenset[str]) -> Iterator[tuple[int, int]]:
    found = _RETRACTION.search(text[-80:])
    if found is None:
        return
    start, end = (len(text) - len(text[-80:]) + place for place in found.span("back"))
    before = {stem(word.casefold()) for word, _, last in split_runs(text) if last <= start}
    if found["verb"] is None or stem(found["verb"].casefold()) not in verbs or before & verbs:
        yield start, end


def _find_turn(text: str, taken: Sequence[tuple[int, int]], verbs: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The stretch from a reversal to where the request ends, unless used words follow it."""
    last = max((start for start, _ in taken), default=len(text))
    for found in _TURN.finditer(text, last):
        start = found.start("back")
        own = found["said"] is not None and stem(found["said"].casefold()) in verbs
        if not own and not any(first + BEGINS < start < end for first, end in taken):
            yield start, len(text.rstrip(" .!?…)"))
            return
