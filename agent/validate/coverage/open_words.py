"""Open words: words of a request that neither the plan nor the resolver mentions.

Rules recognise by form which words change an order, and skip what looks like talk. If the resolver doesn't list what
its result leaves out, skipping is a guess. The resolver is then asked about these words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from agent.extract.spans.politeness import strip_politeness
from agent.extract.time import dates
from agent.pipeline import Request, Span
from agent.planning.proposal import Compare, Condition, Day, Find, Number, TypedValue
from agent.planning.quotes import find_places, find_quotes, walk
from agent.validate.consent import is_yes
from agent.validate.coverage.accounted_words import LIGHT, NOTHING, Accounts, has_weight, list_accounts, plain_word
from agent.validate.coverage.clauses import Clause, Word, split_clauses
from agent.validate.coverage.descriptions import find_sparing_verbs
from agent.validate.coverage.order import Order
from agent.validate.coverage.read_asides import READ_AGAIN, is_explicit
from agent.validate.coverage.set_against import find_denied
from agent.validate.coverage.unused_words import collect_subject_stems
from agent.validate.coverage.weighty_patterns import SILENCE, TELLING, TIMES, cover
from language import numerals
from language.locales import translate
from language.stems import EMPTY, ORDERS, is_past, split_runs, stem, stem_text
from language.text import read_text
from language.wordnet import find_similar_stems, is_word, rate_similarity

_OWNERS_S: Final = re.compile(r"^['’]s?(?!\w)")
# Introduces a means, a beneficiary, a role, a place or a time.
_BESIDE: Final = r"with(?:out)?|as(?!\s+(?:much|many))|from|against|for|by|through|via|per|once"
_WHERE: Final = r"at|during|on(?:to)?|in(?:to)?|to|up(?:on)?|over|under|towards"
_OPENS: Final = re.compile(rf"(?:{_BESIDE})|(?P<where>{_WHERE})", re.IGNORECASE)
# The quote of a value may end before its last word.
_FURTHER: Final = re.compile(rf"(?<=\w)(?:\s*[,;:!?–—]|\s+(?:{_BESIDE}|{_WHERE})(?!\w))", re.IGNORECASE)
_NO_ORDER: Final = re.compile(r".*(?:ed|ing|(?<!s)s)")
_VALUES: Final = (Number, Day, TypedValue)
# Introduces a text that is to be sent word for word.
_DICTATED: Final = re.compile(r"[:\"“”„«'‘’]\s*$")
_ISO_DAY: Final = re.compile(r"\d{4}-\d\d(?!\d)")
_LETTER: Final = re.compile(r"[a-z]$")
AKIN: Final = 0.5
"""The share of a verb's uses that have the meaning of another, from which on the other says as much."""
_LONGEST_ARTICLE: Final = 3
"""Longest article in letters: "das" and "les" begin many orders in other languages."""


def find_open_words(order: Order, read: Sequence[Span] = ()) -> tuple[str, ...]:
    """The stretches of the request and its answers that hold open words.

    A stretch is a clause without used words, or else the words between used ones. ``read`` are the spans from which
    code itself read a value. Empty if the platform has no records.

    A resolver that lists nothing reads by rules. They know English; of another language they know some words, and the
    others are open.
    """
    request, proposal = order.request, order.proposal
    if not order.kinds:  # words beside a plain function's values are talk
        return ()
    subject = collect_subject_stems(order.contracts, order.kinds)
    by = list_accounts(order, request.text, subject)
    if order.drafts:
        by = replace(by, known=by.known.union(TELLING, SILENCE, *(stem_text(each.text) for each in order.drafts)))
    verbs = subject | order.heads
    found: list[str] = []
    typed = [at for at, each in enumerate(request.answers, 1) if each.text is not None and not is_yes(each.text)]
    for origin in (0, *typed):
        text = request.words(origin)
        used, beyond = _cover_used(order, origin, read)
        if proposal.asides is None:
            translation = translate(text)
            if translation is None:
                continue
            for start, end, _ in translation.pieces:
                used[start:end] = b"\1" * (end - start)
        here = replace(by, known=by.known - (beyond - subject))
        told = order.shown.union(*order.words_by_step) if origin else order.shown
        numbers = cover(text, _list_numbers(text, here))
        for at, clause in enumerate(split_clauses(strip_politeness(text))):
            ordered = any(used[start] for _, start, _ in clause.words)
            if origin and not at and not ordered:
                continue  # an answer in its own words was read as it stands
            verb = clause.head if ordered else None
            left = [
                each
                for each in clause.words
                if not used[each[1]] and not (each[0].isdigit() and numbers[each[1]])
                if (plain_word(each[0]) not in told or stem(each[0]) in beyond) and _says_something(each[0], here)
                if each != verb or not (order.drafts or _goes_by(each[0], verbs, order.heads))
            ]
            if ordered and not left:
                left += _find_claim(clause, used, subject)
            found += (_OWNERS_S.sub("", text[slice(*each)]).strip() for each in _find_stretches(clause, left, used))
    return tuple(dict.fromkeys(found))


def is_opening_verb(stretch: str, request: Request) -> bool:
    """Whether a stretch is the first word of a clause that goes on, perhaps with an article: "invoice (Ada 20)"."""
    telling = [word for word, _, _ in split_runs(stretch) if plain_word(word) not in NOTHING | LIGHT]
    for clause in split_clauses(strip_politeness(request.text)):
        if clause.head is not None and clause.text.startswith(stretch, clause.head[1]) and len(clause.words) > 2:
            return telling == [clause.head[0]]
    return False


def is_named(stretch: str, asked: Collection[str]) -> bool:
    """Whether the words that a question ``asked`` about are all that a stretch says."""
    if any(stretch in each for each in asked):
        return True
    named = cover(stretch, (found.span() for each in asked for found in re.finditer(re.escape(each), stretch)))
    rest = (word for word, start, _ in split_runs(stretch) if not named[start])
    return all(plain_word(each) in NOTHING | LIGHT or len(each) == 1 for each in rest)


def _cover_used(order: Order, origin: int, read: Sequence[Span]) -> tuple[bytearray, frozenset[str]]:
    """A mask of the letters that were used, or judged by a second reading; and the stems of words that a quote holds
    beyond its value, or that a condition beside a record's name quotes."""
    request, proposal = order.request, order.proposal
    text = request.words(origin)
    judged = [each.words for each in proposal.asides or () if each.role in READ_AGAIN]
    # Which record is meant its name has said: a condition beside it may hold of any, and quote whatever is left.
    named = [one for each in order.parts(Find) if each.said is not None for one in each.where]
    conditions = [each for each in named if not _is_on_day(each, request)]
    beside = set(_find_places(conditions, request, origin))
    held = {stem(word) for each in order.words_by_step for word in each}
    beyond = [root for place in beside for root in stem_text(text[slice(*place)]) if root not in held]
    said = _find_places((proposal.result, proposal.replaced), request, origin)
    places = [*(each for each in said if each not in beside), *_find_places(judged, request, origin)]
    places += [] if origin else [*find_sparing_verbs(proposal, request), *(each.place for each in find_denied(order))]
    used = cover(text, [*places, *((each.start, each.end) for each in read if each.origin == origin)])
    for node in walk(proposal.result):
        for start, end in _find_places(node.quote, request, origin) if isinstance(node, _VALUES) else ():
            dictated = _DICTATED.search(text, 0, start) is not None
            needs = None if dictated else _find_end(node, text[start:end])
            if needs is not None:
                used[start + needs : end] = bytes(end - start - needs)
                beyond += stem_text(text[start + needs : end])
    return used, frozenset(beyond)


def _is_on_day(condition: Condition, request: Request) -> bool:
    """Whether a condition is that a record is of a day, in words for nothing but a day. A record that is of another one
    isn't found."""
    value = condition.value if isinstance(condition, Compare) and condition.op in ("during", "=") else None
    if not isinstance(value, Day) or value.quote is None:
        return False
    said = value.quote.text
    days = cover(said, ((each.start, each.end) for each in dates.find(read_text(said), request.now.date())))
    return any(days) and all(days[start] or plain_word(word) in EMPTY for word, start, _ in split_runs(said))


def _find_end(node: Number | Day | TypedValue, said: str) -> int | None:
    """Where a quote says all that its value needs, if that is before its end.

    A verbatim text needs its first clause only, or nothing of it if it is a condition by its form. The words after that
    may be another order.
    """
    given = node.value if isinstance(node, TypedValue) else None
    if isinstance(given, str) and _ISO_DAY.match(given) is None:
        if given != said or " " not in said:
            return None
        clauses = [*split_clauses(said)]
        return 0 if is_explicit(said) else clauses[0].end if len(clauses) > 1 else None
    figures = [each.end for each in numerals.find_typed(said)]
    figures += [last for word, _, last in split_runs(said) if stem(word) in TIMES]
    further = _FURTHER.search(said, max(figures)) if figures else None
    return further.start() if further is not None else None


def _find_places(node: Any, request: Request, origin: int) -> Sequence[tuple[int, int]]:
    if not origin:
        return find_places(node, request)
    quotes = (each for each in find_quotes(node, request) if each.origin == origin)
    return [(each.start, each.start + len(each.text)) for each in quotes if each.start is not None]


def _list_numbers(text: str, by: Accounts) -> Iterator[tuple[int, int]]:
    """The numbers that other checks look at: no times, days or codes. Ordinals only if the proposal orders records."""
    for each in numerals.find_typed(text):
        if each.kind != "ordinal" or by.ordered:
            yield each.start, each.end


def _says_something(word: str, by: Accounts) -> bool:
    """Like ``has_weight``, but also true of figures and of short words that are codes or of a script without case. Such
    scripts have no stop words here."""
    low = plain_word(word)
    if len(low) > 2 and not low.isdigit():
        return has_weight(word, by)
    return word == word.upper() and low not in NOTHING | LIGHT and stem(low) not in by.known and not _LETTER.match(low)


def _goes_by(word: str, verbs: Collection[str], heads: Collection[str]) -> bool:
    """Whether the first word of an order is a verb of its action or a similar one, or can't order anything else."""
    low = plain_word(word)
    similar = find_similar_stems(stem(low), verb=True)
    if rate_similarity(stem(low), heads, verb=True) >= AKIN:
        return True
    a_verb = (similar or stem(low) in ORDERS or not find_similar_stems(stem(low))) and not (
        _NO_ORDER.fullmatch(low) or is_past(low)
    )
    orders = a_verb if is_word(low) else len(low) > _LONGEST_ARTICLE
    return not orders or stem(low) in verbs or not similar.keys().isdisjoint(verbs)


def _find_claim(clause: Clause, used: Sequence[int], subject: Collection[str]) -> Iterator[Word]:
    """A light word, or a word for the action's subject, that follows the last used word after a preposition. Alone it
    says nothing, but here it does: "for another", "as paid"."""
    last = max(at for at in range(clause.start, clause.end) if used[at])
    behind = [each for each in clause.words if each[1] > last]
    opens = _OPENS.fullmatch(behind[0][0]) if behind else None
    if opens is None:
        return
    known = subject if opens["where"] is None else frozenset[str]()
    said = (each for each in behind if plain_word(each[0]) not in NOTHING)
    yield from [each for each in said if plain_word(each[0]) in LIGHT or stem(each[0]) in known][:1]


def _find_stretches(clause: Clause, left: Sequence[Word], used: Sequence[int]) -> Iterator[tuple[int, int]]:
    """For each left-over word, the stretch between the used words around it."""
    begun: tuple[int, int] | None = None
    for _, start, end in left:
        if begun is not None and start < begun[1]:
            continue
        first = next((at + 1 for at in range(start - 1, clause.start - 1, -1) if used[at]), clause.start)
        last = next((at for at in range(end, clause.end) if used[at]), clause.end)
        begun = first, last
        yield begun
