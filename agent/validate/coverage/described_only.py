"""Descriptions and stories: words around an order that only describe, and so change nothing.

This applies to plain functions: actions of a platform that declares no records. Where records are looked up, a day or
number may tell them apart, in whatever clause it stands. It is a story only if every record is named outright. The card
shows every description and waits. Further orders, negations, conditions and numbers that count what is done are always
asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from agent.pipeline import Span
from agent.planning.proposal import BelongsTo, Find, Handle, QuotedText, TypedValue
from agent.planning.quotes import find_places
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty_patterns import Place
from agent.validate.questions import list_members
from agent.validate.slots import Parameter, Read, VerifiedSpan, read_words
from language import numerals
from language.stems import AGAIN, ORDER_WORDS, READING_WORDS, name_stems, stem, stem_text
from language.text import read_text, split_name
from registry.contract import Contract

LONGEST: Final = 2000
"""Longest request, in characters, whose details and stories are judged one by one. In a longer one they are asked
about."""
MOST_WORDS: Final = 6
"""Most words of a phrase that narrows what is found."""

# Somebody is doing something, or something was done.
_PERSON: Final = r"(?:I|we|he|she|they|(?:no|some)(?:body|\s?one)|(?:my|our|his|her|their)\s+\w+(?:\s+(?-i:[A-Z]\w+))?)"
_THING: Final = rf"(?:{_PERSON}|it|this|that|there|(?:the|an?)\s+\w+(?:\s+\w+)?)"
_BEEN: Final = rf"(?:(?:just|already|only|now|\w+ly)\s+){{0,2}}(?:been|{patterns.PAST}|\w{{2,}}en)\b"
_TELLS: Final = re.compile(
    rf"\s*(?:(?:and|but|because|since|as|so|which|however)\b,?\s*)*"
    rf"(?:{_PERSON}\s*(?:['’](?:m|re|s)|\s(?:am|is|are))\s+(?:\w+ly\s+)?\w+ing\b|{_THING}\s+(?:\w+ly\s+)?{patterns.PAST}\b"
    rf"|{_PERSON}\s*(?:['’](?:ve|s)|\s(?:have|has|had))\s+{_BEEN}|(?:which|who)\s+(?:\w+ly\s+)?{patterns.PAST}\b)",
    re.IGNORECASE,
)
# The state of a person, or of something that is theirs: "Ada is away until Monday". "It" may be the ordered thing.
_STANDS: Final = re.compile(
    rf"\s*(?:(?:and|but|because|since|as|so)\b,?\s*)*(?:{_PERSON}|(?-i:[A-Z]\w+(?:\s[A-Z]\w+)?)(?:['’]s\s+\w+)?)"
    r"(?:['’](?:m|s|ve)|\s+(?:am|is|has|have)|(?<!they)\s+are)\s+(?!(?:to|until|till?)\b)",
    re.IGNORECASE,
)
_FOR: Final = re.compile(r"\b(?:for|from|by|to|until|till?)\s+$", re.IGNORECASE)
_THEN: Final = re.compile(r"\bthen\b", re.IGNORECASE)
# Something said or agreed before.
_AS_SAID: Final = re.compile(rf"\s*(?:just\s+)?as\s+(?:(?:I|we|he|she|they|you)\s+)?{patterns.PAST}\b", re.IGNORECASE)
_REASON: Final = re.compile(
    r"\b(?:because|since|as)\s+(?=(?:I|we|he|she|they|(?:no|some)(?:body|\s?one)|the|my|our|his|her|their|(?-i:[A-Z]\w+))\b)",
    re.IGNORECASE,
)
# A yes-or-no question. "Do you" asks for something; "have it done" and "do come" order it.
_WHETHER: Final = re.compile(
    r"\W*(?:(?:is|are|was|were|does|did|has|had)\s+(?!you\b|not\b)|(?:do|have)\s+(?:I|we|they|these|those|any)\b)",
    re.IGNORECASE,
)
_CAN: Final = re.compile(r"\b(?:you|can|may|might|will|shall)\b|['’]ll\b", re.IGNORECASE)
_TIMES: Final = re.compile(r"(?:twice|thrice|(?:\d{1,3}|two|three|four|five|six|ten|several|many)\s+times)\b", re.I)
_ASKS: Final = re.compile(
    r"\s*(?:(?:and|but|so|then|or)\s+)?(?:who|whose|which|what|when|where|why|how|is|are|was|were|do|does|did|has|have)\b",
    re.IGNORECASE,
)
_STATES: Final = re.compile(
    r"\W*(?:I|you|he|she|it|we|they|this|that|these|those|there|the|an?|my|our|his|her|their)\b", re.I
)
# A wish is an order in any tense: "I was hoping for 8 o'clock". So is what somebody said or agreed to.
_WISHES: Final = re.compile(
    r"\b(?:want|need|wish|hop|prefer|love|should|must|shall|would|could|please|let|ask|look|try|plan|think|mean|expect"
    r"|intend|suppos|promis|agree|mention|say|tell|writ|book|order)(?:s|ed|ing|e|d|ning|ten)?\b"
    r"|\b(?:said|told|wrote|meant|thought|tried|instead|only|not|never)\b|['’]d\b|n['’]t\b"
    r"|\blike[sd]\b|(?:\b(?:I|we|you|they|really|also|still|just)|^)\s+like\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Told:
    """Judges stretches of one order. ``others`` are the other ignored places: a clause with one of them is no mere
    story."""

    order: Order
    others: Collection[Place]

    @property
    def text(self) -> str:
        return self.order.text

    def is_story(self, start: int, end: int) -> bool:
        """Whether a day or number only dates or counts something in a story.

        The story is a clause of its own. It holds no wish and no used words except names, and no open argument can take
        the value.
        """
        first, last = patterns.find_clause(self.text, start, end)
        tells = _TELLS.match(self.text, first, last) is not None
        if _looks_up(self.order):
            if len(self.text) > LONGEST or not is_named_outright(self.order):
                return False
            tells = tells or (
                patterns.DONE.match(self.text, first, last) is not None and not self.order.parts(BelongsTo)
            )
            last = min(last, self.text.find(": ", end) % (len(self.text) + 1))
            why = [each.start() for each in _REASON.finditer(self.text, first, start)]
            first = why[-1] if why else first
            tells = tells or _TELLS.match(self.text, first, last) is not None
            waits = _THEN.search(self.text, end) is not None
            tells = tells or (not waits and _STANDS.match(self.text, first, last) is not None)
        values = [each for each in self.order.spoken if each not in self.order.names]
        dated = patterns.DATE.fullmatch(self.text, start, end) and not patterns.search_before(_FOR, self.text, start)
        if dated and _AS_SAID.match(self.text, first, last) is not None:
            return not any(begin < last and first < stop for begin, stop in (*values, *self.others))
        used = not tells or any(begin < last and first < stop for begin, stop in (*values, *self.others))
        return not used and _WISHES.search(self.text, first, last) is None and not self.could_take(start, end)

    def counts_events(self, start: int, end: int) -> bool:
        """Whether "twice" or "three times" counts past events.

        It must end a clause that has its own subject, holds no used words, and asks and wishes nothing. This applies to
        records too.
        """
        times = _TIMES.match(self.text, start)
        first, last = patterns.find_clause(self.text, start, end)
        if times is None or times.end() < end or self.text[times.end() : last].strip():
            return False
        states = _STATES.match(self.text, first, start) is not None and len(self.text[first:start].split()) > 2
        wishes = _WISHES.search(self.text, first, last) or _CAN.search(self.text, first, last)
        return states and not wishes and not any(begin < last and first < stop for begin, stop in self.order.spoken)

    def is_description(self, start: int, end: int) -> bool:
        """Whether words that the model leaves over only describe what is found.

        The calls only find things, and take other words of the request. The left-over words are few, and hold no order
        and no name.
        """
        words = re.findall(r"[^\W\d_]+", self.text[start:end])
        few = (
            0 < len(words) <= MOST_WORDS
            and all(word.islower() for word in words)
            and not ((ORDER_WORDS | AGAIN) - READING_WORDS) & {*words}
        )
        return few and self._is_plain() and all(map(only_finds, self.order.contracts))

    def is_detail(self, start: int, end: int) -> bool:
        """Whether a day, number, limit, part or hedge is only a detail of what is looked for.

        The calls only find things. Its clause must order nothing else and ask about nothing else, and no open argument
        may be able to take it.
        """
        if not self._is_plain() or len(self.text) > LONGEST:
            return False
        first, last = patterns.find_clause(self.text, start, end)
        if not all(map(only_finds, self.order.contracts)) or _ASKS.match(self.text, first, last) is not None:
            return False
        words = {word.casefold() for word in re.findall(r"[^\W\d_]+", self.text[first:last])}
        orders = words & (ORDER_WORDS | AGAIN) - READING_WORDS - {"like"}
        others = any(begin < last and first < stop for begin, stop in {*self.others} - {(start, end)})
        return not orders and not others and not self.could_take(start, end)

    def _is_plain(self) -> bool:
        """Whether the calls use words of the request and look up no record."""
        return bool(self.order.spoken and self.order.contracts) and not _looks_up(self.order)

    def could_take(self, start: int, end: int) -> bool:
        """Whether some argument could take these words as its value: one that is open, or one whose value its own words
        don't say."""
        by_name = {each.name: each for each in self.order.contracts}
        words = VerifiedSpan(self.text[start:end], (Span(start=start, end=end, text=self.text[start:end]),))
        for call in self.order.calls:
            contract = by_name.get(call.action)
            for name, schema in contract.properties.items() if contract is not None else ():
                if contract is None or not isinstance(schema, dict):
                    continue
                parameter = Parameter(name, name, schema, contract.annotation(name))
                given = call.arguments.get(name)
                if given is not None and not (isinstance(given, TypedValue) and _is_made_up(given)):
                    continue
                free = schema.get("type") == "string" and not list_members(schema) and "format" not in schema
                read = read_words(parameter, words, self.order.request.now)
                if isinstance(read, Read) and not (free and read.value == words.text):
                    return True
        return False


def _is_made_up(given: TypedValue) -> bool:
    """Whether it is a number that its quote doesn't say."""
    if isinstance(given.value, bool) or not isinstance(given.value, int | float):
        return False
    said = read_text(given.quote.text if given.quote is not None and given.quote.start is not None else "")
    return not any(each.value == given.value for each in numerals.find(said))


def only_asks(order: Order) -> bool:
    """Whether the request only asks whether something is so, while the call would act on a text mostly in the model's
    own words.

    Such a request orders nothing. Applies to a single call that does more than find.
    """
    request, contracts, calls = order.request, order.contracts, order.calls
    if request.answers or request.thread or len(calls) != 1 or _looks_up(order):
        return False
    if _WHETHER.match(request.text) is None or any(only_finds(each) for each in contracts):
        return False
    said = {word.casefold() for word in re.findall(r"\w+", request.text)}
    for name, value in calls[0].arguments.items():
        schema = next((each.properties.get(name) for each in contracts if each.name == calls[0].action), None) or {}
        if isinstance(value, TypedValue) and isinstance(value.value, str) and not list_members(schema):
            words = [word.casefold() for word in re.findall(r"\w+", value.value)]
            if len(words) > 1 and 2 * sum(word in said for word in words) < len(words):
                return True
    return False


def asks_for_nothing(order: Order) -> bool:
    """Whether the request is one statement that became the free text of a call it never asked for.

    The call does more than find, and no word of the request is in its name. The person may want the text translated, or
    may only be saying it.
    """
    request, contracts, calls = order.request, order.contracts, order.calls
    if request.answers or request.thread or len(calls) != 1 or _looks_up(order):
        return False
    if _STATES.match(request.text) is None:
        return False
    own = {root for each in contracts for root in name_stems(each.name.rpartition(".")[2])}
    if own & set(stem_text(request.text)) or any(only_finds(each) for each in contracts):
        return False
    for value in calls[0].arguments.values():
        if not isinstance(value, TypedValue | QuotedText):
            continue
        for start, end in find_places(value, request):
            whole = isinstance(value, QuotedText) or value.value == request.text[start:end]
            if whole and re.search(r"\w", request.text[:start] + request.text[end:]) is None:
                return True
    return False


def _looks_up(order: Order) -> bool:
    return order.on_records or bool(order.parts(Find) or order.parts(Handle))


def is_named_outright(order: Order) -> bool:
    """Whether every record is named, or is the only one that belongs to a named record. Nothing else then selects
    it."""
    return not order.parts(Handle) and all(
        each.pick == "one"
        and each.order is None
        and (each.said is not None or bool(each.where))
        and all(isinstance(condition, BelongsTo) for condition in each.where)
        for each in order.parts(Find)
    )


def only_finds(contract: Contract) -> bool:
    """Whether a call only finds things, judged by its name. Verbs count only in their plain form: "rental" is none."""
    own = {*split_name(contract.name.rpartition(".")[2])}
    return bool({*map(stem, own)} & patterns.FINDING) and not own & ((ORDER_WORDS | AGAIN) - patterns.FINDING_WORDS)
