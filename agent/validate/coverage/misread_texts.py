"""Misread texts: what a text holds that is none of it, as a length, an order, another addressee or a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agent.planning.proposal import Argument, ComputedArgument, Day, QuotedText, TypedValue
from agent.planning.quotes import list_words
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.accounted_words import plain_word
from agent.validate.coverage.left_over import PREPOSITIONS
from agent.validate.coverage.modifiers import begins_beside
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty_patterns import Place, search_before
from agent.validate.questions import list_members
from language import numerals
from language.stems import EMPTY, ORDERS, READING, is_past, split_runs, stem
from language.text import NAMES_TOO
from language.wordnet import find_similar_stems, is_word, rate_similarity
from registry.contract import Contract, Unit

_A_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MARK: Final = re.compile(r"[,;.!?–—-]\s*(?:(?:and|then|please|also)\s+)*$", re.IGNORECASE)
_VERB: Final = re.compile(
    r"(?P<verb>[a-z]+(?<!ed)(?<![a-z]{3}ing)(?<!s))\s+(?P<object>(?:her|him|them|it|me|us|the|his|their|my|our|an?)\b|[A-Z])?"
)
_ON_CONDITION: Final = re.compile(
    r"(?:^|[,;.:!?\n–—-])\s*(?:(?:and|but|so|though|please)\s+)*(?:only\s+(?:if|when|once|after)|if(?!\s+(?:only|possible)\b)|unless"
    r"|as\s+soon\s+as|provided|as\s+long\s+as|until(?!\s+(?:now|recently)\b)|not\s+before|not\s+until)\s+\w",
    re.IGNORECASE,
)
# Leaves something out or adds something. No reason or note begins so: "except on Mondays", "plus the other one".
_LEFT_OUT: Final = re.compile(
    r"\W*(?:(?:and|but)\s+)?(?:except|excluding|without|other\s+than|apart\s+from|plus|as\s+well\s+as|or)\s",
    re.IGNORECASE,
)
# A text is no place: "(a leak) at the mill". "At her own request" is a reason.
_AT: Final = re.compile(r"(?<!\w)at\s+(?:the\s+)?$", re.IGNORECASE)
_REQUESTED: Final = re.compile(
    r"\b(?:requests?|wish|own|short\s+notice|once|risk|expense|cost)\b|['’]s?\s", re.IGNORECASE
)
_COLON: Final = re.compile(r":\s*$")
_AND_WHOM: Final = re.compile(
    r"(?<!\w)(?:and|or|&|as\s+well\s+as)\s+(?P<who>[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*)?)\s*(?:\sthat(?!\w)|:)",
    re.IGNORECASE,
)
_ALONE: Final = r"(?:^|[,;:.!?(]\s*|\s[-–—]\s*|\b(?:by|via)\s+|\b(?:it|this|that)(?:['’]s|\s+is)\s+)(?:very\s+)?"
_ENDS: Final = r"\s*(?=$|[,;:.!?)]|\s[-–—])"
# "(tell Ada) and may that …", where May is somebody.
_AND_ALSO: Final = re.compile(r"(?<!\w)(?:and|&)\s+(?P<who>[^\W\d_]+)(?:\s+that|\s*:)\s*$", re.IGNORECASE)
_AND_TOO: Final = re.compile(
    r",?\s{1,3}and\s{1,3}(?P<who>[A-Z][\w'’-]*(?:\s+[A-Z][\w'’-]*)?\s+(?:too|as\s+well))\s*[.!]?\s*$"
)
_AND_DO: Final = re.compile(
    r"(?<!\w)(?:and|then)\s+(?:(?:then|also|please)\s+)*(?P<verb>[^\W\d_]+)\s+(?:her|him)(?!\w)", re.IGNORECASE
)
_ALIKE: Final = 0.4
"""Similarity above which a verb may mean to tell somebody something, as "warn" does."""
_BEFORE_TEXT: Final = re.compile(r"[\s:;,–—-]*[\"“”„«'‘’]?")


def find_beside_texts(order: Order) -> Iterator[Place]:
    """A length or rate taken as a reason or note: "suspend her for a week".

    A message may begin that way. Converted values ("until Friday" as a day) are neither reason nor note.
    """
    text = order.text
    for contract, name, argument in order.arguments:
        schema, note = contract.properties.get(name) or {}, contract.annotation(name)
        open_amount = _leaves_amount_open(contract, order)
        verbatim = isinstance(argument, TypedValue) and argument.quote and str(argument.value) in argument.quote.text
        if not (isinstance(argument, QuotedText) or verbatim) or note.compose or note.words:
            continue
        if schema.get("type") != "string" or "enum" in schema or "format" in schema:
            continue
        found = [begins_beside(text, *each) for each in order.find(argument)]
        if open_amount:  # a length, where money for that length may be meant
            found += [patterns.PERIODS.match(text, start) for start, _ in order.find(argument)]
        yield from (each.span() for each in found if each is not None)
        for start, end in order.find(argument):
            words = {word.casefold() for word, _, _ in split_runs(text[start:end])} - EMPTY
            orders = name not in contract.required and _is_order(text, start)
            # Behind a colon it is what shall be written down, where an action is for that: "note: keep the buttons".
            written = name in contract.required and search_before(_COLON, text, start) is not None
            orders = orders or (not written and patterns.STAYS.search(text, start, end) is not None)
            orders = orders or _LEFT_OUT.match(text, start, end) is not None
            at = order.on_records and search_before(_AT, text, start) is not None and text[start].isalpha()
            orders = orders or (at and not _REQUESTED.search(text, start, end))
            orders = orders or find_condition(text[start:end]) is not None
            if orders or (words and {stem(word) for word in words} <= patterns.TIMES):
                yield start, end


def introduces_text(order: Order, place: Place) -> bool:
    """Whether words stand right before a text that the plan takes, and are no way or means: "a note saying (…)"."""
    start, end = place
    behind, first = _BEFORE_TEXT.match(order.text, end), plain_word(order.text[start:end].split()[0])
    before = max((last for _, last in order.taken if last <= start), default=0)
    counted = any(each.end > before for each in numerals.find_typed(order.text[:end]))  # "2 lines"
    if behind is None or counted or first in PREPOSITIONS | {"in", "on"}:
        return False
    return any(at == behind.end() for at, _ in order.texts)


def find_told_to_others(order: Order) -> Iterator[Place]:
    """What a text holds that is for somebody else, or is an order: "(tell Ada) and Bo that …", "… and remind her"."""
    for start, end in (each for each in order.texts if each not in order.conveyed):
        for found in _AND_WHOM.finditer(order.text, start, end):
            if found.start() == start or _is_name(found["who"]):
                yield found.span("who")
        beside = patterns.search_before(_AND_ALSO, order.text, start)
        if beside is not None and not any(a <= beside.start("who") < b for a, b in order.taken):
            yield beside.span("who")
        if (too := _AND_TOO.search(order.text, start, end)) is not None:
            yield too.span("who")
        for found in _AND_DO.finditer(order.text, start, end):
            if stem(found["verb"].casefold()) in order.every_verb | patterns.TELLING:
                yield found.span("verb")


def _is_used(order: Order, place: Place) -> bool:
    return any(start < place[1] and place[0] < end for start, end in order.taken)


def find_unset_members(order: Order) -> Iterator[Place]:
    """Members of closed lists that stand by themselves, where a call takes another one that nobody said: "(a leak,)
    urgent", "; low urgency", "it is urgent"."""
    by_name = {each.name: each for each in order.contracts}
    for call in order.calls:
        contract = by_name.get(call.action)
        for name, schema in contract.properties.items() if contract is not None else ():
            given = call.arguments.get(name)
            if "enum" not in schema:
                continue
            assert contract is not None
            taken = given.value if isinstance(given, TypedValue) else schema.get("default")
            if given is not None and order.find(given):
                values = (each.arguments.get(name) for each in order.calls if each.action == call.action)
                every = {
                    str(each.value).replace("_", " ").casefold() for each in values if isinstance(each, TypedValue)
                }
                later = "|".join(re.escape(str(each).replace("_", " ")) for each in list_members(schema))
                told = re.finditer(rf"(?:\b(?P<how>then|by|via|and|or)|,)\s+(?P<said>{later})\b", order.text, re.I)
                others = (each for each in told if not search_before(patterns.NOT_THIS, order.text, each.start()))
                yield from (
                    each.span("said")
                    for each in others
                    if each["how"] == "then" or each["said"].casefold() not in every
                    if each["how"] in ("then", "by", "via") or not _is_used(order, each.span("said"))
                )
                continue
            said = [each for each in list_members(schema) if isinstance(each, str) and each != taken]
            members = "|".join(re.escape(each.replace("_", " ")) for each in said)
            named = "|".join(map(re.escape, list_named(contract, name)))
            for found in re.finditer(rf"{_ALONE}(?P<said>(?:{members})(?:\s+(?:{named}))?){_ENDS}", order.text, re.I):
                yield found.span("said")


def list_named(contract: Contract, name: str) -> list[str]:
    """The words of a parameter's name and label. They may say its unit."""
    return f"{name.replace('_', ' ')} {contract.annotation(name).label or ''}".casefold().split()


def is_exact(argument: Argument) -> bool:
    """Whether it is a number, an amount or a day."""
    if isinstance(argument, TypedValue):
        return type(argument.value) in (int, float) or _A_DAY.match(str(argument.value)) is not None
    return isinstance(argument, ComputedArgument)


def tell_value(argument: Argument) -> str:
    """The day or plain value of an argument, as a text. Empty for what is computed or found."""
    of = argument.expression if isinstance(argument, ComputedArgument) else argument
    return str(of.value if isinstance(of, TypedValue) else of.date if isinstance(of, Day) else "")


def _is_name(said: str) -> bool:
    """Whether one or two words are a name: no grammar word or verb, and a single one no plain word."""
    lows = [plain_word(word) for word in said.split()]
    if any(stem(low) in ORDERS | READING or (low in EMPTY and low not in NAMES_TOO) for low in lows):
        return False
    return said[0].isupper() or (len(lows) > 1 if is_word(lows[0]) else True)


def find_conditions_in_answers(order: Order) -> Iterator[str]:
    """Conditions in an answer that was to give a reason or note."""
    for call in order.calls:
        for argument in call.arguments.values():
            for words in list_words(argument) if isinstance(argument, TypedValue | QuotedText) else ():
                if words.origin and find_condition(words.text) is not None:
                    yield words.text


def find_condition(said: str) -> re.Match[str] | None:
    """The clause of a text that opens with a condition: "only if legal agrees". A condition inside a sentence tells a
    story."""
    return _ON_CONDITION.search(said)


def _is_order(text: str, start: int) -> bool:
    """Whether words after punctuation begin with a verb and its object: "…, ring her", "…, warn Ada"."""
    found = _VERB.match(text, start)
    if found is None or search_before(_MARK, text, start) is None:
        return False
    if found["verb"] in EMPTY or is_past(found["verb"]):
        return False
    verb = stem(found["verb"])
    tells = rate_similarity(verb, patterns.TELLING, verb=True) > _ALIKE
    return tells or (found["object"] is not None and bool(find_similar_stems(verb, verb=True)))


def _leaves_amount_open(contract: Contract, order: Order) -> bool:
    """Whether a call leaves out an optional amount of money."""
    calls = [each for each in order.calls if each.action == contract.name]
    money = {
        name for name in contract.properties if contract.annotation(name).unit in (Unit.MONEY, Unit.MONEY_MINOR)
    } - {*contract.required}
    return any(name not in call.arguments for call in calls for name in money)
