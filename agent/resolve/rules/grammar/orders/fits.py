"""Fits: what a request would mean if it is about the one action that its record and its new value have a place in.

No verb needs to name the action: "the spring course is on Friday now" moves the course if nothing else here sets a day
of a course. Plain words may be the record's name. Only live data can tell, so these are plans to be tried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from agent.planning.proposal import QuotedText, RecordArgument
from agent.resolve.rules.clauses import find_head
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import LIGHT, OWN, ActionWords, find_base_form, read_action_words
from agent.resolve.rules.grammar.orders.interpretation import Interpretation, Stretch
from agent.resolve.rules.grammar.orders.interpreter import Interpreter
from agent.resolve.rules.grammar.orders.stretch_directions import GIVING
from agent.resolve.rules.grammar.phrases.amounts import MONEY
from agent.resolve.rules.grammar.phrases.plain_names import find_plain_names
from agent.resolve.rules.grammar.phrases.titles import Place, read_titles_as_names
from agent.resolve.rules.grammar.reader import Reader
from language.stems import EMPTY, makes_anew, stem
from language.text import word_set
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

MOST_OFFERS: Final = 40
"""Of larger registries those that share words with the request are tried."""
NEAREST: Final = 8
MOST_TOKENS: Final = 24
_UNSURE: Final = lexicon.DENYING | lexicon.PAST | word_set("and or new could might may maybe perhaps if")
"""Words with which something is denied, told of the past, only possible, new, or said of several."""
_MAKES_SO: Final[Mapping[str, tuple[str, ...]]] = {
    "off": ("cancel",), "over": ("end", "finish"), "back": ("return",),
    **dict.fromkeys(("done", "finished", "sorted", "solved", "fixed"), ("complete", "finish", "close", "resolve")),
}  # fmt: skip
"""What English says of something that is cancelled, ended, returned or completed."""
_ANY_AMOUNT: Final = "amount"
"""What a parameter is called that may as well be given or taken."""
KNOWS: Final = 0.3
"""How much a word tells of an action that has it among its verbs."""


def list_fits(reader: Reader, shortlist: Shortlist, place: Stretch) -> list[Interpretation]:
    """The actions that take all that a stretch names, with a new value, or that have a verb akin to one that is said.
    None if something is denied, or if an action of another role fits as well."""
    said = [reader.low(at) for at in range(place.first, place.stop)]
    if len(said) > MOST_TOKENS or place.negated or not _UNSURE.isdisjoint(said):
        return []
    place, so = _leave_out_predicate(reader, _leave_out_verb(reader, place))
    bare = {at for at in reader.list_bare_numbers() if place.first < at < place.stop}
    found: list[Interpretation] = []
    for names, numbers in _list_readings(reader, place, bare):
        titles, quoted = reader.titles, reader.quoted
        read_titles_as_names(reader, names)
        reader.counting = numbers
        try:
            found += _read(reader, shortlist, place, so)
            if shortlist.closed is not None and any(_read(reader, shortlist.closed, place, so)):
                return []
        finally:
            reader.titles, reader.quoted, reader.counting = titles, quoted, set()
    return found


def _read(reader: Reader, shortlist: Shortlist, place: Stretch, so: Collection[str] = ()) -> Iterator[Interpretation]:
    """``so`` are the verbs whose deed is said to be done or to be."""
    text = reader.text.plain[reader.tokens[place.first].start : reader.tokens[place.stop - 1].end]
    offers: Sequence[Offer] = shortlist.offers
    if len(offers) > MOST_OFFERS:
        offers = [each.offer for each in shortlist.top(text, NEAREST)]
    knowing = [each for each in offers if _knows_verb(reader, read_action_words(each, shortlist), place, so)]
    for offer in knowing or (() if so else offers):
        made = Interpreter(reader, offer, read_action_words(offer, shortlist), place).read()
        if any(offer.annotation(name).unit in MONEY and not _is_set(reader, offer, name) for name in made.calls[0]):
            continue  # whether it is given or taken only a verb says
        if any(isinstance(each, QuotedText) for each in made.calls[0].values()):
            continue  # any words may be a free text
        whole = made.complete and not (made.strange or made.unexplained or made.unread or made.doubtful or made.clash)
        records = [each for each in made.calls[0].values() if isinstance(each, RecordArgument)]
        given = reader.low(place.order) in GIVING and len(records) > 1  # "give Ada the spare lamp"
        named = bool(knowing and records) and len(records) == len(made.calls[0])
        several = len(records) > 1 and len(made.calls[0]) > len(records)  # two records, and a value beside them
        anew = makes_anew(offer.title) and _begins_with_made(reader, offer, shortlist, place.first)
        if whole and (made.sets or given or named or several or anew) and len(made.calls) == 1:
            yield made


def _begins_with_made(reader: Reader, offer: Offer, shortlist: Shortlist, at: int) -> bool:
    """Whether words begin with the noun of what an action makes: "eye test for Ada on Friday"."""
    at += reader.low(at) in {"a", "an", "new", "another"}
    noun = reader.noun(at)
    kinds = {offer.annotation(each).record for each in offer.properties}
    called = read_action_words(offer, shortlist).nouns
    return noun is not None and noun[0].name not in kinds and any(stem(each) in called for each in noun[0].nouns)


def _is_set(reader: Reader, offer: Offer, name: str) -> bool:
    """Whether an amount replaces one that the record has, such as its price."""
    kinds = [reader.kinds.get(note.record or "") for note in offer.annotations.values()]
    named = any(kind is not None and kind.field_named(name) is not None for kind in kinds)
    return (named and name != _ANY_AMOUNT) or offer.annotation(name).replaces is not None


def _leave_out_verb(reader: Reader, place: Stretch) -> Stretch:
    """The stretch behind the verb that it begins with."""
    order = min(max(place.order, place.first), place.stop - 1)
    text = reader.text.plain[reader.tokens[order].start : reader.tokens[place.stop - 1].end]
    verb = find_head(text) if place.ordered else None
    at = next((at for at in range(order, place.stop - 1) if stem(reader.low(at)) == verb), None)
    if at is None or stem(reader.low(at)) in LIGHT:
        return place
    return replace(place, first=at + 1, order=at + 1, ordered=False)


def _leave_out_predicate(reader: Reader, place: Stretch) -> tuple[Stretch, Collection[str]]:
    """The stretch before the words that end it by saying how something is ("is off"), and the verbs that make it so."""
    last = place.stop - 1
    verbs = _MAKES_SO.get(reader.low(last), ())
    if not verbs or last - 1 <= place.first or reader.low(last - 1) not in {"is", "are"}:
        return place, ()
    return replace(place, stop=last - 1), verbs


def _knows_verb(reader: Reader, words: ActionWords, place: Stretch, so: Collection[str]) -> bool:
    """Whether a word of the request is akin to one of the action's verbs."""
    if so:
        return any(words.rate_verb(stem(each)) >= OWN for each in so)
    for at in range(place.first, place.stop):
        low = reader.low(at)
        said = find_base_form(stem(low))
        if low in EMPTY or said in LIGHT or not reader.tokens[at].word or reader.noun(at) is not None:
            continue
        if words.rate_verb(said) >= KNOWS:
            return True
    return False


def _list_readings(reader: Reader, place: Stretch, bare: set[int]) -> Iterator[tuple[tuple[Place, ...], set[int]]]:
    """What is taken for a name, and which numbers for no record's: as the words are read, then each run of plain words
    as one name."""
    yield (), set()
    if bare:
        yield (), bare
    for name in find_plain_names(reader, place.first, place.stop, LIGHT):
        yield (name,), bare
