"""Noun phrases: reads "both of her unpaid invoices from October over 50 euros" into a query over one kind."""

from __future__ import annotations

from typing import Final

from agent.extract.references.vocabulary import EMAIL, PLACES, rate_person_likeness
from agent.planning.proposal import AnyOf, BelongsTo, Compare, Find
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import find_day_of_noun, find_day_of_state
from agent.resolve.rules.grammar.phrases.exceptions import read_all_but, read_exceptions
from agent.resolve.rules.grammar.phrases.fields import find_compared_field, read_total
from agent.resolve.rules.grammar.phrases.having import read_state_behind
from agent.resolve.rules.grammar.phrases.modifiers import MOST_BEFORE, read_after
from agent.resolve.rules.grammar.phrases.number_ranges import read_number_range
from agent.resolve.rules.grammar.phrases.phrase_parts import (
    Phrase,
    PhraseParts,
    add_noun_state,
    count_placing,
    count_worth_words,
    find_named_kind,
    guess,
    is_code,
    is_named_by_number,
    is_one_name,
    names_either_state,
    read_holder,
    read_listed_holder,
    read_owner,
    read_quantity,
    read_role,
    read_state_of_theirs,
    read_value,
)
from agent.resolve.rules.grammar.phrases.places_and_deeds import (
    find_day_before_noun,
    is_born,
    read_month,
    read_time,
    read_times_own,
)
from agent.resolve.rules.grammar.phrases.plain_names import find_thing_end
from agent.resolve.rules.grammar.phrases.positions import read_order, read_which
from agent.resolve.rules.grammar.phrases.shown import PARTITIVE, find_shown, read_spoken
from agent.resolve.rules.grammar.reader import NUMBERED, Reader
from language.text import singularize
from language.wordnet import is_word
from registry.records import RecordKind

_PARTED: Final = (
    lexicon.EVERY | {"both", "one"} | frozenset(lexicon.COMPARATIVES) | {each.split()[-1] for each in PLACES}
)
"""What "of" follows within a phrase: "the newest of her bills"."""
_ONES: Final = frozenset(("one", "ones"))
_ARTICLES: Final = lexicon.DETERMINERS | lexicon.OWNERS
_BEFORE_ARTICLES: Final = lexicon.EVERY | {"of", "both"} | lexicon.DETERMINERS
_EACH: Final = lexicon.EVERY | {"both", "any"}
"""Quantifiers, which begin a phrase: "(Ada paid) both her bills"."""
_ENDS: Final = (lexicon.NAME_STOP | {"whose"}) - lexicon.DETERMINERS - lexicon.OWNERS - {"our"}
_PERSON: Final = 2
_MOST_NAME: Final = 2  # words
MOST_DEPTH: Final = 3
MOST_NOUN: Final = 8  # words


def read_phrase(reader: Reader, index: int, stop: int, wanted: RecordKind | None, depth: int = 0) -> Phrase | None:
    """The noun phrase that begins at a token, or None. ``wanted`` is the kind if no noun gives one."""
    if index >= stop or depth > MOST_DEPTH:
        return None
    if reader.asks and (spoken := read_spoken(reader, index)) is not None:
        return spoken
    if (role := read_role(reader, index, stop, read_phrase, depth)) is not None:
        return role
    if (whole := read_all_but(reader, index, stop, read_phrase)) is not None:
        return whole
    head = _head(reader, index, stop)
    if head is not None:
        return _with_noun(reader, index, head, stop, depth)
    if wanted is not None and (valued := _with_value(reader, index, stop, wanted, depth)) is not None:
        return valued
    return _without_noun(reader, index, stop, wanted, depth)


def _head(reader: Reader, index: int, stop: int) -> tuple[int, RecordKind, int] | None:
    """The position of the head noun: the first noun without a possessive, unless something before it ends the
    phrase."""
    stop = min(stop, index + MOST_BEFORE + MOST_NOUN)  # nothing beyond is looked at
    if (index, stop) not in reader.heads:
        reader.heads[index, stop] = _find_head(reader, index, stop)
    return reader.heads[index, stop]


def _find_head(reader: Reader, index: int, stop: int) -> tuple[int, RecordKind, int] | None:
    at = index
    while at < min(stop, index + MOST_BEFORE):
        token = reader.tokens[at]
        if not token.word and token.text not in "&-#":
            return None
        found = reader.noun(at)
        if found is not None and not reader.tokens[at + found[1] - 1].owns:
            kind, length = found
            be = at > index and at in reader.valued_nouns and not reader.asks and kind is reader.people()
            if be and _is_named(reader, index, at):
                return None  # "make Ada and Bo seniors": what they shall be
            further = reader.noun(at + length) if at + length < stop else None
            if further is not None and not reader.tokens[at + length].owns:
                at += length
                continue
            return at, kind, length
        low = reader.low(at)
        if length := count_placing(reader, at):
            at += length
            continue
        if at > index and at in reader.numbers and at - 1 in reader.dated and not reader.tokens[at - 1].owns:
            return None  # "Ada on Thursday 2 parcels": how many, of whom and when is told before
        joins = reader.low(at - 1) in _BEFORE_ARTICLES or at - 1 in reader.numbers  # "all the", "both of her"
        if at > index and low in _ARTICLES and not joins:
            return None
        held = reader.money.get(at)
        if (
            held is not None
            and held.end >= token.end
            and (held.currency is not None or held.loose or (token.text.isdigit() and len(token.text) > 3))
        ):
            if at == index or not (worth := count_worth_words(reader, at)):
                return None
            at += worth
            continue
        if low == "or" and at > index and names_either_state(reader, at, reader.kinds.values()):
            at += 1
            continue
        inside = low == "of" or (low in _EACH and reader.low(at - 1) == "of") if at > index else low in _EACH
        if low in _ENDS and not inside and not token.owns:
            return None
        counted = reader.low(at - 1).isalpha() and at - 1 in reader.numbers
        if low in {"on", "onto"} and at > index and reader.noun(at + 1) is not None:
            return None  # "Bluebird on tour 7": what is put there
        if low == "of" and not counted and reader.low(at - 1) not in _PARTED:
            return None
        at += 1
    return None


def _is_named(reader: Reader, first: int, last: int) -> bool:
    """Whether words are a name."""
    return (reader.tokens[first].capital or not is_word(reader.low(first))) and reader.name(first, last) == last


def _with_noun(reader: Reader, index: int, head: tuple[int, RecordKind, int], stop: int, depth: int) -> Phrase | None:
    noun, kind, length = head
    made = PhraseParts(kind, read_phrase)
    deed = find_day_of_noun(kind, reader.low(noun))
    made.line = made.own_line = deed.name if deed is not None else None
    if not _before(reader, made, index, noun):
        return None
    last = noun + length
    low = reader.low(last - 1)
    if noun in reader.valued_nouns:  # "dogs": the animals that are
        value = reader.state(noun, kind)
        if value is None:
            return None
        made.where.append(value[0])
    if noun in reader.telling_nouns:
        told, line = reader.telling_nouns[noun]
        made.where += [told] if told is not None else []
        day = reader.date_field(kind, noun) or (find_day_of_state(kind, told.state) if told is not None else None)
        made.line = line or (day.name if day is not None else made.line)
    made.plural = singularize(low) != low or low in lexicon.PLURALS | {"all", "everything"}
    topic = made.said
    last = _numbered(reader, made, last, stop)
    if noun in reader.telling_nouns and made.line is None and is_born(kind) and last in reader.ranges:
        return None  # "refunds in May", where no field says when it was done
    if reader.asks and topic is not None and made.said is not topic:
        return None  # "(when did) Ada pay bill 7": its number leaves nothing for the words before it
    last = read_after(reader, made, last, stop, depth)
    if reader.asks and made.plural and made.said is None:
        made.where = list(add_noun_state(kind, low, made.where))
    find = _find(made)
    if noun in reader.standing and not reader.asks:
        last += 2 if last + 1 in reader.standing and reader.low(last) in PARTITIVE else 0  # "the old ones of them"
        shown = find_shown(reader, find, index, noun, last)
        return Phrase(shown, index, last, True, made.line) if shown is not None else None
    if find.bare and reader.low(index) in lexicon.OWNERS and last == index + 1 + length:
        theirs = reader.whose(kind)  # "his account" is he
        find = theirs if theirs is not None and theirs.record == kind.name else find
    return Phrase(find, index, last, True, made.line)


def _with_value(reader: Reader, index: int, stop: int, wanted: RecordKind, depth: int) -> Phrase | None:
    """A value of the kind for the record that has it: "her inspection", "the Panda's oil change"."""
    all_of = reader.low(index) in lexicon.EVERY
    for at in range(index + 1, min(stop, index + MOST_BEFORE)):
        every = all_of and (at == index + 1 or reader.state(at - 1, wanted) is not None)
        before = reader.low(at - 1)
        named = at <= index + _MOST_NAME and before.isalpha() and not is_word(before) and reader.noun(at) is None
        named = named and (reader.meant is None or at not in reader.meant)
        deed = before == "the" and reader.low(at).endswith("ing")  # "the cleaning of …"
        if not (reader.tokens[at - 1].owns or before in lexicon.OWNERS or every or named or deed):
            continue
        value = read_value(reader, wanted, at)
        if value is None:
            continue
        made = PhraseParts(wanted, read_phrase)
        if any(reader.low(step) in lexicon.DETERMINERS or step in reader.valued for step in range(index + 1, at)):
            return None
        if reader.noun(at + value[1]) is not None or not _before(reader, made, index, at):
            return None
        made.where.append(value[0])
        last = read_after(reader, made, at + value[1], stop, depth)  # … before what was found is put together
        return Phrase(_find(made), index, last, True)
    return None


def _find(made: PhraseParts) -> Find:
    pick: str | int = made.pick
    if made.counted == 1:
        return Find(record=made.kind.name, said=made.said, where=tuple(made.where), order=made.order, pick="one")
    if pick == "one" and made.order is None:
        pick = made.counted if made.counted is not None else "all" if made.plural and made.said is None else pick
        if made.plural and made.said is not None and made.counted is None:
            numeric = made.said.text.lstrip("#").replace("-", "").isalnum() and any(map(str.isdigit, made.said.text))
            pick = "one" if numeric else "all"
    elif made.order is not None and pick == "one":
        pick = made.counted if made.counted is not None and not made.single else "one"
    return Find(record=made.kind.name, said=made.said, where=tuple(made.where), order=made.order, pick=pick)


def _before(reader: Reader, made: PhraseParts, index: int, noun: int) -> bool:
    """Reads the words before the noun. False if they can't be part of the phrase."""
    at = index
    topic: list[int] = []
    while at < noun:
        low = reader.low(at)
        owner = next((step for step in range(at, noun) if reader.tokens[step].owns), None)
        if owner is not None and (read_times_own(reader, made, at) or read_listed_holder(reader, made, at, owner + 1)):
            at = owner + 1
            continue
        if owner is not None and low not in lexicon.EVERY | {"both", "of"} and not count_placing(reader, at):
            if not is_one_name(reader, at, owner + 1):
                return False
            person = read_owner(reader, at, owner + 1, made.kind)
            if person is not None:
                made.where.append(BelongsTo(owner=person))
                reader.person, at = person, owner + 1
                continue
        if low in lexicon.OWNERS:
            person = reader.whose(made.kind)
            if person is None:
                return False
            if person.record != made.kind.name:
                made.where.append(BelongsTo(owner=person))
            at += 1
            continue
        step = count_worth_words(reader, at)
        if step and (amount := reader.amount(at)) is not None:
            if (size := find_compared_field(made.kind, amount[0])) is None:
                return False
            made.where.append(Compare(field=size, op="=", value=amount[0]))
        if not step and (step := read_quantity(reader, made, at, noun)):
            # "The older of two", "the bigger one of her two", but "the older two".
            made.single = made.single and (low == "one" or "of" in reader.lows(index, at - index))
        state = reader.state(at, made.kind)
        counts = at + 1 in reader.numbers or reader.low(at + 1) in {"of", "one"}  # "the former of the two"
        if not step and (state is None or counts or low not in made.kind.states):
            step = read_order(reader, made, at, noun)  # a state of the kind's own is no position: "former members"
        if not step and state is not None and at + state[1] <= noun:
            other = (
                reader.state(at + 2, made.kind)
                if state[1] == 1 and names_either_state(reader, at + 1, (made.kind,))
                else None
            )
            made.where.append(AnyOf(conditions=(state[0], other[0])) if other is not None else state[0])
            made.line = (find_day_before_noun(reader, made.kind, at) if reader.asks else None) or made.line
            step = state[1] if other is None else 2 + other[1]
        if not step and reader.asks and (country := reader.country(at, made.kind)) is not None:
            made.where.append(country[0])
            step = country[1] - at
        if not step and (held := read_state_of_theirs(reader, made.kind, at)) is not None and at + held[1] <= noun:
            made.where.append(held[0])
            step = held[1]
        if not step and (when := read_month(reader, made, at)) is not None:
            step = when - at
        if not step and (low in lexicon.DETERMINERS or low in {"of", "very", "my", "our", "new", "own", "still"}):
            step = 1
        step = step or (made.order is not None and low == "one" and reader.low(at + 1) == "of")  # "the bigger one of"
        if step:
            at += step
            continue
        if reader.tokens[at].word:
            if topic and topic[-1] != at - 1:
                return False
            topic.append(at)
        at += 1
    if topic:
        made.said = reader.words(topic[0], topic[-1] + 1)
    return True


def _numbered(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """A number or name after the noun: "ticket 5519", "invoice with number INV-7", "customer Ada Lovelace"."""
    step = at
    while step < stop and reader.low(step) in NUMBERED | {"with", "the"}:
        step += 1
    step = step if reader.numbered(step) else at
    slug = step == at < stop and reader.tokens[at].word and "-" in reader.tokens[at].text and at not in reader.dates
    if step < stop and (between := read_number_range(reader, step, stop, made.kind)) is not None:
        made.where, made.plural = [*made.where, *between[0]], True
        return between[1]
    coded = step < stop and is_code(reader, step, made.kind, behind_noun=step == at)
    if step < stop and (coded or (slug and reader.state(step, made.kind) is None)):
        made.said = reader.words(step, step + 1)
        return step + 1
    if step < stop and made.said is None and not made.plural and is_named_by_number(reader, step, made.kind):
        made.said = reader.words(step - 1, step + 1)
        return step + 1
    if made.said is None and at < stop and reader.tokens[at].capital and rate_person_likeness(made.kind):
        end = reader.name(at, stop)
        if end > at:
            made.said = reader.words(at, end)
            return end
    return at


def _without_noun(reader: Reader, index: int, stop: int, wanted: RecordKind | None, depth: int) -> Phrase | None:
    token, low = reader.tokens[index], reader.low(index)
    if low == "what" and (paid := read_total(reader, index + 1, stop)) is not None and isinstance(paid[0].of, Find):
        return Phrase(paid[0].of.model_copy(update={"pick": "one"}), index, paid[1], True)
    if wanted is not None and (one := _one(reader, index, stop, wanted, depth)) is not None:
        return one
    if (
        low in lexicon.EVERYONE
        or (low in {"everything", "whatever"} and (wanted is None or rate_person_likeness(wanted) < _PERSON))
        or (low == "those" and wanted is not None)
    ):
        kind = reader.people() if low in lexicon.EVERYONE else wanted
        if kind is None:
            return None
        pick = "one" if low.startswith("some") else "all"
        for each in (kind, wanted):  # "everyone who leaves today": their stays leave
            if each is not None and (each is kind or each.relation_to(kind.name) is not None):
                made = PhraseParts(each, read_phrase, pick=pick, plural=True)
                last = read_after(reader, made, read_state_behind(reader, made, index + 1, stop, depth), stop, depth)
                if last > index + 1:
                    return Phrase(_find(made), index, last, True)
        if low not in lexicon.EVERYONE and low != "those":
            return None  # "delete everything": of what is asked
        return Phrase(Find(record=kind.name, pick="one" if pick == "one" else "all"), index, index + 1, True)
    if (match := EMAIL.match(reader.text.plain, token.start)) is not None:
        mailed = wanted is not None and any(each.search == "email" for each in wanted.fields)
        people = wanted if mailed else reader.people()
        last = reader.end_index(match.end())
        return Phrase(Find(record=people.name, said=reader.words(index, last)), index, last, False) if people else None
    if (holder := read_holder(reader, index, stop)) is not None:
        return holder
    if low == "the" or low == "#":
        return read_phrase(reader, index + 1, stop, wanted, depth + 1)
    if wanted is not None and (between := read_number_range(reader, index, stop, wanted)) is not None:
        return Phrase(Find(record=wanted.name, where=between[0], pick="all"), index, between[1], True)
    if wanted is not None and is_code(reader, index, wanted):
        return Phrase(Find(record=wanted.name, said=reader.words(index, index + 1)), index, index + 1, False)
    its = PhraseParts(wanted, read_phrase) if wanted is not None else None
    first = index if its is None or reader.asks else read_which(reader, its, index, stop)
    if its is not None and (end := read_times_own(reader, its, first)) and reader.low(end) in lexicon.NAME_STOP | {""}:
        end = read_exceptions(reader, its, end, stop, depth) or end
        return Phrase(_find(its), index, end, True)  # "all of last week's"
    first += first > index and reader.low(first) == "of"  # "both of Ada's"
    end = reader.name(first, stop)
    if end == first or count_placing(reader, first):
        return None
    named = find_named_kind(reader, first, end, wanted)
    if wanted is not None and first > index and reader.tokens[end - 1].owns:
        named = reader.owner_of(wanted) or named
    if named is None or (first > index and named is wanted):
        return None
    find, told = Find(record=named.name, said=reader.words(first, end)), first > index and _is_named(reader, first, end)
    if its is not None and its.kind.name != named.name:
        its.where.append(BelongsTo(owner=guess(reader, its.kind, find)))
        thing = find_thing_end(reader, its.kind, end, stop)
        its.said = reader.words(end, thing) if thing > end else its.said
        end = thing if reader.asks else read_time(reader, its, thing) or thing  # "Hamlet on Friday", for its evening
        end = read_exceptions(reader, its, end, stop, depth) or end if its.pick == "all" else end
        find = _find(its)
    return Phrase(find, index, end, told)


def _one(reader: Reader, index: int, stop: int, wanted: RecordKind, depth: int) -> Phrase | None:
    """A record of the kind that is spoken of, by what is told of it: "the overdue one", "the ones from May"."""
    near = range(index, min(stop, index + MOST_BEFORE))
    at = next((at for at in near if reader.low(at) in _ONES), index)
    if at == index or not (reader.low(index) in _ARTICLES | {"both"} or reader.tokens[index].owns):
        return None
    made = PhraseParts(wanted, read_phrase, plural=reader.low(at) == "ones")
    if any(reader.is_mark(step) for step in range(index, at)) or not _before(reader, made, index, at) or made.said:
        return None
    told = any(not isinstance(each, BelongsTo) for each in made.where)
    last = read_after(reader, made, at + 1, stop, depth)
    if not told and (at > index + 1 or (last == at + 1 and not made.plural)):
        return None
    return Phrase(_find(made), index, last, told or last > at + 1)
