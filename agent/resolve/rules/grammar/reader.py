"""Reader: the tokens of one request with the general readers' findings, and its words by place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from agent.extract.references.qualifiers import is_preposition, match_state
from agent.extract.references.vocabulary import match_noun, rate_person_likeness
from agent.extract.spans import money
from agent.extract.spans.money import find_currency, find_named_code
from agent.extract.time import dates, day_pairs, durations, time_ranges, times
from agent.extract.time.date_math import shift
from agent.planning.proposal import (
    Answer,
    AnyOf,
    Compare,
    Comparison,
    Condition,
    Day,
    Find,
    Number,
    StateIs,
    Word,
    Words,
)
from agent.resolve.rules.grammar import dated_verbs, lexicon
from agent.resolve.rules.grammar.dated_verbs import find_day_of_deed, join_verb, read_telling_noun
from agent.resolve.rules.grammar.messages import find_message
from agent.resolve.rules.grammar.name_ends import find_name_end
from agent.resolve.rules.grammar.time_stretches import find_stretches, read_when
from agent.resolve.rules.grammar.told_fields import read_told_field
from agent.resolve.rules.normalization import CORRECTION
from language import numerals
from language.gazetteer import COUNTRIES, COUNTRY_CODES, DEMONYMS
from language.measures import counts_in
from language.stems import ORDER_WORDS, stem
from language.text import find_quotations, read_text, singularize
from language.wordnet import is_word
from registry.records import Field, RecordKind

Place = Callable[[int, int], Words]
_DATED = 0.55
NUMBERED = frozenset(("number", "no", "no.", "nr", "id", "#"))
_OPENS = frozenset(".!?:;\"“‘'(-–—")
_JOINTS = frozenset((",", "and", "&", "+", "plus", "/", ";", "or", "then"))


class Reader:
    """Reads one request. ``kinds`` is by name. ``person`` and ``thing`` are the latest ones mentioned, for pronouns."""

    def __init__(self, text: str, kinds: Sequence[RecordKind], now: datetime, place: Place) -> None:
        self.text = read_text(text)
        self.tokens = self.text.tokens
        self._lows = tuple(token.low for token in self.tokens)
        self._count = len(self._lows)
        self.kinds = {kind.name: kind for kind in kinds}
        self.now, self.place = now, place
        self.ranges = self.text.by_token((*time_ranges.find(self.text, now), *find_stretches(self.text, now)))
        self.dates = self.text.by_token(days := dates.find(self.text, now.date()))
        self.money = self.text.by_token(money.find(self.text))
        self.numbers = self.text.by_token(numerals.find(self.text))
        self.day_pairs = day_pairs.find(self.text, now.date())
        spans = [(each.start, each.end) for each in days if each.weight >= _DATED or each.clashes]
        spans += [(each.start, each.end) for each in self.day_pairs]
        self.dated = self._list_tokens(spans)
        valued = [(each.start, each.end) for each in money.find(self.text) if each.currency or each.loose]
        valued += [(each.start, each.end) for each in durations.find(self.text)]
        valued += [(each.start, each.end) for each in times.find(self.text) if not each.bare]
        self.valued = self._list_tokens(valued)  # nobody is called so
        self.corrections = [
            (self.text.index_at(found.start("mark")), self.text.index_at(found.end("mark")))
            for found in CORRECTION.finditer(self.text.plain)
        ]
        """Where what was said before is taken back: "no, make that"."""
        self.hours = self.text.by_token(times.find_hours(self.text))
        self.brackets = self.text.pair_brackets()
        self.durations = durations.find(self.text)
        told = find_message(self.text.plain)
        self.message_from = self.end_index(told) if told is not None else len(self.tokens)
        """The token at which a text to be sent begins that runs to the end: after "tell her:", "reply saying"."""
        self.quoted = frozenset(range(self.message_from, len(self.tokens))).union(
            *(range(*map(self.end_index, span)) for span in find_quotations(self.text.plain))
        )
        """Tokens of that message and of quotations."""
        self.titles: dict[int, int] = {}  # first token → end of what is taken for one name without quotes
        self.counting: set[int] = set()  # numbers that are taken for no record's
        self.person: Find | None = None
        self.thing: Find | None = None
        self.meant: frozenset[int] | None = None
        """Tokens that an action takes for its verbs and values, where it is read: they tell nothing of records."""
        self.named: list[object] = []
        """Who and what a stretch has named so far."""
        self.remembered: tuple[Find, ...] = ()
        """What earlier requests of the thread spoke of, which a pronoun is needed for."""
        self.several: tuple[Find, ...] = ()
        """The records of a list that was spoken of last: what "them" and "both" are."""
        self._owners, self._nouns = dict[str, RecordKind | None](), dict[int, tuple[RecordKind, int] | None]()
        self._states: dict[tuple[int, str], tuple[Condition, int] | None] = {}
        self._quotes: dict[tuple[int, int], Words] = {}
        self.heads: dict[tuple[int, int], tuple[int, RecordKind, int] | None] = {}
        self.spoken, self.shown = dict[str, Find](), dict[str, Find]()  # shown: what "the second one" is one of
        self.guesses: list[tuple[Find, str]] = []
        """Names that may be another kind's, with that kind."""
        self.readings: list[Answer] = []
        """Further answers to a question, whose name may be another kind's."""
        self.last_set: Find | None = None
        """The records that the latest request led to: what "those" are."""
        self.standing: Mapping[int, Find] = {}
        """Where a word stands for some of the thread's records, and for which: "the newest one", "two of them"."""
        self.only_days: frozenset[int] = frozenset()  # tokens of a day that is the only one for one of its values
        self.asks = False  # a question is read: what lies ahead is told of records, and no day to do something on
        self.valued_nouns: set[int] = set()  # where a value stands for the kind that has it
        self.telling_nouns: dict[int, tuple[StateIs | None, str | None]] = {}
        """Where a noun stands for records of a state, or that have a day ("pledges", "visits"): that state or day."""
        self.unread: tuple[int, int, RecordKind, bool] | None = None
        """Tokens that say something unknown of a kind's records, and whether several of them are meant."""
        self.covered: set[int] = set()
        """Tokens that a phrase, an amount or a test was read from."""

    @cached_property
    def denies(self) -> bool:
        """Whether anything is denied in the request."""
        return not lexicon.NOT.isdisjoint(self._lows)

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _list_tokens(self, spans: Sequence[tuple[int, int]]) -> set[int]:
        return {at for start, end in spans for at in range(self.text.index_at(start), self.text.index_at(end))}

    def low(self, index: int) -> str:
        return self._lows[index] if 0 <= index < self._count else ""

    def lows(self, index: int, count: int) -> tuple[str, ...]:
        inside = index >= 0 and index + count <= self._count
        return self._lows[index : index + count] if inside else tuple(self.low(index + step) for step in range(count))

    def is_mark(self, index: int) -> bool:
        return index >= self._count or (not self.tokens[index].word and self.tokens[index].text not in "#&-'\"“”")

    def words(self, first: int, last: int) -> Words:
        """The words of the tokens ``first`` up to ``last`` as typed, without a possessive 's."""
        if (first, last) not in self._quotes:
            token = self.tokens[last - 1]
            end = token.end - 2 if token.owns else token.end
            self._quotes[first, last] = self.place(*self.text.span(self.tokens[first].start, end))
        return self._quotes[first, last]

    def end_index(self, offset: int) -> int:
        return self.text.index_at(offset)

    def starts(self, index: int) -> bool:
        """Whether a token begins the text, a sentence, or the words after a colon."""
        return index <= 0 or self.tokens[index - 1].text in _OPENS

    def numbered(self, index: int) -> bool:
        """Whether words right before a number make it a record's number."""
        before = self.low(index - 1)
        return before in NUMBERED or any(
            (found := self.noun(index - length)) is not None and found[1] == length for length in (1, 2)
        )

    def joint(self, index: int) -> bool:
        """Whether a token joins the parts of a list."""
        return self.low(index) in _JOINTS or (index < len(self.tokens) and self.tokens[index].text in _JOINTS)

    def comparison_before(self, index: int) -> bool:
        """Whether a comparison ends right before a token: "over 100 EUR"."""
        return any(
            (found := self.comparison(index - length)) is not None and found[1] == length for length in (1, 2, 3)
        )

    # ── kinds ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def noun(self, index: int) -> tuple[RecordKind, int] | None:
        """The kind whose noun begins at a token, and the noun's length. The longest noun wins."""
        if self.titles and any(first <= index < last for first, last in self.titles.items()):
            return None
        if index in self.standing and not self.asks:
            return self.kinds[self.standing[index].record], 1
        if index not in self._nouns:
            self._nouns[index] = self._noun(index) if 0 <= index < len(self.tokens) else None
        return self._nouns[index]

    def _noun(self, index: int) -> tuple[RecordKind, int] | None:
        found = [(kind, length) for kind in self.kinds.values() if (length := match_noun(self.tokens, index, kind))]
        for kind in self.kinds.values():  # "help articles": a title of several words is a noun of its own
            *first, last = kind.title.lower().split()
            if first and self.lows(index, len(first)) == (*first,):
                same = singularize(self.low(index + len(first))) == singularize(last)
                found += [(kind, len(first) + 1)] if same else []
        low = self.low(index)
        named = index > 0 and self.tokens[index].capital and self.tokens[index - 1].capital  # "Mark Summers"
        named |= index - 1 in self.numbers and counts_in(low, of=True)  # "9 tins" may be of one thing
        if not found and low.endswith("s") and not named and (valued := self._valued(singularize(low))) is not None:
            self.valued_nouns.add(index)
            return valued, 1
        kinds, asked = tuple(self.kinds.values()), self.asks and not found
        if asked and (telling := read_telling_noun(kinds, low, self.low(index - 1))) is not None:
            self.telling_nouns[index] = telling[1:]
            return telling[0], 1
        exact = [each for each in found if any(low in noun.lower().split() for noun in each[0].nouns)]
        found = exact or ([] if is_word(low) else found)
        noun = max(found, key=lambda each: each[1], default=None)
        told = noun is not None and noun[1] == 1 and _has_value(noun[0], singularize(low))
        self.valued_nouns |= {index} if told else set()  # "huts", of lodges that are huts or tents
        return noun

    def _valued(self, value: str) -> RecordKind | None:
        """The one kind that a value's plural means: "dogs" are animals."""
        kinds = [each for each in self.kinds.values() if _has_value(each, value)]
        return kinds[0] if len(kinds) == 1 and value not in self.kinds else None

    def ask(self) -> None:
        """Switches to reading a question, in which words mean more than in an order. Whoever asks speaks for the
        platform: "my" records are ours."""
        self.asks = True
        self._lows = tuple(lexicon.SPEAKERS.get(low, low) for low in self._lows)
        self._nouns, self._states, self.heads = {}, {}, {}

    def put_first(self, names: Sequence[str]) -> None:
        """Lets these kinds come before the others: of those that share a noun, the first is meant."""
        order = [*names, *(name for name in self.kinds if name not in names)]
        if order != [*self.kinds]:
            self._nouns, self.heads, self._owners = {}, {}, {"": self.people()}
            self.kinds = {name: self.kinds[name] for name in order}

    def list_bare_numbers(self) -> list[int]:
        """The tokens of plain numbers, which may be records' or count something."""
        return [at for at, held in self.numbers.items() if held.kind == "cardinal" and at not in self.dated]

    def people(self) -> RecordKind | None:
        """The kind of people that things belong to: the one that most other kinds point at."""
        if "" not in self._owners:
            owned = [relation.kind for kind in self.kinds.values() for relation in kind.relations]
            named = [kind for kind in self.kinds.values() if rate_person_likeness(kind)]
            self._owners[""] = max(named, key=lambda it: (rate_person_likeness(it), owned.count(it.name)), default=None)
        return self._owners[""]

    def doers(self, kind: RecordKind) -> list[RecordKind]:
        """The kinds that may handle records of a kind: it belongs to them besides people. They have names, and are no
        things of those people and no places."""
        people = self.people()
        held = [self.kinds[each.kind] for each in kind.relations if each.kind in self.kinds]
        return [
            each
            for each in held
            if rate_person_likeness(each)
            and each is not people
            and (people is None or (each.relation_to(people.name) is None and people.relation_to(each.name) is None))
        ]

    def whose(self, kind: RecordKind) -> Find | None:
        """The person that a possessive before a noun means: one named before in its stretch who has such records, or
        the one mentioned."""
        people = self.people()
        named = [each for each in self.named if isinstance(each, Find)]
        if people is None or any(each.record == people.name for each in named):
            return self.person
        return next((each for each in reversed(named) if kind.relation_to(each.record) is not None), self.person)

    def owner_of(self, kind: RecordKind) -> RecordKind | None:
        if kind.name not in self._owners:
            made = [self.kinds[each.kind] for each in kind.relations if each.kind in self.kinds]
            self._owners[kind.name] = max(made, key=rate_person_likeness, default=None)
        return self._owners[kind.name]

    def related(self, kind: RecordKind, other: RecordKind) -> bool:
        """Whether at most two relations lead from one kind to the other, either way."""
        return self.leads(kind, other) or self.leads(other, kind)

    def leads(self, kind: RecordKind, other: RecordKind) -> bool:
        near = (kind, *(self.kinds[each.kind] for each in kind.relations if each.kind in self.kinds))
        return any(each.relation_to(other.name) is not None for each in near)

    # ── conditions of one word ───────────────────────────────────────────────────────────────────────────────────────

    def state(self, index: int, kind: RecordKind) -> tuple[Condition, int] | None:
        """A state word, an enum's value or a currency of the kind at a token."""
        key = index, kind.name
        if key not in self._states:
            found = self._state(index, kind) if index < self._count else None
            one = found is not None and found[1] == 1
            self._states[key] = None if one and is_preposition(self.tokens, index, kind) else found
        return self._states[key]

    def _state(self, index: int, kind: RecordKind) -> tuple[Condition, int] | None:
        word, length = match_state(self.tokens, index, kind)
        if length and (self.lows(index, length) == tuple(word.lower().split()) or self.low(index) not in ORDER_WORDS):
            return StateIs(state=word), length + self._named_field(index + length, kind, word)
        low = self.low(index)
        if self.asks and (sent := dated_verbs.find_phrasal_state(kind, *self.lows(index, 2), denied=self.denies)):
            return StateIs(state=sent), 2
        if self.asks and (owing := dated_verbs.find_said_owing(low, kind)):
            return owing, 1
        if low == "overdue" and (day := self.date_field(kind, index)) is not None:
            today = self.now.date().isoformat()
            return Compare(field=day.name, op="<", value=Day(date=today, quote=self.words(index, index + 1))), 1
        for each in kind.fields:
            for value in each.values:
                parts = tuple(value.casefold().replace("_", " ").split())
                several = len(parts) == 1 and low.endswith("s") and singularize(low) == parts[0]
                deed = low.endswith("ing") and each.name not in lexicon.STATE_FIELDS  # "the cleaning"
                several = several or (deed and len(parts) == 1 and stem(low) == stem(parts[0]))
                if self.lows(index, len(parts)) == parts or several:
                    told = dated_verbs.include_late(each, value) if self.asks else StateIs(state=value)
                    return told, len(parts) + (self.low(index + len(parts)) in (each.name, "list"))
        if self.asks and (named := read_told_field(self, index, kind)) is not None:
            return named
        code = find_currency(text) if (text := self.tokens[index].text).isupper() else find_named_code(low)  # no "all"
        held = next((each for each in kind.fields if each.type == "currency"), None)
        if code is not None and held is not None and len(self.low(index)) > 1 and self.noun(index) is None:
            return Compare(field=held.name, op="=", value=Word(word=code, quote=self.words(index, index + 1))), 1
        return None

    def _named_field(self, index: int, kind: RecordKind, state: str) -> int:
        """How many tokens name a state's field, or a list, after it: "technical team", "waiting list". 0 for a kind."""
        labels = [(kind.field_named(name), name) for name in kind.states.get(state, {})]
        names = {((each and each.label) or name).lower() for each, name in labels}
        return int((self.low(index) == "list" or (self.asks and self.low(index) in names)) and self.noun(index) is None)

    def country(self, index: int, kind: RecordKind) -> tuple[Condition, int] | None:
        """A country at a token, for a kind that holds one: by name or code, whichever the records have."""
        held = next((each for each in kind.fields if "country" in (each.name, (each.label or "").casefold())), None)
        for length in (3, 2, 1) if held is not None else ():
            name = " ".join(self.lows(index, length))
            name = DEMONYMS.get(name, name) if self.asks else name
            if name not in COUNTRIES or (length == 1 and self._is_pronoun(index)):
                continue
            assert held is not None
            quote = self.words(index, index + length)
            code = COUNTRY_CODES.get(name)
            named = Compare(field=held.name, op="=", value=Word(word=quote.text, quote=quote))
            if code is None:
                return named, index + length
            coded = Compare(field=held.name, op="contains", value=Word(word=code.upper(), quote=quote))
            return AnyOf(conditions=(named, coded)), index + length
        return None

    def _is_pronoun(self, index: int) -> bool:
        """Whether a country's short name is only the word that it looks like: "from us", but not "in the us"."""
        spelt = self.tokens[index].text.isupper() or self.low(index - 1) == "the"
        return self.low(index) in lexicon.NAME_STOP and not spelt

    def date_field(self, kind: RecordKind, index: int) -> Field | None:
        """The kind's date that a word is about: "cancelled", "due", "overdue"."""
        word = self.low(index)
        return find_day_of_deed(
            kind,
            join_verb(word, self.low(index + 1)) if self.asks else word,
            alike=self.asks and not match_state(self.tokens, index, kind)[1],
        )

    def when(self, index: int, field: str) -> tuple[list[Condition], int] | None:
        """A stretch of time that begins at a token, with its preposition, as conditions on a field."""
        return read_when(self, index, field)

    def ahead(self, index: int) -> bool:
        """Whether a stretch of time lies entirely in the future."""
        held = self.ranges.get(index)
        return held is not None and held.low is not None and held.low.date() > self.now.date()

    def comparison(self, index: int) -> tuple[Comparison, int] | None:
        for words, op in lexicon.COMPARISONS if self.low(index) in lexicon.COMPARING else ():
            if self.lows(index, len(words)) == words:
                return op, len(words)
        return None

    def amount(self, index: int) -> tuple[Number, int] | None:
        """A number at a token, with its currency if one is said."""
        held = self.money.get(index)
        if held is None:
            return None
        last = self.end_index(held.end)
        return Number(number=held.amount, unit=held.currency, quote=self.words(index, last)), last

    def duration(self, index: int) -> tuple[date, int] | None:
        """The day before today by the duration at a token: "two weeks"."""
        held = self.numbers.get(index)
        count, after = (held.value, self.end_index(held.end)) if held is not None else (None, index)
        if held is None and self.low(index) in {"a", "an"}:
            count, after = Decimal(1), index + 1
        unit = lexicon.UNITS.get(singularize(self.low(after)))
        if count is None or unit is None or count != int(count) or count > 10000:
            return None
        return shift(self.now.date(), -int(count), unit), after + 1

    def name(self, index: int, stop: int) -> int:
        """Where a name that begins at a token ends. ``index`` itself if there is none."""
        return find_name_end(self, index, stop)


def _has_value(kind: RecordKind, value: str) -> bool:
    return any(value in field.values for field in kind.fields)
