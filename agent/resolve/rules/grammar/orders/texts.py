"""Texts: finds the words of a reason, a note or a message by what introduces them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.extract.spans.politeness import is_polite_word
from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.message_texts import SUBJECTS, find_message_text
from agent.resolve.rules.grammar.orders.text_parameters import TELLING, is_kept, is_message, is_note, list_named
from agent.resolve.rules.grammar.orders.told_shares import tells_why
from agent.resolve.rules.grammar.reader import Reader
from language import quotes
from language.stems import EMPTY, is_past, stem
from language.text import find_quotations, word_set
from language.wordnet import find_similar_stems, is_word, load_lexicon
from registry.contract import Annotation
from registry.offers.offer import Offer

REASONS: Final = frozenset(map(stem, ("reason", "why", "note", "cause", "purpose", "comment", "memo", "remark")))
_NAMES: Final = frozenset(map(stem, ("name", "title")))
_PUTTING: Final = word_set("put add stick attach write")
_ONTO: Final = word_set("on to onto")
# Introduces a reason.
_BECAUSE: Final[tuple[tuple[str, ...], ...]] = (
    ("because", "of"), ("because",), ("due", "to"), ("owing", "to"), ("on", "account", "of"), ("since",),
    ("given", "that"),
    ("as", "a"), ("as", "an"), ("as", "he"), ("as", "she"), ("as", "they"), ("as", "we"), ("after",), ("over",),
)  # fmt: skip
_AS_A: Final = (("as", "a"), ("as", "an"))
_DETERMINERS: Final = word_set("his her their our the your")
WEIGHTY: Final = word_set(
    "not don't without except only half all both each every but unless if instead until till never no other"
)
_GOING_ON: Final = word_set("and then also plus or but please can could would will thanks thank make him her it")
_QUOTES: Final = frozenset("\"'“‘«")
_MARKS: Final = frozenset({",", ":", ";", "-", "–", "(", "."})
_OBJECTS: Final = word_set("me us him her it them this that these those the a an my our his their your")
"""What stands behind a verb, where the same word as a noun ("the delay and call volume") has none of it."""
_BEHIND_VERBS: Final = _OBJECTS | word_set("out off aside alone")
_ONLY_SAID: Final = word_set("just simply but rather please")
_EXCEPTIONS: Final = frozenset(map(stem, ("except", "exception", "excepted", "excluded", "exempt")))
_OPENING: Final = word_set("and but so because since as after")
"""Words before the subject of a clause."""
_BEFORE_NOUNS: Final = word_set("for of to over")
_LIMITING: Final = word_set("except excluding without unless per plus monthly weekly daily only once twice")
_ADDED: Final = (("as", "well", "as"), ("apart", "from"), ("other", "than"), ("in", "addition"), ("along", "with"))
_REPEATED: Final = word_set("every each")
_COMING: Final = word_set("next tomorrow tonight starting") | _REPEATED
LEADING: Final = word_set("from on until till to by between in at with of since")
"""What stands before a date or an amount that is none of the reason's words."""
_ABBREVIATED: Final = 4
"""Letters of the longest title before a name: "Prof."."""
_SHORT: Final = 14
"""Tokens of the longest reason that nothing but "for" introduces."""
_NOT_WHY: Final = word_set("me us him her them now good ever free today tomorrow everyone everybody all him")


def writes_note(reader: Reader, offer: Offer, name: str, verbs: Iterable[int] = ()) -> bool:
    """Whether an action only writes a note on a record. That is of a person only if one of its ``verbs`` says so, and
    tells them nothing: "write Ada that …" is no note."""
    needed = [reader.kinds.get(offer.annotation(each).record or "") for each in offer.required if each != name]
    kind = needed[0] if len(needed) == 1 else None
    people = reader.people()
    person = kind is not None and (rate_person_likeness(kind) == 2 or (people is not None and people.name == kind.name))
    annotation = offer.annotation(name)
    noted = is_kept(name, annotation) and any(reader.low(at) not in TELLING for at in verbs)
    return kind is not None and (noted if person else is_note(name, annotation))


def puts_on(reader: Reader, order: int, found: tuple[int, int]) -> bool:
    """Whether quoted words are put on something: "put “fragile” on 7"."""
    first, last = found
    quoted = reader.tokens[first - 1].text in _QUOTES and reader.low(last + 1) in _ONTO
    return quoted and first - 2 == order and reader.low(order) in _PUTTING


def tells_that(reader: Reader, first: int, at: int) -> bool:
    """Whether "that" behind a record begins a clause of its own, with a subject, rather than one about that record."""
    if reader.low(at) != "that":
        return False
    subject = reader.low(at + 1)
    before = range(first, at)
    told = any(reader.low(step) in TELLING for step in before)  # "write to Ada that …" is no note on what is hers
    if not told and (subject in SUBJECTS | lexicon.DETERMINERS | lexicon.OWNERS or at + 1 in reader.numbers):
        return True
    named = any(reader.tokens[step].owns or re.search(r"\d", reader.low(step)) for step in before)
    whole = reader.noun(at - 1) is None or reader.tokens[at - 2].owns  # "Ada's order"
    known = named or any(reader.noun(step) is not None for step in before)
    return known and whole and subject not in lexicon.BE | lexicon.AUXILIARIES | lexicon.PARTICLES


def read_text_argument(
    reader: Reader,
    place: tuple[int, int, int, int],
    name: str,
    annotation: Annotation,
    taken: Set[int],
    *,
    required: bool,
) -> tuple[int, int] | None:
    """The tokens of the text, or None.

    ``place`` holds the first token, the last, the one after which the remaining words may be the text, and the one at
    which the order begins. ``taken`` tokens have another role.
    """
    first, stop, after, order = place
    message = is_message(name, annotation)
    reason = bool(list_named(name, annotation) & REASONS)
    own = list_named(name, annotation)
    for begin, end in find_quotations(reader.text.plain):
        at, last = reader.end_index(begin + 1), reader.end_index(end - 1)
        if first <= at < last <= stop and not any(step in taken for step in range(at, last)):
            return at, last
    if (labelled := _find_labelled(reader, first, stop, own)) is not None:
        return labelled
    if required and own & _NAMES and (named := find_called(reader, first, stop)) is not None:
        return named
    if message:
        return find_message_text(reader, first, stop, taken)
    if not reason and not required:
        return None
    for at in _find_introduced(reader, first, stop, taken) if not own & _NAMES else ():
        if at == order:
            continue
        tail = _find_tail(reader, at, stop, taken)
        if tail is not None:
            return tail
    rest = _find_rest(reader, after, stop, {*taken, order}, named=bool(own & _NAMES)) if required else None
    return None if rest is not None and reason and not _stands_beside(reader, rest[0], taken) else rest


def _trim_name(reader: Reader, at: int, end: int) -> tuple[int, int] | None:
    """A name without the words of an order around it: "sign Ada Berg up please". None if nothing tells where it
    begins."""
    while end > at + 1 and (is_polite_word(reader.low(end - 1)) or reader.low(end - 1) in lexicon.PARTICLES | EMPTY):
        end -= 1
    if is_order(stem(reader.low(at))) and not any(reader.tokens[step].capital for step in range(at, end)):
        return None  # "create a"
    if at and not reader.is_mark(at - 1):
        return at, end
    named = at + 1 < end and reader.tokens[at].capital and reader.tokens[at + 1].capital
    if named and reader.tokens[at - 1].text == "." and len(reader.low(at - 2)) <= _ABBREVIATED:
        at -= 2 * reader.tokens[at - 2].capital  # "Dr. Ada Berg"
    begin = at if named else next((step for step in range(at + 1, end) if reader.tokens[step].capital), None)
    if begin is None:
        return None if find_similar_stems(stem(reader.low(at)), verb=True) else (at, end)
    return begin, end


def _stands_beside(reader: Reader, at: int, taken: Collection[int]) -> bool:
    """Whether words follow something that was read, like a reason without an introduction. Destinations ("to the
    front") and parts ("its battery") are no reasons."""
    while reader.low(at - 1) in {"a", "an", "the"} and at > 1:
        at -= 1
    return at - 1 in taken and not reader.tokens[at - 1].owns


def _find_labelled(reader: Reader, first: int, stop: int, own: Collection[str]) -> tuple[int, int] | None:
    """Finds a text by its label: "reason: chargeback", "with the note Goodwill"."""
    for at in range(first, stop):
        if stem(reader.low(at)) not in own or at + 1 >= stop or (at > first and reader.tokens[at - 1].owns):
            continue  # "Ada's message: …" is what she said
        step = at + 1
        marked = reader.tokens[step].text in {":", "=", "-"}
        linked = reader.low(at - 1) in {"the", "a", "as", "with"} and reader.low(at - 2) in {"with", "as", "note", ""}
        if marked or linked:
            step += marked
            end = find_end(reader, step, stop)
            if end > step:
                return step, end
    return None


def find_called(reader: Reader, first: int, stop: int) -> tuple[int, int] | None:
    """Finds a name by the word that gives it: "called Ada Berg"."""
    given = (each for each in quotes.find(reader.text) if each.kind == "named")
    places = ((reader.end_index(each.start), reader.end_index(each.end)) for each in given)
    return next(((at, end) for at, end in places if first < at < end <= stop), None)


def _find_introduced(reader: Reader, first: int, stop: int, taken: Collection[int]) -> Iterator[int]:
    for words in _BECAUSE:
        for at in range(first, stop - len(words)):
            if words in _AS_A and reader.noun(at + 2) is not None:
                continue  # "as a credit": a role, not a reason
            if words == ("over",) and at + 1 in reader.numbers:
                continue  # "over 50": how much
            if at not in taken and reader.lows(at, len(words)) == words:
                whole = _find_clause(reader, first, at, taken) if len(words) == 1 else None
                yield whole if whole is not None else at + len(words) - (words[0] == "as")
    for at in range(first, stop - 1):
        if reader.low(at) != "for" or at in taken or reader.low(at + 1) in _NOT_WHY:
            continue
        if at + 1 in taken or at + 1 in reader.dates or at + 1 in reader.numbers:
            continue
        if any(reader.tokens[at].end < each.start <= reader.tokens[at + 1].end + 1 for each in reader.durations):
            continue  # "for about an hour": a duration
        if reader.tokens[at + 1].capital and find_end(reader, at + 1, stop) == at + 2:
            continue  # a name alone is the beneficiary
        whole = _find_clause(reader, first, at, taken)
        yield whole if whole is not None else at + 1
    for at in range(first, stop - 1):
        # After punctuation at the end: "suspend 411, chargebacks".
        mark = reader.tokens[at].text in _MARKS and at not in reader.numbers  # a minus is part of its number
        ends = mark and not any(step > at for step in taken)
        if ends and _tells(reader, at + 1, stop):
            yield at + 1


def _find_clause(reader: Reader, first: int, at: int, taken: Collection[int]) -> int | None:
    """The start of the clause with this word inside, after punctuation: "…, she sent the form for it" is a reason as a
    whole. None if the word opens the clause, or if something else comes between."""
    begin = at
    while begin > first and reader.tokens[begin - 1].text not in _MARKS and begin - 1 not in taken:
        begin -= 1
    opens = begin > first and reader.tokens[begin - 1].text in _MARKS and begin < at
    return begin if opens and not _orders(reader, begin) else None


def _orders(reader: Reader, at: int) -> bool:
    """Whether a clause begins like its own order, or excludes something: "forget the lamp", "just not for the lamp"."""
    while reader.low(at) in _ONLY_SAID:
        at += 1
    at += 2 if reader.low(at) == "which" and reader.low(at + 1) in lexicon.PRONOUNS else 0  # "which she pays back"
    word, past = stem(reader.low(at)), is_past(reader.low(at))
    if (is_order(word) and not past) or reader.low(at) in WEIGHTY or reader.lows(at, 2) == ("to", "be"):
        return True
    verb = not (past or reader.low(at).endswith("ing")) and bool(find_similar_stems(word, verb=True))
    return reader.low(at + 1) in _BEHIND_VERBS and (verb or reader.low(at) in lexicon.SPARING)


def _tells(reader: Reader, at: int, stop: int) -> bool:
    """Whether the words after punctuation give a reason and change nothing: no order, amount, day or restriction."""
    end = find_end(reader, at, stop)
    inner = range(at, end)
    if _weighs(reader, at, end):
        return False
    excepts = any(stem(reader.low(step)) in _EXCEPTIONS for step in inner)
    return reader.low(at) not in _GOING_ON and not excepts and not _orders(reader, at)


def _weighs(reader: Reader, at: int, end: int) -> bool:
    """Whether words may change what is ordered: a number, a day, a restriction."""
    shares = {step: reader.end_index(each.end) for step, each in reader.numbers.items() if at <= step < end}
    told = {step for step, last in shares.items() if tells_why(reader, (step, last), at - 1, ())}
    dated = (reader.numbers.keys() - told) | reader.dated
    return any(step in dated or reader.low(step) in WEIGHTY for step in range(at, end))


def find_end(reader: Reader, at: int, stop: int) -> int:
    """Where words end that only a mark limits. What stands in brackets belongs to them, if it changes nothing."""
    end = at
    while end < stop and reader.tokens[end].text not in {".", ";", "!", "?", ")", "(", ","}:
        closed = reader.brackets.get(end + 1, stop)
        end = closed + 1 if closed < stop and not _weighs(reader, end + 1, closed) else end + 1
    while end > at and (is_polite_word(reader.low(end - 1)) and reader.low(end - 1) not in EMPTY):
        if reader.low(end - 2) in lexicon.DETERMINERS | lexicon.OWNERS | lexicon.DEFINITE:
            break  # "this morning", "lost his help"
        end -= 1
    return end


def _find_tail(reader: Reader, at: int, stop: int, taken: Collection[int]) -> tuple[int, int] | None:
    end = _find_limit(reader, at, _find_order(reader, at, find_end(reader, at, stop)), taken)
    if any(step in taken for step in range(at, end)):
        return None
    telling = [
        step for step in range(at, end) if reader.low(step) not in EMPTY and not is_polite_word(reader.low(step))
    ]
    if not telling or end - at > _SHORT * 2:
        return None
    if all(reader.low(step) in lexicon.MANNER for step in telling):
        return None
    return at, end


def _find_limit(reader: Reader, at: int, stop: int, taken: Collection[int]) -> int:
    """Where words begin within a reason that limit, add to or date the order: "the coat but not the hat", "the hall per
    week", "the hall from 1 to 4 May". A reason that is a sentence ("they come but once") keeps its words."""
    if reader.low(at - 1) not in _BEFORE_NOUNS or reader.low(at) in SUBJECTS - _DETERMINERS:
        return stop
    end = next((step for step in range(at + 1, stop) if _limits(reader, step, stop)), stop)
    used = next((step for step in range(at + 1, end) if step in taken and step in reader.valued | reader.dated), end)
    while at + 1 < used < end and reader.low(used - 1) in LEADING:
        used -= 1
    return used


def _limits(reader: Reader, at: int, stop: int) -> bool:
    """Whether words begin here that limit, add to or date an order."""
    low, behind = reader.low(at), reader.low(at + 1) if at + 1 < stop else ""
    if low == "but":
        return behind in WEIGHTY | {"just", "once"}
    if low == "for":  # "… for good", "… for a week"
        begins = reader.tokens[at + 1].start if at + 1 < stop else -1
        lasts = any(each.start == begins for each in reader.durations)  # but "for calling us for a week"
        return behind in _NOT_WHY or (lasts and not any(low.endswith("ing") for low in reader.lows(at - 3, 3)))
    if low in {"and", "plus"}:  # "… and 10 for the hat"
        return at + 1 in reader.numbers and "for" in reader.lows(at + 2, min(2, stop - at - 2))
    if low in _COMING:
        return at in reader.dates or at in reader.dated or low in _REPEATED
    return low in _LIMITING or any(reader.lows(at, len(words)) == words for words in _ADDED)


def _find_order(reader: Reader, at: int, stop: int) -> int:
    """Where another order begins within a reason: at "and apologise to her" in "the delay and apologise to her". A
    reason that is a sentence ("they shout and threaten us") may have several verbs."""
    if reader.low(at) in SUBJECTS - _DETERMINERS:
        return stop
    for step in range(at + 1, stop - 1):
        word, following = reader.low(step + 1), reader.low(step + 2)
        if reader.low(step) == "to" and reader.tokens[step + 1].word and not (is_word(word) or word in EMPTY):
            return step  # "for the lost key to ada": to whom, and no part of why
        if reader.low(step) != "and" or word not in load_lexicon():
            continue
        noun, verb = bool(find_similar_stems(stem(word))), bool(find_similar_stems(stem(word), verb=True))
        has_object = following in _OBJECTS or is_polite_word(following) or (following == "to" and not noun)
        if (verb and not noun) or (has_object and (verb or not noun)):
            return step
    return stop


def add_subject(
    reader: Reader,
    found: tuple[int, int],
    place: tuple[int, int, int],
    records: Mapping[int, int],
    taken: Collection[int],
) -> tuple[int, int]:
    """The text as its whole clause, if it begins with a finite verb and its subject stands right before it. Otherwise
    as it was found.

    The subject is one of the ``records`` (where each ends: where it begins), and opens its clause. ``place`` holds the
    first token, the one behind the verb that asks for such a text ("note down Ada moved"), and the last.
    """
    (at, end), (first, asked, stop) = found, place
    begin = records.get(at)
    if begin is None:
        return found
    while begin > first and reader.low(begin - 1) in _DETERMINERS:
        begin -= 1
    if begin not in (first, asked) and not reader.is_mark(begin - 1) and reader.low(begin - 1) not in _OPENING:
        return found
    while end < stop and end not in taken and reader.low(end) in lexicon.MANNER - {"so"}:
        end += 1  # "Ada keeps calling back"
    return begin, end


def _find_rest(reader: Reader, first: int, stop: int, taken: Set[int], *, named: bool) -> tuple[int, int] | None:
    """The longest run of words without another role."""
    runs: Iterable[tuple[int, int]] = _list_runs(reader, first, stop, taken)
    if named:
        runs = [each for run in runs if (each := _trim_name(reader, *run)) is not None]
    found = max(runs, key=lambda run: run[1] - run[0], default=None)
    return (found[0], _find_predicate(reader, found[1], stop, taken)) if found is not None else None


def _find_predicate(reader: Reader, at: int, stop: int, taken: Set[int]) -> int:
    """Where the sentence ends whose subject ends at a token, with only where that is between the two: "(the lamp in the
    cellar) keeps flickering". The same token if nothing is told of it."""
    if reader.low(at) not in LEADING or at + 1 not in taken - reader.dated:
        return at
    verb = next((step for step in range(at + 1, stop) if step not in taken), stop)
    end = find_end(reader, verb, stop) if verb < stop else verb
    goes_on = verb < end and not reader.joint(verb) and reader.low(verb) not in LEADING | _BEFORE_NOUNS
    return end if goes_on and not any(step in taken for step in range(verb, end)) else at


def _list_runs(reader: Reader, first: int, stop: int, taken: Collection[int]) -> Iterator[tuple[int, int]]:
    at = first
    while at < stop:
        if at in taken or not reader.tokens[at].word or reader.low(at) in EMPTY | lexicon.MANNER | {"saying"}:
            at += 1
            continue
        end = at
        while end < stop and end not in taken and reader.tokens[end].word and reader.low(end) not in lexicon.MANNER:
            if reader.low(end) == "as" and reader.low(end + 1) in lexicon.DETERMINERS | {"a", "an"}:
                break  # "as a guest": a role
            end += 1
        while end > at + 1 and reader.low(end - 1) in {"and", "but", "then", "plus"}:
            end -= 1
        if any(not is_polite_word(reader.low(step)) for step in range(at, end)):
            yield at, end
        at = end
