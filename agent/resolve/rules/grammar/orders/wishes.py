"""Wishes: cuts a request into stretches of one order each, with the descriptions that belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, Protocol

from agent.extract.spans import patterns
from agent.planning.proposal import Find
from agent.resolve.rules.clauses import begins_like_an_order, is_order, parse_clause
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import LIGHT
from agent.resolve.rules.grammar.orders.interpretation import Stretch
from agent.resolve.rules.grammar.orders.text_parameters import KEPT, TELLING
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import LEAST_CODE, is_code
from agent.resolve.rules.grammar.reader import Reader
from language.stems import MAKING, is_past, stem
from language.text import read_text

_SENTENCE: Final = frozenset(".!?;…")
_JOINTS: Final = frozenset((",", "+", "&", "and", "then", "but", "plus", "also"))
# Asks whether somebody may do something: "could we give her …", "can she get …", "you can unlock it".
_MAY: Final = re.compile(
    r"\W*(?:(?:so|and|but|then|please|maybe|also)\b[\s,]*)*(?:(?:can|could|may|might|would|should|shall)\s+(?:we|she|he|they|someone|somebody|"
    r"anyone|anybody)\s+|(?:it\s+would\s+be\s+\w+\s+)?if\s+(?:someone|somebody|anyone|we|you)\s+(?:could|can|would)\s+|you\s+(?:can|may|could)\s+|(?:would|do)\s+you\s+mind\s+)"
    r"(?:(?:maybe|please|just|also|perhaps|possibly|kindly|now|already)\s+)*",
    re.IGNORECASE,
)
BEFALLS: Final = frozenset(("goes", "gets"))
"""What shall be with something or somebody, told as if it were: "7 goes to Ada", "each guest gets a card"."""
_BEFALL_MANY: Final = frozenset(("go", "get"))
_RULING_OUT: Final = frozenset(("without", "no"))
_MODALS: Final = frozenset(("should", "must", "shall", "can", "may"))
_OBLIGING: Final = frozenset(("has", "have", "needs", "need", "ought", "is", "are"))
_SPEAKERS: Final = frozenset(("i", "we", "you"))
_PERFECT: Final = lexicon.AUXILIARIES | {"to"}
_NO_SUBJECT: Final = _SPEAKERS | lexicon.SUBORDINATE | lexicon.RELATIVES | lexicon.DENYING
_ADDING: Final = frozenset(("and", "then", "also", "plus", "&", "+"))
_MOST_SUBJECT: Final = 5
"""Tokens of the longest subject of what somebody may or must do."""
_WANTS: Final = (("needs",), ("wants",), ("would", "like"), ("asks", "for"), ("asked", "for"), ("asking", "for"))
"""… told as what somebody would have: "Ada needs her card again"."""
_HAVING: Final = frozenset(("has", "have", "had", "got", "gets"))
"""… in front of "no": what somebody lacks, which orders nothing."""
_HAS: Final = _BEFALL_MANY | {"have", "take"}
"""… behind a verb of duty or permission: "Ada should have 7"."""
_MOST_ANEW: Final = 3
"""Tokens of a value or name that is said anew."""
_MOST_NAMING: Final = 6
"""Tokens before a colon that only name what an order is about."""
_SHORTENED: Final = frozenset({"mr", "mrs", "ms", "dr", "no", "nr", "inc", "ltd", "st"})


class Actions(Protocol):
    """What the actions in reach make of words."""

    def orders(self, first: int, stop: int) -> bool: ...

    def lists_value(self, first: int, stop: int) -> bool: ...

    def reads_in_full(self, place: Stretch) -> bool: ...

    def may_mean(self, place: Stretch) -> bool: ...


def split_atoms(reader: Reader, first: int, stop: int, actions: Actions) -> list[Stretch]:
    """The smallest stretches between punctuation and conjunctions. Quotes stay whole."""
    made: list[Stretch] = []
    begin, sentence = first, 0
    for at in range(first, stop + 1):
        last = at == stop
        token = None if last else reader.tokens[at]
        if not last and (at in reader.quoted or token is None):
            continue
        ends = last or _ends_sentence(reader, at)
        joins = token is not None and (token.low in _JOINTS or token.text in _JOINTS)
        leaves = not last and at > begin and _rules_out(reader, at, stop)
        if leaves:
            made.append(_make_stretch(reader, begin, at, sentence, actions))
            begin = at
            continue
        if not (ends or joins):
            continue
        if at > begin:
            made.append(_make_stretch(reader, begin, at, sentence, actions))
        sentence += bool(ends)
        begin = at + 1
    return made


def _rules_out(reader: Reader, at: int, stop: int) -> bool:
    """Whether nothing but another deed that is not to be done follows, up to where the sentence ends: "… without a
    refund", "…, no refund"."""
    deed = next((step for step in range(at + 1, stop) if reader.low(step) not in lexicon.DETERMINERS | {"any"}), stop)
    ends = deed + 1 == stop or (deed + 1 < stop and _ends_sentence(reader, deed + 1))
    return reader.low(at) in _RULING_OUT and deed < stop and ends and is_order(stem(reader.low(deed)))


def _ends_sentence(reader: Reader, at: int) -> bool:
    token = reader.tokens[at]
    if token.text == "." and reader.low(at - 1) in _SHORTENED:
        return False
    gap = reader.text.plain[reader.tokens[at - 1].end : token.start] if at else ""
    inside = any(first < at < last and reader.is_mark(last + 1) for first, last in reader.brackets.items())
    return (token.text in _SENTENCE and not inside) or "\n" in gap


def _make_stretch(reader: Reader, first: int, stop: int, sentence: int, actions: Actions) -> Stretch:
    asked_for = stop < len(reader.tokens) and reader.tokens[stop].text == "?"  # "do any of them owe …?"
    text = reader.text.plain[reader.tokens[first].start : reader.tokens[stop - 1 + asked_for].end]
    clause = parse_clause(text)
    marked = next(
        (mark for mark in reader.corrections if mark[0] <= first + 1 and first < mark[1] <= min(stop, first + 5)), None
    )
    begin = marked[1] if marked is not None else first
    rest = reader.text.plain[reader.tokens[begin].start : reader.tokens[stop - 1].end] if begin < stop else ""
    colon = next(
        (at for at in range(begin + 1, min(begin + _MOST_NAMING, stop - 1)) if reader.tokens[at].text == ":"), None
    )
    if colon is not None and colon not in reader.quoted:  # "7: make it urgent"
        told = reader.text.plain[reader.tokens[colon + 1].start : reader.tokens[stop - 1].end]
        named = not (begins_like_an_order(rest) or actions.orders(begin, colon)) and begins_like_an_order(told)
        begin, rest = (colon + 1, told) if named else (begin, rest)
    asked = _MAY.match(rest)
    if asked is not None and asked.end() < len(rest):
        begin, rest = reader.end_index(reader.tokens[begin].start + asked.end()), rest[asked.end() :]
    noun = reader.noun(begin) if begin < stop else None
    thing = (noun is not None and not is_order(stem(reader.low(begin)))) or begin in reader.numbers  # "2 paint rollers"
    thing = thing or begin in reader.quoted or _is_name(reader, begin)
    ordered = bool(rest) and (
        (begins_like_an_order(rest) and not thing) or actions.orders(begin, stop) or asked is not None
    )
    listed = reader.joint(begin - 1) and actions.lists_value(begin, stop)
    ordered = ordered and not (listed or _labels_address(reader, begin, stop))
    denied = next((at for at in range(begin, stop) if reader.low(at) in lexicon.NOT), stop)
    lacks = reader.low(denied) == "no" and reader.low(denied - 1) in _HAVING if begin < denied < stop else False
    ordered = ordered and (not lacks or asked is not None or begins_like_an_order(rest))
    verbs = range(begin + 1, min(denied, stop - 1))
    tells = reader.low(begin) in TELLING  # "tell Ada the price goes up"
    befalls = not tells and any(_befalls(reader, at, begin) or _shall(reader, at) for at in verbs)
    wants = any(_wants(reader, at) for at in verbs) and not reader.denies
    befalls = befalls and not (clause.stands or clause.about) and not ordered
    ordered = (ordered or befalls) and (
        asked is not None or not (clause.stands or clause.about or _tells(reader, begin))
    )
    befalls = befalls or (wants and not ordered and not (clause.stands or clause.about))
    negated = (clause.negated is not None or _rules_out(reader, first, stop)) and marked is None
    return Stretch(first, stop, sentence, ordered, negated, marked is not None, begin, befalls)


def _shall(reader: Reader, at: int) -> bool:
    """Whether a modal begins here that says how something is to be: "(the talk) should be on Friday"."""
    said = reader.lows(at, 2) if reader.low(at) in _MODALS else reader.lows(at, 3)
    to = said[0] in _OBLIGING and said[1] == "to"
    done = reader.low(at + len(said))  # "should be closed" is an order by its participle
    if is_past(done):
        return False
    return (said[0] in _MODALS or to) and said[-1] == "be" and reader.low(at - 1) not in _SPEAKERS


def _befalls(reader: Reader, at: int, begin: int) -> bool:
    """Whether a verb says what somebody shall have, or where something shall go. In "gets locked" the deed says it."""
    low, behind = reader.low(at), reader.low(at + 1)
    if is_past(behind):
        return False
    if low == "takes" and at == begin + 1:
        return any(map(str.isdigit, behind)) or reader.noun(at + 1) is not None  # "Ada takes 7"
    many = low in _BEFALL_MANY and reader.low(begin) in lexicon.EVERY | {"both"}
    return low in BEFALLS or many or (low in _HAS and reader.low(at - 1) in lexicon.SHALL and behind not in _PERFECT)


def _wants(reader: Reader, at: int) -> bool:
    """Whether a verb says what somebody would have. That is an order only where nothing else is ordered."""
    length = next((len(words) for words in _WANTS if reader.lows(at, len(words)) == words), 0)
    return length > 0 and reader.low(at + length) != "to"


def _labels_address(reader: Reader, at: int, stop: int) -> bool:
    """Whether a part of a list is only an address and its label: "(new guest: Ada Berg,) phone 0441 22 33 44"."""
    if at + 1 >= stop or reader.low(at - 1) != ",":
        return False
    said = read_text(reader.words(at + 1, stop).text)
    found = (*patterns.find(said, "email"), *patterns.find(said, "phone"))
    return any(each.end - each.start == len(said.plain) for each in found)


def _is_name(reader: Reader, at: int) -> bool:
    """Whether capitals inside a sentence make a word a name and no verb: "… and Post Office 3"."""
    tokens = reader.tokens[at : at + 2]
    capitals = len(tokens) > 1 and tokens[0].capital and not reader.text.plain.isupper() and not reader.starts(at)
    return capitals and (tokens[1].capital or not is_order(stem(reader.low(at))))


def _tells(reader: Reader, at: int) -> bool:
    """Whether a clause describes what somebody does rather than ordering it: "she closes her shop"."""
    verb = reader.low(at + 1)
    does = (reader.low(at) in {"he", "she", "it"} and verb.endswith("s")) or reader.low(at) == "they"
    return does and verb not in lexicon.WANTING | lexicon.AUXILIARIES and is_order(stem(verb))


def tells_duty(reader: Reader, part: Stretch, order: int) -> bool:
    """Whether a stretch says what its subject may or must do, joined to the order behind it: "Ada may go to the front
    and close 7"."""
    if _ADDING.isdisjoint(reader.lows(part.stop, order - part.stop)):
        return False
    for at in range(part.order + 1, min(part.order + 1 + _MOST_SUBJECT, part.stop - 1)):
        obliges = reader.low(at) in _OBLIGING and reader.low(at + 1) == "to"
        if reader.low(at) in _MODALS or obliges:
            subject = reader.lows(part.order, at - part.order)
            denied = reader.low(at + 1 + obliges) in lexicon.NOT
            return _NO_SUBJECT.isdisjoint(subject) and not denied and not is_order(stem(subject[0]))
    return False


def _goes_to(reader: Reader, part: Stretch, order: int) -> bool:
    """Whether a stretch without a verb says what something shall go to, joined to the order behind it: "Ada to plus,
    and close 7"."""
    said = reader.lows(part.first, part.stop - part.first)
    verbless = lexicon.AUXILIARIES.isdisjoint(said) and not any(map(is_past, said))
    return verbless and "to" in said[1:-1] and not _ADDING.isdisjoint(reader.lows(part.stop, order - part.stop))


def list_wishes(
    reader: Reader,
    first: int,
    stop: int,
    actions: Actions,
) -> list[Stretch]:
    """Each order with what belongs to it: the words before it in its sentence, and those up to the next order.

    What somebody may or must do, or goes to, is an order too before another one, where it reads in full as an
    action. Sentences without an order describe the one that is given, and are no wishes. If no order is given, each
    sentence may be one.
    """
    parts = _join_texts(reader, split_atoms(reader, first, stop, actions), actions)
    for at in range(len(parts) - 2, -1, -1):
        part, behind = parts[at], parts[at + 1]
        before = part.sentence == behind.sentence and behind.ordered and behind.first < reader.message_from
        plain = not (part.ordered or part.negated or behind.negated)
        told = tells_duty(reader, part, behind.first) or _goes_to(reader, part, behind.first)
        if before and plain and told and actions.reads_in_full(part):
            parts[at] = replace(part, ordered=True)
    given = {part.sentence for part in parts if part.ordered and not part.negated}
    if all(part.befalls or part.negated for part in parts if part.ordered):
        given = set()  # nothing says that the others are no orders
    made: list[Stretch] = []
    for sentence in sorted({part.sentence for part in parts}):
        own = [part for part in parts if part.sentence == sentence]
        if made and _corrects_value(reader, own):
            made[-1] = replace(made[-1], stop=own[-1].stop)  # "20 for Ada... no, 25"
            continue
        if given and sentence not in given:
            continue
        current: Stretch | None = None
        for part in own:
            if part.negated:
                current = None
                made.append(part)
                continue
            if current is not None and part.corrects and part.ordered:
                made[-1] = current = part  # repeated with its verb
                continue
            if current is not None and part.ordered and _hands_on(reader, current, part):
                current = Stretch(current.first, part.stop, sentence, ordered=True, order=part.order)
                made[-1] = current
                continue
            if current is None or (part.ordered and current.ordered):
                current = part
                made.append(part)
                continue
            order = current.order if current.ordered else part.order
            befalls = current.befalls or part.befalls
            current = Stretch(
                current.first, part.stop, sentence, current.ordered or part.ordered, order=order, befalls=befalls
            )
            made[-1] = current
    return [each for each in made if not each.negated]


def _join_texts(reader: Reader, parts: list[Stretch], actions: Actions) -> list[Stretch]:
    """The parts, of which those behind a comma, and a colon or a note, order nothing if no action is meant by them:
    "note on 7, ring the bell", "note on 7: the lock sticks, use oil"."""

    def may_order(part: Stretch) -> bool:
        if actions.orders(part.first, part.stop) or stem(reader.low(part.order)) not in LIGHT:
            return actions.orders(part.first, part.stop)
        told = any(reader.noun(at) is not None or at in reader.numbers for at in range(part.first, part.stop))
        return told or stem(reader.low(part.order)) in MAKING or actions.may_mean(part)

    made, written, noted = list[Stretch](), False, False
    for at, part in enumerate(parts):
        listed = at > 0 and part.sentence == parts[at - 1].sentence and reader.low(part.first - 1) == ","
        said, low = reader.lows(part.first, part.stop - part.first), reader.low(part.order)
        written = (written and listed) or (part.ordered and ":" in said)
        noted = noted and listed and low not in TELLING and stem(low) not in LIGHT
        text = listed and (written or noted) and not may_order(part)
        noted |= part.ordered and not KEPT.isdisjoint(map(stem, said))
        made.append(replace(part, ordered=False, negated=False) if text else part)
    return made


def _corrects_value(reader: Reader, parts: Sequence[Stretch]) -> bool:
    """Whether a sentence only says a value or name anew: "no, 25"."""
    said = range(parts[0].order, parts[-1].stop)
    valued = any(at in reader.numbers or reader.tokens[at].capital for at in said)
    return parts[0].corrects and valued and len(said) <= _MOST_ANEW and not any(part.ordered for part in parts)


def speak_of_denied(reader: Reader, denied: Iterable[Stretch]) -> None:
    """Makes the object of a forbidden order available to "it": "don't close 7, just make it urgent"."""
    for part in denied:
        verb = next((at for at in range(part.first, part.stop) if is_order(stem(reader.low(at)))), part.first)
        for at in range(verb + 1, part.stop):
            for kind in reader.kinds.values():
                if is_code(reader, at, kind):
                    reader.spoken[kind.name] = Find(record=kind.name, said=reader.words(at, at + 1))
            phrase = read_phrase(reader, at, part.stop, None)
            if phrase is not None and phrase.noun and phrase.find.pick == "one" and not phrase.find.bare:
                reader.spoken[phrase.find.record] = phrase.find
                return


def speak_of_numbered(reader: Reader, first: int, order: Stretch) -> None:
    """Makes the one record available to "it" that was numbered before an order: "7, sorry, 8 is fixed. Close it"."""
    said = range(order.first, order.stop)
    if not any(reader.low(at) in lexicon.THINGS or (reader.low(at) == "the" and reader.noun(at + 1)) for at in said):
        return
    since = max((mark[1] for mark in reader.corrections if mark[1] <= order.first), default=first)
    taken = reader.quoted.union(reader.dated, reader.valued)
    free = [at for at in range(since, order.first) if len(reader.low(at)) >= LEAST_CODE and at not in taken]
    for kind in reader.kinds.values():
        coded = [at for at in free if is_code(reader, at, kind)]
        if len(coded) == 1:
            reader.spoken[kind.name] = Find(record=kind.name, said=reader.words(coded[0], coded[0] + 1))


def _hands_on(reader: Reader, taken: Stretch, given: Stretch) -> bool:
    """Whether two orders are one: "take 702 from Ada and give it to Bea" gives the holder, then the receiver."""
    away = any(reader.low(at) in {"from", "off"} for at in range(taken.order, taken.stop))
    amount = any(held.currency is not None for at, held in reader.money.items() if taken.first <= at < taken.stop)
    on = any(reader.low(at) in {"to", "onto"} for at in range(given.order, given.stop))
    takes = reader.low(taken.order) in {"take", "remove", "pull"} and away and not amount
    return takes and on and reader.low(given.order + 1) in lexicon.THINGS | lexicon.PLURALS
