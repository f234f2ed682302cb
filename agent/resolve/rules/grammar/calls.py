"""Calls: what the words of one wish give an action's parameters, in the proposal language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from agent.extract import read_exact
from agent.extract.time import durations
from agent.pipeline import Choice, Draft, ListArgument, Mention, Span
from agent.planning.proposal import (
    Argument,
    BelongsTo,
    Call,
    Computed,
    ComputedArgument,
    Day,
    FieldOf,
    Find,
    Handle,
    Number,
    QuotedText,
    RecordArgument,
    Reference,
    TypedValue,
)
from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.amounts import MONEY, Amounts
from agent.resolve.rules.grammar.modifiers import Phrase
from agent.resolve.rules.grammar.noun_phrase import placed, read_phrase
from agent.resolve.rules.grammar.reader import DATES, Reader
from language.stems import EMPTY, ORDER_WORDS, stem
from registry.contract import Annotation, Unit
from registry.offers.offer import Offer
from registry.records import RecordKind

MOST_BACK: Final = 8
MOST_STARTS: Final = 60
"""The most places at which a phrase is looked for that nothing points at."""
_ENDS: Final = frozenset({"ends", "end", "expires"})
_OPENING: Final = frozenset({"both", "of", "very", "first", "last"})
# "reply and say sorry": what a text shall do, not the text.
_TELLS: Final = re.compile(
    r"\W*(?:and\s+)?(?:say|tell|apologi[sz]e|explain|ask|thank|let|promise|mention)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Wish:
    """One draft with the stretch of the text that it was read from."""

    draft: Draft
    offer: Offer
    start: int
    end: int
    spoken: frozenset[str] = frozenset()


class CallReader:
    """Reads one wish."""

    def __init__(self, reader: Reader, wish: Wish) -> None:
        self.reader, self.wish, self.offer = reader, wish, wish.offer
        self.first, self.stop = reader.end_index(wish.start), reader.end_index(wish.end)
        self.found: dict[str, Find] = {}

    def read(self) -> Call | None:
        """None where an argument can't be said in the proposal language."""
        arguments: dict[str, Argument] = {}
        records = [name for name in self.offer.properties if self.kind(name) is not None]
        for name in sorted(records, key=lambda name: name not in self.wish.draft.arguments):
            reference = self._record(name)
            if reference is not None:
                arguments[name] = RecordArgument(reference=reference)
                if isinstance(reference, Find):
                    self._speaks_of(reference)
            elif name in self.wish.draft.arguments:
                return None
        for name in self.offer.properties:
            if name in records:
                continue
            value = self._value(name)
            if value is not None:
                arguments[name] = value
            elif name in self.wish.draft.arguments and not self._tells(name):
                return None
        said = {name: arguments[name] for name in self.offer.properties if name in arguments}
        return Call(action=self.offer.name, arguments=said)

    def kind(self, name: str) -> RecordKind | None:
        return self.reader.kinds.get(self.offer.annotation(name).record or "")

    def _speaks_of(self, find: Find) -> None:
        people = self.reader.people()
        self.reader.spoken[find.record] = find
        if people is not None and find.record == people.name:
            self.reader.person = find
        elif self.reader.owner_of(self.reader.kinds[find.record]) is not None:
            self.reader.thing = find

    def _tells(self, name: str) -> bool:
        argument = self.wish.draft.arguments[name]
        return isinstance(argument, Mention) and bool(_TELLS.match(argument.text))

    # ── records ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _record(self, name: str) -> Reference | None:
        kind, argument = self.kind(name), self.wish.draft.arguments.get(name)
        assert kind is not None
        array = (self.offer.properties.get(name) or {}).get("type") == "array"
        if array or isinstance(argument, Choice | ListArgument) or self.offer.annotation(name).like:
            return None
        if argument is not None:
            if len(argument.spans) != 1 or argument.spans[0].origin:
                return None
            said = self._said(kind, argument.spans[0], name)
            if said is None and self._shared(argument.spans[0], name):
                return self._anywhere(kind, name)
            return said
        if name not in self.offer.required:
            return None
        return self._anywhere(kind, name)

    def _said(self, kind: RecordKind, span: Span, name: str) -> Reference | None:
        """The phrase that the words are a part of."""
        reader = self.reader
        at, end = reader.end_index(span.start), reader.end_index(span.end)
        if (spoken := self._pronoun(kind, at, end)) is not None:
            return spoken
        taken = self._taken(name)
        stop = self._stop(at, taken)
        best: Phrase | None = None
        self.before(at)
        begin = at
        while begin > self.first and at - begin < MOST_BACK and self._opens(begin - 1):
            begin -= 1
        begin = self._article(begin)
        if begin > self.first and reader.tokens[begin - 1].owns:
            begin -= 1
            while begin > self.first and reader.tokens[begin - 1].capital and not is_order(stem(reader.low(begin - 1))):
                begin -= 1
        while at < end - 1 and reader.low(at) in lexicon.DETERMINERS:
            at += 1
        for start in range(begin, at + 1):
            if any(first <= start < last for first, last in taken):
                continue
            phrase = read_phrase(reader, start, stop, kind)
            if phrase is None or phrase.last <= at or not self._leads(kind, phrase.find):
                continue
            if phrase.last < end and not phrase.noun:
                continue
            if best is None or (phrase.noun, phrase.last) > (best.noun, best.last):
                best = phrase
        if best is None or best.find.bare:
            return None
        reader.covered.update(range(best.first, best.last))
        return self._to(kind, best.find)

    def _article(self, at: int) -> int:
        """Where the article stands that words before a noun belong to: "both seat-map tickets"."""
        for begin in range(at - 1, max(self.first, at - MOST_BACK) - 1, -1):
            low = self.reader.low(begin)
            if low in lexicon.DETERMINERS | lexicon.EVERY | {"both"}:
                return begin
            if self.reader.is_mark(begin) or low in lexicon.NAME_STOP or is_order(stem(low)):
                break
        return at

    def _shared(self, span: Span, name: str) -> bool:
        """Whether the words say another parameter's value too, so that they can't be the record."""
        at, end = self.reader.end_index(span.start), self.reader.end_index(span.end)
        return any(first < end and at < last for first, last in self._taken(name))

    def _stop(self, at: int, taken: list[tuple[int, int]]) -> int:
        """Where the words of the next other parameter begin: a phrase ends there."""
        return min([self.stop, *(first for first, last in taken if first > at)])

    def _opens(self, at: int) -> bool:
        """Whether a token can only begin a phrase: an article, a quantity, a place in line."""
        low = self.reader.low(at)
        if low in lexicon.DETERMINERS | lexicon.EVERY | lexicon.OWNERS | _OPENING or low in lexicon.COMPARATIVES:
            return True
        if low.endswith("s") and len(low) > 3 and stem(low) not in self.wish.spoken and low not in lexicon.NAME_STOP:
            return not is_order(stem(low)) and self.reader.noun(at) is None
        held = self.reader.numbers.get(at)
        counts = held is not None and held.words and held.end >= self.reader.tokens[at].end
        return placed(self.reader, at) == 1 or counts

    def before(self, at: int) -> None:
        """Who was named before a place, for the pronouns there."""
        reader = self.reader
        if reader.person is not None:
            return
        step = int(is_order(stem(reader.low(0))))
        at = min(at, MOST_STARTS)
        while step < at:
            token = reader.tokens[step]
            lower = step == 1 and is_order(stem(reader.low(0))) and reader.name(1, at) == at > 1
            if lower or (token.capital and (step > 0 or token.owns or reader.tokens[min(step + 1, at)].capital)):
                phrase = read_phrase(reader, step, at, None)
                people = reader.people()
                if phrase is not None and people is not None and phrase.find.record == people.name:
                    reader.person = phrase.find
                    return
            step += 1

    def _pronoun(self, kind: RecordKind, at: int, end: int) -> Find | None:
        if end - at != 1 or self.reader.low(at) not in lexicon.PRONOUNS | lexicon.OWNERS:
            return None
        if (spoken := self.reader.spoken.get(kind.name)) is not None:
            return spoken
        return self._to(kind, self.reader.person) if self.reader.person is not None else None

    def _anywhere(self, kind: RecordKind, name: str) -> Reference | None:
        """A record that no argument was found for: the first phrase that leads to one."""
        taken, at = self._taken(name), self.first
        if at < self.stop and (self.reader.low(at) in ORDER_WORDS or stem(self.reader.low(at)) in self.wish.spoken):
            at += 1
        found: list[Phrase] = []
        stop = min(self.stop, at + MOST_STARTS)
        while at < stop:
            if any(first <= at < last for first, last in taken):
                at += 1
                continue
            phrase = read_phrase(self.reader, at, self._stop(at, taken), kind)
            if phrase is None or not self._leads(kind, phrase.find) or phrase.find.bare or not self._sure(phrase):
                at += 1
                continue
            found.append(phrase)
            at = max(phrase.last, at + 1)
        if not found:
            for spoken in (self.reader.thing, self.reader.person):
                if spoken is not None and self._leads(kind, spoken):
                    return self._to(kind, spoken)
            return None
        best = max(found, key=lambda each: (each.find.record == kind.name, each.noun, -each.first))
        self.reader.covered.update(range(best.first, best.last))
        return self._to(kind, best.find)

    def _sure(self, phrase: Phrase) -> bool:
        """Whether words that no argument was found in are a phrase all the same: a noun, a code or a name."""
        token = self.reader.tokens[phrase.first]
        words = [self.reader.low(at) for at in range(phrase.first, phrase.last)]
        free = not any(word in EMPTY or stem(word) in self.wish.spoken or is_order(stem(word)) for word in words)
        return phrase.noun or free or any(map(str.isdigit, token.text)) or "@" in token.text

    def _leads(self, kind: RecordKind, find: Find) -> bool:
        other = self.reader.kinds[find.record]
        return other.name == kind.name or self.reader.related(kind, other)

    def _to(self, kind: RecordKind, find: Find) -> Find:
        if find.record == kind.name:
            return find
        other = self.reader.kinds[find.record]
        if self.reader.leads(kind, other):
            several = find.pick != "one"
            return Find(record=kind.name, where=(BelongsTo(owner=find),), pick="all" if several else "one")
        return find

    def _taken(self, own: str) -> list[tuple[int, int]]:
        """The tokens that other parameters stand on."""
        made = []
        for name, argument in self.wish.draft.arguments.items():
            if name != own and not isinstance(argument, ListArgument):
                made += [(self.reader.end_index(s.start), self.reader.end_index(s.end)) for s in argument.spans]
        return made

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _value(self, name: str) -> Argument | None:
        annotation, argument = self.offer.annotation(name), self.wish.draft.arguments.get(name)
        if annotation.unit in MONEY:
            sized = self._sized(name)
            if sized is not None:
                return sized
        if annotation.unit is Unit.DAYS and (until := self._until()) is not None:
            return until
        if argument is None:
            return None
        if isinstance(argument, ListArgument) or any(span.origin for span in argument.spans):
            return None
        if isinstance(argument, Choice):
            span = argument.spans[0] if argument.spans else None
            quote = self.reader.place(span.start, span.end) if span is not None else None
            return TypedValue(value=argument.value, quote=quote)
        if len(argument.spans) != 1:
            return None
        return self._worded(name, annotation, argument.spans[0])

    def _until(self) -> Argument | None:
        """ "until Friday": the days from when the record ends to that day."""
        reader = self.reader
        record = next((name for name in self.offer.required if self.kind(name) is not None), None)
        kind = self.kind(record) if record is not None else None
        ends = [
            each
            for each in (kind.fields if kind is not None else ())
            if each.type in DATES and not _ENDS.isdisjoint(each.label.lower().split())
        ]
        for at in range(self.first, min(self.stop, self.first + MOST_STARTS)):
            if reader.low(at) not in {"until", "till", "to"} or len(ends) != 1:
                continue
            day = next((reader.dates[step] for step in (at, at + 1, at + 2) if step in reader.dates), None)
            if day is None or day.weight < 0.55:
                continue
            first, last = reader.end_index(day.start), reader.end_index(day.end)
            reader.covered.update(range(at, last))
            until = Day(date=(day.last or day.day).isoformat(), quote=reader.words(first, last))
            left = FieldOf(field=ends[0].name, of=Handle(handle=f"@{record}"))
            return ComputedArgument(expression=Computed(op="days between", a=left, b=until))
        return None

    def _worded(self, name: str, annotation: Annotation, span: Span) -> Argument | None:
        reader = self.reader
        quote = reader.place(span.start, span.end)
        first, last = reader.end_index(span.start), reader.end_index(span.end)
        if annotation.unit in MONEY:
            for at in range(first, last):
                amount = reader.amount(at)
                if amount is not None:
                    return ComputedArgument(expression=amount[0])
        if annotation.unit is Unit.DAYS:
            for each in durations.find(reader.text):
                if each.start < span.end and span.start < each.end and each.unit and each.count:
                    unit = f"{each.unit.removesuffix('s')}s"
                    number = Number(number=each.count, unit=unit, quote=quote)
                    return ComputedArgument(expression=number) if unit in {"days", "weeks"} else None
        schema = self.offer.properties.get(name) or {}
        held = read_exact(span.text, name=name, schema=schema, annotation=annotation, now=reader.now)
        plain = schema.get("type") == "string" and not {"enum", "format", "pattern"} & set(schema)
        if plain and (held is None or held.value == span.text):
            own = re.match(r"\W*(\w+)\s*,\s*(?=\w)", span.text)
            if own is not None and stem(own[1].lower()) in self.wish.spoken:
                quote = reader.place(span.start + own.end(), span.end)
            return None if _TELLS.match(span.text) else QuotedText(quote=quote)
        if held is None:
            return None
        if schema.get("type") == "string" and "enum" not in schema and held.value == span.text:
            return QuotedText(quote=quote)
        return TypedValue(value=held.value, quote=quote)

    def _sized(self, name: str) -> Argument | None:
        found = Amounts(self.reader, self.offer, name).read(self.first, min(self.stop, self.first + MOST_STARTS))
        if found is None:
            return None
        self.reader.covered.update(range(found[1], found[2]))
        return ComputedArgument(expression=found[0])
