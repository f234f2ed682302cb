"""Texts behind a mark of their own: the one text that an action needs behind a colon, and those that are called by a
preposition ("from the yard to the gate")."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from agent.extract.parameter_reader import read_exact
from agent.extract.references.vocabulary import is_person
from agent.extract.spans.politeness import is_polite_word
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.text_parameters import (
    find_title,
    is_message,
    is_note,
    list_named,
    takes_text,
)
from agent.resolve.rules.grammar.orders.texts import LEADING, WEIGHTY, tells_that, writes_note
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.reader import Reader
from language.stems import EMPTY, MAKING, find_goals, makes_anew, stem
from language.text import singularize, word_set
from language.wordnet import is_word
from registry.contract import Annotation
from registry.offers.offer import Offer

_WAYS: Final = frozenset(("from", "to", "for"))
NEW_THINGS: Final = MAKING | frozenset(
    map(stem, word_set("a an new another one more need want please i we make put open raise set up down in write file"))
)
"""What stands before the noun of a new thing, where that alone is ordered: "another ticket", "we need a job"."""
CHANGING: Final = WEIGHTY | {"too", "also", "scratch"}
"""What may change the order, and be no part of a text."""
_ASKING: Final = frozenset(("ask", "tell", "remind", "get", "have"))
"""What begins an order that hands a deed to somebody."""
_MOST_HANDED: Final = 12  # tokens
TITLING: Final = frozenset(("about", "called", "titled", "saying", "because", "regarding", "re"))
"""What stands before a title."""
_PUTTING: Final = word_set("add put enter write stick get include list register")
_ONTO: Final = word_set("to on onto in into")
_WHERE: Final = frozenset(("in", "at", "on"))
_WHEN: Final = frozenset(("by", "on", "until", "before", "for", "due", "through"))


def find_text_behind_colon(
    reader: Reader, offer: Offer, place: tuple[int, int], verbs: Mapping[int, float], labels: Collection[int]
) -> tuple[int, int] | None:
    """The text: "log a visit to Ada: she has moved". Before a note "that" and a dash are as good as a colon. A name or
    title ends before what is said of the new thing besides: "new guest: Ada Berg, 2 nights". None if the first of the
    ``labels`` of other texts stands there."""
    first, stop = place
    texts = [name for name in offer.required if takes_text(name, offer.properties.get(name), offer.annotation(name))]
    sure = [at for at, much in verbs.items() if much > 0.5]
    notes = len(texts) == 1 and writes_note(reader, offer, texts[0], sure)
    marks = range(first + 2, stop - 1)
    dashes = {at for at in marks if notes and (reader.low(at) in ("-", "–") or tells_that(reader, first, at))}
    commas = (at for at in marks if notes and reader.low(at) == "," and not _continues(reader, first, at))
    noun = _find_new_thing(reader, offer, place)
    titles = _list_before_titles(reader, offer, range(noun + 1, stop - 1)) if noun is not None else iter(())
    deed = find_handed_deed(reader, offer, place)
    sure += [each for each in (noun, deed) if each is not None]
    colon = next((at for at in marks if reader.low(at) == ":" or at in dashes), next(commas, next(titles, None)))
    colon = deed if deed is not None else colon
    if len(texts) != 1 or colon is None or colon in reader.quoted or min(sure, default=colon + 1) > colon:
        return None
    if "@" in reader.tokens[colon + 1].text and colon + 2 == stop:
        return None  # "mail for Ada: ada@example.org"
    if colon + 1 in labels:
        return None
    annotation = offer.annotation(texts[0])
    prose = is_message(texts[0], annotation) or is_note(texts[0], annotation)
    return colon + 1, stop if prose else _find_end_of_title(reader, offer, (colon + 1, stop), labels)


def find_handed_deed(reader: Reader, offer: Offer, place: tuple[int, int]) -> int | None:
    """What stands right before a deed that somebody is to do, by an action that makes something with a title for one of
    those who do such things: "ask Ada to clean the hall", "for Ada by Friday: clean the hall"."""
    kinds = (reader.kinds.get(note.record or "") for note in offer.annotations.values())
    doers = [kind for kind in kinds if kind is not None and is_person(kind) and kind is not reader.people()]
    if not doers or not makes_anew(offer.title) or find_title(offer) is None:
        return None
    first, stop = place
    at = next((step for step in range(first, stop) if not is_polite_word(reader.low(step))), first)
    asks = reader.low(at) in _ASKING
    behind = ("to",) if asks else (":",) if reader.low(at) == "for" else ()
    end = next((step for step in range(at + 2, min(at + _MOST_HANDED, stop - 1)) if reader.low(step) in behind), None)
    if end is None or (asks and not _is_verb(reader, end + 1)):
        return None
    phrases = (read_phrase(reader, at + 1, end, kind) for kind in doers)
    named = [each.last for each in phrases if each is not None and each.find.said is not None and not each.noun]
    between = range(max(named), end) if named else ()
    dated = all(step in reader.dated or reader.low(step) in _WHEN for step in between)
    return end if named and dated and not (asks and between) else None


def find_put_title(reader: Reader, offer: Offer, place: tuple[int, int]) -> tuple[int, int, int] | None:
    """Where the title of something new begins and ends that is put where the action puts such things, and where those
    words end. None if the order says no such place, or if the action makes nothing with a title."""
    if not makes_anew(offer.title) or find_title(offer) is None:
        return None
    goals, (first, stop) = find_goals(offer.description), place
    verb = next((at for at in range(first, stop) if not is_polite_word(reader.low(at))), first)
    if not goals or reader.low(verb) not in _PUTTING:
        return None
    for at in range(verb + 2, stop - 2):
        if reader.low(at) not in _ONTO or reader.low(at + 1) not in lexicon.DEFINITE or at in reader.quoted:
            continue
        begin = end = at + 2 + reader.tokens[at + 2].owns
        while end < stop and stem(reader.low(end)) in goals:
            end += 1
        named = len(offer.required) == 1 and all(token.capital for token in reader.tokens[verb + 1 : at])
        if end > begin and reader.low(verb + 1) not in lexicon.PRONOUNS and not named:  # put Ada on the list
            return verb + 1, at, end
    return None


def _find_new_thing(reader: Reader, offer: Offer, place: tuple[int, int]) -> int | None:
    """The noun of what an action makes that needs a title: "create a job". None for a text that is no title, or if the
    action is done to a record of that noun."""
    if not reader.quoted.isdisjoint(range(*place)) or find_title(offer) is None:
        return None  # a quotation is the title
    taken = {offer.annotation(each).record for each in offer.properties}
    nouns = {stem(word) for called in (offer.title, *offer.aliases) for word in called.split()[1:]} - EMPTY
    for kind in reader.kinds.values():
        own = {stem(word) for noun in kind.nouns for word in noun.split()}
        nouns = nouns - own if kind.name in taken else nouns | own if nouns & own else nouns
    return next((at for at in range(*place) if stem(reader.low(at)) in nouns and at not in reader.quoted), None)


def find_led_thing(reader: Reader, offer: Offer, place: tuple[int, int]) -> int | None:
    """The noun of what an action makes, where the words begin with it: "new job: …", "a job for Ada: …"."""
    noun = _find_new_thing(reader, offer, place)
    if noun is None or reader.low(noun) != singularize(reader.low(noun)) or any(map(str.isdigit, reader.low(noun + 1))):
        return None  # "job 7: …" is there already
    return noun if all(stem(reader.low(at)) in NEW_THINGS for at in range(place[0], noun)) else None


def _list_before_titles(reader: Reader, offer: Offer, behind: range) -> Iterator[int]:
    """What introduces the title of a new thing behind its noun, and where it is: "a job for Ada, mend the lamp", "a
    job about the lamp", "a job to mend it"."""
    for at in behind:
        told = reader.low(at) in TITLING or (reader.low(at) in ("-", "–") and at not in reader.numbers)
        told = told or (reader.low(at) == "to" and _is_verb(reader, at + 1))
        comma = reader.low(at) == "," and (at == behind.start or reader.low(behind.start) in LEADING | _WAYS)
        part = reader.words(at + 1, _find_comma(reader, at + 1, behind.stop + 1)).text if comma else ""
        if told or (comma and not any(_reads(reader, part, offer, each) for each in offer.properties)):
            yield at


def _is_verb(reader: Reader, at: int) -> bool:
    """Whether a verb stands behind "to": no article, number, name or noun of the platform."""
    low, capital = reader.low(at), reader.tokens[at].capital
    return low not in lexicon.DETERMINERS | lexicon.OWNERS and not capital and is_word(low) and reader.noun(at) is None


def _find_comma(reader: Reader, at: int, stop: int) -> int:
    return next((step for step in range(at, stop) if reader.tokens[step].text == ","), stop)


def _continues(reader: Reader, first: int, comma: int) -> bool:
    """Whether no record may be named before a comma ("make a note, Ada rang"), or another one behind it, or what
    changes the order: "note on 7, not on 9"."""
    behind = reader.low(comma + 1)
    named = not (_WAYS | _WHERE).isdisjoint(reader.lows(first, comma - first))
    rest = {*reader.lows(comma + 1, len(reader.tokens) - comma - 1)}
    return not named or comma + 1 in reader.numbers or not rest.isdisjoint(CHANGING) or any(map(str.isdigit, behind))


def find_texts_behind_prepositions(reader: Reader, offer: Offer, first: int, stop: int) -> dict[str, tuple[int, int]]:
    """The texts that are labelled by a preposition: "from the yard", of what is called "From"."""
    made: dict[str, tuple[int, int]] = {}
    ends = reader.dated | reader.hours.keys() | {at for at in range(first, stop) if reader.low(at) in _WAYS}
    ends |= {at for at in range(first, stop) if reader.is_mark(at) or reader.tokens[at].text in "\"'“‘«"}
    for name, schema in offer.properties.items():
        annotation = offer.annotation(name)
        label = (annotation.label or "").casefold()
        if label not in LEADING or not takes_text(name, schema, annotation):
            continue
        at = next((step for step in range(first, stop) if reader.low(step) == label), stop) + 1
        end = min([each for each in ends if each >= at], default=stop)
        while end > at and reader.low(end - 1) in LEADING:
            end -= 1  # "(from the yard) at 9"
        made |= {name: (at, end)} if at < end else {}
    return made


def _find_end_of_title(reader: Reader, offer: Offer, place: tuple[int, int], labels: Collection[int]) -> int:
    """Where the last parts of a list begin that are, as a whole, values of other parameters or labelled so, or where a
    record of one is named behind a preposition: "mend the lamp in room 5, urgent"."""
    first, stop = place
    for at in range(stop - 1, first, -1):
        if reader.tokens[at].text == ",":
            if (
                at + 1 < stop
                and at + 1 not in labels
                and not any(_reads(reader, reader.words(at + 1, stop).text, offer, name) for name in offer.properties)
            ):
                break
            stop = at
    for at in range(first + 1, stop):  # "…: the lamp, 10 hours, from Ada": what it needs besides is no title
        part = reader.words(at + 1, _find_comma(reader, at + 1, stop)).text if reader.tokens[at].text == "," else ""
        if part and any(_reads(reader, part, offer, each) for each in offer.required):
            stop = at
            break
    return _find_date_behind(reader, offer, first, _find_record_behind(reader, offer, first, stop))


def _find_date_behind(reader: Reader, offer: Offer, first: int, stop: int) -> int:
    """Where a day begins that ends the words, of an action that takes one: "mend the lamp by Friday"."""
    dated = any(isinstance(each, Mapping) and each.get("format") == "date" for each in offer.properties.values())
    at = next((step for step in range(stop - 1, first, -1) if reader.low(step) in _WHEN), first) if dated else first
    return at if at > first and all(step in reader.dated for step in range(at + 1, stop)) else stop


def _find_record_behind(reader: Reader, offer: Offer, first: int, stop: int) -> int:
    """Where a record of the action is named that ends the words, behind a preposition: "mend the lamp in room 5"."""
    stop = _find_date_behind(reader, offer, first, stop)
    at = next((step for step in range(stop - 2, first, -1) if reader.low(step) in _WHERE | {"for"}), first)
    kinds = (reader.kinds.get(note.record or "") for note in offer.annotations.values())
    phrases = (read_phrase(reader, at + 1, stop, kind) for kind in kinds if kind is not None and at > first)
    named = (each for each in phrases if each is not None and each.find.said is not None and each.last == stop)
    capital = all(token.capital or not token.word for token in reader.tokens[at + 1 : stop])
    return at if any(each.noun or (capital and reader.low(at) == "for") for each in named) else stop


def _reads(reader: Reader, said: str, offer: Offer, name: str) -> bool:
    """Whether words are a value of a parameter that takes neither a text nor a record, perhaps with what it is called:
    "due on Friday", "high priority"."""
    schema, annotation = offer.properties.get(name), offer.annotation(name)
    if not isinstance(schema, Mapping) or takes_text(name, schema, annotation) or annotation.record is not None:
        return False
    words = said.split()
    while len(words) > 1 and _calls(words[0], name, annotation):
        del words[0]
    while len(words) > 1 and _calls(words[-1], name, annotation):
        del words[-1]
    read = read_exact(" ".join(words), name=name, schema=schema, annotation=annotation, now=reader.now)
    return annotation.takes_words and read is not None


def _calls(word: str, name: str, annotation: Annotation) -> bool:
    """Whether a word is what a parameter is called, or stands before a value."""
    return word.casefold() in LEADING | _WHEN or stem(word.casefold()) in list_named(name, annotation)
