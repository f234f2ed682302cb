"""Reported speech: finds verbs that a request mentions but doesn't order.

A report, a thought, a question, a hope or another person's task orders nothing: "I was going to cancel it", "tell Ada
to cancel it". The table ``_LEADS`` lists the patterns that turn a verb into such a report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agent.extract.references.vocabulary import is_person
from agent.planning.proposal import ComputedArgument, Find, RecordArgument, TypedValue
from agent.resolve.rules.api_orders.words import LIGHT as PUTTING
from agent.validate.coverage.accounted_words import LIGHT, NOTHING, plain_word
from agent.validate.coverage.clauses import split_clauses
from agent.validate.coverage.left_over import FINITE, OWN_SUBJECT
from agent.validate.coverage.modifiers import PAST
from agent.validate.coverage.openings import ADVERB, ASKED, DO_IT, DOER, OFTEN, OPENERS, TO_BE, TOLD_OF
from agent.validate.coverage.openings import ASKING as ASKED_FOR
from agent.validate.coverage.order import Order
from agent.validate.coverage.unused_words import SAID_AROUND
from agent.validate.coverage.weighty_patterns import (
    BEGINS,
    ENDS,
    REACH,
    SETTING,
    TELLING,
    TURNS,
    Place,
    blank,
    find_closing,
    find_opening,
    first_from,
    search_before,
)
from language.irregular_verbs import UNCHANGED
from language.stems import EMPTY, ORDERS, is_past, split_runs, stem
from language.wordnet import find_similar_stems

_CLAUSE: Final = re.compile(r"[;!?\n()]|[.,:](?!\d)|\s[-–—]+\s|^", re.IGNORECASE)
_NEAR: Final = 60
# Leads up to an order and still orders it: a wish, a polite phrase, a duty.
_ASKS: Final = re.compile(
    r"\b(?:(?:want|wish|need|like|love|prefer|hop|try|tri|go|plan|intend|manag|help|remember|get|dar|care|decid|agree|ask"
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
# Another person's task: "tell Ada to finish 702" finishes nothing.
_TOLD_TO_DO: Final = re.compile(
    r"(?:^|(?<=[,;.!?\n])\s*|\b(?:and|then|please|you)\s+)(?:tell|ask|remind|instruct)\s+"
    r"(?P<whom>him|her|them|(?:the\s+)?[^\W\d_][\w'’]*(?:\s+[^\W\d_][\w'’]*)?)\s+to\s+(?!me\b|us\b)[^\W\d_]+",
    re.IGNORECASE,
)
_REFUSES: Final = re.compile(r"(?<!don't )(?<!don’t )(?<!not )(?<!never )\b(?:forget|hesitate|fail)\s+$", re.IGNORECASE)
_WHETHER: Final = re.compile(r"\b(?:whether|if|when|how|why)\s+(?:or\s+not\s+)?$", re.IGNORECASE)
_SAID_OF_IT: Final = re.compile(
    r"[^,;.!?\n]*?\b(?:was|were|is|would\s+be|seems)\s+(?:a|an|the|no|out|wrong|not|too)\b", re.I
)


# Words that keep something from being done yet: "was almost collected", "is to be collected".
NOT_YET: Final = frozenset(
    ("be", "being", "will", "would", "can", "could", "may", "might", "must", "should", "shall", "to", "nobody", "if")
) | {"nearly", "almost", "hardly", "barely"}
_NEARLY: Final = re.compile(r"(?<!\w)(?:almost|nearly|hardly|barely|(?:am|are|is)\s+to\s+be)\s+(?=\w)", re.IGNORECASE)
_WAS: Final = re.compile(
    r"(?<!\w)(?:was|were|used\s+to\s+be|(?:had|(?:could|should|would|might|must)\s+have)\s+(?:\w+\s+)?been)(?!\w)",
    re.IGNORECASE,
)
_IF: Final = re.compile(r"(?<!\w)(?:if|unless|when|whether)(?!\w)", re.IGNORECASE)
# An opinion may be wrong: "I think Ada has left".
_THOUGHT: Final = re.compile(
    r"(?<!\w)(?:supposedly|allegedly|presumably|apparently"
    r"|(?:(?:I|we)\s+(?:think|believe|guess|suppose|assume|suspect)|it\s+(?:seems|looks\s+like|appears))(?=\s+(?:that\s+)?"
    r"(?:(?!(?:I|you|we|it|that|this)\b)[\w'’#-]+\s+){1,4}?(?:has|have|had|is|are|was|were)\b))(?!\w)",
    re.IGNORECASE,
)
_HEDGE: Final = re.compile(
    r"(?<!\w)(?:maybe|perhaps|possibly|(?<!whether )or\s+(?:maybe\s+|rather\s+)?not(?=\W*$))(?!\w)", re.IGNORECASE
)
# "Could you maybe" is polite, not unsure.
_ASKING: Final = re.compile(
    r"(?<!\w)(?:can|could|would|will|please|you|(?:we|i)(?!\s+(?:should|shall|must|will|could|can|may|might|ought)\b))[\s,]+(?:\w+[\s,]+)?$",
    re.IGNORECASE,
)
_MARKS: Final = re.compile(r"[,;.!?\n]")


_DID_SO: Final = re.compile(r"\s+(?:(?:have|has|had|already|just|only)\s+)*", re.IGNORECASE)
# Who did something, before a verb whose past tense is its plain form: "Ada put".
_AGENT: Final = re.compile(
    rf"{OPENERS}(?P<who>[^\W\d_]+(?:\s+[^\W\d_]+)??)\s+(?:(?:{ADVERB}|{OFTEN})\s+)*", re.IGNORECASE
)
_HAS: Final = re.compile(r"(?<!\w)(?:has|have|had)\s+$", re.IGNORECASE)
_LEADS: Final = ((TOLD_OF, "any"), (TO_BE, "plain"), (DOER, "done"))
"""What turns a verb of the calls into a report, and for which of its forms: any, the plain one outside a used quote, or
a past participle ("done"; then the place is the participle alone)."""


def find_told(order: Order) -> Iterator[Place]:
    """Finds the places where a verb of the calls is only reported, asked about or left to somebody else."""
    text, verbs, taken = order.polite, order.heads, order.taken
    verbs |= PUTTING if verbs & SETTING else frozenset()  # "put 7 to ready", where an action sets that
    writes = not verbs.isdisjoint(TELLING) or any(note.compose for note in order.notes)
    doers = order.find([each.said for each in find_direct(order)])
    persons = {each.name for each in order.kinds if is_person(each)}
    people = order.find([each.said for each in order.parts(Find) if each.record in persons])
    for told in _TOLD_TO_DO.finditer(text) if not writes else ():
        whom = told.span("whom")
        if not any(start < whom[1] and whom[0] < end for start, end in doers):
            yield told.span()
    asked = ASKED.match(text)
    closing = first_from(_MARKS, text, asked.end()) if asked is not None else None
    # "Is 7 ready? If so, close it" asks for its own condition.
    waits_on = order.find([call.condition for call in order.calls if call.condition is not None and closing])
    if asked is not None and not (closing and any(start >= closing[1] for start, _ in taken)) and not waits_on:
        yield asked.span("asks")
    said = [each.casefold().split() for of in order.contracts for each in of.examples]
    said += [each.casefold().split()[:1] for of in order.contracts for each in of.aliases]
    own = {stem(word) for words in said for word in words if is_past(word)}
    free = {each for each in split_runs(text) if not any(first <= each[1] < last for first, last in order.texts)}
    ordering = verbs & {stem(word.casefold()) for word, _, _ in free}
    values = [each for each in order.values if each not in order.texts]
    for word, start, end in split_runs(text):
        root, low = stem(word.casefold()), word.casefold()
        if (ordering and root not in ordering and (word, start, end) not in free) or root not in ORDERS | verbs:
            continue  # "cancel 7, he called in sick": why, where another verb of the action orders it
        # "Reject", of an outcome, or the first word of "checked in".
        valued = any(begin == start and end <= stop for begin, stop in values)
        if not valued and root not in verbs:
            continue
        used = any(begin <= start < stop for begin, stop in taken)
        if used and not valued and root not in order.heads:
            continue  # "Mark Penny"
        first = max(find_opening(_CLAUSE, text, start), start - REACH)
        past = is_past(low) or search_before(_HAS, text, start) is not None
        done = past and stem(low) not in own  # what "Ada gave 20" asks for is asked for by what she did
        plain = (valued or not used) and not (past or low.endswith("ing"))
        for lead, forms in _LEADS:
            allowed = {"any": True, "plain": plain, "done": done}[forms]
            found = lead.search(text, max(first, start - _NEAR), start) if allowed else None
            if found is not None:
                yield (start if forms == "done" else found.start()), end
        if done and any(_DID_SO.fullmatch(text, stop, start) for _, stop in people):  # "ada" in small letters
            yield start, end
        agent = _AGENT.fullmatch(text, first, start) if low in UNCHANGED else None
        who = agent.span("who") if agent is not None else (start, start)
        name, words = text[slice(*who)], {*text[slice(*who)].casefold().split()}
        whole = name.istitle() and len(words) > 1 and words.isdisjoint(EMPTY | LIGHT)
        named = whole or words <= order.shown or who in people
        if agent is not None and named and not any(begin < who[1] and who[0] < stop for begin, stop in doers):
            yield who[0], end  # but not "Ada put on the late shift"
        if low.endswith("ing") and not text[first:start].strip(" \n,;.!?") and _SAID_OF_IT.match(text, end):
            yield start, end
        # "Ready" of "set 7 to ready" completes that verb, and no participle is an infinitive.
        completes = valued and (
            past or any(stem(each.casefold()) in verbs for each, _, _ in split_runs(text[first:start]))
        )
        if not completes and (before := _find_governing(text, first, start)) is not None:
            yield before, end


def find_hedges(order: Order) -> Iterator[Place]:
    """Finds words that leave open whether something is meant: "maybe", "almost", "I think".

    A statement about the past is no order either ("Ada was on the basic plan"), unless the called actions use such
    words themselves.
    """
    text, taken = order.text, order.taken
    for found in _HEDGE.finditer(text):
        asks = search_before(_ASKING, text, found.start()) is not None
        if not asks and not any(first + BEGINS < found.start() and found.end() <= last for first, last in taken):
            yield found.span()
    for found in _NEARLY.finditer(text):
        if any(first <= found.end() < last and found.start() < first for first, last in taken):
            yield found.start(), found.start() + len(found[0].rstrip())
    for found in _THOUGHT.finditer(text):
        stop = find_closing(TURNS, text, found.end())
        if taken and all(found.end() <= first < stop for first, _ in taken):  # otherwise it gives a reason
            yield found.span()
    said = (words for each in order.contracts for words in (*each.aliases, *each.examples))
    for found in _WAS.finditer(text) if not any(map(_WAS.search, said)) else ():
        first, stop = find_opening(ENDS, text, found.start()), find_closing(TURNS, text, found.end())
        subject = [start for _, start, _ in split_runs(text[first : found.start()])]
        named = bool(subject) and any(begin <= first + subject[-1] < end for begin, end in taken)
        within = all(first <= begin < stop for begin, _ in taken) and any(found.end() <= begin for begin, _ in taken)
        ordered = any(stem(each["verb"].casefold()) in order.heads for each in DO_IT.finditer(text, stop))
        if named and within and not ordered and not _IF.search(text, first, found.start()):
            yield found.span()


def find_exceptions(order: Order) -> Iterator[Place]:
    """Finds clauses that exempt one of several records, after the order: "… all of Ada's fines, 33 she pays
    herself"."""
    calls, finds, by_step = order.calls, find_direct(order), order.words_by_step
    sets = order.find([each for each in finds if each.pick != "one" or len(calls) == 1])
    places = order.find(finds)
    branch = [each for each in calls if each.condition is None or each.condition.holds]  # … or else the other one
    if not by_step or not (any(each.pick != "one" for each in finds) or len(branch) > len(by_step)):
        return
    values = [each for call in calls for each in call.arguments.values() if not isinstance(each, RecordArgument)]
    values = [each for each in values if isinstance(each, ComputedArgument | TypedValue)]
    ordered = order.find(values)
    text = order.text
    first = min((end for _, end in (*places, *ordered)), default=0)
    said = {plain_word(word) for word, start, _ in split_runs(text) if start < first}
    for clause in split_clauses(text):
        inside = [start for start, end in (*sets, *ordered) if start < clause.end and clause.start < end]
        if clause.start < first or inside or any(stem(plain_word(word)) in order.verbs for word, _, _ in clause.words):
            continue
        words = {plain_word(word) for word, _, _ in clause.words} - EMPTY - said
        named = [sum(not words.isdisjoint({*each}) for each in by_step)]
        one = 0 < named[0] < len(by_step) or (len(by_step) == 1 and named[0])
        told = text[clause.start : clause.end]
        rest = words - {word for each in by_step for word in each} - LIGHT - SAID_AROUND
        if one and (FINITE.search(told) or OWN_SUBJECT.search(told) or rest):
            yield clause.words[0][1], clause.end


def find_lone_order(order: Order) -> Place | None:
    """Finds a final clause that orders the one call in the person's own words ("scrap that bill").

    The clause has only a verb, and a pronoun or words that the call is about. Everything before it only describes the
    records.
    """
    text, clauses = order.polite, list(split_clauses(order.polite))
    if len(order.calls) != 1 or len(clauses) < 2 or clauses[-1].joined or (head := clauses[-1].head) is None:
        return None
    verbs = order.heads & ORDERS
    values = order.find([each for each in order.calls[0].arguments.values() if isinstance(each, ComputedArgument)])
    of_them = plain_word(clauses[-1].words[-1][0]) in ("it", "them", "those")
    for clause in clauses[:-1]:
        told = blank(ASKED_FOR, text[clause.start : clause.end])
        states = FINITE.search(told) or OWN_SUBJECT.search(told)
        used = any(start < clause.end and clause.start < end for start, end in order.spoken)
        ordered = any(stem(plain_word(word)) in verbs for word, _, _ in clause.words)
        first = stem(plain_word(clause.head[0])) if clause.head is not None else ""
        orders = first in ORDERS or bool(find_similar_stems(first, verb=True))
        named = clause.head is not None and any(start <= clause.head[1] < end for start, end in order.spoken)
        states = states or (PAST.search(told) if named or not orders else None)
        if (
            ordered
            or (not states and (used or orders))
            or (not of_them and any(clause.start <= start < clause.end for start, _ in values))
        ):
            return None
    rest = (plain_word(word) for word, start, _ in clauses[-1].words if start > head[1])
    alone = all(word in NOTHING or word in LIGHT or stem(word) in order.known for word in rest)
    return (head[1], clauses[-1].end) if alone else None


def find_direct(order: Order) -> list[Find]:
    """The records that calls take as arguments, without the records that those belong to."""
    taken = [each for call in order.calls for each in call.arguments.values() if isinstance(each, RecordArgument)]
    return [each.reference for each in taken if isinstance(each.reference, Find)]


def _find_governing(text: str, first: int, at: int) -> int | None:
    """The start of the verb that governs an infinitive ("forgot to cancel"). None if that verb asks for the action."""
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
